"""Writes one entry an hour for the security events of the hours before: counts and a digest.

So the table of events, which strangers can make longer as fast as they fail to sign in, is bound to
the log without any of them ever waiting for the log's lock. Where no event happened, there is no
entry.

The digest is SHA-256 over the canonical JSON of a list with one list for each event, in the order
of instant and then identifier: `[id, at, kind, user_id, address]`, all text or null, the instant
with six places. The interval is `since <= at < until`; one begins where the one before ended.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from marketplace.core import jobs
from marketplace.core.accounts.entries import DIGEST
from marketplace.core.accounts.models import SecurityEvent
from marketplace.core.audit import log
from marketplace.core.audit.entries import read_instant, write_instant
from marketplace.core.audit.models import LogDetail, LogEntry
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.transaction import transaction
from scoring.engine.canonical import canonical

JOB = "security.digest"
HOUR = timedelta(hours=1)
# An event is written with its instant and committed a little later; none takes as long as this.
GRACE = timedelta(minutes=5)


def await_digest(session: Session, clock: Clock) -> None:
    """See that a digest of this hour is on its way, in the transaction that writes an event.

    Two first events at once may both ask for one; the second finds nothing to do.
    """
    due_at = _hour(clock.now()) + HOUR + GRACE
    asked = exists().where(
        jobs.Job.kind == JOB,
        jobs.Job.done_at.is_(None),
        jobs.Job.failed_at.is_(None),
        jobs.Job.due_at >= due_at,
    )
    if not session.scalar(select(asked)):
        jobs.enqueue(session, JOB, clock=clock, due_at=due_at)


@jobs.handles(JOB)
def write_digest(_payload: dict[str, Any], clock: Clock) -> None:
    """Do the job: append the entry of all full hours that have none yet. Twice is once."""
    until = _hour(clock.now() - GRACE)
    session: Session = db.session()
    session.rollback()
    before = _digested_until(session)
    rows = events(session, before, until)
    session.rollback()  # what many rows take is done before the log's lock is asked for
    if not rows:
        return
    since = before or _hour(rows[0].at)
    found = digest_of(rows)
    counts = Counter(row.kind for row in rows)
    with transaction() as session:
        log.lock(session)
        if _digested_until(session) != before:
            return
        log.append(
            session,
            clock=clock,
            action=DIGEST,
            since=write_instant(since),
            until=write_instant(until),
            events=len(rows),
            counts=dict(counts),
            sha256=found,
        )


def events(session: Session, since: datetime | None, until: datetime) -> Sequence[SecurityEvent]:
    """Read the events of an interval in the order in which they are digested."""
    query = (
        select(SecurityEvent)
        .where(SecurityEvent.at < until)
        .order_by(SecurityEvent.at, SecurityEvent.id)
    )
    if since is not None:
        query = query.where(SecurityEvent.at >= since)
    return session.scalars(query).all()


def digest_of(rows: Sequence[SecurityEvent]) -> str:
    """Compute the digest of events that stand in their order, in hexadecimal digits."""
    listed = [
        [
            str(row.id),
            write_instant(row.at),
            row.kind,
            str(row.user_id) if row.user_id else None,
            row.address,
        ]
        for row in rows
    ]
    return hashlib.sha256(canonical(listed)).hexdigest()


def _digested_until(session: Session) -> datetime | None:
    last = select(func.max(LogEntry.n)).where(LogEntry.chain == log.SITE, LogEntry.action == DIGEST)
    value = session.scalar(
        select(LogDetail.value).where(
            LogDetail.n == last.scalar_subquery(), LogDetail.name == "until"
        )
    )
    return read_instant(json.loads(value)) if value is not None else None


def _hour(instant: datetime) -> datetime:
    return instant.replace(minute=0, second=0, microsecond=0)
