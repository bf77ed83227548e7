"""The standstill and the contract: to the instant, with whom, and for how much."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.lifecycle import State
from marketplace.core.errors import Forbidden, Invalid, WrongMoment
from scoring.award import service
from scoring.award.letters.models import Letter
from scoring.award.models import Contract, Intention
from tests.factories import actor_for
from tests.journeys import A_YEAR, OWN_PRICE, VALUE_MINOR, Journey, Step


@pytest.fixture
def step() -> Step:
    """Begin when the intention is announced."""
    return Step.INTENTION


@pytest.fixture
def standstill_over(journey: Journey, session: Session) -> Intention:
    """Put the clock to the very instant at which the standstill has ended."""
    intention = session.scalars(select(Intention)).one()
    journey.clock.instant = intention.standstill_ends_at
    return intention


def sign(journey: Journey, *, reference: str = "C-1", value_minor: int = OWN_PRICE) -> None:
    """Record the contract as the officer."""
    service.sign_contract(
        journey.reference,
        contract_reference=reference,
        value_minor=value_minor,
        terms=A_YEAR,
        actor=actor_for(journey.cast.officer),
        clock=journey.clock,
    )


def test_standstill_lasts_ten_days_and_ends_at_midnight_in_london(
    journey: Journey, standstill_over: Intention
) -> None:
    days = standstill_over.standstill_ends_at - standstill_over.announced_at

    assert timedelta(days=10) < days < timedelta(days=14)
    assert standstill_over.standstill_ends_at.hour == 0  # winter: London is at UTC


def test_signing_a_moment_before_the_standstill_ends_is_refused(
    journey: Journey, standstill_over: Intention
) -> None:
    journey.clock.instant -= timedelta(microseconds=1)

    with pytest.raises(WrongMoment, match="standstill has not ended"):
        sign(journey)

    assert journey.session.scalars(select(Contract)).all() == []


def test_signing_at_the_instant_the_standstill_ends_is_recorded(
    journey: Journey, standstill_over: Intention
) -> None:
    sign(journey)

    contract = journey.session.scalars(select(Contract)).one()
    assert (contract.reference, contract.value_minor) == ("C-1", OWN_PRICE)
    assert contract.signed_at == standstill_over.standstill_ends_at
    assert journey.challenge.state is State.SIGNED


def test_signing_twice_is_refused(journey: Journey, standstill_over: Intention) -> None:
    sign(journey)

    with pytest.raises(WrongMoment):
        sign(journey, reference="C-2")


def test_signing_with_a_supplier_nobody_verified_is_refused_until_somebody_does(
    journey: Journey, standstill_over: Intention
) -> None:
    verified = journey.cast.supplier.verified_at
    journey.cast.supplier.verified_at = None
    journey.session.commit()
    with pytest.raises(WrongMoment, match="not been verified"):
        sign(journey)

    journey.cast.supplier.verified_at = verified
    journey.session.commit()
    sign(journey)

    assert journey.challenge.state is State.SIGNED


def test_signing_waits_until_something_shows_that_each_letter_reached_its_bidder(
    journey: Journey, standstill_over: Intention
) -> None:
    session, rival = journey.session, journey.rival_bid
    letter = next(e for e in session.scalars(select(Letter)) if e.facts["bid"] == rival)
    (message,) = letter.messages
    message.notice.sent_at = None
    session.commit()
    with pytest.raises(WrongMoment, match="reached its bidder"):  # not handed over yet
        sign(journey)

    session.delete(message)  # as where nobody acts here for the bidder
    session.commit()
    with pytest.raises(WrongMoment, match="reached its bidder"):
        sign(journey)

    letter.read_at = journey.clock.now()
    session.commit()
    sign(journey)
    assert journey.challenge.state is State.SIGNED


@pytest.mark.parametrize(
    ("reference", "value_minor", "fields"),
    [
        ("", OWN_PRICE, {"reference"}),
        ("  ", OWN_PRICE, {"reference"}),
        ("C-1", 0, {"value"}),
        ("C-1", -1, {"value"}),
        ("C-1", VALUE_MINOR + 1, {"value"}),
        ("", VALUE_MINOR + 1, {"reference", "value"}),
    ],
)
def test_signing_with_details_that_cannot_be_is_refused(
    journey: Journey,
    standstill_over: Intention,
    reference: str,
    value_minor: int,
    fields: set[str],
) -> None:
    with pytest.raises(Invalid) as refused:
        sign(journey, reference=reference, value_minor=value_minor)

    assert set(refused.value.fields) == fields
    assert journey.challenge.state is State.INTENTION


def test_signing_for_exactly_the_published_value_is_recorded(
    journey: Journey, standstill_over: Intention
) -> None:
    sign(journey, value_minor=VALUE_MINOR)

    assert journey.challenge.state is State.SIGNED


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_signing_before_the_intention_is_announced_is_refused(journey: Journey) -> None:
    with pytest.raises(WrongMoment, match="after the intention"):
        sign(journey)


def test_signing_by_other_roles_is_refused(journey: Journey, standstill_over: Intention) -> None:
    for person in (journey.cast.lead, journey.cast.chair, journey.cast.approver):
        with pytest.raises(Forbidden):
            service.sign_contract(
                journey.reference,
                contract_reference="C-1",
                value_minor=OWN_PRICE,
                terms=A_YEAR,
                actor=actor_for(person),
                clock=journey.clock,
            )
