"""Changing the log's key: what the log says of it, and that no crash leaves the log without one."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.config import Settings
from marketplace.core.audit import changing, checkpoints, keychain, keys, log, signing
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import WrongMoment
from marketplace.core.transaction import transaction
from tests.conftest import LOG_KEY


def in_child(work: Callable[[], object]) -> int:
    """Do `work` in a process of its own that shares no connection; give its number."""
    db.session.remove()
    db.engine.dispose()
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            os._exit(1)
        os._exit(0)
    return child


def ended(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def assert_one_key_is_in_use(clock: FixedClock) -> None:
    """Sign with the key that the log names last, and find it from the first key on."""
    session: Session = db.session()
    with transaction() as writing:
        log.append(writing, clock=clock, action="log.key_named", key="only an entry")
        made = checkpoints.make(writing, clock=clock)
    assert made is not None
    known = keys.known(session)
    assert keychain.follow(LOG_KEY.verifier, keys.changes(session)) == known
    opened = signing.open_note(made.note, known)
    assert list(opened.signed_by) == [known[-1]] == [keys.signer().verifier]


def test_changed_key_is_named_by_the_old_one_and_signs_at_once(
    session: Session, clock: FixedClock, settings: Settings
) -> None:
    new = changing.change(clock)

    assert keys.known(session) == [LOG_KEY.verifier, new]
    entries = log.chain_entries(session, log.SITE)
    assert [entry.action for entry in entries] == ["log.key_named", "log.key_changed"]
    fields = entries[1].fields
    assert (fields["old"], fields["new"]) == (str(LOG_KEY.verifier), str(new))
    assert signing.open_note(fields["signature"], [LOG_KEY.verifier]).text == (
        f"key-change/1\n{LOG_KEY.verifier}\n{new}\n"
    )
    made = checkpoints.newest(session)
    assert made is not None
    assert made.size == 2
    assert list(signing.open_note(made.note, [new]).signed_by) == [new]


def test_changed_key_keeps_the_name_and_the_old_one_is_gone(
    session: Session, clock: FixedClock, settings: Settings
) -> None:
    new = changing.change(clock)

    assert new.name == LOG_KEY.name
    assert settings.log_key.stat().st_mode & 0o077 == 0
    assert sorted(file.name for file in settings.log_key.parent.glob("log.*")) == [
        "log.key",
        "log.key.lock",
    ]
    assert LOG_KEY.secret() not in settings.log_key.read_text()


def test_key_changes_again_and_again(session: Session, clock: FixedClock) -> None:
    changed = [changing.change(clock) for _time in range(3)]

    assert keychain.follow(LOG_KEY.verifier, keys.changes(session)) == [LOG_KEY.verifier, *changed]


@pytest.mark.parametrize(
    ("step", "commits"),
    [("_make_waiting", False), ("commit", False), ("_put_in_place", True), ("sync_folder", True)],
)
def test_kill_between_the_steps_leaves_one_key_in_use(
    app: Flask,
    clock: FixedClock,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    commits: bool,
) -> None:
    def die(*_given: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def change() -> None:
        if step == "commit":
            monkeypatch.setattr(checkpoints, "make", lambda *_a, **_k: die())
        elif step == "_make_waiting":
            made = changing._make_waiting

            def make_and_die(file: Path, name: str) -> None:
                made(file, name)
                die()

            monkeypatch.setattr(changing, "_make_waiting", make_and_die)
        elif step == "_put_in_place":
            # The first call tidies up under the lock, the second follows the commit.
            done = changing._put_in_place
            monkeypatch.setattr(
                changing,
                "_put_in_place",
                lambda file, key: done(file, key) if key == LOG_KEY.verifier else die(),
            )
        else:
            synced = signing.sync_folder
            monkeypatch.setattr(
                signing,
                "sync_folder",
                lambda folder: (
                    die() if not keys.next_file(settings.log_key).exists() else synced(folder)
                ),
            )
        changing.change(clock)

    assert ended(in_child(change)) == -signal.SIGKILL

    assert len(keys.known(db.session())) == (2 if commits else 1)
    assert_one_key_is_in_use(clock)
    changing.settle()
    held, waiting = keys.held_keys()
    assert held == keys.signer()
    assert waiting is None or not commits
    # A key that waited in vain is never used: it may have been seen.
    new = changing.change(clock)
    assert waiting is None or new != waiting.verifier
    assert_one_key_is_in_use(clock)
    assert keys.held_keys()[1] is None


def test_two_changes_at_once_are_one_after_another_or_refused(
    app: Flask, clock: FixedClock
) -> None:
    children = [in_child(lambda: changing.change(clock)) for _administrator in range(2)]
    codes = [ended(child) for child in children]

    assert 0 in codes
    assert len(keys.known(db.session())) == 1 + codes.count(0)
    assert_one_key_is_in_use(clock)


def test_two_sweepers_at_once_sign_one_checkpoint_and_name_the_key_once(
    app: Flask, clock: FixedClock
) -> None:
    with transaction() as writing:
        log.append(writing, clock=clock, action="log.key_named", key="only an entry")

    def sign() -> None:
        with transaction() as writing:
            checkpoints.make(writing, clock=clock)

    children = [in_child(sign) for _sweeper in range(2)]

    assert [ended(child) for child in children] == [0, 0]
    assert keys.known(db.session()) == [LOG_KEY.verifier]
    assert len(log.chain_entries(db.session(), log.SITE)) == 2
    newest = checkpoints.newest(db.session())
    assert newest is not None
    assert newest.size == 2


def test_change_while_another_is_under_way_is_refused(
    app: Flask, clock: FixedClock, settings: Settings
) -> None:
    with changing._alone(settings.log_key), pytest.raises(WrongMoment, match="Somebody else"):
        changing.change(clock)


def test_change_without_the_old_key_is_refused(
    session: Session, clock: FixedClock, settings: Settings
) -> None:
    changing.change(clock)
    settings.log_key.write_text(LOG_KEY.secret())

    with pytest.raises(keys.WrongKey, match="not this log's"):
        changing.change(clock)

    assert len(keys.known(session)) == 2


def test_key_that_is_lost_for_good_gives_way_to_one_that_nothing_leads_to(
    session: Session, clock: FixedClock, settings: Settings
) -> None:
    changing.change(clock)
    settings.log_key.unlink()

    new = changing.begin_again(clock)

    assert keys.known(session)[-1] == new == keys.signer().verifier
    assert new not in keychain.follow(LOG_KEY.verifier, keys.changes(session))
    made = checkpoints.newest(session)
    assert made is not None
    assert list(signing.open_note(made.note, [new]).signed_by) == [new]


def test_key_that_is_at_hand_cannot_be_called_lost(
    session: Session, clock: FixedClock, settings: Settings
) -> None:
    changing.change(clock)
    with pytest.raises(WrongMoment, match="not lost"):
        changing.begin_again(clock)

    settings.log_key.write_text(LOG_KEY.secret())
    with pytest.raises(WrongMoment, match="Move it away"):
        changing.begin_again(clock)
