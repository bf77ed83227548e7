"""Sealing a bid into the file store, and reading a supplier's own copy of it again."""

import hashlib
from collections.abc import Sequence

from sqlalchemy.orm import Session

from bids import documents
from bids.models import Bid, Submission
from marketplace.core.access import current_files
from marketplace.core.files.store import DamagedFile
from marketplace.core.vault import envelopes, sealing
from marketplace.core.vault.envelopes import DamagedEnvelope, Found, Reader

MEDIA_TYPE = "application/age-encrypted"


class Unreadable(Exception):
    """A supplier's own copy cannot be read; the message says why, for whoever runs the service."""


class Hashed:
    """Reads a file by chunks, and digests it on the way."""

    def __init__(self, source: Reader) -> None:
        self._source = source
        self._digest = hashlib.sha256()

    def read(self, size: int = -1, /) -> bytes:
        """Give the next chunk."""
        chunk = self._source.read(size)
        self._digest.update(chunk)
        return chunk

    def drain(self) -> str:
        """Read what is left, and give the SHA-256 of the whole in hex."""
        while self.read(1024 * 1024):
            pass
        return self._digest.hexdigest()


def seal(document: bytes, recipients: Sequence[str]) -> str:
    """Seal a bid's document to the recipients, and give the envelope's SHA-256 in hex.

    Slow: call it before the transaction. The bytes are on the disk when it returns.

    Raises:
        OSError: the disk is full or not writable.
    """
    with current_files().receive() as incoming:
        envelopes.seal(document, [], recipients, incoming)
    return incoming.sha256


def discard(sha256: str) -> None:
    """Delete an envelope that was sealed for a submission which was then refused."""
    current_files().discard(sha256)


def own_document(session: Session, bid: Bid, submission: Submission) -> documents.BidDocument:
    """Read what a supplier submitted from its own copy; the caller has asked whether it may.

    Raises:
        Unreadable: the envelope is missing, was changed or holds something else.
        LostKey: the key of the copy cannot be unwrapped.
    """
    opener = sealing.own_copy(session, bid.copy_key_id)
    try:
        with current_files().open(submission.sha256) as file:
            source = Hashed(file)
            found: Found = opener.open(source)
            if source.drain() != submission.sha256:
                raise Unreadable(f"the envelope {submission.sha256} has changed")
        return documents.read(found.document)
    except (DamagedFile, DamagedEnvelope, documents.DamagedDocument) as error:
        raise Unreadable(str(error)) from error
