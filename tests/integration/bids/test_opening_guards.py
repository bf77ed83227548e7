"""What two signatures do not open: other bids than were signed for, or those of a challenge that
ended meanwhile."""

from datetime import timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.models import Bid, OpenedSubmission
from challenges.ending.service import end_without_contract
from challenges.lifecycle import NoAward, State
from marketplace.core import jobs
from marketplace.core.clock import FixedClock
from tests.integration.bids.conftest import Scene
from tests.integration.bids.test_opening_going_on import entries, fill, status, work
from tests.journeys import confirm

MINUTE = timedelta(minutes=1)


def both_sign(scene: Scene, clock: FixedClock) -> None:
    """Have two officers sign a minute after closing; the service has not come to it yet."""
    clock.instant = scene.closes_at + MINUTE
    for number in (0, 1):
        confirm(scene.challenge.reference, scene.officer(number), clock=clock)


def test_challenge_that_is_cancelled_after_both_signed_has_no_bid_opened(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    fill(session, scene, 2)
    both_sign(scene, clock)
    end_without_contract(
        scene.challenge.reference,
        why=NoAward.NO_MONEY,
        reason="The money went.",
        actor=scene.officer(2),
        clock=clock,
    )

    work(clock)

    session.rollback()
    assert session.query(OpenedSubmission).count() == 0
    assert entries(session, scene, "bids.opened") == []
    assert entries(session, scene, "opening.stopped") == []
    assert scene.challenge.state is State.CANCELLED
    waiting = session.query(jobs.Job).filter_by(kind="bids.open", done_at=None).count()
    assert waiting == 0


def test_bid_that_is_gone_from_the_tables_after_both_signed_stops_the_opening(
    scene: Scene, session: Session, clock: FixedClock
) -> None:
    """As somebody could do who writes into the database: the officers signed for two bids."""
    first, _second = fill(session, scene, 2)
    both_sign(scene, clock)
    session.execute(
        update(Bid)
        .where(Bid.reference == first)
        .values(state=BidState.WITHDRAWN, current_version=None)
    )
    session.commit()

    work(clock)

    assert entries(session, scene, "bids.opened") == []
    (stopped,) = entries(session, scene, "opening.stopped")
    assert stopped.fields["reason"] == "statements"
    assert status(session, scene).stopped
    session.rollback()
    assert session.query(OpenedSubmission).count() == 0
