"""The `envelope/1` format: a bid's document and its files, sealed to age recipients as a stream.

`docs/verification.md`, section 10, describes it byte by byte. Source:
age-encryption.org/v1. Nothing here holds more of an envelope in memory than its document and one
chunk.
"""

import hashlib
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pyrage

from scoring.engine.canonical import canonical

FORMAT = b"envelope/1\n"
# A document of a bid with the longest answers has far less; a forged length must not fill memory.
MOST_DOCUMENT = 16 * 1024 * 1024
# With the line before it and the new lines that end both.
_MOST_HEADER = 64 * 1024
_CHUNK = 256 * 1024


class DamagedEnvelope(ValueError):
    """Bytes are no envelope, or are sealed to another key; the message says which."""


class Reader(Protocol):
    """Anything that is read by chunks."""

    def read(self, size: int = -1, /) -> bytes:
        """Give at most `size` bytes; none at the end."""
        ...


class Writer(Protocol):
    """Anything that is written by chunks."""

    def write(self, chunk: bytes, /) -> object:
        """Take a chunk."""
        ...


@dataclass(frozen=True)
class Part:
    """A file to be sealed: its length in bytes, and where it is read from."""

    size: int
    source: Reader


@dataclass(frozen=True)
class Found:
    """What an opened envelope held: its document, and length and SHA-256 in hex of each file."""

    document: bytes
    files: Sequence[tuple[int, str]]


def new_identity() -> tuple[str, str]:
    """Make a key pair, and give the private part and its recipient as age writes them."""
    identity = pyrage.x25519.Identity.generate()
    return str(identity), str(identity.to_public())


def seal(document: bytes, files: Sequence[Part], recipients: Sequence[str], target: Writer) -> None:
    """Seal a document and its files to each of the recipients, and write the envelope.

    Raises:
        ValueError: the document is too long, there are too many files, or a file is not as long as
            it says.
        OSError: `target` could not be written, as on a full disk.
    """
    if len(document) > MOST_DOCUMENT:
        raise ValueError("the document is too long for an envelope")
    header = canonical({"document": len(document), "files": [part.size for part in files]})
    if len(FORMAT) + len(header) >= _MOST_HEADER:
        raise ValueError("there are too many files for an envelope")
    keys = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    head = FORMAT + header + b"\n" + document
    source = _Chain([Part(len(head), io.BytesIO(head)), *files])
    sink = _Sink(target)
    try:
        pyrage.encrypt_io(source, sink, keys)
    finally:
        if sink.fault is not None:
            raise sink.fault
    if source.wrong:
        raise ValueError("a file is not as long as it says")


def open_envelope(source: Reader, identity: str, targets: Sequence[Writer] = ()) -> Found:
    """Open an envelope with a private key, and write its files to `targets`, as far as given.

    Raises:
        DamagedEnvelope: it is none, was changed, or is sealed to other keys.
        OSError: `source` could not be read, which says nothing of the envelope.
    """
    reader, given = _Splitter(targets), _Source(source)
    try:
        key = pyrage.x25519.Identity.from_str(identity)
        pyrage.decrypt_io(given, reader, [key])
        if reader.fault is not None:
            raise reader.fault
    except (pyrage.DecryptError, OSError, ValueError) as error:
        if given.fault is not None:
            raise given.fault from error
        raise DamagedEnvelope(str(error) or "it cannot be opened") from error
    return reader.found()


class _Source(io.RawIOBase):
    """Gives the sealing library what it reads, from anything that can be read."""

    def __init__(self, source: Reader) -> None:
        self._source = source
        # What went wrong in reading: the library would make a damaged envelope of a broken disk.
        self.fault: OSError | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        try:
            return self._source.read(_CHUNK if size < 0 else size)
        except OSError as error:
            self.fault = error
            raise


class _Sink(io.RawIOBase):
    """Takes what the sealing library writes."""

    def __init__(self, target: Writer) -> None:
        self._target = target
        # What went wrong in writing. The library tells it in an error of its own kind, and where
        # it was the last piece that could not be written, not at all.
        self.fault: OSError | None = None

    def writable(self) -> bool:
        return True

    def write(self, chunk: bytes, /) -> int:  # type: ignore[override]  # it is given bytes only
        try:
            self._target.write(chunk)
        except OSError as error:
            self.fault = error
            raise
        return len(chunk)


class _Chain(io.RawIOBase):
    """Reads parts one after another, each as long as it says."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = list(parts)
        self._left = self._parts[0].size
        self.wrong = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        while self._parts:
            if not self._left:
                # What is still there would be missing from what the header promised.
                self.wrong = self.wrong or bool(self._parts[0].source.read(1))
                self._parts.pop(0)
                self._left = self._parts[0].size if self._parts else 0
                continue
            chunk = self._parts[0].source.read(min(self._left, _CHUNK if size < 0 else size))
            if not chunk:
                self.wrong, self._left = True, 0
                continue
            self._left -= len(chunk)
            return chunk
        return b""


class _Splitter(io.RawIOBase):
    """Takes an envelope's plain text as it comes, and parts it into header, document and files."""

    def __init__(self, targets: Sequence[Writer]) -> None:
        self._targets = targets
        self._head = bytearray()
        self._document = bytearray()
        self._sizes: list[int] | None = None
        self._wanted = 0
        self._digests = [hashlib.sha256()]
        self._left = 0
        # As for `_Sink`: the library swallows what goes wrong with the last piece.
        self.fault: OSError | ValueError | None = None

    def writable(self) -> bool:
        return True

    def write(self, chunk: bytes, /) -> int:  # type: ignore[override]  # it is given bytes only
        try:
            self._take(chunk)
        except (OSError, ValueError) as error:
            self.fault = error
            raise
        return len(chunk)

    def _take(self, chunk: bytes) -> None:
        rest = memoryview(chunk)
        if self._sizes is None:
            rest = memoryview(self._begin(bytes(rest)))
        if len(self._document) < self._wanted:
            take = min(self._wanted - len(self._document), len(rest))
            self._document += rest[:take]
            rest = rest[take:]
        self._to_files(rest)

    def found(self) -> Found:
        """Give what was found, once all was written."""
        if self._sizes is None or len(self._document) < self._wanted or self._left:
            raise DamagedEnvelope("it ends too early")
        if len(self._digests) <= len(self._sizes):
            # Only empty files may still be to come.
            self._advance()
        if self._left or len(self._digests) <= len(self._sizes):
            raise DamagedEnvelope("it ends too early")
        digests = [digest.hexdigest() for digest in self._digests[1:]]
        return Found(bytes(self._document), tuple(zip(self._sizes, digests, strict=True)))

    def _begin(self, chunk: bytes) -> bytes:
        """Read the header as far as it has come; give what follows it."""
        self._head += chunk
        end = self._head.find(b"\n", len(FORMAT))
        length = len(self._head) if end < 0 else end
        if not self._head.startswith(FORMAT[: len(self._head)]) or length >= _MOST_HEADER:
            raise DamagedEnvelope("it does not begin as an envelope does")
        if end < 0:
            return b""
        self._wanted, self._sizes = _header(bytes(self._head[len(FORMAT) : end]))
        rest = bytes(self._head[end + 1 :])
        self._head.clear()
        return rest

    def _to_files(self, rest: memoryview) -> None:
        while rest:
            if not self._left:
                self._advance()
            if not self._left:
                raise DamagedEnvelope("it goes on after its last file")
            take = min(self._left, len(rest))
            self._digests[-1].update(rest[:take])
            number = len(self._digests) - 2
            if number < len(self._targets):
                self._targets[number].write(bytes(rest[:take]))
            self._left -= take
            rest = rest[take:]

    def _advance(self) -> None:
        """Go to the next file that is not empty, or behind the last."""
        assert self._sizes is not None
        while not self._left and len(self._digests) <= len(self._sizes):
            self._left = self._sizes[len(self._digests) - 1]
            self._digests.append(hashlib.sha256())


def _header(text: bytes) -> tuple[int, list[int]]:
    try:
        found = json.loads(text)
        size, files = found["document"], found["files"]
        whole = type(files) is list and all(
            type(each) is int and each >= 0 for each in [size, *files]
        )
        if not whole or canonical(found) != text or set(found) != {"document", "files"}:
            raise ValueError("another form")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DamagedEnvelope("its header is none") from error
    if size > MOST_DOCUMENT:
        raise DamagedEnvelope("its document is longer than any bid's")
    return size, files
