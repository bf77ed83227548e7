"""What is raised against three decisions: a complaint that was decided and one that waits, a
debrief meeting, and a decision that was taken again.
"""

import uuid
from datetime import timedelta

from challenges.queries import own_challenge
from marketplace.core.database import db
from marketplace.core.permissions import Actor, Role
from marketplace.demonstration import writing_letters
from marketplace.demonstration.days import working_morning
from marketplace.demonstration.history import History
from marketplace.demonstration.telling import Telling
from scoring.award import queries as awards
from scoring.award import service as award
from scoring.award.again import queries as again_queries
from scoring.award.again import service as again
from scoring.award.complaints import queries as complaint_queries
from scoring.award.complaints import service as complaints
from scoring.award.complaints.lifecycle import Finding
from scoring.award.debriefs import queries as debrief_queries
from scoring.award.debriefs import service as debriefs
from scoring.award.letters import service as letters
from scoring.panel.again.lifecycle import Point

DECIDED, WAITING, TAKEN_AGAIN = "road-condition", "pharmaceutical-waste", "rural-skills"
# Visitors can be somebody of the first of them.
LOSERS = {DECIDED: "kittiwake-signals", WAITING: "granite-peak-systems"}

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def against(telling: Telling) -> History:
    """Give what happens in the standstill of a decision, if anything does."""
    if telling.item.key == DECIDED:
        yield from _complaint_decided(telling)
        yield from _meeting_held(telling)
    if telling.item.key == WAITING:
        yield from _complaint_waits(telling)
    if telling.item.key == TAKEN_AGAIN:
        yield from _taken_again(telling)


def _complaint_decided(telling: Telling) -> History:
    clock, bid, supplier = telling.clock, *_loser(telling)
    yield clock.now() + DAY
    number = complaints.complain(
        bid,
        grounds="The panel calls our delivery late for one winter. Our boxes are on both gritters "
        "in week four, which stands in that answer.",
        asks="Please look at that answer again.",
        arrived=clock.now(),
        actor=supplier,
        clock=clock,
    )
    yield working_morning(clock.now() + DAY)
    complaints.propose(
        telling.reference,
        number,
        finding=Finding.NOT_UPHELD,
        reason="The panel had read that line. Its reason is about the first list of places, which "
        "the bid gives in week nine, and not about the boxes. The score stands.",
        actor=telling.officers[0],
        clock=clock,
    )
    yield clock.now() + 3 * HOUR
    complaints.decide(
        telling.reference,
        number,
        confirmed=True,
        reason="I have read the bid and the panel’s reason, and agree.",
        seen=_waiting_proposal(telling, number),
        actor=telling.approver,
        clock=clock,
    )


def _meeting_held(telling: Telling) -> History:
    clock, bid, supplier = telling.clock, *_loser(telling)
    yield clock.now() + HOUR
    debriefs.ask(
        bid,
        wishes="We would like to understand what a stronger answer about safety has in it.",
        actor=supplier,
        clock=clock,
    )
    yield working_morning(clock.now())
    meeting = debrief_queries.own(db.session(), bid, supplier, clock.now()).meetings[0].row
    tomorrow = working_morning(clock.now() + HOUR)
    debriefs.offer(
        telling.reference,
        meeting.id,
        debriefs.Offer(
            times=[tomorrow + 2 * HOUR, tomorrow + 4 * HOUR],
            minutes=45,
            place="",
            join_url="https://meet.example/debrief",
            remote=True,
        ),
        actor=telling.officers[0],
        clock=clock,
    )
    yield tomorrow
    debriefs.choose(bid, tomorrow + 2 * HOUR, words="", actor=supplier, clock=clock)
    yield tomorrow + 3 * HOUR
    debriefs.record(
        telling.reference,
        meeting.id,
        attended="Two people of the bidder, the chair of the panel and a procurement officer",
        notes="We went through the reasons question by question. On safety the panel had looked "
        "for a word about the steam cleaner, which the challenge asks about, and for a test of the "
        "box under it.",
        actor=telling.officers[0],
        clock=clock,
    )


def _complaint_waits(telling: Telling) -> History:
    clock, bid, supplier = telling.clock, *_loser(telling)
    yield clock.now() + DAY
    complaints.complain(
        bid,
        grounds="We were asked about collection from islands, and the reason we were given speaks "
        "of the mainland only.",
        asks="",
        arrived=clock.now(),
        actor=supplier,
        clock=clock,
    )
    yield clock.now() + HOUR
    debriefs.ask(bid, wishes="", actor=supplier, clock=clock)


def _taken_again(telling: Telling) -> History:
    """Take the decision back where the reason that bidders read was another stage's."""
    clock, reference = telling.clock, telling.reference
    recommendation = telling.bid_set.recommendation
    assert recommendation is not None  # it was announced
    yield clock.now() + 3 * HOUR
    again.propose(
        reference,
        point=Point.RECOMMENDATION,
        named=(),
        complaint=None,
        reason="The letters gave the reason of an earlier draft. The scores are right, and the "
        "recommendation has to say why in the words that the panel agreed.",
        actor=telling.officers[0],
        clock=clock,
    )
    yield clock.now() + HOUR
    again.answer(
        reference,
        proposal_id=_proposal(telling),
        confirmed=True,
        reason="Bidders must be able to rely on the reason that they are given.",
        actor=telling.approver,
        clock=clock,
    )
    yield clock.now() + HOUR
    recommendation_id = award.recommend(
        reference,
        bids=[telling.bid_references[recommendation.supplier]],
        reason=recommendation.reason,
        actor=telling.chair,
        clock=clock,
    )
    yield working_morning(clock.now())
    award.sign_off(
        reference,
        recommendation_id=recommendation_id,
        approved=True,
        reason="The reason is now the panel’s own.",
        actor=telling.approver,
        clock=clock,
    )
    letters.send_now(reference, actor=telling.officers[0], clock=clock)
    writing_letters.hand_over()


def _loser(telling: Telling) -> tuple[str, Actor]:
    """Give the bid of a supplier who is not preferred, and who acts for it."""
    key = LOSERS[telling.item.key]
    return telling.bid_references[key], telling.cast.one(key, Role.SUPPLIER_ADMIN)


def _waiting_proposal(telling: Telling, number: int) -> str:
    session = db.session()
    stage = own_challenge(session, telling.reference, telling.approver).stage
    proposal = complaint_queries.complaint_numbered(session, stage, number).proposal
    assert proposal is not None  # an officer has just made it
    return str(proposal.id)


def _proposal(telling: Telling) -> uuid.UUID:
    session = db.session()
    stage = own_challenge(session, telling.reference, telling.approver).stage
    found = awards.decision(session, stage)
    waiting = again_queries.standing(session, stage, found, telling.approver).waiting
    assert waiting is not None  # an officer has just made it
    return waiting.id
