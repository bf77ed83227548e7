"""Nothing is opened by a closing time or a key that the log does not name."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from challenges.frozen import ClosingDiffers, ensure_as_logged
from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.clock import FixedClock
from marketplace.core.vault import sealing
from tests.conftest import NOW
from tests.factories import record_publication
from tests.integration.challenges.deadlines import DAY, DOWN, move
from tests.integration.challenges.states import in_state
from tests.journeys import Step, a_cast, a_journey


@pytest.fixture
def published(session: Session, body: Organisation, lead: User) -> Challenge:
    """Give an open challenge whose publication is recorded."""
    challenge = in_state(session, body, lead, State.OPEN)
    record_publication(session, NOW, challenge)
    session.commit()
    return challenge


def test_challenge_as_it_was_published_passes(session: Session, published: Challenge) -> None:
    ensure_as_logged(session, published.stage)


def test_challenge_extended_and_reopened_by_two_officers_passes(
    session: Session, clock: FixedClock
) -> None:
    journey = a_journey(session, clock, a_cast(session, clock.now())).to(Step.OPEN)
    move(journey, journey.closes_at + DAY)
    ensure_as_logged(session, journey.challenge.stage)

    clock.instant = journey.closes_at + DAY + timedelta(hours=1)
    move(journey, journey.closes_at + 2 * DAY, reason=DOWN)

    ensure_as_logged(session, journey.challenge.stage)


def test_closing_moved_past_the_log_is_refused(session: Session, published: Challenge) -> None:
    assert published.stage.closes_at is not None
    published.stage.closes_at -= timedelta(days=1)
    session.commit()

    with pytest.raises(ClosingDiffers, match="is not the one in the record"):
        ensure_as_logged(session, published.stage)


def test_closing_put_back_to_before_an_extension_is_refused(
    session: Session, clock: FixedClock
) -> None:
    journey = a_journey(session, clock, a_cast(session, clock.now())).to(Step.OPEN)
    former = journey.closes_at
    move(journey, former + DAY)
    challenge = journey.challenge
    challenge.stage.closes_at = former
    session.commit()

    with pytest.raises(ClosingDiffers):
        ensure_as_logged(session, challenge.stage)


@pytest.mark.parametrize("another", [True, False])
def test_key_that_was_not_published_is_refused(
    session: Session, published: Challenge, clock: FixedClock, another: bool
) -> None:
    published.stage.sealing_key = sealing.new_closing(session, clock) if another else None
    session.commit()

    with pytest.raises(ClosingDiffers):
        ensure_as_logged(session, published.stage)
