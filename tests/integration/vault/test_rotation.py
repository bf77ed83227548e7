"""A change of the master key: every key wrapped anew, no bid touched, whenever it is cut off."""

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from marketplace.cli import main
from marketplace.core.audit import log
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.errors import WrongMoment
from marketplace.core.vault import drafts, keyring, master, officers, rotation, sealing
from marketplace.core.vault.keyring import MARK_BYTES, Keyring, LostKey, MasterKey
from marketplace.core.vault.models import DraftKey, SealingKey
from tests.conftest import NOW
from tests.factories import PASSPHRASE
from tests.integration.vault.conftest import Kept

Said = pytest.CaptureFixture[str]
# A closing's, two own copies', a draft's and three officers'.
KEYS = 7


@pytest.fixture
def command(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Give the command, run as on the machine of this installation."""
    for name, value in {
        "MARKETPLACE_SECRET_KEY": kept.settings.secret_key,
        "MARKETPLACE_DATA": str(kept.settings.data),
        "MARKETPLACE_DATABASE": kept.settings.database_url,
        "MARKETPLACE_SMTP_URL": "smtp://mail.invalid:25",
    }.items():
        monkeypatch.setenv(name, value)
    return lambda *words: main(["keys", *words])


def ids(file: Path) -> list[str]:
    """Name the master keys in a file, the one in use first."""
    return [key.key_id.hex() for key in keyring.read(file).keys]


def under(kept: Kept) -> set[str]:
    """Name the master keys that wrap something."""
    return {wrapped[1:MARK_BYTES].hex() for wrapped in kept.wrapped().values()}


def entries(session: Session, action: str) -> list[dict[str, object]]:
    """Read the fields of the site's entries of an action."""
    session.rollback()
    found = session.scalars(
        select(LogEntry)
        .where(LogEntry.chain == log.SITE, LogEntry.action == action)
        .order_by(LogEntry.n)
    )
    return [dict(entry.fields) for entry in found]


def files(folder: Path) -> dict[str, tuple[bytes, int]]:
    """Read what lies in a folder, and when it was written."""
    return {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_rotation_wraps_every_key_anew_and_touches_no_bid(
    kept: Kept, command: Callable[..., int], capsys: Said
) -> None:
    (former,) = ids(kept.file)
    before, bids = kept.wrapped(), files(kept.settings.data / "files")
    cipher = drafts.find(kept.session, kept.draft)
    fields = kept.session.execute(text("SELECT name, ciphertext FROM bid_field ORDER BY 1")).all()
    assert bids

    assert command("rotate") == 0

    said = capsys.readouterr().out
    current, *others = ids(kept.file)
    assert others == [former]
    assert under(kept) == {current}
    assert kept.wrapped().keys() == before.keys()
    assert not set(kept.wrapped().values()) & set(before.values())
    assert files(kept.settings.data / "files") == bids
    kept.session.rollback()
    assert (
        kept.session.execute(text("SELECT name, ciphertext FROM bid_field ORDER BY 1")).all()
        == fields
    )
    assert drafts.find(kept.session, kept.draft) == cipher
    assert f"All {KEYS} keys are under the new master key." in said
    assert f"Back up {kept.file} now" in said
    assert not keyring.is_exposed(kept.file)


def test_rotation_leaves_every_key_of_use(kept: Kept, command: Callable[..., int]) -> None:
    key = officers.in_use(kept.session, kept.officers[0].id)
    assert key is not None
    seed = officers.unlock(key, PASSPHRASE).seed

    assert command("rotate") == command("rotate", "--forget") == 0

    kept.session.rollback()
    assert officers.unlock(key, PASSPHRASE).seed == seed
    sealing.rehearse(kept.session, kept.sealing_key)


def test_rotation_is_an_entry_that_names_the_keys_and_counts_what_they_wrap(
    kept: Kept, command: Callable[..., int]
) -> None:
    (former,) = ids(kept.file)

    assert command("rotate") == 0

    assert entries(kept.session, rotation.ROTATED) == [
        {"key": ids(kept.file)[0], "former": [former], "count": KEYS}
    ]
    secrets = [key.secret.hex() for key in keyring.read(kept.file).keys]
    assert not any(secret in str(entries(kept.session, rotation.ROTATED)) for secret in secrets)


def test_rotations_one_after_another_each_make_a_key(
    kept: Kept, command: Callable[..., int]
) -> None:
    for number in range(1, 4):
        assert command("rotate") == 0
        assert len(ids(kept.file)) == number + 1

    assert under(kept) == {ids(kept.file)[0]}
    assert len(entries(kept.session, rotation.ROTATED)) == 3


def after_the_new_key() -> None:
    """Stop when the new key is in the file."""
    rotation.begin()


def after_some_rows() -> None:
    """Stop when two rows are wrapped anew."""
    rotation.begin()
    steps = rotation.rewrap()
    next(steps)
    next(steps)


def after_all_rows() -> None:
    """Stop when all is wrapped anew and the log does not say so yet."""
    rotation.begin()
    list(rotation.rewrap())


@pytest.mark.parametrize("cut_off", [after_the_new_key, after_some_rows, after_all_rows])
def test_rotation_that_was_cut_off_is_finished_by_the_next_run(
    kept: Kept,
    command: Callable[..., int],
    capsys: Said,
    monkeypatch: pytest.MonkeyPatch,
    cut_off: Callable[[], None],
) -> None:
    monkeypatch.setattr(rotation, "_AT_A_TIME", 1)
    cut_off()
    found = ids(kept.file)
    assert rotation.is_unfinished()

    assert command("rotate") == 0

    assert "no other master key is made" in capsys.readouterr().out
    assert ids(kept.file) == found
    assert under(kept) == {found[0]}
    assert [entry["key"] for entry in entries(kept.session, rotation.ROTATED)] == [found[0]]
    assert not rotation.is_unfinished()


def test_rotation_says_how_far_it_is(
    kept: Kept, command: Callable[..., int], capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "_AT_A_TIME", 2)

    assert command("rotate") == 0

    said = capsys.readouterr().out
    assert f"2 of {KEYS} keys" in said
    assert f"{KEYS} of {KEYS} keys" in said


def test_service_goes_on_with_drafts_while_the_master_key_changes(kept: Kept, app: Flask) -> None:
    clock = FixedClock(NOW)
    before = drafts.new(kept.session, clock)
    kept.session.commit()
    written = before.encrypt("ai_statement", "written before")

    rotation.begin()
    between = drafts.new(kept.session, clock)
    kept.session.commit()
    list(rotation.rewrap())

    assert drafts.find(kept.session, before.draft).decrypt("ai_statement", written) == (
        "written before"
    )
    wrapped = kept.wrapped()
    current = master.ring().keys[0]
    assert wrapped[between.draft].startswith(current.mark)
    assert wrapped[before.draft].startswith(current.mark)
    assert rotation.forget() == 1
    assert drafts.find(kept.session, between.draft) == between


def test_former_keys_are_forgotten_only_when_nothing_needs_them(
    kept: Kept, command: Callable[..., int], capsys: Said
) -> None:
    rotation.begin()

    assert command("rotate", "--forget") == 1
    assert f"still wrap {KEYS} keys" in capsys.readouterr().err
    assert len(ids(kept.file)) == 2

    assert command("rotate") == 0
    assert command("rotate", "--forget") == 0
    assert "Backups of the database from before need them" in capsys.readouterr().out
    assert len(ids(kept.file)) == 1
    assert main(["check"]) == 0

    assert command("rotate", "--forget") == 0
    assert "no former master key" in capsys.readouterr().out


def test_two_changes_of_the_master_key_at_once_are_kept_apart(
    kept: Kept, command: Callable[..., int], capsys: Said
) -> None:
    with keyring.alone(kept.file):
        assert command("rotate") == 1
        assert "Somebody else is changing the master key" in capsys.readouterr().err
        assert command("rotate", "--forget") == 1

    assert len(ids(kept.file)) == 1


def test_new_master_key_that_comes_while_former_ones_are_forgotten_is_not_lost(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = master.ring

    def while_reading() -> Keyring:
        ring = read()
        monkeypatch.setattr(master, "ring", read)
        with pytest.raises(WrongMoment, match="Somebody else"):
            rotation.begin()
        return ring

    monkeypatch.setattr(master, "ring", while_reading)

    assert rotation.forget() == 0

    rotation.begin()
    assert len(ids(kept.file)) == 2


def test_rotation_of_a_key_in_the_environment_says_what_to_set_and_wraps_anew_when_it_is(
    kept: Kept, command: Callable[..., int], capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = keyring.read(kept.file).keys[0], keyring.new_key()
    kept.file.unlink()
    monkeypatch.setenv("MARKETPLACE_MASTER_KEY", str(old))

    assert command("rotate") == 1
    assert "put it before the old one" in capsys.readouterr().err

    monkeypatch.setenv("MARKETPLACE_MASTER_KEY", f"{new} {old}")
    assert command("rotate") == 0
    assert under(kept) == {new.key_id.hex()}
    assert [entry["key"] for entry in entries(kept.session, rotation.ROTATED)] == [new.key_id.hex()]
    assert command("rotate") == 1

    assert command("rotate", "--forget") == 1
    assert "take them out of MARKETPLACE_MASTER_KEY" in capsys.readouterr().err
    monkeypatch.setenv("MARKETPLACE_MASTER_KEY", str(new))
    assert main(["check"]) == 0


def test_check_says_how_many_keys_are_under_former_master_keys(
    kept: Kept, command: Callable[..., int], capsys: Said
) -> None:
    rotation.begin()

    assert main(["check"]) == 0

    assert f"{KEYS} keys are under former master keys" in capsys.readouterr().out


@pytest.mark.parametrize("mode", [0o604, 0o660, 0o666])
def test_check_names_a_file_of_the_master_key_that_others_may_use(
    kept: Kept, command: Callable[..., int], capsys: Said, mode: int
) -> None:
    kept.file.chmod(mode)

    assert main(["check"]) == 1

    assert f"chmod 600 {kept.file}" in capsys.readouterr().err


def test_check_with_another_master_key_says_that_the_right_one_is_missing(
    kept: Kept, command: Callable[..., int], capsys: Said
) -> None:
    right = keyring.read(kept.file)
    keyring.write(Keyring((keyring.new_key(),)), kept.file, replace=True)

    assert main(["check"]) == 1
    assert f"{KEYS} keys in the database" in capsys.readouterr().err

    keyring.write(Keyring((*keyring.read(kept.file).keys, *right.keys)), kept.file, replace=True)
    assert main(["check"]) == 0


def test_keys_that_are_lost_for_good_are_given_up_by_an_entry(
    kept: Kept, command: Callable[..., int], capsys: Said
) -> None:
    lost = keyring.read(kept.file).keys[0]
    assert command("give-up") == 1
    assert "at hand" in capsys.readouterr().err

    keyring.write(Keyring((keyring.new_key(),)), kept.file, replace=True)
    assert command("give-up") == 0

    assert entries(kept.session, rotation.GIVEN_UP) == [{"keys": [lost.mark.hex()], "count": KEYS}]
    assert main(["check"]) == 0
    assert f"{KEYS} keys are lost for good" in capsys.readouterr().out
    with pytest.raises(LostKey):
        drafts.find(kept.session, kept.draft)
    drafts.new(kept.session, FixedClock(NOW))


def test_rotation_passes_over_keys_that_are_not_at_hand_and_says_so(
    kept: Kept, command: Callable[..., int], capsys: Said
) -> None:
    stranger = Keyring((MasterKey(b"\x5a" * 32),))
    wrapped = stranger.wrap(b"x", f"draft:{kept.draft}")
    kept.session.execute(update(DraftKey).where(DraftKey.id == kept.draft).values(wrapped=wrapped))
    kept.session.commit()

    assert command("rotate") == 0

    said = capsys.readouterr()
    assert f"All {KEYS - 1} keys" in said.out
    assert "1 keys in the database are wrapped by a master key that is not at hand" in said.err
    assert kept.wrapped()[kept.draft] == wrapped


def test_rotation_goes_on_past_a_key_that_has_changed_and_does_not_call_itself_done(
    kept: Kept, command: Callable[..., int], capsys: Said
) -> None:
    broken = kept.wrapped()[kept.draft][:-1] + b"\x00\x00"
    kept.session.execute(update(DraftKey).where(DraftKey.id == kept.draft).values(wrapped=broken))
    kept.session.commit()

    assert command("rotate") == 1

    assert "1 keys are still under former master keys" in capsys.readouterr().err
    assert entries(kept.session, rotation.ROTATED) == []
    current = ids(kept.file)[0]
    assert sum(w[1:MARK_BYTES].hex() == current for w in kept.wrapped().values()) == KEYS - 1


def test_keys_that_were_destroyed_are_left_alone(kept: Kept, command: Callable[..., int]) -> None:
    kept.session.execute(
        update(SealingKey).where(SealingKey.id == kept.sealing_key).values(wrapped=None)
    )
    kept.session.commit()

    assert command("rotate") == 0

    assert len(kept.wrapped()) == KEYS - 1
    assert entries(kept.session, rotation.ROTATED)[0]["count"] == KEYS - 1


@pytest.mark.parametrize("words", [["rotate", "--all"], ["make"], [], ["give-up", "x"]])
def test_command_with_words_it_does_not_know_shows_the_usage(
    command: Callable[..., int], capsys: Said, words: list[str]
) -> None:
    assert command(*words) == 2
    assert "marketplace keys make FILE" in capsys.readouterr().err


def test_draft_key_of_nobody_cannot_be_found(kept: Kept) -> None:
    with pytest.raises(LostKey, match="destroyed"):
        drafts.find(kept.session, uuid.uuid4())

    cipher = drafts.new(kept.session, FixedClock(NOW))
    drafts.destroy(kept.session, cipher.draft)
    drafts.destroy(kept.session, cipher.draft)

    with pytest.raises(LostKey, match="destroyed"):
        drafts.find(kept.session, cipher.draft)
