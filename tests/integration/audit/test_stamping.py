"""Having checkpoints stamped: apart from signing, again when it failed, and never twice."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from marketplace.config import Settings
from marketplace.core import jobs
from marketplace.core.audit import changing, checkpoints, stamps
from marketplace.core.audit.models import LogStamp
from marketplace.core.clock import FixedClock
from tests.authority import STAMPED_AT, Authority, serving
from tests.conftest import make_settings


class Office:
    """An authority behind an address, which can be closed for a while."""

    def __init__(self) -> None:
        self.authority = Authority()
        self.open = True
        self.asked = 0

    def answer(self, request: bytes) -> tuple[int, bytes]:
        self.asked += 1
        return (200, self.authority.answer(request)) if self.open else (503, b"")


@pytest.fixture
def office() -> Office:
    """Give an authority that counts how often it was asked."""
    return Office()


@pytest.fixture
def settings(tmp_path: Path, database_url: str, office: Office) -> Iterator[Settings]:
    """Have the application ask that authority."""
    file = tmp_path / "roots.pem"
    file.write_bytes(office.authority.roots)
    with serving(office.answer) as url:
        yield make_settings(
            tmp_path / "data", database_url, timestamp_url=url, timestamp_certificates=file
        )


def stamp(session: Session) -> LogStamp | None:
    session.rollback()
    newest = checkpoints.newest(session)
    assert newest is not None
    return newest.stamp


def test_checkpoint_is_stamped_over_its_whole_note(
    session: Session, clock: FixedClock, office: Office
) -> None:
    changing.change(clock)  # makes a checkpoint at once
    jobs.run_due(clock)

    found = stamp(session)
    assert found is not None
    assert (found.at, found.authority) == (STAMPED_AT, "CN=Clock of the tests")
    newest = checkpoints.newest(session)
    assert newest is not None
    assert stamps.check(newest.note, found.token, office.authority.roots).at == STAMPED_AT


def test_authority_that_is_down_stops_no_checkpoint_and_is_asked_again(
    session: Session, clock: FixedClock, office: Office
) -> None:
    office.open = False
    changing.change(clock)
    jobs.run_due(clock)
    assert stamp(session) is None

    changing.change(clock)
    assert checkpoints.newest(session) is not None
    office.open = True
    clock.instant += timedelta(hours=1)
    jobs.run_due(clock)

    assert {found.size for found in session.query(LogStamp)} == {2, 3}
    asked = office.asked
    clock.instant += timedelta(days=1)
    jobs.run_due(clock)
    assert office.asked == asked


def test_authority_that_stays_away_leaves_the_checkpoint_unwitnessed(
    session: Session, clock: FixedClock, office: Office
) -> None:
    office.open = False
    changing.change(clock)
    for _hour in range(24):
        jobs.run_due(clock)
        clock.instant += timedelta(hours=1)

    assert stamp(session) is None
    assert office.asked == 1 + len(jobs.RETRY_AFTER)


def test_stamp_of_an_authority_that_is_not_trusted_is_not_kept(
    session: Session, clock: FixedClock, office: Office
) -> None:
    office.authority = Authority()
    changing.change(clock)
    jobs.run_due(clock)

    assert office.asked == 1
    assert stamp(session) is None


def test_job_that_runs_twice_asks_once(session: Session, clock: FixedClock, office: Office) -> None:
    changing.change(clock)
    jobs.enqueue(session, checkpoints.STAMP, clock=clock, size=2)
    session.commit()

    jobs.run_due(clock)

    assert office.asked == 1
    assert stamp(session) is not None
