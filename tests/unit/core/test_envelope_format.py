"""The plain text of an envelope is read in its one form and no other, whatever its chunks are."""

import io

import pyrage
import pytest

from marketplace.core.vault import envelopes
from marketplace.core.vault.envelopes import DamagedEnvelope, Part

IDENTITY, RECIPIENT = envelopes.new_identity()


def sealed(plain: bytes) -> io.BytesIO:
    """Seal a plain text that no envelope of ours would have."""
    return io.BytesIO(pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(RECIPIENT)]))


@pytest.mark.parametrize(
    ("document", "files"),
    [
        (b"{}", []),
        (b"", []),
        (b"x" * 200_000, [b"", b"one", b"", b"y" * 70_000]),
        (b"{}", [b""]),
        (b"", [b"", b""]),
    ],
)
def test_envelope_gives_back_what_was_sealed(document: bytes, files: list[bytes]) -> None:
    target, opened = io.BytesIO(), [io.BytesIO() for _file in files]
    parts = [Part(len(file), io.BytesIO(file)) for file in files]
    envelopes.seal(document, parts, [RECIPIENT], target)
    target.seek(0)

    found = envelopes.open_envelope(target, IDENTITY, opened)

    assert found.document == document
    assert [size for size, _digest in found.files] == [len(file) for file in files]
    assert [file.getvalue() for file in opened] == files


@pytest.mark.parametrize(
    "plain",
    [
        b"",
        b"envelope/1",
        b"envelope/2\n" + b'{"document":2,"files":[]}\n{}',
        b"envelope/1\n" + b'{"document":2,"files":[]}',
        b"envelope/1\n" + b'{"document":2, "files":[]}\n{}',
        b"envelope/1\n" + b'{"files":[],"document":2}\n{}',
        b"envelope/1\n" + b'{"document":2}\n{}',
        b"envelope/1\n" + b'{"document":2,"files":[],"more":1}\n{}',
        b"envelope/1\n" + b'{"document":-2,"files":[]}\n{}',
        b"envelope/1\n" + b'{"document":true,"files":[]}\n{',
        b"envelope/1\n" + b'{"document":3,"files":[]}\n{}',
        b"envelope/1\n" + b'{"document":2,"files":[]}\n{}x',
        b"envelope/1\n" + b'{"document":2,"files":[3]}\n{}xx',
        b"envelope/1\n" + b'{"document":16777217,"files":[]}\n{}',
        b"envelope/1\n" + b"[" * 60_000 + b"\n",
    ],
)
def test_plain_text_of_another_form_is_refused(plain: bytes) -> None:
    with pytest.raises(DamagedEnvelope):
        envelopes.open_envelope(sealed(plain), IDENTITY)


def test_header_of_65536_bytes_is_read_and_a_longer_one_is_refused() -> None:
    # A file of no length takes two bytes of the header; the line before it and its end 12.
    count = (65_536 - 12 - len('{"document":0,"files":[]}') + 1) // 2
    head = b"envelope/1\n" + b'{"document":0,"files":[' + b",".join([b"0"] * count) + b"]}\n"
    longer = head.replace(b"[0,", b"[0,0,0,")

    assert 65_535 <= len(head) <= 65_536
    assert len(envelopes.open_envelope(sealed(head), IDENTITY).files) == count
    with pytest.raises(DamagedEnvelope):
        envelopes.open_envelope(sealed(longer), IDENTITY)
    with pytest.raises(ValueError, match="too many files"):
        envelopes.seal(b"", [Part(0, io.BytesIO())] * (count + 2), [RECIPIENT], io.BytesIO())
