"""Keeps bytes on disk under their digest, and gives them back only if they still have it."""

import errno
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import delete, exists, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.files.models import StoredFile


class DamagedFile(Exception):
    """A stored file is missing or its bytes have changed. The message names its digest.

    `sha256` is that digest where the store itself found out, else empty.
    """

    def __init__(self, message: str, sha256: str = "") -> None:
        super().__init__(message)
        self.sha256 = sha256


class Incoming:
    """Bytes on their way into the store: written by chunks, digested as they come.

    `sha256` and `size` are theirs so far; they are in the store when the `with` ends well.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self.size = 0

    @property
    def sha256(self) -> str:
        """Give the digest, in hex, of what was written so far."""
        return self._digest.hexdigest()

    def write(self, chunk: bytes) -> int:
        """Take a chunk.

        Raises:
            OSError: the disk is full.
        """
        self._digest.update(chunk)
        self.size += len(chunk)
        return self._file.write(chunk)


class FileStore:
    """The folder where files lie, by the first two characters of their digest."""

    def __init__(self, folder: Path, *, expects: Callable[[], bool] = lambda: False) -> None:
        """Take a folder; `expects` tells whether files were kept, so that they must be there."""
        self.folder = folder
        self._expects = expects

    def is_away(self) -> bool:
        """Tell whether files were kept and another folder is here, as without its volume."""
        return not self._is_begun() and self._expects()

    def _is_begun(self) -> bool:
        """Tell whether anything was ever kept here: the folders by digest stay for good."""
        try:
            return any(len(each.name) == 2 for each in self.folder.iterdir())
        except FileNotFoundError:
            return False

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
        with suppress(DamagedFile):
            self.read(sha256)
            return sha256
        with self.receive() as incoming:
            incoming.write(content)
        return incoming.sha256

    @contextmanager
    def receive(self) -> Iterator[Incoming]:
        """Keep what is written by chunks until the `with` ends; nothing where it ends in an error.

        The bytes are on disk when it ends, for our own account alone; a crash leaves at most a
        file nobody refers to, under no digest's name unless it is whole.

        Raises:
            OSError: the disk is full or not writable, or the whole store is away.
        """
        if self.is_away():
            raise self._away()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, name = tempfile.mkstemp(dir=self.folder, prefix=".incoming-")
        partial = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as file:
                incoming = Incoming(file)
                yield incoming
                file.flush()
                os.fsync(file.fileno())
            path = self.path(incoming.sha256)
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            partial.rename(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        # A power cut must not lose the names either: the file's, its folder's.
        for folder in (path.parent, self.folder):
            _settle(folder)

    def open(self, sha256: str) -> BinaryIO:
        """Open the bytes of a digest to be read by chunks; whoever reads compares the digest.

        Raises:
            DamagedFile: they are gone, or something else is in their place.
            OSError: the whole store is away, which says nothing of any file in it.
        """
        try:
            return self.path(sha256).open("rb")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError, PermissionError):
            if not os.access(self.folder, os.R_OK | os.X_OK):
                raise
            if self.is_away():
                raise self._away() from None
            raise DamagedFile(f"the stored file {sha256} is missing", sha256) from None

    def _away(self) -> OSError:
        return OSError(errno.ENODEV, "No stored files are there", str(self.folder))

    def discard(self, sha256: str) -> None:
        """Delete bytes that no row refers to, as when the change that they were for was refused."""
        self.path(sha256).unlink(missing_ok=True)

    def read(self, sha256: str) -> bytes:
        """Give the bytes of a digest.

        Raises:
            DamagedFile: they are gone, or are no longer the bytes that were stored.
        """
        try:
            content = self.path(sha256).read_bytes()
        except FileNotFoundError:
            raise DamagedFile(f"the stored file {sha256} is missing", sha256) from None
        if hashlib.sha256(content).hexdigest() != sha256:
            raise DamagedFile(f"the stored file {sha256} has changed", sha256)
        return content


def hold(session: Session, sha256: str) -> None:
    """Hold a digest until the transaction ends: of those who keep and discard its bytes, one waits.

    On SQLite every transaction that writes holds all of it.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(int(sha256[:15], 16))))


def is_kept(session: Session, sha256: str) -> bool:
    """Tell whether the database names the bytes of a digest."""
    return bool(session.scalar(select(exists().where(StoredFile.sha256 == sha256))))


def forget(session: Session, sha256: str) -> None:
    """Take a digest's row away unless something still refers to it; hold the digest before."""
    try:
        with session.begin_nested():
            session.execute(delete(StoredFile).where(StoredFile.sha256 == sha256))
    except IntegrityError:
        # Another thing holds the same bytes.
        return


def _settle(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def any_kept() -> bool:
    """Tell whether the database names stored files."""
    return bool(db.session().scalar(select(exists().select_from(StoredFile))))


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
