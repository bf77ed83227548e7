"""Who goes on from a stage to the next: proposed by the chair, confirmed by another person."""

import json
import uuid
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import service as bids
from bids.lifecycle import BidState
from bids.models import Bid, EligibilityFinding
from challenges.kinds import PriceModel
from challenges.lifecycle import State
from challenges.stages.place import Place
from challenges.stages.running import stored_state
from marketplace.core.accounts.models import Membership, MembershipRole, User
from marketplace.core.audit import log
from marketplace.core.clock import FixedClock
from marketplace.core.colours import Brand
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from scoring.award import pages
from scoring.award import service as award
from scoring.award.advancing import queries, service
from scoring.award.advancing.queries import Progress
from scoring.award.complaints.queries import Told, told_of, told_to
from scoring.award.letters import service as letters
from scoring.award.queries import bidders_people, decision
from scoring.engine import evaluate_document
from scoring.report.check import check_report
from scoring.report.facts import AwardReport
from scoring.report.queries import newest_facts
from scoring.report.rendering import report_html
from tests.conftest import NOW, sign_in
from tests.journeys import QUESTIONS, Journey, Step, a_cast, a_journey
from tests.staged import SecondStage, a_second_stage, agree


@pytest.fixture
def staged(app: Flask, session: Session, clock: FixedClock) -> Journey:
    """Give a challenge with a second stage, whose first stage has its result; one may go on."""
    journey = a_journey(session, clock, a_cast(session, NOW))
    a_second_stage(journey, places=1)
    return journey.to(Step.LOCKED)


@pytest.fixture
def tied(app: Flask, session: Session, clock: FixedClock) -> Journey:
    """Give the same where both bids come out alike, and nothing in the plan parts them."""
    journey = a_journey(session, clock, a_cast(session, NOW), price_model=PriceModel.FIXED_BUDGET)
    a_second_stage(journey, places=1)
    journey.challenge.stage.tie_break = ""
    session.commit()
    journey.to(Step.SCORED)
    agree(journey, {key: (Decimal(3), Decimal(3)) for key in QUESTIONS})
    award.conclude_scoring(
        journey.reference, actor=journey.actor(journey.cast.chair), clock=journey.clock
    )
    return journey


def give_role(journey: Journey, user: User, role: Role) -> None:
    """Give a person of the body one more role."""
    membership = journey.session.scalars(
        select(Membership).where(Membership.user_id == user.id)
    ).one()
    journey.session.add(MembershipRole(membership_id=membership.id, role=role))
    journey.session.commit()


def propose(journey: Journey) -> uuid.UUID:
    """Have the chair propose who goes on."""
    return service.propose(
        journey.reference,
        reason="It answers best.",
        actor=journey.actor(journey.cast.chair),
        clock=journey.clock,
    )


def answer(
    journey: Journey, advance_id: uuid.UUID, *, confirmed: bool = True, by: User | None = None
) -> None:
    """Have an approver confirm a proposal, or return it."""
    service.answer(
        journey.reference,
        advance_id=advance_id,
        confirmed=confirmed,
        reason="The reasons are clear.",
        actor=journey.actor(by or journey.cast.approver),
        clock=journey.clock,
    )


def progress(journey: Journey) -> Progress:
    """Read how far the first stage has come."""
    stage = journey.challenge.stage
    return queries.progress(journey.session, stage, decision(journey.session, stage))


def told(journey: Journey, action: str) -> list[Mapping[str, Any]]:
    """Give the fields of the challenge's entries of one action."""
    entries = log.chain_entries(journey.session, journey.reference)
    return [entry.fields for entry in entries if entry.action == action]


def test_those_above_the_line_are_invited_when_another_person_confirms(
    staged: Journey, client: FlaskClient
) -> None:
    chair = staged.actor(staged.cast.chair)
    with pytest.raises(WrongMoment, match="go on from this stage"):
        award.recommend(
            staged.reference, bids=[staged.own_bid], reason="Best.", actor=chair, clock=staged.clock
        )
    for number in (0, 3, 2**31 - 1):
        with pytest.raises(NotFound):
            award.conclude_scoring(Place(staged.reference, number), actor=chair, clock=staged.clock)

    advance_id = propose(staged)
    with pytest.raises(WrongMoment):
        pages.outcome(staged.session, staged.rival_bid, staged.actor(staged.cast.rival_admin))
    answer(staged, advance_id)

    (invited,) = staged.session.scalars(select(Bid).where(Bid.state == BidState.INVITED))
    assert invited.supplier_id == staged.cast.supplier.id
    assert invited.stage_id == staged.challenge.stages[1].id
    # Who is invited and does not answer is told all the same what comes of that stage.
    (told_last,) = bidders_people(staged.session, staged.challenge.stages[1])
    assert told_last == (invited, staged.cast.supplier_admin)
    assert stored_state(staged.challenge, staged.challenge.stage) is State.ADVANCED
    assert staged.challenge.state is State.EVALUATING
    (proposed,), (confirmed,) = told(staged, "advance.decided"), told(staged, "advance.confirmed")
    assert proposed["bids"] == confirmed["bids"] == [staged.own_bid]
    # Who does not go on is told by a letter that an officer looks at, and not before.
    with pytest.raises(WrongMoment):
        pages.outcome(staged.session, staged.rival_bid, staged.actor(staged.cast.rival_admin))
    rival = staged.session.scalars(select(Bid).where(Bid.reference == staged.rival_bid)).one()
    assert told_of(staged.session, rival.stage) is None
    assert told_to(staged.session, rival) is None
    officer, sent_at = staged.actor(staged.cast.officer), staged.clock.now() + timedelta(days=2)
    decided_at, staged.clock.instant = staged.clock.now(), sent_at
    letters.send_now(staged.reference, actor=officer, clock=staged.clock)
    own = staged.session.scalars(select(Bid).where(Bid.reference == staged.own_bid)).one()
    assert told_of(staged.session, rival.stage) == told_to(staged.session, rival)
    assert told_to(staged.session, rival) == Told(sent_at, None)
    assert told_to(staged.session, own) == Told(decided_at, None)
    (issued,) = told(staged, "letter.issued")
    assert (issued["bid"], issued["letter"]) == (staged.rival_bid, "not_shortlisted")
    # Which letter it was would tell everybody whose bid was not judged.
    assert "letter" not in log.public_fields("letter.sent") | log.public_fields("letter.issued")
    told_own, told_rival = (
        pages.outcome(staged.session, bid, staged.actor(admin))
        for bid, admin in (
            (staged.own_bid, staged.cast.supplier_admin),
            (staged.rival_bid, staged.cast.rival_admin),
        )
    )
    assert (told_own.own, told_rival.own) == (True, False)
    assert told_rival.preferred_names == staged.cast.supplier.name
    assert told_rival.preferred_rows == []
    assert all(told_rival.reasons[key] for key in QUESTIONS)
    sign_in(client, staged.cast.rival_admin)
    assert f"/bids/{staged.rival_bid}/outcome" in client.get("/work").text
    page = client.get(f"/bids/{staged.rival_bid}/outcome").text
    assert f"went on: {staged.cast.supplier.name}." in page
    assert told_rival.own_row["total"]["display"] in page
    with pytest.raises(NotFound):
        pages.outcome(staged.session, staged.own_bid, staged.actor(staged.cast.rival_admin))
    subjects = {
        notice.to_email: notice.subject
        for notice in staged.session.scalars(select(Notice))
        if "stage" in notice.subject or "go on" in notice.subject
    }
    assert subjects[staged.cast.rival_admin.email].startswith("Your bid does not go on")
    invited_to = subjects[staged.cast.supplier_admin.email]
    assert invited_to.startswith("You are invited to the next stage")


def test_only_the_chair_proposes_and_another_approver_confirms(staged: Journey) -> None:
    with pytest.raises(Forbidden):
        service.propose(
            staged.reference,
            reason="Best.",
            actor=staged.actor(staged.cast.evaluators[0]),
            clock=staged.clock,
        )
    with pytest.raises(Invalid):
        service.propose(
            staged.reference,
            reason=" ",
            actor=staged.actor(staged.cast.chair),
            clock=staged.clock,
        )
    advance_id = propose(staged)
    with pytest.raises(WrongMoment, match="waits for an approver already"):
        propose(staged)
    with pytest.raises(Forbidden):
        answer(staged, advance_id, by=staged.cast.officer)
    # Who chairs and approves too has proposed it, and so cannot confirm it.
    give_role(staged, staged.cast.chair, Role.APPROVER)
    with pytest.raises(Forbidden, match="another person"):
        answer(staged, advance_id, by=staged.cast.chair)
    with pytest.raises(NotFound):
        answer(staged, uuid.uuid4())

    answer(staged, advance_id, confirmed=False)
    assert not progress(staged).standing.awaits
    again = propose(staged)
    answer(staged, again)
    with pytest.raises(WrongMoment, match="answered already"):
        answer(staged, again)


def test_proposal_lapses_when_the_result_changes(staged: Journey, client: FlaskClient) -> None:
    advance_id = propose(staged)
    bids.decide_eligibility(
        staged.reference,
        staged.own_bid,
        finding=EligibilityFinding.INELIGIBLE,
        reason="It does not meet a requirement after all.",
        actor=staged.actor(staged.cast.officer),
        clock=staged.clock,
    )

    assert progress(staged).lapsed
    sign_in(client, staged.cast.officer)
    page = client.get(f"/work/challenges/{staged.reference}/bids").text
    assert "until it is confirmed who goes on to the next stage" in page
    assert "signed off" not in page
    with pytest.raises(WrongMoment, match="no longer stands"):
        answer(staged, advance_id)
    answer(staged, propose(staged))
    (invited,) = staged.session.scalars(select(Bid).where(Bid.state == BidState.INVITED))
    assert invited.supplier_id == staged.cast.rival.id


def the_report_of_an_award(journey: Journey) -> AwardReport:
    """Have the supplier that went on heard, recommended and approved; give the frozen report."""
    second = SecondStage(journey)
    second.hear()
    second.judge({bid: Decimal(4) for bid in second.bids.values()})
    chair, approver = journey.actor(journey.cast.chair), journey.actor(journey.cast.approver)
    recommendation = award.recommend(
        second.at,
        bids=list(second.bids.values()),
        reason="It convinces.",
        actor=chair,
        clock=journey.clock,
    )
    award.sign_off(
        second.at,
        recommendation_id=recommendation,
        approved=True,
        reason="Clear.",
        actor=approver,
        clock=journey.clock,
    )
    letters.send_now(second.at, actor=journey.actor(journey.cast.officer), clock=journey.clock)
    facts = newest_facts(journey.session, second.stage.id)
    assert facts is not None
    return AwardReport.from_json(json.loads(facts))


def test_tie_across_the_line_blocks_until_the_panel_decides_it(
    tied: Journey, app: Flask, client: FlaskClient
) -> None:
    chair, both = tied.actor(tied.cast.chair), {tied.own_bid, tied.rival_bid}
    line = progress(tied).line
    assert line is not None
    assert (line.above, set(line.tied), line.free) == ((), both, 1)
    with pytest.raises(WrongMoment, match="tie for the last place"):
        propose(tied)
    for wrong in ([], sorted(both), ["B-NONE"]):
        with pytest.raises(Invalid):
            service.decide_cut_off(
                tied.reference, wrong, reason="Because.", actor=chair, clock=tied.clock
            )

    service.decide_cut_off(
        tied.reference, [tied.rival_bid], reason="It tests more.", actor=chair, clock=tied.clock
    )

    (entry,) = told(tied, "cutoff.decided")
    assert (entry["tied"], entry["chosen"]) == (sorted(both), [tied.rival_bid])
    found = decision(tied.session, tied.challenge.stage)
    assert found.computed is not None
    assert found.computed.evaluation["cutoff_decision"] == [tied.rival_bid]
    # Another decision takes its place only where the approver returned what was proposed on it.
    with pytest.raises(WrongMoment, match="No bids tie"):
        service.decide_cut_off(
            tied.reference, [tied.own_bid], reason="It is simpler.", actor=chair, clock=tied.clock
        )
    answer(tied, propose(tied), confirmed=False)
    sign_in(client, tied.cast.chair)
    page = client.get(f"/work/challenges/{tied.reference}/decision/advance/tie").text
    assert all(f'value="{bid}"' in page for bid in both)
    with pytest.raises(Invalid, match="Choose who goes on"):
        service.decide_cut_off(
            tied.reference, [tied.rival_bid], reason="Again.", actor=chair, clock=tied.clock
        )
    for chosen in (tied.own_bid, tied.rival_bid):
        service.decide_cut_off(
            tied.reference, [chosen], reason="It tests more.", actor=chair, clock=tied.clock
        )
        found = decision(tied.session, tied.challenge.stage)
        assert found.computed is not None
        assert found.computed.evaluation["cutoff_decision"] == [chosen]
        if chosen == tied.own_bid:
            answer(tied, propose(tied), confirmed=False)
    answer(tied, propose(tied))
    letters.send_now(tied.reference, actor=tied.actor(tied.cast.officer), clock=tied.clock)
    (invited,) = tied.session.scalars(select(Bid).where(Bid.state == BidState.INVITED))
    assert invited.supplier_id == tied.cast.rival.id
    told_why = [
        pages.outcome(tied.session, bid, tied.actor(admin)).tie_reason
        for bid, admin in (
            (tied.own_bid, tied.cast.supplier_admin),
            (tied.rival_bid, tied.cast.rival_admin),
        )
    ]
    assert told_why == ["It tests more.", ""]

    report = the_report_of_an_award(tied)
    check_report(report, evaluate_document)
    assert [(each.why, each.bid) for each in report.stages[0].recomputed] == [("cut_off", "")] * 3
    html = report_html(report, environment=app.jinja_env, brand=Brand())
    assert "The panel decided which of the bids that tied for the last place go on" in html
