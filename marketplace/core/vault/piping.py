"""Reads what somebody else writes, while it is written: sealed files on their way from one envelope
into another never lie on the disk in the clear, nor whole in memory."""

import os
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import BinaryIO

from marketplace.core.vault.envelopes import Reader, Writer


class Piped:
    """What `work` writes, to be read by chunks; it begins to write at the first reading.

    `work` runs in a thread of its own, so it must not touch the database. An error of its own is
    raised to the reader where its bytes end. `file` is what it reads, and is closed with this.
    """

    def __init__(self, work: Callable[[Writer], object], file: BinaryIO) -> None:
        self._work = work
        self._file = file
        self._source: BinaryIO | None = None
        self._thread: Thread | None = None
        self._fault: BaseException | None = None

    def read(self, size: int = -1, /) -> bytes:
        """Give the next chunk; none at the end."""
        if self._source is None:
            self._begin()
        assert self._source is not None
        chunk = self._source.read(size)
        if not chunk and size:
            self.close()
            if self._fault is not None:
                raise self._fault
        return chunk

    def close(self) -> None:
        """Let go; whoever is still writing is told that nobody reads any more."""
        if self._source is not None:
            self._source.close()
        if self._thread is not None:
            self._thread.join()
        self._file.close()

    def _begin(self) -> None:
        reading, writing = os.pipe()
        self._source = os.fdopen(reading, "rb")
        self._thread = Thread(target=self._write, args=(writing,), daemon=True)
        self._thread.start()

    def _write(self, writing: int) -> None:
        try:
            with os.fdopen(writing, "wb") as target:
                self._work(target)
        except BrokenPipeError:
            return  # the reader has what it wants
        except BaseException as error:
            self._fault = error


class Stretch:
    """The next `size` bytes of a reader, and nothing behind them."""

    def __init__(self, source: Reader, size: int) -> None:
        self._source, self._left = source, size

    def read(self, size: int = -1, /) -> bytes:
        """Give the next chunk of the stretch; none at its end."""
        wanted = self._left if size < 0 else min(size, self._left)
        chunk = self._source.read(wanted) if wanted else b""
        self._left -= len(chunk)
        return chunk


class Nothing:
    """Takes bytes that nobody wants."""

    def write(self, chunk: bytes, /) -> None:
        """Take a chunk and let it go."""


def shut(source: Reader) -> None:
    """Close a reader, if it is one that can be closed."""
    with suppress(AttributeError):
        source.close()  # type: ignore[attr-defined]  # some have it
