"""Master keys: what they wrap opens for its own purpose alone, and their file is for us alone."""

import os
import stat
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.vault import keyring
from marketplace.core.vault.keyring import BadMasterKey, Keyring, LostKey, MasterKey

SECRET, PURPOSE = b"a secret of any length", "draft:1"
OLD, NEW = MasterKey(b"\x01" * 32), MasterKey(b"\x02" * 32)
RING = Keyring((OLD,))


@given(st.binary(max_size=200), st.text())
def test_wrapped_secret_opens_for_its_purpose(secret: bytes, purpose: str) -> None:
    assert RING.unwrap(RING.wrap(secret, purpose), purpose) == secret


@given(st.text(), st.text())
def test_wrapped_secret_opens_for_no_other_purpose(purpose: str, other: str) -> None:
    wrapped = RING.wrap(SECRET, purpose)

    if other != purpose:
        with pytest.raises(LostKey, match="another's place"):
            RING.unwrap(wrapped, other)


@given(st.data())
def test_wrapped_secret_with_any_bit_changed_does_not_open(data: st.DataObject) -> None:
    # Version, name of the master key, nonce, text and tag alike.
    wrapped = bytearray(RING.wrap(SECRET, PURPOSE))
    at = data.draw(st.integers(0, len(wrapped) - 1))
    wrapped[at] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(LostKey):
        RING.unwrap(bytes(wrapped), PURPOSE)


@pytest.mark.parametrize("left", [0, 1, 8, 9, 15, 20, 21, 30, 36])
def test_wrapped_secret_cut_short_does_not_open(left: int) -> None:
    with pytest.raises(LostKey):
        RING.unwrap(RING.wrap(SECRET, PURPOSE)[:left], PURPOSE)


def test_wrapped_secret_does_not_open_without_the_key_that_wrapped_it() -> None:
    with pytest.raises(LostKey, match="not at hand"):
        Keyring((NEW,)).unwrap(RING.wrap(SECRET, PURPOSE), PURPOSE)


def test_secret_wrapped_by_a_former_key_opens_and_new_ones_are_wrapped_by_the_first() -> None:
    both = Keyring((NEW, OLD))

    assert both.unwrap(RING.wrap(SECRET, PURPOSE), PURPOSE) == SECRET
    assert Keyring((NEW,)).unwrap(both.wrap(SECRET, PURPOSE), PURPOSE) == SECRET


def test_secret_wrapped_twice_looks_different_and_never_like_itself() -> None:
    wrapped = RING.wrap(SECRET, PURPOSE)

    assert wrapped != RING.wrap(SECRET, PURPOSE)
    assert SECRET not in wrapped


def test_keys_print_no_secret() -> None:
    shown = repr(OLD) + repr(RING)

    assert OLD.secret.hex() not in shown
    assert str(OLD) not in shown
    assert repr(OLD.secret) not in shown


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=4))
def test_keys_that_were_written_are_read_in_their_order(secrets: list[bytes]) -> None:
    keys = [MasterKey(secret) for secret in secrets]

    assert keyring.parse(" ".join(map(str, keys))) == Keyring(tuple(keys))
    assert keyring.parse("".join(f"{key}  # made today\n" for key in keys)).keys == tuple(keys)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n# nothing but a remark\n",
        "a word",
        str(OLD)[:-4],
        str(OLD).replace("MASTER", "PRIVATE"),
        str(OLD).replace(OLD.key_id.hex(), NEW.key_id.hex()),
        str(OLD) + "AAAA",
        "MASTER+KEY+" + OLD.key_id.hex() + "+é",
        "MASTER+KEY++",
        f"{OLD} {str(NEW)[1:]}",
    ],
)
def test_text_that_holds_no_whole_key_is_refused(text: str) -> None:
    with pytest.raises(BadMasterKey):
        keyring.parse(text)


def test_file_of_keys_is_written_for_one_account_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "master.key"

    keyring.write(RING, file)

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert keyring.read(file) == RING
    assert list(file.parent.iterdir()) == [file]


def test_file_of_keys_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    keyring.write(RING, file)

    with pytest.raises(FileExistsError):
        keyring.write(Keyring((NEW,)), file)

    assert keyring.read(file) == RING
    assert list(tmp_path.iterdir()) == [file]


def test_file_of_keys_that_cannot_be_written_whole_stays_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "master.key"
    keyring.write(RING, file)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        keyring.write(Keyring((NEW, OLD)), file, replace=True)

    assert keyring.read(file) == RING
    assert list(tmp_path.iterdir()) == [file]


def test_file_of_keys_that_is_replaced_stays_with_its_account(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "master.key"
    keyring.write(RING, file)
    given_to: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "geteuid", lambda: file.stat().st_uid + 1)
    monkeypatch.setattr(os, "fchown", lambda _handle, user, group: given_to.append((user, group)))

    keyring.write(Keyring((NEW, OLD)), file, replace=True)

    assert given_to == [(file.stat().st_uid, file.stat().st_gid)]


def test_file_of_keys_that_is_replaced_stays_with_its_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "master.key"
    keyring.write(RING, file)
    given_to: list[tuple[int, int]] = []
    new = SimpleNamespace(st_gid=file.stat().st_gid + 1)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fstat", lambda _handle: new)
        patch.setattr(os, "fchown", lambda _handle, user, group: given_to.append((user, group)))

        keyring.write(Keyring((NEW, OLD)), file, replace=True)

    assert given_to == [(file.stat().st_uid, file.stat().st_gid)]


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o400])
def test_file_of_keys_that_is_replaced_stays_as_open_as_it_was(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "master.key"
    keyring.write(RING, file)
    file.chmod(mode)

    keyring.write(Keyring((NEW, OLD)), file, replace=True)

    assert stat.S_IMODE(file.stat().st_mode) == mode
    assert keyring.read(file) == Keyring((NEW, OLD))


@pytest.mark.parametrize(("mode", "exposed"), [(0o600, False), (0o640, False), (0o644, True)])
def test_file_of_keys_that_others_may_read_is_exposed(
    tmp_path: Path, mode: int, exposed: bool
) -> None:
    file = tmp_path / "master.key"
    keyring.write(RING, file)
    file.chmod(mode)

    assert keyring.is_exposed(file) is exposed


def test_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "master.key"
    file.write_bytes(b"\xff\xfe")

    with pytest.raises(BadMasterKey, match="no text"):
        keyring.read(file)


def test_two_changes_of_a_file_at_once_are_kept_apart(tmp_path: Path) -> None:
    file = tmp_path / "master.key"

    with keyring.alone(file), pytest.raises(BlockingIOError), keyring.alone(file):
        pytest.fail("both were let in")
    with keyring.alone(file):
        pass
