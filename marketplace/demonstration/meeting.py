"""Interviews that a panel of the demonstration holds before it submits its scores."""

from datetime import datetime, timedelta

from challenges.queries import own_challenge
from marketplace.core.database import db
from marketplace.core.dates import PLACE
from marketplace.core.permissions import Role
from marketplace.demonstration.days import Span
from marketplace.demonstration.history import History
from marketplace.demonstration.shapes import TargetState
from marketplace.demonstration.telling import Telling
from scoring.panel import queries as panels
from scoring.panel.interviews import queries, service
from scoring.panel.interviews.lifecycle import (
    USUAL_FIRST,
    USUAL_GAP,
    USUAL_MINUTES,
    USUAL_NOTICE,
    Offer,
    Step,
)

# A few more than bidders, so that everybody has a choice.
MORE = 2
# With less time between the opening and today nobody would be asked to choose.
LEAST = timedelta(days=12)
MISSED = "Nobody joined within 20 minutes, and nobody answered the telephone."
WITHOUT = "They wrote the next day that they were ill, and ask to be judged by what they wrote."


def meets(telling: Telling, evaluation: Span) -> bool:
    """Tell whether this panel holds interviews: one that is at work, where the plan has them."""
    if telling.item.state is not TargetState.EVALUATING or evaluation.length < LEAST:
        return False
    challenge = own_challenge(db.session(), telling.reference, telling.lead)
    return queries.has_interviews(challenge, challenge.stage)


def arrange(telling: Telling, evaluation: Span) -> History:
    """Have an officer offer times, and each bidder whose bid counts choose one."""
    yield evaluation.at(0.303)
    if not meets(telling, evaluation):
        return
    session, clock = db.session(), telling.clock
    stage_id = own_challenge(session, telling.reference, telling.lead).stage.id
    invited = panels.valid(panels.bidders(session, stage_id))
    day = evaluation.at(0.5).astimezone(PLACE).date()
    first = datetime.combine(day, USUAL_FIRST, tzinfo=PLACE)
    offer = Offer(
        first=first,
        minutes=USUAL_MINUTES,
        gap=USUAL_GAP,
        number=len(invited) + MORE,
        choose_by=first - timedelta(hours=USUAL_NOTICE),
        notice=USUAL_NOTICE,
        join_url=f"https://meet.example.org/{telling.reference.lower()}",
    )
    service.offer(telling.reference, offer, actor=telling.officers[0], clock=clock)
    suppliers = {reference: key for key, reference in telling.bid_references.items()}
    instants = evaluation.spread(len(invited), 0.305, 0.318)
    for number, (instant, bidder) in enumerate(zip(instants, invited, strict=True)):
        yield instant
        slot = queries.slots(db.session(), stage_id)[number]
        service.choose(
            bidder.reference,
            slot.id,
            seen=slot.edition,
            actor=telling.cast.one(suppliers[bidder.reference], Role.SUPPLIER_ADMIN),
            clock=clock,
        )


def record(telling: Telling, evaluation: Span) -> History:
    """Have the chair record that all came but the last, without whom the panel goes on."""
    yield evaluation.at(0.663)
    if not meets(telling, evaluation):
        return
    session, by = db.session(), telling.chair
    stage_id = own_challenge(session, telling.reference, telling.lead).stage.id
    *came, stayed_away = panels.valid(panels.bidders(session, stage_id))
    for bidder, step, reason in (
        *((bidder, Step.HELD, "") for bidder in came),
        (stayed_away, Step.MISSED, MISSED),
        (stayed_away, Step.WITHOUT, WITHOUT),
    ):
        service.record(
            telling.reference, bidder.handle, step, reason=reason, actor=by, clock=telling.clock
        )
