"""Pages of a decision that is doubted, proven or made in parts: no violation, and room enough."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from bids.asking.lifecycle import usual_limit
from bids.evidence.kinds import Evidence
from scoring.award import service as award
from scoring.award.advancing import service as advancing
from scoring.award.again import service as again
from scoring.award.again.models import Reconsideration
from scoring.award.committee import service as committee
from scoring.award.complaints import court
from scoring.award.complaints import service as complaints
from scoring.award.complaints.lifecycle import CourtEnd, Finding
from scoring.award.debriefs import service as debriefs
from scoring.award.debriefs.models import Debrief
from scoring.award.evidence import answering
from scoring.award.evidence import service as evidence
from scoring.award.evidence.kinds import Verdict
from scoring.award.evidence.service import Wanted
from scoring.award.letters import service as letters
from scoring.award.low_prices.policy import PriceFinding
from scoring.panel import parties
from scoring.panel.again.lifecycle import Point
from scoring.panel.interests import service as interests
from scoring.panel.lifecycle import Measure
from tests.browser.rooms import Room, database_url, kept_databases, looker, room, step
from tests.integration.prices import test_low_prices as low_prices
from tests.journeys import QUESTIONS, RIVAL_PRICE, Step
from tests.staged import a_second_stage, agree

__all__ = ["database_url", "kept_databases", "looker", "room", "step"]

REASON = "The page that was missing says it plainly."


def take_again(room: Room, point: Point) -> None:
    """Have the decision proposed to be taken again, look at that, and have it confirmed."""
    journey, cast, clock = room.journey, room.journey.cast, room.journey.clock
    again.propose(
        journey.reference,
        point=point,
        named=(),
        complaint=None,
        reason=REASON,
        actor=journey.actor(cast.officer),
        clock=clock,
    )
    room.see(cast.approver, "again.decide", empty=True)
    again.answer(
        journey.reference,
        proposal_id=journey.session.scalars(select(Reconsideration.id)).one(),
        confirmed=True,
        reason=REASON,
        actor=journey.actor(cast.approver),
        clock=clock,
    )
    room.see(cast.officer, "again.show")
    room.see(cast.rival_admin, "award.outcome", bid=journey.rival_bid)


@pytest.mark.parametrize("step", [Step.INTENTION])
def test_pages_of_a_decision_that_is_doubted_have_no_violation(room: Room) -> None:
    journey, cast, clock = room.journey, room.journey.cast, room.journey.clock
    at, bid, today = journey.reference, journey.rival_bid, clock.now().date()
    officer, rival = journey.actor(cast.officer), journey.actor(cast.rival_admin)

    complaints.complain(
        bid, grounds=REASON, asks="Again.", arrived=clock.now(), actor=rival, clock=clock
    )
    room.see(cast.rival_admin, "complaint.take_back", bid=bid, number=1)
    room.see(cast.officer, "complaints.show", number=1)
    room.see(cast.officer, "complaints.propose", empty=True, number=1)
    complaints.propose(at, 1, finding=Finding.UPHELD, reason=REASON, actor=officer, clock=clock)
    room.see(cast.approver, "complaints.decide", empty=True, number=1)

    court.record(
        at, court.Served(today, "Court of Session", "P1/26", ""), actor=officer, clock=clock
    )
    room.see(cast.officer, "complaints.end", empty=True, number=1)
    ended = court.Ended(CourtEnd.DISMISSED, today, "Interlocutor of today")
    court.record_end(at, 1, ended, actor=officer, clock=clock)
    room.see(cast.approver, "complaints.confirm_end", empty=True, number=1)

    debriefs.ask(bid, wishes="Why three?", actor=rival, clock=clock)
    meeting = journey.session.scalars(select(Debrief.id)).one()
    room.see(cast.officer, "debriefs.offer", empty=True, debrief_id=meeting)
    first = clock.now().replace(second=0, microsecond=0) + timedelta(days=3)
    offered = debriefs.Offer([first], 45, place="Room 1", join_url="", remote=False)
    debriefs.offer(at, meeting, offered, actor=officer, clock=clock)
    debriefs.choose(bid, first, words="", actor=rival, clock=clock)
    clock.instant = first + timedelta(hours=1)
    room.see(cast.officer, "debriefs.record", empty=True, debrief_id=meeting)

    room.see(cast.rival_admin, "debrief.show", bid=bid)
    room.see(cast.rival_admin, "complaint.show", bid=bid)
    room.see(cast.officer, "complaints.index")
    take_again(room, Point.RECOMMENDATION)

    room.judge("after")


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_pages_of_a_preferred_bidder_who_is_asked_for_more_have_no_violation(room: Room) -> None:
    journey, cast, clock = room.journey, room.journey.cast, room.journey.clock
    at, bid = journey.reference, journey.own_bid
    officer, supplier = journey.actor(cast.officer), journey.actor(cast.contributor)
    one = {"bid_reference": bid, "number": 1}

    committee.choose(
        at, committee="Contracts Committee", exemption="business", actor=officer, clock=clock
    )
    room.see(cast.approver, "committee.record", empty=True)

    wanted = Wanted(Evidence.INSURANCE, "Employer’s liability policy", "Cover of £5 million.")
    evidence.ask(
        at,
        bid,
        wanted=(wanted,),
        answer_by=usual_limit(clock.now()),
        actor=officer,
        clock=clock,
    )
    room.see(cast.contributor, "asked_of_us.index", bid=bid)
    room.see(cast.contributor, "asked_of_us.give", empty=True, bid=bid, number=1)
    room.see(cast.officer, "preferred.extend", empty=True, **one)
    room.see(cast.officer, "preferred.record", empty=True, **one)
    answering.give(
        bid, 1, note="It is in force.", file=None, actor=supplier, arrived=clock.now(), clock=clock
    )
    room.see(cast.officer, "preferred.document", empty=True, **one)
    evidence.decide(at, bid, 1, verdict=Verdict.REFUSED, reason=REASON, actor=officer, clock=clock)
    room.see(cast.officer, "preferred.ask_again", empty=True, **one)

    room.judge("preferred")


@pytest.mark.parametrize("step", [Step.DRAFT])
def test_pages_of_who_goes_on_have_no_violation(room: Room) -> None:
    """One of two may go on who are alike, and of whom one asks for little."""
    journey, cast, clock = room.journey, room.journey.cast, room.journey.clock
    at, chair = journey.reference, journey.actor(cast.chair)
    a_second_stage(journey, places=1)
    first = journey.challenge.stage
    first.tie_break, first.best_minor, first.below_mean = "", RIVAL_PRICE, Decimal(30)
    journey.session.commit()
    journey.to(Step.SCORED)
    agree(journey, {key: (Decimal(3), Decimal(3)) for key in QUESTIONS})
    award.conclude_scoring(at, actor=chair, clock=clock)

    room.see(cast.officer, "low_prices.decide", empty=True, bid_reference=journey.own_bid)
    low_prices.ask(journey, answered=True)
    low_prices.decide(journey, PriceFinding.EXPLAINED)
    room.see(cast.auditor, "advancing.show")
    room.see(cast.chair, "advancing.cut_off", empty=True)
    advancing.decide_cut_off(at, [journey.own_bid], reason=REASON, actor=chair, clock=clock)
    room.see(cast.chair, "advancing.propose", empty=True)
    proposed = advancing.propose(at, reason=REASON, actor=chair, clock=clock)
    room.see(cast.approver, "advancing.confirm", empty=True)
    advancing.answer(
        at,
        advance_id=proposed,
        confirmed=True,
        reason=REASON,
        actor=journey.actor(cast.approver),
        clock=clock,
    )
    letters.send_now(at, actor=journey.actor(cast.officer), clock=clock)
    take_again(room, Point.RECOMMENDATION)

    room.judge("advancing")


@pytest.mark.parametrize("step", [Step.LOCKED])
def test_pages_of_an_interest_that_was_found_late_have_no_violation(room: Room) -> None:
    journey, cast, clock = room.journey, room.journey.cast, room.journey.clock
    at, chair, approver = journey.reference, cast.chair, journey.actor(cast.approver)
    label, party = journey.labels[chair.id], parties.key_of(cast.supplier.name)

    interests.find_interest(
        at, label, party, statement=REASON, actor=journey.actor(chair), clock=clock
    )
    room.see(cast.approver, "panel_found.decide", empty=True, label=label, party=party)
    interests.decide_found(
        at, label, party, measure=Measure.RECUSE, reason=REASON, actor=approver, clock=clock
    )
    room.see(cast.officer, "panel_found.reopen", empty=True)

    room.judge("found late")
