"""Envelopes: what was sealed comes back whole, and nothing else is taken for one."""

import hashlib
import io
import json
import resource
from collections.abc import Sequence
from pathlib import Path

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.vault import envelopes
from marketplace.core.vault.envelopes import FORMAT, DamagedEnvelope, Found, Part

IDENTITY, RECIPIENT = envelopes.new_identity()
OTHER_IDENTITY, OTHER_RECIPIENT = envelopes.new_identity()
# Around the borders: nothing, one byte, a chunk of age's (64 KiB), one of ours (256 KiB).
SIZES = st.sampled_from([0, 1, 2, 100, 65_535, 65_536, 65_537, 262_144, 262_145, 300_000])
DOCUMENT = b'{"bid":"B-1"}'


class Halting:
    """Gives bytes in pieces of odd sizes, as a network or a pipe does."""

    def __init__(self, content: bytes, most: int) -> None:
        self._source = io.BytesIO(content)
        self._most = most

    def read(self, size: int = -1, /) -> bytes:
        """Give at most as many bytes as are asked for and as this gives at once."""
        return self._source.read(self._most if size < 0 else min(size, self._most))


def content_of(size: int, number: int = 0) -> bytes:
    """Make bytes that differ by place and number."""
    return hashlib.shake_128(bytes([number])).digest(size)


def sealed(document: bytes, contents: Sequence[bytes], *recipients: str) -> bytes:
    """Seal a document and files."""
    target = io.BytesIO()
    parts = [Part(len(content), io.BytesIO(content)) for content in contents]
    envelopes.seal(document, parts, recipients or [RECIPIENT], target)
    return target.getvalue()


def age(plain: bytes) -> bytes:
    """Seal any bytes as age does, without our form."""
    return bytes(pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(RECIPIENT)]))


def opened(envelope: bytes, identity: str = IDENTITY) -> Found:
    """Open an envelope."""
    return envelopes.open_envelope(io.BytesIO(envelope), identity)


def described(contents: Sequence[bytes]) -> list[tuple[int, str]]:
    """Give what is found of files."""
    return [(len(content), hashlib.sha256(content).hexdigest()) for content in contents]


@settings(deadline=None, max_examples=40)
@given(
    document=SIZES,
    files=st.lists(SIZES, max_size=4),
    written=st.integers(1, 70_000),
    read=st.integers(1, 70_000),
)
def test_envelope_gives_back_what_was_sealed_in_whatever_pieces_it_comes(
    document: int, files: list[int], written: int, read: int
) -> None:
    text = content_of(document, 255)
    contents = [content_of(size, number) for number, size in enumerate(files)]
    target, copies = io.BytesIO(), [io.BytesIO() for _ in contents]

    envelopes.seal(
        text,
        [Part(len(content), Halting(content, written)) for content in contents],
        [RECIPIENT, OTHER_RECIPIENT],
        target,
    )
    found = envelopes.open_envelope(Halting(target.getvalue(), read), OTHER_IDENTITY, copies)

    assert found.document == text
    assert list(found.files) == described(contents)
    assert [copy.getvalue() for copy in copies] == contents


# One for all, since age makes each of another length.
ENVELOPE = sealed(DOCUMENT, [content_of(70_000), b"", content_of(5)])


def test_envelope_opens_with_each_of_its_keys_and_no_other() -> None:
    envelope = sealed(DOCUMENT, [], RECIPIENT)

    assert opened(envelope).document == DOCUMENT
    with pytest.raises(DamagedEnvelope):
        opened(envelope, OTHER_IDENTITY)


def test_envelope_shows_nothing_of_what_is_in_it() -> None:
    envelope = sealed(b"marker-of-the-document" * 10, [b"marker-of-the-file" * 10])

    assert b"marker" not in envelope
    assert RECIPIENT.encode() not in envelope


def test_envelope_of_the_same_bid_is_another_each_time() -> None:
    assert sealed(DOCUMENT, []) != sealed(DOCUMENT, [])


@settings(deadline=None)
@given(st.data())
def test_envelope_cut_short_anywhere_does_not_open(data: st.DataObject) -> None:
    with pytest.raises(DamagedEnvelope):
        opened(ENVELOPE[: data.draw(st.integers(0, len(ENVELOPE) - 1))])


@settings(deadline=None)
@given(st.data())
def test_envelope_with_any_bit_changed_does_not_open(data: st.DataObject) -> None:
    envelope = bytearray(ENVELOPE)
    envelope[data.draw(st.integers(0, len(envelope) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(DamagedEnvelope):
        opened(bytes(envelope))


@pytest.mark.parametrize("more", [b"x", b"x" * 100_000])
def test_envelope_with_bytes_after_its_end_does_not_open(more: bytes) -> None:
    with pytest.raises(DamagedEnvelope):
        opened(sealed(DOCUMENT, []) + more)


def plain(header: object, rest: bytes = DOCUMENT) -> bytes:
    """Write an envelope's plain text with any header."""
    text = header if isinstance(header, bytes) else json.dumps(header, separators=(",", ":"))
    return FORMAT + (text if isinstance(text, bytes) else text.encode()) + b"\n" + rest


SIZE = len(DOCUMENT)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n",
        FORMAT[:-1],
        FORMAT,
        b"envelope/2\n" + plain({"document": SIZE, "files": []})[len(FORMAT) :],
        plain({"document": SIZE, "files": []})[:-1],
        plain({"document": SIZE, "files": []}, DOCUMENT + b"x"),
        plain({"document": SIZE + 1, "files": []}),
        plain({"document": SIZE - 1, "files": []}),
        plain({"document": SIZE, "files": [1]}),
        plain({"document": SIZE, "files": [0, 5]}),
        plain({"document": SIZE, "files": [5, 0]}),
        plain({"document": SIZE, "files": [5]}, DOCUMENT + b"1234"),
        plain({"document": SIZE, "files": [5]}, DOCUMENT + b"123456"),
        plain({"document": SIZE, "files": [2**60]}, DOCUMENT + b"123456"),
        plain({"document": SIZE, "files": [-1]}),
        plain({"document": SIZE, "files": [True]}, DOCUMENT + b"x"),
        plain({"document": SIZE, "files": [1.0]}, DOCUMENT + b"x"),
        plain({"document": SIZE, "files": {}}),
        plain({"document": SIZE, "files": "11"}, DOCUMENT + b"xx"),
        plain({"document": SIZE, "files": None}),
        plain({"document": True, "files": []}, b"x"),
        plain({"document": str(SIZE), "files": []}),
        plain({"document": -1, "files": []}, b""),
        plain({"document": 17 * 1024 * 1024, "files": []}),
        plain({"document": 2**70, "files": []}),
        plain({"document": SIZE}),
        plain({"document": SIZE, "files": [], "more": 1}),
        plain({"files": [], "document": SIZE}),
        plain(b'{"document": %d,"files":[]}' % SIZE),
        plain(b'{"document":%d,"document":%d,"files":[]}' % (SIZE, SIZE)),
        plain(b"[" * 10_000),
        plain(b"x" * 70_000),
        plain(b"null"),
        plain(b"\xff\xfe"),
    ],
)
def test_sealed_text_that_is_no_envelope_is_refused(text: bytes) -> None:
    with pytest.raises(DamagedEnvelope):
        opened(age(text))


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_bytes_that_are_no_envelope_are_refused(content: bytes) -> None:
    with pytest.raises(DamagedEnvelope):
        opened(content)
    with pytest.raises(DamagedEnvelope):
        opened(age(content))


def test_envelope_of_another_writer_of_the_form_opens() -> None:
    text = plain({"document": SIZE, "files": [3, 0]}, DOCUMENT + b"abc")

    assert opened(age(text)) == Found(DOCUMENT, tuple(described([b"abc", b""])))


@pytest.mark.parametrize("said", [2, 4])
def test_file_that_is_not_as_long_as_it_says_is_not_sealed(said: int) -> None:
    with pytest.raises(ValueError, match="as long as it says"):
        envelopes.seal(DOCUMENT, [Part(said, io.BytesIO(b"abc"))], [RECIPIENT], io.BytesIO())


def test_document_that_is_too_long_is_not_sealed() -> None:
    with pytest.raises(ValueError, match="too long"):
        sealed(b"x" * (envelopes.MOST_DOCUMENT + 1), [])


class Endless:
    """Gives zeros and counts what it was asked for at most at once."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.most = 0

    def read(self, size: int = -1, /) -> bytes:
        """Give zeros until they have run out."""
        assert size >= 0, "somebody wants all of it at once"
        self.most = max(self.most, size)
        size = min(size, self.left)
        self.left -= size
        return bytes(size)


class Measuring:
    """Takes bytes and keeps the length of the longest piece."""

    def __init__(self) -> None:
        self.most = 0

    def write(self, chunk: bytes, /) -> int:
        """Take a piece."""
        self.most = max(self.most, len(chunk))
        return len(chunk)


def test_large_bid_passes_in_small_pieces_and_is_never_held_whole(tmp_path: Path) -> None:
    size = 100 * 1024 * 1024
    source, target = Endless(size), Measuring()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with (tmp_path / "envelope").open("wb") as file:
        envelopes.seal(DOCUMENT, [Part(size, source)], [RECIPIENT], file)
    with (tmp_path / "envelope").open("rb") as file:
        found = envelopes.open_envelope(file, IDENTITY, [target])

    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert found.files[0][0] == size
    assert max(source.most, target.most) <= 1024 * 1024
    assert grown < 60 * 1024  # in KiB
