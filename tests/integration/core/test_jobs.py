"""Work for later is done at least once: through failures, killed workers and restarts."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import jobs
from marketplace.core.clock import Clock, FixedClock
from marketplace.core.jobs import LEASE, RETRY_AFTER, Job
from marketplace.core.transaction import transaction
from tests.conftest import NOW

KIND = "test.work"


class Worker:
    """A handler that notes what it is given, and fails as often as it is told."""

    def __init__(self) -> None:
        self.done: list[Any] = []
        self.failures = 0

    def __call__(self, payload: dict[str, Any], _clock: Clock) -> None:
        """Do one piece of work."""
        if self.failures:
            self.failures -= 1
            raise ConnectionError("the mail server is away")
        self.done.append(payload["thing"])


@pytest.fixture
def worker(app: Flask) -> Iterator[Worker]:
    """Register a handler for this test alone."""
    found = Worker()
    jobs.handles(KIND)(found)
    yield found
    del jobs._handlers[KIND]


def put(clock: Clock, thing: object = "it", **more: Any) -> None:
    """Write a job in a transaction of its own."""
    with transaction() as session:
        jobs.enqueue(session, KIND, clock=clock, thing=thing, **more)


def the_job(session: Session) -> Job:
    """Read the one job afresh."""
    session.rollback()
    session.expire_all()
    return session.scalars(select(Job)).one()


def test_job_is_done_once(worker: Worker, clock: FixedClock, session: Session) -> None:
    put(clock)

    assert jobs.run_due(clock) == 1
    assert jobs.run_due(clock) == 0

    assert worker.done == ["it"]
    assert the_job(session).done_at == NOW
    assert the_job(session).held_until is None


def test_job_of_a_change_that_failed_does_not_exist(worker: Worker, clock: FixedClock) -> None:
    def fail() -> None:
        with transaction() as session:
            jobs.enqueue(session, KIND, clock=clock, thing="never")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()

    assert jobs.run_due(clock) == 0


def test_job_for_later_waits_for_its_instant(worker: Worker, clock: FixedClock) -> None:
    put(clock, due_at=NOW + timedelta(hours=1))
    assert jobs.run_due(clock) == 0

    clock.instant = NOW + timedelta(hours=1)

    assert jobs.run_due(clock) == 1


def test_jobs_are_done_in_the_order_they_are_due(worker: Worker, clock: FixedClock) -> None:
    for hours in (3, 1, 2):
        put(clock, thing=hours, due_at=NOW - timedelta(hours=hours))

    jobs.run_due(clock)

    assert worker.done == [3, 2, 1]


def test_job_that_people_wait_for_is_done_before_others_that_are_due_longer(
    worker: Worker, clock: FixedClock
) -> None:
    jobs.handles("test.waited_for", lease=LEASE / 10)(worker)
    put(clock, "a report")
    clock.instant += timedelta(minutes=1)
    with transaction() as session:
        jobs.enqueue(session, "test.waited_for", clock=clock, thing="an opening")

    jobs.run_due(clock)

    del jobs._handlers["test.waited_for"], jobs._leases["test.waited_for"]
    assert worker.done == ["an opening", "a report"]


def test_job_that_fails_is_tried_again_after_each_wait(
    worker: Worker, clock: FixedClock, session: Session
) -> None:
    put(clock)
    worker.failures = 2

    assert jobs.run_due(clock) == 1
    assert the_job(session).error == "ConnectionError: the mail server is away"
    assert the_job(session).due_at == NOW + RETRY_AFTER[0]
    assert jobs.run_due(clock) == 0
    for wait in RETRY_AFTER[:2]:
        clock.instant += wait
        assert jobs.run_due(clock) == 1

    assert worker.done == ["it"]
    assert the_job(session).error is None
    assert the_job(session).attempts == 3


def test_job_that_always_fails_is_given_up_and_stays_to_be_seen(
    worker: Worker, clock: FixedClock, session: Session
) -> None:
    put(clock)
    worker.failures = 100
    for wait in (timedelta(0), *RETRY_AFTER):
        clock.instant += wait
        assert jobs.run_due(clock) == 1

    clock.instant += timedelta(days=365)
    assert jobs.run_due(clock) == 0

    job = the_job(session)
    assert job.failed_at is not None
    assert job.done_at is None
    assert job.attempts == 1 + len(RETRY_AFTER)
    assert worker.done == []


def test_job_that_fails_does_not_stop_the_next(worker: Worker, clock: FixedClock) -> None:
    put(clock, thing="first", due_at=NOW - timedelta(hours=1))
    put(clock, thing="second")
    worker.failures = 1

    assert jobs.run_due(clock) == 2

    assert worker.done == ["second"]


def test_job_of_a_killed_worker_is_given_out_again_when_its_lease_is_over(
    worker: Worker, clock: FixedClock, session: Session
) -> None:
    put(clock)
    assert jobs._take(clock) is not None  # a worker took it and was killed
    assert jobs.run_due(clock) == 0

    clock.instant += LEASE
    assert jobs.run_due(clock) == 0  # at the end of the lease it is still its holder's
    clock.instant += timedelta(microseconds=1)

    assert jobs.run_due(clock) == 1
    assert worker.done == ["it"]
    assert the_job(session).attempts == 2


def test_job_that_kills_its_worker_is_done_no_more_than_it_fails(
    worker: Worker, clock: FixedClock, session: Session
) -> None:
    """A sweep that is ended by a signal leaves the job held, not lost."""

    def die(_payload: dict[str, Any], _clock: Clock) -> None:
        raise KeyboardInterrupt

    put(clock)
    jobs.handles(KIND)(die)
    with pytest.raises(KeyboardInterrupt):
        jobs.run_due(clock)
    assert the_job(session).done_at is None
    jobs.handles(KIND)(worker)

    clock.instant += LEASE + timedelta(seconds=1)
    jobs.run_due(clock)

    assert worker.done == ["it"]


def test_job_of_a_kind_nobody_handles_is_kept_with_its_error(
    app: Flask, clock: FixedClock, session: Session
) -> None:
    with transaction() as inside:
        jobs.enqueue(inside, "test.unknown", clock=clock)

    jobs.run_due(clock)

    assert "test.unknown" in (the_job(session).error or "")


def test_sweep_takes_no_more_than_its_limit(worker: Worker, clock: FixedClock) -> None:
    for number in range(5):
        put(clock, thing=number)

    assert jobs.run_due(clock, limit=3) == 3
    assert len(worker.done) == 3


def test_sweeper_works_until_it_is_told_to_stop(worker: Worker, clock: FixedClock) -> None:
    put(clock)

    jobs.work(clock, stop=lambda: bool(worker.done), pause=0)

    assert worker.done == ["it"]


def test_sweeper_outlives_a_database_that_is_away(
    worker: Worker, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(clock)
    sweeps: list[int] = []
    run_due = jobs.run_due

    def away_at_first(clock: Clock, limit: int = 100) -> int:
        sweeps.append(1)
        if len(sweeps) == 1:
            raise ConnectionError("the database is restarting")
        return run_due(clock, limit)

    monkeypatch.setattr(jobs, "run_due", away_at_first)

    jobs.work(clock, stop=lambda: bool(worker.done), pause=0)

    assert worker.done == ["it"]
