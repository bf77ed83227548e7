"""Work for later: a row written with the change, done by a sweeper that may be killed at any time.

A job is done at least once: a handler must be able to run twice without harm.
"""

import time
import traceback
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import JSON, String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from marketplace.core.clock import Clock
from marketplace.core.database import Base, Identified, db
from marketplace.core.transaction import transaction

log = structlog.get_logger()

# A worker that has not finished by then is taken for dead, and the job is given out again.
LEASE = timedelta(minutes=10)
# Waits before another try: the mail server is restarting; is down; is being replaced.
RETRY_AFTER = (timedelta(seconds=10), timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))

Handler = Callable[[dict[str, Any], Clock], None]
_handlers: dict[str, Handler] = {}
_leases: dict[str, timedelta] = {}
_insisting: set[str] = set()


class Job(Identified, Base):
    """One piece of work. It is due when `due_at` has come, it is not done and nobody holds it."""

    __tablename__ = "job"

    kind: Mapped[str] = mapped_column(String(60))
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    due_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    held_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str | None]


def handles(
    kind: str, lease: timedelta = LEASE, *, insists: bool = False
) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of `kind`.

    After `lease` a job under way is given out again. A short one suits work that people wait for
    at their screens, if two workers at once do no harm; such jobs are taken before others that are
    due. One that `insists` never fails for good: it is tried again until it is done, from the
    second try on every five minutes.
    """

    def register(handler: Handler) -> Handler:
        _handlers[kind] = handler
        _leases[kind] = lease
        if insists:
            _insisting.add(kind)
        return handler

    return register


def enqueue(
    session: Session, kind: str, *, clock: Clock, due_at: datetime | None = None, **payload: object
) -> Job:
    """Write a job in the caller's transaction; it is due at once unless `due_at` is later."""
    job = Job(kind=kind, payload=payload, due_at=due_at or clock.now())
    session.add(job)
    return job


def run_due(clock: Clock, limit: int = 100) -> int:
    """Do at most `limit` jobs that are due, one after another; return how many were taken."""
    taken = 0
    while taken < limit and (job_id := _take(clock)) is not None:
        taken += 1
        _run(job_id, clock)
    return taken


def work(clock: Clock, stop: Callable[[], bool], pause: float = 1.0) -> None:
    """Sweep until `stop()` answers true, pausing for `pause` seconds when nothing is due."""
    while not stop():
        try:
            busy = run_due(clock) > 0
        except Exception:
            # The database may be restarting; a sweeper that dies would leave everything undone.
            log.exception("sweep_failed")
            busy = False
        finally:
            db.session.remove()
        if not busy:
            time.sleep(pause)


def _take(clock: Clock) -> uuid.UUID | None:
    """Hold the next job that is due, so that a second worker passes it by."""
    with transaction() as session:
        now = clock.now()
        waited_for = [kind for kind, lease in _leases.items() if lease < LEASE]
        job = session.scalar(
            select(Job)
            .where(
                Job.done_at.is_(None),
                Job.failed_at.is_(None),
                Job.due_at <= now,
                or_(Job.held_until.is_(None), Job.held_until < now),
            )
            .order_by(Job.kind.not_in(waited_for), Job.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if job is None:
            return None
        job.held_until = now + _leases.get(job.kind, LEASE)
        job.attempts += 1
        return job.id


def _run(job_id: uuid.UUID, clock: Clock) -> None:
    job = db.session.get_one(Job, job_id)
    kind, payload, attempts = job.kind, dict(job.payload), job.attempts
    db.session.rollback()
    try:
        _handlers[kind](payload, clock)
    except Exception as failure:
        log.exception("job_failed", job=str(job_id), kind=kind, attempts=attempts)
        _settle(job_id, clock, "".join(traceback.format_exception_only(failure)).strip())
    else:
        _settle(job_id, clock, None)


def _settle(job_id: uuid.UUID, clock: Clock, error: str | None) -> None:
    with transaction() as session:
        job = session.get_one(Job, job_id)
        job.held_until = None
        job.error = error
        if error is None:
            job.done_at = clock.now()
        elif job.kind in _insisting:
            job.due_at = clock.now() + RETRY_AFTER[min(job.attempts - 1, 1)]
        elif job.attempts > len(RETRY_AFTER):
            job.failed_at = clock.now()
        else:
            job.due_at = clock.now() + RETRY_AFTER[job.attempts - 1]
