"""Checkpoints: what they sign, when they are made, and the key that the log names for them."""

import base64
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.config import Settings
from marketplace.core import jobs
from marketplace.core.audit import checkpoints, keys, log, proofs, signing, tree
from marketplace.core.audit.models import LogCheckpoint, LogEntry, LogHead, LogKey
from marketplace.core.clock import FixedClock
from marketplace.core.jobs import Job
from marketplace.core.transaction import transaction
from tests.conftest import LOG_KEY

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _actions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an action of each kind, for these tests alone."""
    told = {
        "test.noted": log.Telling("Noted %(what)s."),
        "test.witnessed": log.Telling("Witnessed.", witness=True),
    }
    monkeypatch.setattr(log, "_tellings", {**log._tellings, **told})


def note(clock: FixedClock, count: int = 1) -> None:
    for number in range(count):
        with transaction() as session:
            log.append(session, clock=clock, action="test.noted", what=number)


def make(clock: FixedClock) -> LogCheckpoint | None:
    with transaction() as session:
        return checkpoints.make(session, clock=clock)


def test_checkpoint_is_a_note_of_three_lines_that_the_named_key_signed(
    session: Session, clock: FixedClock
) -> None:
    note(clock, 4)

    made = make(clock)

    assert made is not None
    opened = signing.open_note(made.note, keys.known(session))
    root = base64.b64encode(proofs.root(session, 5)).decode()
    assert opened.text == f"{LOG_KEY.name}\n5\n{root}\n"
    assert [key.name for key in opened.signed_by] == [LOG_KEY.name]
    assert made.at == clock.now()


def test_first_checkpoint_names_the_key_in_the_log_and_covers_that_entry(
    session: Session, clock: FixedClock
) -> None:
    note(clock)

    made = make(clock)

    entry = session.scalars(sa.select(LogEntry).where(LogEntry.action == "log.key_named")).one()
    assert entry.chain == log.SITE
    assert entry.fields == {"key": str(LOG_KEY.verifier)}
    assert session.get_one(LogKey, entry.n).verifier == str(LOG_KEY.verifier)
    assert made is not None
    assert made.size == entry.n + 1 == 2


def test_second_checkpoint_names_no_key_again_and_continues_the_first(
    session: Session, clock: FixedClock
) -> None:
    note(clock)
    first = make(clock)
    note(clock, 6)
    second = make(clock)

    assert first is not None
    assert second is not None
    assert keys.known(session) == [LOG_KEY.verifier]
    proof = proofs.consistency(session, first.size, second.size)
    assert tree.extends(first.size, second.size, proof, first.root, second.root)
    newest = checkpoints.newest(session)
    assert newest is not None
    assert newest.size == second.size == 8
    assert checkpoints.of_size(session, first.size) is not None
    assert checkpoints.of_size(session, first.size + 1) is None


def test_log_without_news_gets_no_checkpoint(session: Session, clock: FixedClock) -> None:
    assert make(clock) is None
    note(clock)
    assert make(clock) is not None
    assert make(clock) is None
    assert session.scalar(sa.select(sa.func.count()).select_from(LogCheckpoint)) == 1


def test_entry_has_its_checkpoint_at_the_full_hour_and_quiet_hours_have_none(
    session: Session, clock: FixedClock
) -> None:
    note(clock, 3)
    jobs.run_due(clock)
    assert checkpoints.newest(session) is None

    for _hour in range(5):
        clock.instant += HOUR
        jobs.run_due(clock)

    assert session.scalars(sa.select(LogCheckpoint.size)).all() == [4]
    assert session.scalar(sa.select(sa.func.count()).select_from(Job)) == 1


def test_witnessed_entry_has_its_checkpoint_at_once(session: Session, clock: FixedClock) -> None:
    note(clock)
    with transaction() as writing:
        log.append(writing, clock=clock, action="test.witnessed")

    jobs.run_due(clock)

    assert session.scalars(sa.select(LogCheckpoint.size)).all() == [3]
    note(clock)
    clock.instant += HOUR
    jobs.run_due(clock)
    assert session.scalars(sa.select(LogCheckpoint.size)).all() == [3, 4]


def test_lost_key_signs_nothing_and_makes_no_other(
    session: Session, clock: FixedClock, settings: Settings
) -> None:
    note(clock)
    make(clock)
    settings.log_key.unlink()
    note(clock)

    with pytest.raises(keys.WrongKey, match="lost"):
        make(clock)

    assert not settings.log_key.exists()
    assert keys.known(session) == [LOG_KEY.verifier]


def test_foreign_key_signs_nothing_and_is_not_known(
    session: Session, clock: FixedClock, settings: Settings
) -> None:
    note(clock)
    make(clock)
    foreign = signing.Signer(LOG_KEY.name, b"\x08" * 32)
    settings.log_key.write_text(foreign.secret())
    note(clock)

    with pytest.raises(keys.WrongKey, match="not this log's"):
        keys.signer()
    with pytest.raises(keys.WrongKey):
        make(clock)

    assert keys.known(session) == [LOG_KEY.verifier]
    assert session.scalar(sa.select(sa.func.count()).select_from(LogCheckpoint)) == 1


def test_unreadable_key_is_an_error_that_names_the_file(app: Flask, settings: Settings) -> None:
    settings.log_key.write_text("something else")

    with pytest.raises(keys.WrongKey, match=r"log\.key cannot be read"):
        keys.signer()


def test_checkpoints_go_on_after_a_wrong_key_was_put_right(
    session: Session, clock: FixedClock, settings: Settings
) -> None:
    note(clock)
    make(clock)
    kept = settings.log_key.read_text()
    settings.log_key.unlink()
    note(clock)
    for _hour in range(30):
        clock.instant += HOUR
        jobs.run_due(clock)
    given_up = session.scalars(sa.select(Job.error).where(Job.failed_at.is_not(None))).all()
    assert given_up
    assert all("lost" in (error or "") for error in given_up)

    settings.log_key.write_text(kept)
    note(clock)
    clock.instant += HOUR
    jobs.run_due(clock)

    assert session.scalars(sa.select(LogCheckpoint.size)).all() == [2, 4]


def test_witnessed_entry_does_not_wait_for_the_next_try_of_one_that_failed(
    session: Session, clock: FixedClock, settings: Settings
) -> None:
    note(clock)
    make(clock)
    kept = settings.log_key.read_text()
    settings.log_key.unlink()
    note(clock)
    for _try in range(3):
        clock.instant += HOUR
        jobs.run_due(clock)

    settings.log_key.write_text(kept)
    clock.instant += timedelta(minutes=1)
    with transaction() as writing:
        log.append(writing, clock=clock, action="test.witnessed")
    jobs.run_due(clock)

    assert session.scalars(sa.select(LogCheckpoint.size)).all() == [2, 4]


def test_first_key_is_made_for_this_account_alone_and_carries_the_origin(
    app: Flask, settings: Settings, session: Session
) -> None:
    settings.log_key.unlink()
    assert keys.known(session) == []

    key = keys.signer()

    assert key.name == "127.0.0.1:8000/log"
    assert key == keys.signer()
    assert keys.known(session) == [key.verifier]
    assert settings.log_key.stat().st_mode & 0o077 == 0


def test_tree_that_does_not_continue_the_last_checkpoint_is_not_signed(
    session: Session, clock: FixedClock
) -> None:
    note(clock, 5)
    make(clock)
    note(clock)
    with transaction() as writing:
        head = writing.get_one(LogHead, 1)
        head.frontier = b"\x00" * 32 + head.frontier[32:]

    with pytest.raises(checkpoints.Forked, match="does not continue its checkpoint 6"):
        make(clock)


def test_key_file_is_where_the_settings_say(tmp_path: Path, settings: Settings) -> None:
    assert settings.log_key == tmp_path / "data" / "keys" / "log.key"
