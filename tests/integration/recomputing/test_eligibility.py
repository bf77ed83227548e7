"""A bid that may not go on after it was scored: everything is computed again, nothing is stale."""

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import service as bids
from bids.grounds.policy import Found, Verdict
from bids.lifecycle import BidState
from bids.models import Bid, EligibilityFinding
from marketplace.core.audit.log import chain_entries
from marketplace.core.errors import WrongMoment
from scoring import engine
from scoring.award import queries, service
from scoring.award.evidence import service as evidence
from scoring.award.models import Recommendation, Result
from scoring.award.recomputing.lifecycle import Why
from scoring.award.recomputing.queries import computed_again
from scoring.panel import service as panel
from scoring.report import queries as reports
from scoring.report.facts import AwardReport
from scoring.report.values import BidStatus
from tests.conftest import sign_in
from tests.factories import actor_for
from tests.journeys import Journey, Step

REASON = "The register shows a conviction for fraud that nobody declared."


def exclude(journey: Journey, bid: str, reason: str = REASON) -> None:
    """Exclude a bid on a ground that came to light."""
    found = journey.session.scalars(select(Bid).where(Bid.reference == bid)).one()
    ground = Found(str(found.supplier_id), "fraud", Verdict.APPLIES, "It stands in the register.")
    decide(journey, bid, EligibilityFinding.EXCLUDED, reason, [ground])


def decide(
    journey: Journey,
    bid: str,
    finding: EligibilityFinding,
    reason: str = REASON,
    found: list[Found] | None = None,
) -> None:
    """Decide about a bid as an officer."""
    bids.decide_eligibility(
        journey.reference,
        bid,
        finding=finding,
        reason=reason,
        found=found or [],
        actor=actor_for(journey.cast.officer),
        clock=journey.clock,
    )


def computed(journey: Journey) -> queries.Computed:
    """Give the result that counts."""
    found = queries.decision(journey.session, journey.challenge.stage).computed
    assert found is not None
    return found


def total(journey: Journey, bid: str) -> str:
    """Give a bid's total as it is shown."""
    row = next(row for row in computed(journey).result["bids"] if row["id"] == bid)
    return str(row["total"]["display"])


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_excluding_the_recommended_bid_leaves_nothing_stale(
    client: FlaskClient, journey: Journey, session: Session
) -> None:
    cast, own, rival = journey.cast, journey.own_bid, journey.rival_bid
    before, rival_before = computed(journey), total(journey, rival)
    assert before.result["winners"] == [own]

    exclude(journey, own)

    after = computed(journey)
    assert after.row.id != before.row.id
    assert after.result["winners"] == [rival]
    assert total(journey, rival) != rival_before  # its price is the lowest now
    assert engine.render(engine.evaluate(after.row.evaluation)) == after.row.result
    entry = chain_entries(session, journey.reference)[-1]
    assert entry.action == "result.computed"
    assert (entry.fields["because"], entry.fields["bid"]) == ("eligibility", own)
    assert entry.fields["replaces"] == before.row.evaluation_sha256
    assert entry.fields["reason"] == REASON
    # Both stay on record, and the recommendation with them.
    assert len(session.scalars(select(Result)).all()) == 2
    assert len(session.scalars(select(Recommendation)).all()) == 1
    session.rollback()

    base = f"/work/challenges/{journey.reference}/decision"
    sign_in(client, cast.approver)
    page = client.get(base).text
    for words in ("This result was computed again", REASON, "no longer stands", rival_before):
        assert words in page
    assert total(journey, rival) in page
    assert 'href="' + f"{base}/sign-off" not in page
    session.rollback()
    assert "Record my decision" not in client.get(f"{base}/sign-off").text
    assert total(journey, rival) in client.get(f"{base}/bids/{rival}").text
    session.rollback()
    # The board asks nobody for what cannot be signed off any more, and the chair to go on.
    assert f"{base}/sign-off" not in client.get("/work").text
    sign_in(client, cast.chair)
    assert f"{base}/recommend" in client.get("/work").text
    sign_in(client, cast.auditor)
    given = client.get(f"/awards/{journey.reference}/evaluation.json").data
    session.rollback()
    assert given == computed(journey).row.evaluation

    with pytest.raises(WrongMoment, match="no longer stands"):
        journey.take(Step.INTENTION)
    journey.recommendation_id = service.recommend(
        journey.reference,
        bids=[rival],
        reason="It is the best that is left.",
        actor=actor_for(cast.chair),
        clock=journey.clock,
    )
    journey.take(Step.INTENTION)

    facts = reports.newest_facts(session, journey.challenge.stage.id)
    assert facts is not None
    report = AwardReport.from_json(json.loads(facts))
    assert report.decision.recommended == rival
    assert {bid.reference: bid.status for bid in report.stages[0].bids} == {
        own: BidStatus.EXCLUDED,
        rival: BidStatus.VALID,
    }
    session.rollback()
    sign_in(client, cast.rival_admin)
    assert total(journey, rival) in client.get(f"/bids/{rival}/outcome").text
    with pytest.raises(WrongMoment, match="before the recommendation is signed off"):
        decide(journey, rival, EligibilityFinding.INELIGIBLE)


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_preferred_bidder_that_fails_its_evidence_leaves_the_others_to_be_compared_anew(
    journey: Journey,
) -> None:
    own, rival = journey.own_bid, journey.rival_bid
    rival_before = total(journey, rival)

    evidence.fail(
        journey.reference,
        own,
        reason="The accounts were never shown.",
        actor=actor_for(journey.cast.officer),
        clock=journey.clock,
    )

    assert computed(journey).result["winners"] == [rival]
    assert total(journey, rival) != rival_before  # its price is the lowest now
    found = queries.decision(journey.session, journey.challenge.stage)
    assert found.lapsed
    assert not found.awaits_sign_off


def test_bid_that_counts_again_has_its_result_as_before(journey: Journey, session: Session) -> None:
    first = computed(journey)
    exclude(journey, journey.own_bid)
    decide(journey, journey.own_bid, EligibilityFinding.VALID, "The conviction was quashed.")

    last = computed(journey)
    assert last.row.evaluation == first.row.evaluation
    assert last.row.id != first.row.id
    again = computed_again(session, journey.challenge.stage.id)
    assert [each.why for each in again] == [Why.ELIGIBILITY, Why.ELIGIBILITY]
    assert [each.before_sha256 for each in again][1] == first.row.evaluation_sha256
    own = next(each for each in again[0].moved if each.bid == journey.own_bid)
    assert (own.rank_before, own.rank) == (None, 1)


def test_decision_that_changes_nothing_computes_nothing(journey: Journey, session: Session) -> None:
    decide(journey, journey.own_bid, EligibilityFinding.VALID, "Checked once more.")

    assert len(session.scalars(select(Result)).all()) == 1
    assert chain_entries(session, journey.reference)[-1].action == "eligibility.decided"


def test_result_without_any_bid_left_can_be_read_and_recommends_nobody(
    client: FlaskClient, journey: Journey
) -> None:
    exclude(journey, journey.own_bid)
    decide(journey, journey.rival_bid, EligibilityFinding.INELIGIBLE)

    sign_in(client, journey.cast.chair)
    base = f"/work/challenges/{journey.reference}/decision"
    assert "No bid is left that could be recommended" in client.get(base).text
    assert client.get(f"{base}/recommend").status_code == 409


@pytest.mark.parametrize("step", [Step.SCORING])
def test_bid_left_out_while_others_submitted_cannot_count_again(
    journey: Journey, session: Session
) -> None:
    """One evaluator submits without it, so a result with it could never be complete."""
    exclude(journey, journey.rival_bid)
    decide(journey, journey.rival_bid, EligibilityFinding.VALID, "A mistake.")  # nobody went past
    exclude(journey, journey.rival_bid, "Not a mistake.")
    evaluator = actor_for(journey.cast.evaluators[0])
    panel.submit_scores(journey.reference, actor=evaluator, clock=journey.clock)

    with pytest.raises(WrongMoment, match="gave it no score"):
        decide(journey, journey.rival_bid, EligibilityFinding.VALID, "A mistake after all.")

    session.rollback()
    bid = session.scalars(select(Bid).where(Bid.reference == journey.rival_bid)).one()
    assert bid.state is BidState.EXCLUDED
    assert session.scalars(select(Result)).all() == []


@pytest.mark.parametrize("step", [Step.MODERATING])
def test_bid_whose_scores_were_agreed_before_can_count_again_after_the_lock(
    journey: Journey,
) -> None:
    other = actor_for(journey.cast.chair)
    exclude(journey, journey.rival_bid)
    service.conclude_scoring(journey.reference, actor=other, clock=journey.clock)

    decide(journey, journey.rival_bid, EligibilityFinding.VALID, "Its scores were agreed before.")

    assert {row["id"] for row in computed(journey).result["bids"] if row["rank"]} == {
        journey.own_bid,
        journey.rival_bid,
    }
