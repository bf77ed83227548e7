"""How the bytes of a file that goes with a bid reach a browser: to be saved, and never shown."""

from collections.abc import Iterator

from werkzeug.wrappers import Response

from bids.documents import Attachment
from marketplace.core.vault.envelopes import Reader
from marketplace.core.vault.piping import shut

_CHUNK = 256 * 1024


def file_response(attachment: Attachment, source: Reader) -> Response:
    """Give a file to be saved, never to be shown in the place of a page."""
    response = Response(_chunks(source), mimetype=attachment.media_type)
    response.headers["Content-Length"] = str(attachment.size)
    response.headers.set("Content-Disposition", "attachment", filename=attachment.name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.call_on_close(lambda: shut(source))
    return response


def _chunks(source: Reader) -> Iterator[bytes]:
    try:
        while chunk := source.read(_CHUNK):
            yield chunk
    finally:
        shut(source)
