"""Signed notes and keys, as other tools of transparency logs write and read them."""

import base64
import os
import stat
from pathlib import Path

import pytest

from marketplace.core.audit import signing
from marketplace.core.audit.signing import BadKey, BadNote, Signer

# The example of the Go package golang.org/x/mod/sumdb/note: its key was made to be published.
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE = (
    f"{TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf"
    "qdngotpRZb6KE6RyyBwJnAM=\n"
)
PETER = signing.parse_verifier(PUBLIC)
OTHER = Signer("market.example/log", b"\x07" * 32)


def test_published_note_is_signed_and_opened_to_the_byte() -> None:
    signer = signing.parse_signer(SECRET)

    assert signer.sign(TEXT) == NOTE
    assert signer.verifier == PETER
    opened = signing.open_note(NOTE, [PETER])
    assert (opened.text, opened.signed_by, opened.others) == (TEXT, (PETER,), ())


def test_keys_are_written_as_they_were_read() -> None:
    assert str(PETER) == PUBLIC
    assert signing.parse_signer(SECRET).secret() == SECRET
    assert signing.parse_verifier(f"  {PUBLIC}\n") == PETER


def test_changed_character_of_a_note_is_never_taken_for_signed() -> None:
    for index in range(len(NOTE)):
        for other in ("A", "\n", "=", "é"):
            if NOTE[index] == other:
                continue
            changed = NOTE[:index] + other + NOTE[index + 1 :]
            try:
                opened = signing.open_note(changed, [PETER])
            except BadNote:
                continue
            same_bytes = index == NOTE.rindex("=") - 1  # bits of base64 that stand for nothing
            assert PETER not in opened.signed_by or same_bytes, (index, other)


def test_note_of_an_unknown_key_is_read_and_nothing_is_trusted() -> None:
    opened = signing.open_note(NOTE, [OTHER.verifier])

    assert (opened.text, opened.signed_by, opened.others) == (TEXT, (), ("PeterNeumann",))


def test_key_of_the_same_name_is_not_taken_for_the_one_that_signed() -> None:
    namesake = Signer("PeterNeumann", b"\x09" * 32)

    assert signing.open_note(NOTE, [namesake.verifier]).signed_by == ()


def test_note_of_two_keys_names_both() -> None:
    _text, line = OTHER.sign(TEXT).split("\n\n")

    opened = signing.open_note(NOTE + line, [OTHER.verifier, PETER])

    assert set(opened.signed_by) == {PETER, OTHER.verifier}


def test_false_signature_in_the_name_of_a_known_key_is_refused() -> None:
    forged = base64.b64encode(PETER.key_id + bytes(64)).decode()

    with pytest.raises(BadNote, match="does not fit"):
        signing.open_note(f"{TEXT}\n— PeterNeumann {forged}\n", [PETER])


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n",
        TEXT,
        f"{TEXT}\n",
        NOTE.removesuffix("\n"),
        NOTE.replace("— ", "- "),
        NOTE.replace("\n\n", "\n"),
        NOTE + "one line more\n",
        NOTE.replace("x08go", "x08g!"),
        NOTE.replace("x08go", "x08g"),
        TEXT + "\n" + NOTE.rpartition("\n\n")[2] * 101,
    ],
)
def test_text_that_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(BadNote):
        signing.open_note(note, [PETER])


@pytest.mark.parametrize(
    "key",
    [
        "",
        "PeterNeumann",
        PUBLIC.replace("c74f20a3", "c74f20a4"),
        PUBLIC.replace("PeterNeumann", "PeterNeumann2"),
        PUBLIC.replace("Peter", "Peter "),
        PUBLIC[:-4],
        PUBLIC.replace("ARpc", "Arpc"),
        PUBLIC.replace("ARpc", "!Rpc"),
        SECRET,
    ],
)
def test_text_that_is_no_public_key_is_refused(key: str) -> None:
    with pytest.raises(BadKey):
        signing.parse_verifier(key)


@pytest.mark.parametrize(
    "key", ["", PUBLIC, SECRET[:-4], SECRET.replace("c74f20a3", "00000000"), f"PRIVATE+{SECRET}"]
)
def test_text_that_is_no_whole_key_is_refused(key: str) -> None:
    with pytest.raises(BadKey):
        signing.parse_signer(key)


@pytest.mark.parametrize("name", ["", "two words", "a+b", "a\nb"])
def test_name_that_a_note_could_not_hold_is_refused(name: str) -> None:
    with pytest.raises(BadKey):
        signing.new_signer(name)


def test_text_without_its_last_new_line_is_not_signed() -> None:
    with pytest.raises(ValueError, match="new line"):
        OTHER.sign("a text")


def test_key_in_a_file_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "log.key"
    assert signing.load(file) is None

    first = signing.keep(signing.new_signer("market.example/log"), file)
    second = signing.keep(signing.new_signer("market.example/log"), file)

    assert first == second == signing.load(file)
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert os.listdir(file.parent) == ["log.key"]


def test_whole_key_never_shows_itself() -> None:
    assert base64.b64encode(OTHER.seed).decode() not in repr(OTHER)
    assert "seed" not in repr(OTHER)


@pytest.mark.parametrize("held", [b"\xff\xfe", b"nonsense"])
def test_file_that_holds_no_key_is_refused(tmp_path: Path, held: bytes) -> None:
    file = tmp_path / "log.key"
    file.write_bytes(held)

    with pytest.raises(BadKey):
        signing.load(file)
