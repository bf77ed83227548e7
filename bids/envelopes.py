"""Sealing a bid into the file store, and reading a supplier's own copy of it again."""

import hashlib
from collections.abc import Sequence

import structlog
from sqlalchemy.orm import Session

from bids import documents
from bids.models import Bid, Submission
from marketplace.core.access import current_files
from marketplace.core.errors import WrongMoment
from marketplace.core.files.store import DamagedFile
from marketplace.core.text import N_
from marketplace.core.vault import envelopes, sealing
from marketplace.core.vault.envelopes import DamagedEnvelope, Found, Part, Reader
from marketplace.core.vault.keyring import LostKey

MEDIA_TYPE = "application/age-encrypted"
log = structlog.get_logger()


class Unreadable(WrongMoment):
    """A supplier's own copy cannot be read. The message is for the person; the log says why."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "The service cannot read its copy of what you submitted. The record of your bid "
                "and its receipt stand as they were. Tell the service team."
            )
        )


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


def seal(document: bytes, recipients: Sequence[str], files: Sequence[Part] = ()) -> str:
    """Seal a bid's document and files to the recipients; give the envelope's SHA-256 in hex.

    Slow: call it before the transaction. The bytes are on the disk when it returns.

    Raises:
        OSError: the disk is full or not writable; nothing is left behind.
        ValueError: a file is not as long as it says, as one that was cut.
    """
    sha256 = ""
    try:
        with current_files().receive() as incoming:
            envelopes.seal(document, files, recipients, incoming)
            sha256 = incoming.sha256
    except OSError:
        if sha256:  # it has its name, and the disk did not settle that
            discard(sha256)
        raise
    return sha256


def discard(sha256: str) -> None:
    """Delete an envelope that was sealed for a submission which was then refused."""
    current_files().discard(sha256)


def own_document(session: Session, bid: Bid, submission: Submission) -> documents.BidDocument:
    """Read what a supplier submitted from its own copy; the caller has asked whether it may.

    Raises:
        Unreadable: the envelope is missing, was changed or holds something else, the disk does
            not give it, or the key of the copy cannot be unwrapped.
    """
    try:
        opener = sealing.own_copy(session, bid.copy_key_id)
        with current_files().open(submission.sha256) as file:
            source = Hashed(file)
            found: Found = opener.open(source)
            if source.drain() != submission.sha256:
                raise DamagedFile(f"the envelope {submission.sha256} has changed")
        document = documents.read(found.document)
        if (document.bid, document.version, document.supplier_id) != (
            bid.reference,
            submission.version,
            str(bid.supplier_id),
        ):
            raise documents.DamagedDocument("it is another bid, or another version of this one")
    except (DamagedFile, DamagedEnvelope, documents.DamagedDocument, LostKey, OSError) as error:
        log.error(
            "own_copy_unreadable", bid=bid.reference, version=submission.version, why=str(error)
        )
        raise Unreadable from error
    return document
