"""Before the bids are opened nobody reads of a single one: not the public, not an auditor."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from challenges import service as challenges
from challenges.ending.service import end_without_contract
from challenges.lifecycle import NoAward
from marketplace.core.audit.receipt_check import Verdict
from marketplace.core.clock import FixedClock
from marketplace.core.permissions import Role
from tests.conftest import NOW
from tests.factories import a_person
from tests.integration.web.readers import file_of, page, sign_checkpoint
from tests.journeys import Journey, Step, a_cast, a_journey

at = pytest.mark.parametrize


@pytest.fixture
def step() -> Step:
    """Begin early; the challenge of these tests is another one."""
    return Step.OPENED


@pytest.fixture
def bidding(session: Session, clock: FixedClock) -> Journey:
    """Play a challenge to its closing: bids are in and not opened."""
    # After all that the kept journey has in the log.
    clock.instant = NOW + timedelta(days=60)
    return a_journey(session, clock, a_cast(session, clock.now())).to(Step.CLOSED)


def plain(text: str, reference: str) -> str:
    """Take out of a page what differs from one answer to the next."""
    return re.sub(r'nonce="[^"]*"', "", text).replace(reference, "")


def test_public_pages_are_the_same_as_none(
    client: FlaskClient, bidding: Journey, session: Session, clock: FixedClock
) -> None:
    sign_checkpoint(clock)
    for ending in ("log", "log.json"):
        there = page(client, None, f"/challenges/{bidding.reference}/{ending}")
        nowhere = page(client, None, f"/challenges/CH-NOWHERE/{ending}")
        assert there[0] == nowhere[0] == 404
        assert plain(there[1], bidding.reference) == plain(nowhere[1], "CH-NOWHERE")


@at("who", ["lead", "officer", "chair", "approver", "auditor"])
def test_the_body_reads_the_steps_and_no_bid(
    client: FlaskClient, bidding: Journey, who: str
) -> None:
    user = getattr(bidding.cast, who)
    status, text = page(client, user, f"/work/challenges/{bidding.reference}/log")

    assert status == 200
    assert "The challenge was approved" in text
    assert "was submitted (version" not in text
    for secret in (bidding.own_bid, "Sam Supplier", "Rita Rival"):
        assert secret not in text


def test_the_body_cannot_count_the_bids_by_where_its_own_steps_stand(
    client: FlaskClient, session: Session, clock: FixedClock
) -> None:
    """Steps taken while bids come in stand behind them, whatever place is asked for."""
    clock.instant = NOW + timedelta(days=60)
    journey = a_journey(session, clock, a_cast(session, clock.now())).to(Step.OPEN)
    cast, path = journey.cast, f"/work/challenges/{journey.reference}/log"
    journey.bid()
    newcomer = a_person(session, clock.now(), cast.body, Role.PROCUREMENT_OFFICER)
    session.commit()
    challenges.name_openers(
        journey.reference, officers=[newcomer.id], actor=journey.actor(cast.officer), clock=clock
    )
    steps = page(client, cast.officer, path)[1].count("<time ")
    seen = [
        after
        for after in range(steps + 10)
        if newcomer.name in page(client, cast.officer, f"{path}?after={after}")[1]
    ]
    assert seen == list(range(steps))


def test_search_for_a_bidder_finds_nothing(client: FlaskClient, bidding: Journey) -> None:
    for sought in (bidding.own_bid, "Sam"):
        path = f"/work/challenges/{bidding.reference}/log?q={sought}"
        assert "Nothing in this log matches" in page(client, bidding.cast.auditor, path)[1]


def test_auditor_gets_no_file_yet(client: FlaskClient, bidding: Journey, clock: FixedClock) -> None:
    sign_checkpoint(clock)
    path = f"/work/challenges/{bidding.reference}/log.json"
    assert page(client, bidding.cast.auditor, path)[0] == 409


def test_auditor_sees_that_somebody_tried_and_no_name_from_outside(
    client: FlaskClient, bidding: Journey
) -> None:
    cast, bid = bidding.cast, bidding.own_bid
    page(client, cast.rival_admin, f"/bids/{bid}")
    page(client, cast.officer, f"/work/challenges/{bidding.reference}/bids/{bid}")

    text = page(client, cast.auditor, f"/work/challenges/{bidding.reference}/log")[1]

    assert "An attempt to read bids was refused (organisation)" in text
    assert "Somebody from another organisation" in text
    assert "Rita Rival" not in text
    assert "An attempt to read bids was refused (moment)" in text
    assert bid not in text


def test_cancelled_without_opening_stays_undisclosed_and_auditors_read_all(
    client: FlaskClient, bidding: Journey, session: Session, clock: FixedClock
) -> None:
    end_without_contract(
        bidding.reference,
        why=NoAward.NO_MONEY,
        reason="The money went.",
        actor=bidding.actor(bidding.cast.officer),
        clock=clock,
    )
    sign_checkpoint(clock)

    assert page(client, None, f"/challenges/{bidding.reference}/log")[0] == 404
    path = f"/work/challenges/{bidding.reference}/log"
    assert f"Bid {bidding.own_bid} was submitted" in page(client, bidding.cast.auditor, path)[1]
    checked = file_of(client, bidding.cast.auditor, f"{path}.json", session)
    assert checked.verdict is Verdict.PROVEN
