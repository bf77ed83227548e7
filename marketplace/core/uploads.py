"""What forms that take a file need of the server: that a browser can show what it answers."""

from typing import IO, Any

import flask
from flask import Flask, Response, json, request
from flask_login import current_user

# By this a page's own script tells that it sends the form (see `static/js/upload.js`).
SCRIPT = "upload"
# Beyond this nobody sends by mistake, and the connection is let break.
HEARD_MOST = 512 * 1024 * 1024
_CHUNK = 64 * 1024


class Request(flask.Request):
    """A request that knows where its files were put down, also where it broke off midway."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._put_down: list[IO[bytes]] = []

    def _get_file_stream(self, *args: Any, **more: Any) -> IO[bytes]:
        stream = super()._get_file_stream(*args, **more)
        self._put_down.append(stream)
        return stream

    def close(self) -> None:
        """Let go of all of it."""
        super().close()
        for stream in self._put_down:
            stream.close()


def register(app: Flask) -> None:
    """Look after files that are sent, requests that are too large, and forms the script sends."""
    app.request_class = Request
    app.after_request(_hear_out)
    app.after_request(_lead_on)
    app.teardown_request(_let_go)


def _let_go(_error: BaseException | None) -> None:
    request.close()


def _hear_out(response: Response) -> Response:
    """Read the rest of a body that was refused unread, and throw it away chunk by chunk.

    A browser looks for an answer once it has sent everything. Answered and closed on before that,
    it tells the person that the connection broke, and nothing of what was wrong.
    """
    length, most = request.content_length, request.max_content_length
    # Only then was nothing of it read: its announced length was refused.
    # Whoever is not signed in sends no file by mistake, and might do it to keep us busy.
    signed_in = response.status_code == 413 and current_user.is_authenticated
    if signed_in and length and most is not None and most < length:
        left = min(length, HEARD_MOST)
        while left and (chunk := request.environ["wsgi.input"].read(min(left, _CHUNK))):
            left -= len(chunk)
    return response


def _lead_on(response: Response) -> Response:
    """Tell the script where to go: led there unseen, it would use up what the next page says."""
    if request.headers.get("X-Requested-With") == SCRIPT and response.status_code in (302, 303):
        response.set_data(json.dumps({"next": response.headers.pop("Location")}))
        response.mimetype = "application/json"
        response.status_code = 200
    return response
