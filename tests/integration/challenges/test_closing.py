"""The closing is recorded a minute after it, not a microsecond earlier, and once."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from challenges import service
from challenges.ending.service import end_without_contract
from challenges.lifecycle import NoAward
from challenges.models import Challenge
from challenges.service import closing
from marketplace.core import jobs
from marketplace.core.audit import checkpoints, log
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.jobs import Job
from tests.journeys import Journey, an_open_journey
from tests.scenes import KeptScene, Scenes

MINUTE, INSTANT = timedelta(seconds=60), timedelta(microseconds=1)


@pytest.fixture
def kept_scene(scenes: Scenes) -> KeptScene[Journey]:
    """Keep a challenge that takes bids."""
    return scenes.keep("open journey", an_open_journey)


@pytest.fixture
def published(kept_scene: KeptScene[Journey], session: Session, clock: FixedClock) -> Journey:
    """Publish a challenge that takes bids."""
    return kept_scene.give(session, clock)


def closings(session: Session, reference: str) -> list[LogEntry]:
    """Give the entries of closing."""
    session.rollback()
    return [e for e in log.chain_entries(session, reference) if e.action == "challenge.closed"]


def test_closing_a_microsecond_before_the_minute_is_over_is_not_recorded(
    published: Journey, session: Session, clock: FixedClock
) -> None:
    clock.instant = published.closes_at + MINUTE - INSTANT
    jobs.run_due(clock)

    assert closings(session, published.reference) == []


def test_closing_is_recorded_when_the_minute_is_over_with_a_checkpoint_at_once(
    published: Journey, session: Session, clock: FixedClock
) -> None:
    clock.instant = published.closes_at + MINUTE
    jobs.run_due(clock)

    (entry,) = closings(session, published.reference)
    assert entry.at == published.closes_at + MINUTE
    assert entry.actor_name is None
    assert entry.fields["closes_at"] == published.closes_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    newest = checkpoints.newest(session)
    assert newest is not None
    assert newest.size > entry.n
    assert newest.at == entry.at


def test_closing_job_run_before_its_time_waits_anew_and_records_nothing(
    published: Journey, session: Session, clock: FixedClock
) -> None:
    clock.instant = published.closes_at + MINUTE - INSTANT
    service.close({"challenge": published.reference}, clock)

    assert closings(session, published.reference) == []
    due = {row.due_at for row in session.query(Job.due_at).filter_by(kind="challenge.close")}
    assert due == {published.closes_at + MINUTE}


def test_closing_job_that_was_killed_and_runs_again_records_it_once(
    published: Journey, session: Session, clock: FixedClock
) -> None:
    clock.instant = published.closes_at + MINUTE
    for _ in range(2):
        service.close({"challenge": published.reference}, clock)

    assert len(closings(session, published.reference)) == 1


def test_closing_of_a_challenge_that_was_cancelled_is_not_recorded(
    published: Journey, session: Session, clock: FixedClock
) -> None:
    officer = published.actor(published.cast.officer)
    end_without_contract(
        published.reference,
        why=NoAward.NO_MONEY,
        reason="The money went.",
        actor=officer,
        clock=clock,
    )
    clock.instant = published.closes_at + MINUTE
    service.close({"challenge": published.reference}, clock)

    assert closings(session, published.reference) == []


def test_record_closing_too_early_is_a_mistake_that_raises(
    published: Journey, session: Session, clock: FixedClock
) -> None:
    challenge = session.query(Challenge).filter_by(reference=published.reference).one()
    clock.instant = published.closes_at + MINUTE - INSTANT

    with pytest.raises(ValueError, match="still be being recorded"):
        service.record_closing(session, challenge.stage, clock)


def test_closing_job_that_fails_many_times_is_tried_until_it_is_done(
    published: Journey, session: Session, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise OSError("the log cannot be written")

    monkeypatch.setattr(closing, "record_closing", fail)
    clock.instant = published.closes_at + MINUTE
    for _ in range(len(jobs.RETRY_AFTER) + 2):
        jobs.run_due(clock)
        clock.instant += timedelta(days=1)
    monkeypatch.undo()
    assert closings(session, published.reference) == []

    jobs.run_due(clock)

    assert len(closings(session, published.reference)) == 1
