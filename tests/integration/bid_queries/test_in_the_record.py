"""Where a query about a bid stands afterwards: in the report, for its bidder, for auditors."""

import json
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bids.asking import service
from bids.asking.lifecycle import QueryDecision
from bids.asking.models import BidQuery
from scoring.engine import evaluate_document
from scoring.report.check import ReportDiffersError, check_report
from scoring.report.facts import AwardReport
from scoring.report.gather import full_report
from scoring.report.models import FrozenReport
from scoring.report.values import QueryOutcome, Withheld
from tests.conftest import sign_in
from tests.integration.bid_queries.conftest import ANSWER, TEXT, Asking
from tests.journeys import QUESTIONS, Journey, Step

REASON = "It says what the Wombatproof section meant."


@pytest.fixture
def decided(journey: Journey, ask: Asking, reply: Callable[..., None]) -> Journey:
    """Bring a challenge, one of whose bidders was asked and answered, to the announcement."""
    reply(ask())
    service.decide(
        journey.reference,
        journey.own_bid,
        1,
        decision=QueryDecision.ACCEPTED,
        because=REASON,
        shown=True,
        actor=journey.actor(journey.cast.officer),
        clock=journey.clock,
    )
    return journey.to(Step.INTENTION)


def test_query_answer_and_decision_are_in_the_full_report_and_a_change_of_them_is_found(
    decided: Journey, session: Session
) -> None:
    frozen = session.scalars(select(FrozenReport)).one()
    report = AwardReport.from_json(json.loads(frozen.facts))
    (stage,) = report.stages
    asked = {bid.reference: bid.queries for bid in stage.bids}

    assert (stage.queries_asked, asked[decided.rival_bid]) == (1, ())
    own = asked[decided.own_bid]
    assert not isinstance(own, Withheld)
    (query,) = own
    assert (query.text, query.answer, query.reason) == (TEXT, ANSWER, REASON)
    assert (query.outcome, query.shown_to_panel) == (QueryOutcome.ACCEPTED, True)
    check_report(report, evaluate_document)

    challenge, now = decided.challenge, decided.clock.now()
    session.execute(update(BidQuery).values(answer="Another answer."))
    forged = full_report(session, challenge.stage, number=2, now=now, notice="")
    with pytest.raises(ReportDiffersError, match="answer: not what the log says was answered"):
        check_report(forged, evaluate_document)
    session.rollback()


def test_bidder_reads_with_the_outcome_what_was_made_of_its_answer_and_no_other_does(
    decided: Journey, client: FlaskClient
) -> None:
    sign_in(client, decided.cast.supplier_admin)
    own = client.get(f"/bids/{decided.own_bid}/outcome").text
    sign_in(client, decided.cast.rival_admin)
    other = client.get(f"/bids/{decided.rival_bid}/outcome").text

    assert "What you were asked about your bid" in own
    assert f'href="/bids/{decided.own_bid}/queries/1"' in own
    assert "Accepted as an explanation" in own
    assert REASON in own
    assert "What you were asked" not in other


def test_auditor_gets_from_the_challenge_to_the_query(
    decided: Journey, client: FlaskClient
) -> None:
    sign_in(client, decided.cast.auditor)
    hub = client.get(f"/work/challenges/{decided.reference}").text
    listed = f"/work/challenges/{decided.reference}/queries"
    shown = f"/work/challenges/{decided.reference}/bids/{decided.own_bid}/queries/1"

    assert f'href="{listed}"' in hub
    assert f'href="/work/challenges/{decided.reference}/bids"' in hub
    assert f'href="{shown}"' in client.get(listed).text
    page = client.get(shown).text
    for said in (TEXT, ANSWER, REASON, QUESTIONS[0]):
        assert said in page
