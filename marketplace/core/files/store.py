"""Keeps bytes on disk under their digest, and gives them back only if they still have it."""

import hashlib
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from sqlalchemy.orm import Session

from marketplace.core.clock import Clock
from marketplace.core.files.models import StoredFile


class DamagedFile(Exception):
    """A stored file is missing or its bytes have changed. The message names its digest."""


class FileStore:
    """The folder where files lie, by the first two characters of their digest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Give where a digest's bytes lie."""
        return self.folder / sha256[:2] / sha256

    def write(self, content: bytes) -> str:
        """Keep `content` and return its SHA-256 in hex. Slow: call it before the transaction.

        The bytes are on disk when it returns; a crash leaves at most a file nobody refers to.
        A damaged file of this digest is made whole.

        Raises:
            OSError: the disk is full or not writable.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        path = self.path(sha256)
        with suppress(DamagedFile):
            self.read(sha256)
            return sha256
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, partial = tempfile.mkstemp(dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(partial).rename(path)
        except BaseException:
            Path(partial).unlink(missing_ok=True)
            raise
        # A power cut must not lose the names either: the file's, its folder's.
        for folder in (path.parent, self.folder):
            _settle(folder)
        return sha256

    def read(self, sha256: str) -> bytes:
        """Give the bytes of a digest.

        Raises:
            DamagedFile: they are gone, or are no longer the bytes that were stored.
        """
        try:
            content = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise DamagedFile(f"the stored file {sha256} is missing") from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DamagedFile(f"the stored file {sha256} has changed")
        return content


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def keep(
    session: Session, store: FileStore, sha256: str, *, media_type: str, clock: Clock
) -> StoredFile:
    """Tie bytes that were written before to a row, in the caller's transaction."""
    known = session.get(StoredFile, sha256)
    if known is not None:
        return known
    row = StoredFile(
        sha256=sha256,
        size=store.path(sha256).stat().st_size,
        media_type=media_type,
        stored_at=clock.now(),
    )
    session.add(row)
    session.flush()
    return row
