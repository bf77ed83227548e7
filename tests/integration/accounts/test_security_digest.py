"""Security events are bound to the log by one entry an hour, without one of them waiting for it."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.core import jobs
from marketplace.core.accounts import digest, events
from marketplace.core.accounts.models import SecurityEvent
from marketplace.core.audit import log
from marketplace.core.audit.entries import read_instant
from marketplace.core.audit.models import LogEntry, LogHead
from marketplace.core.clock import FixedClock
from marketplace.core.jobs import Job
from marketplace.core.permissions import Role
from tests.conftest import NOW
from tests.factories import a_person, a_supplier

HOUR = timedelta(hours=1)
# The clock stands at half past nine.
DUE = NOW.replace(minute=0) + HOUR + digest.GRACE


def happen(app: Flask, clock: FixedClock, *kinds: str) -> None:
    """Have events happen one minute after another, as the sign-in page writes them."""
    with app.test_request_context(environ_base={"REMOTE_ADDR": "192.0.2.7"}):
        for kind in kinds:
            events.record_refused(kind, None)
            clock.instant += timedelta(minutes=1)


def digests(session: Session) -> list[LogEntry]:
    """Give the digests in the log."""
    session.rollback()
    return [e for e in log.chain_entries(session, log.SITE) if e.action == "security.digest"]


def test_digest_of_an_hour_counts_its_events_by_kind(
    app: Flask, session: Session, clock: FixedClock
) -> None:
    happen(app, clock, "sign_in_failed", "sign_in_failed", "signed_in")
    clock.instant = DUE
    jobs.run_due(clock)

    (entry,) = digests(session)
    assert entry.fields["counts"] == {"sign_in_failed": 2, "signed_in": 1}
    assert entry.fields["events"] == 3
    assert entry.fields["since"] == "2026-12-01T09:00:00.000000Z"
    assert entry.fields["until"] == "2026-12-01T10:00:00.000000Z"


def test_digest_can_be_computed_again_from_the_rows_of_its_interval(
    app: Flask, session: Session, clock: FixedClock
) -> None:
    person = a_person(session, NOW, a_supplier(session, NOW), Role.SUPPLIER_ADMIN)
    session.commit()
    with app.test_request_context():
        events.record_refused("sign_in_failed", person)
    happen(app, clock, "sign_in_failed", "reset_asked_for")
    clock.instant = DUE
    happen(app, clock, "signed_in")  # belongs to the next hour
    jobs.run_due(clock)

    (entry,) = digests(session)
    since, until = (read_instant(entry.fields[name]) for name in ("since", "until"))
    rows = digest.events(session, since, until)
    assert len(rows) == entry.fields["events"] == 3
    assert digest.digest_of(rows) == entry.fields["sha256"]

    rows[0].address = "192.0.2.8"
    assert digest.digest_of(rows) != entry.fields["sha256"]


def test_digest_of_an_hour_without_events_is_not_written(
    session: Session, clock: FixedClock
) -> None:
    clock.instant = DUE
    digest.write_digest({}, clock)

    assert digests(session) == []


def test_digest_intervals_follow_each_other_without_a_gap(
    app: Flask, session: Session, clock: FixedClock
) -> None:
    happen(app, clock, "signed_in")
    clock.instant = DUE
    jobs.run_due(clock)
    clock.instant = NOW + 5 * HOUR
    happen(app, clock, "signed_in", "signed_in")
    clock.instant = DUE + 5 * HOUR
    jobs.run_due(clock)

    first, second = digests(session)
    assert second.fields["since"] == first.fields["until"]
    assert second.fields["events"] == 2


@pytest.mark.parametrize("runs", [1, 2, 3])
def test_digest_job_that_was_killed_and_runs_again_writes_one_entry(
    app: Flask, session: Session, clock: FixedClock, runs: int
) -> None:
    happen(app, clock, "signed_in")
    clock.instant = DUE
    for _ in range(runs):
        digest.write_digest({}, clock)

    assert len(digests(session)) == 1


def test_digest_job_that_dies_before_its_commit_leaves_nothing_and_succeeds_later(
    app: Flask, session: Session, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    happen(app, clock, "signed_in")
    clock.instant = DUE

    def die(*_args: object, **_more: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patched:
        patched.setattr(log, "append", die)
        with pytest.raises(MemoryError):
            digest.write_digest({}, clock)
    assert digests(session) == []

    digest.write_digest({}, clock)
    assert len(digests(session)) == 1


def test_many_events_ask_for_one_digest_and_leave_the_logs_lock_alone(
    app: Flask, session: Session, clock: FixedClock
) -> None:
    happen(app, clock, *["sign_in_failed"] * 10)

    session.rollback()
    assert session.query(Job).filter_by(kind=digest.JOB).count() == 1
    assert session.query(SecurityEvent).count() == 10
    assert session.query(LogHead).count() == 0


def test_event_while_the_last_hours_digest_is_being_written_asks_for_its_own(
    app: Flask, session: Session, clock: FixedClock
) -> None:
    happen(app, clock, "signed_in")
    clock.instant = DUE
    happen(app, clock, "signed_in")

    session.rollback()
    due = sorted(row.due_at for row in session.query(Job.due_at).filter_by(kind=digest.JOB))
    assert due == [DUE, DUE + HOUR]
