"""A price that a detector flags: asked about, decided, and in the way of a recommendation."""

import json
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import service as bids
from bids.asking import service as asking
from bids.asking.lifecycle import QueryPart, usual_limit
from bids.asking.service import Concern
from bids.models import EligibilityFinding
from challenges.lifecycle import RECORDING_TIME
from challenges.queries import own_challenge
from marketplace.core.audit.log import chain_entries
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.transaction import transaction
from scoring import engine
from scoring.award import service as awards
from scoring.award.letters import service as letters
from scoring.award.low_prices import service
from scoring.award.low_prices.models import LowPriceDecision
from scoring.award.low_prices.policy import PriceFinding
from scoring.award.models import Recommendation
from scoring.award.recomputing.lifecycle import Because, Why
from scoring.award.recomputing.service import compute
from scoring.report import check, gather
from scoring.report.facts import (
    AwardReport,
    LowPrice,
)
from tests.conftest import NOW, sign_in
from tests.integration.challenges.browser import hidden_fields, send
from tests.journeys import Journey, Step, a_cast, a_journey
from tests.scenes import KeptScene, Scenes

BELOW = "less than the others do on average"


def _flagged(session: Session, clock: FixedClock) -> Journey:
    journey = a_journey(session, clock, a_cast(session, NOW))
    journey.challenge.stage.below_mean = Decimal(30)
    session.commit()
    return journey.to(Step.LOCKED)


@pytest.fixture
def kept_scene(scenes: Scenes) -> KeptScene[Journey]:
    """Keep a journey with its computed result."""
    return scenes.keep("low price", _flagged)


@pytest.fixture
def flagged(kept_scene: KeptScene[Journey], session: Session, clock: FixedClock) -> Journey:
    """Give a journey whose cheaper bid asks a third less than the other, and its result."""
    return kept_scene.give(session, clock)


def decide(journey: Journey, finding: PriceFinding, reason: str = "As it says.") -> None:
    service.decide(
        journey.reference,
        journey.own_bid,
        finding=finding,
        reason=reason,
        actor=journey.actor(journey.cast.officer),
        clock=journey.clock,
    )


def recommend(journey: Journey, bid: str = "") -> None:
    awards.recommend(
        journey.reference,
        bids=[bid or journey.own_bid],
        reason="It is the best.",
        actor=journey.actor(journey.cast.chair),
        clock=journey.clock,
    )


def ask(journey: Journey, *, answered: bool) -> None:
    """Have an officer ask about the price, and the bidder answer or let its time pass."""
    number = asking.ask(
        journey.reference,
        journey.own_bid,
        concern=Concern(QueryPart.PRICE),
        text="How can you do the work for this price?",
        answer_by=usual_limit(journey.clock.now()),
        changes_nothing=True,
        actor=journey.actor(journey.cast.officer),
        clock=journey.clock,
    )
    if answered:
        supplier = journey.actor(journey.cast.supplier_admin)
        at = journey.clock.now()
        asking.save_draft(
            journey.own_bid,
            number,
            text="We own the tools.",
            actor=supplier,
            arrived=at,
            clock=journey.clock,
        )
        asking.send_answer(journey.own_bid, number, actor=supplier, arrived=at, clock=journey.clock)
    else:
        journey.clock.instant = usual_limit(journey.clock.now()) + timedelta(days=1)


def full_report(journey: Journey) -> AwardReport:
    """Freeze a report of the award."""
    challenge = own_challenge(
        journey.session, journey.reference, journey.actor(journey.cast.auditor)
    )
    return gather.full_report(
        journey.session, challenge.stage, number=1, now=journey.clock.now(), notice=""
    )


def decisions(report: AwardReport) -> tuple[LowPrice, ...]:
    """Give what a full report says of low prices."""
    found = report.deciding_stage.low_prices
    assert isinstance(found, tuple)
    return found


def again(document: dict[str, Any]) -> Mapping[str, Any]:
    """Compute a result from its evaluation document."""
    found: Mapping[str, Any] = json.loads(
        engine.render(engine.evaluate(engine.canonical(document)))
    )
    return found


def test_nothing_is_recommended_until_an_officer_has_decided_about_a_flagged_price(
    flagged: Journey,
) -> None:
    with pytest.raises(WrongMoment, match="unusually low"):
        recommend(flagged)
    with pytest.raises(Invalid, match="has not explained"):
        decide(flagged, PriceFinding.EXPLAINED)
    with pytest.raises(Invalid, match="Ask the bidder"):
        decide(flagged, PriceFinding.NOT_EXPLAINED)
    ask(flagged, answered=True)
    decide(flagged, PriceFinding.EXPLAINED, "They own the tools already.")
    decide(flagged, PriceFinding.EXPLAINED, "They own the tools already.")
    entries = [
        entry
        for entry in chain_entries(flagged.session, flagged.reference)
        if entry.action == "low_price.decided"
    ]
    (entry,) = entries
    assert entry.fields["detectors"] == ["mean_of_others"]
    assert (entry.fields["finding"], entry.fields["query"]) == ("explained", 1)
    recommend(flagged)


def test_a_price_that_was_not_explained_in_time_keeps_its_bid_from_being_recommended(
    flagged: Journey,
) -> None:
    ask(flagged, answered=False)
    decide(flagged, PriceFinding.NOT_EXPLAINED, "It did not answer.")
    with pytest.raises(Invalid) as refusal:
        recommend(flagged)
    assert set(refusal.value.fields) == {"bid"}


def test_pages_show_what_is_flagged_and_take_the_decision_of_an_officer_alone(
    flagged: Journey, client: FlaskClient
) -> None:
    def by(user: object, bid: str) -> None:
        service.decide(
            flagged.reference,
            bid,
            finding=PriceFinding.NO_DOUBT,
            reason="Plain.",
            actor=flagged.actor(user),  # type: ignore[arg-type]  # each is a person of the cast
            clock=flagged.clock,
        )

    with pytest.raises(Forbidden):
        by(flagged.cast.chair, flagged.own_bid)
    with pytest.raises(NotFound):
        by(flagged.cast.officer, flagged.rival_bid)
    with pytest.raises(NotFound):
        by(flagged.cast.other_officer, flagged.own_bid)

    at = f"/work/challenges/{flagged.reference}/decision"
    sign_in(client, flagged.cast.officer)
    result = client.get(at).text
    assert "One price is still to be decided" in result
    listed = client.get(f"{at}/low-prices").text
    assert BELOW in listed
    assert "/queries/ask?about=price" in listed
    refused = send(
        client, f"{at}/low-prices/{flagged.own_bid}", {"finding": "explained", "reason": "Kept."}
    )
    assert refused.status_code == 422
    assert "Kept." in refused.text
    made = send(
        client, f"{at}/low-prices/{flagged.own_bid}", {"finding": "no_doubt", "reason": "Plain."}
    )
    assert made.status_code == 303
    assert "All of them are decided." in client.get(at).text
    assert client.get(f"{at}/low-prices/{flagged.rival_bid}").status_code == 404

    # The report says of each what was found.
    flagged.to(Step.INTENTION)
    report = full_report(flagged)
    (price,) = decisions(report)
    assert (price.bid, price.query) == (flagged.own_bid, None)
    assert price.reason == "Plain."
    check.check_report(report, again)


def test_a_recommendation_that_lapsed_keeps_nobody_from_deciding_about_a_price(
    flagged: Journey,
) -> None:
    decide(flagged, PriceFinding.NO_DOUBT)
    recommend(flagged)
    with pytest.raises(WrongMoment, match="waiting for an approver"):
        decide(flagged, PriceFinding.NO_DOUBT, "Looked at once more.")

    # Whatever the result is computed again for, the recommendation rests on it no longer.
    officer = flagged.actor(flagged.cast.officer)
    with transaction() as within:
        compute(
            within,
            own_challenge(within, flagged.reference, officer, lock=True).stage,
            actor=officer,
            clock=flagged.clock,
            because=Because(Why.ELIGIBILITY, "Looked at anew.", flagged.rival_bid),
        )

    decide(flagged, PriceFinding.NO_DOUBT, "Looked at once more.")
    recommend(flagged)


def test_a_price_is_not_refused_while_an_answer_can_still_count(flagged: Journey) -> None:
    ask(flagged, answered=True)
    ask(flagged, answered=False)
    limit = flagged.clock.now() - timedelta(days=1)
    # An answer that arrived in time may be being recorded yet; and what an earlier query brought
    # is not all that the bidder has to say.
    flagged.clock.instant = limit + timedelta(seconds=1)
    with pytest.raises(Invalid, match="Ask the bidder"):
        decide(flagged, PriceFinding.NOT_EXPLAINED)
    flagged.clock.instant = limit + RECORDING_TIME
    decide(flagged, PriceFinding.NOT_EXPLAINED)


def test_the_report_counts_a_bid_that_was_left_out_for_its_low_price(flagged: Journey) -> None:
    ask(flagged, answered=False)
    decide(flagged, PriceFinding.NOT_EXPLAINED, "It did not answer.")
    bids.decide_eligibility(
        flagged.reference,
        flagged.own_bid,
        finding=EligibilityFinding.INELIGIBLE,
        reason="The evidence does not account for the price.",
        found=[],
        actor=flagged.actor(flagged.cast.officer),
        clock=flagged.clock,
    )
    recommend(flagged, flagged.rival_bid)
    awards.sign_off(
        flagged.reference,
        recommendation_id=flagged.session.scalars(select(Recommendation.id)).one(),
        approved=True,
        reason="As the panel says.",
        actor=flagged.actor(flagged.cast.approver),
        clock=flagged.clock,
    )
    letters.send_now(
        flagged.reference, actor=flagged.actor(flagged.cast.officer), clock=flagged.clock
    )

    report = full_report(flagged)

    assert report.deciding_stage.result["low_price"] == []
    (price,) = decisions(report)
    assert (price.bid, price.finding, price.query) == (flagged.own_bid, "not_explained", 1)
    answers = [item.answer for item in report.statutory]
    assert any("1 were not accounted for when asked" in answer for answer in answers)
    assert not any("No bid was rejected for an unusually low" in answer for answer in answers)
    check.check_report(report, again)


def test_a_refused_form_shows_a_price_to_nobody_who_may_not_decide(
    flagged: Journey, client: FlaskClient
) -> None:
    sign_in(client, flagged.cast.officer)
    at = f"/work/challenges/{flagged.reference}/decision/low-prices/{flagged.own_bid}"
    page = client.get(at).text
    assert BELOW in page
    decide(flagged, PriceFinding.NO_DOUBT)
    recommend(flagged)
    for reason in ("x" * 10_001, "", "It is plain."):
        told = {**hidden_fields(page), "finding": "no_doubt", "reason": reason}
        refused = client.post(at, data=told)
        assert refused.status_code == 409
        assert BELOW not in refused.text


def test_a_bid_from_elsewhere_is_asked_there_and_the_reason_says_so(flagged: Journey) -> None:
    flagged.challenge.bids_elsewhere = True
    flagged.session.commit()
    decide(flagged, PriceFinding.EXPLAINED, "It wrote there that it owns the boats.")
    held = flagged.session.scalars(select(LowPriceDecision)).one()
    assert (held.query_id, held.asked_elsewhere) == (None, True)
