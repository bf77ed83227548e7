"""Sealing to a disk that is full at any point, and opening onto one: never taken for done."""

import errno
import io

import pytest

from marketplace.core.vault import envelopes
from marketplace.core.vault.envelopes import DamagedEnvelope, Part, new_identity, open_envelope


class Full:
    """A target that takes so many pieces and then is full."""

    def __init__(self, pieces: int) -> None:
        self.pieces = pieces

    def write(self, chunk: bytes, /) -> int:
        """Take a piece while there is room."""
        if not self.pieces:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.pieces -= 1
        return len(chunk)


class Counting(Full):
    """A target that counts the pieces it takes."""

    def __init__(self) -> None:
        super().__init__(-1)

    @property
    def taken(self) -> int:
        """Give how many pieces came."""
        return -1 - self.pieces


@pytest.mark.parametrize("size", [0, 10, 70_000, 300_000])
def test_seal_to_a_disk_that_is_full_at_any_piece_raises(size: int) -> None:
    _identity, recipient = new_identity()
    counting = Counting()
    envelopes.seal(b"x" * size, [], [recipient], counting)
    assert counting.taken > 0
    for pieces in range(counting.taken):
        with pytest.raises(OSError, match="No space"):
            envelopes.seal(b"x" * size, [], [recipient], Full(pieces))


@pytest.mark.parametrize("size", [10, 70_000])
def test_open_onto_a_full_disk_raises_and_gives_no_file(size: int) -> None:
    identity, recipient = new_identity()
    sealed = io.BytesIO()
    part = Part(size, io.BytesIO(b"y" * size))
    envelopes.seal(b"{}", [part], [recipient], sealed)
    sealed.seek(0)
    with pytest.raises(DamagedEnvelope, match="No space"):
        open_envelope(sealed, identity, [Full(0)])


class Broken:
    """A source that gives so many bytes and then fails, as a disk with a bad place does."""

    def __init__(self, content: bytes) -> None:
        self._source = io.BytesIO(content)

    def read(self, size: int = -1, /) -> bytes:
        """Give what is left before the bad place."""
        if chunk := self._source.read(size):
            return chunk
        raise OSError(errno.EIO, "Input/output error")


@pytest.mark.parametrize("given", [0, 10, 200, 66_000, -1])
def test_envelope_on_a_disk_that_fails_anywhere_is_not_taken_for_a_damaged_one(given: int) -> None:
    identity, recipient = new_identity()
    sealed = io.BytesIO()
    envelopes.seal(b"x" * 100_000, [], [recipient], sealed)
    with pytest.raises(OSError, match="Input/output"):
        open_envelope(Broken(sealed.getvalue()[:given]), identity)
