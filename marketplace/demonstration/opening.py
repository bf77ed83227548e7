"""From the naming of the panel to the moment at which it may begin to score."""

from datetime import timedelta

from bids import service as bids
from bids.grounds.deciding import to_decide
from bids.grounds.policy import Found, Verdict
from bids.models import EligibilityFinding
from challenges import service as challenges
from challenges.lifecycle import closing_recorded_from
from challenges.queries import own_challenge
from marketplace.core.database import db
from marketplace.core.permissions import Actor
from marketplace.demonstration import seating
from marketplace.demonstration.cast import known_passphrase
from marketplace.demonstration.days import Span
from marketplace.demonstration.history import History
from marketplace.demonstration.people import EVALUATORS, evaluators_needed
from marketplace.demonstration.shapes import Interest, TargetState
from marketplace.demonstration.telling import Telling
from scoring.panel import parties, queries, service
from scoring.panel.lifecycle import Interest as Declared
from scoring.panel.lifecycle import Measure, Seat

# How long the first officer waits after closing where the second one has not come yet, and how
# long the second takes to come to the screen otherwise.
FIRST_OFFICER = timedelta(hours=2)
SECOND_OFFICER = timedelta(minutes=6)
# A panel that has had the bids for so long has declared its interests, all but one member.
DECLARING = timedelta(days=3)
CLEARED = "The fine is paid, the cause is gone, and outside checks since have found nothing."
PUT_RIGHT = (
    "The supplier declared a discretionary ground. What it says it did to put things right is "
    "specific and can be checked, so the bid counts."
)


def name_panel_and_open(telling: Telling) -> History:
    """Name the panel while bids are written; after closing have two officers open them.

    Where only the first has confirmed so far, the second is whoever visits the demonstration.
    """
    days, reference, clock = telling.days, telling.reference, telling.clock
    if days.published is None or days.closes is None:
        return
    yield Span(days.published, days.closes).at(0.5)
    service.name_panel(
        reference,
        chair=telling.chair.user_id,
        evaluators=[member.user_id for member in telling.evaluators(EVALUATORS)],
        actor=telling.lead,
        clock=clock,
    )
    first, second = telling.officers[:2]
    if telling.item.first_confirmed:
        yield days.closes + FIRST_OFFICER
        _confirm(telling, first)
    if days.opened is None:
        return
    yield days.opened
    _confirm(telling, first)
    yield days.opened + SECOND_OFFICER
    _confirm(telling, second)
    # What the sweeper does as soon as two have confirmed.
    bids.open_bids({"challenge": reference}, clock)


def rehearse(telling: Telling) -> History:
    """Have the first officer test, while bids are written, that they can open them."""
    days = telling.days
    if days.published is None or days.closes is None:
        return
    yield Span(days.published, min(days.closes, days.until)).at(0.3)
    bids.rehearse_opening(
        telling.reference,
        passphrase=known_passphrase(),
        actor=telling.officers[0],
        clock=telling.clock,
    )


def _confirm(telling: Telling, officer: Actor) -> None:
    bids.confirm_opening(
        telling.reference,
        passphrase=known_passphrase(),
        second_factor=True,
        actor=officer,
        clock=telling.clock,
    )


def close(telling: Telling) -> History:
    """Record the closing a minute after it, as the sweeper does."""
    closes = telling.days.closes
    if closes is None or telling.days.published is None:
        return
    yield closing_recorded_from(closes)
    challenges.close({"challenge": telling.reference}, telling.clock)


def prepare(telling: Telling, evaluation: Span) -> History:
    """Decide about doubtful bids, brief the panel, and settle its interests.

    Where bids were opened lately, and scoring has not begun, the panel is still on its way.
    """
    yield from _decide_eligibility(telling, evaluation)
    members = [telling.chair, *telling.evaluators(EVALUATORS)]
    under_way = telling.item.state is TargetState.OPENED
    if under_way:
        yield from seating.arrange(telling, evaluation.at(0.055))
    briefed = members[:1] if under_way and evaluation.length < DECLARING else members
    declaring = members[:-1] if under_way else members
    for instant, member in zip(evaluation.spread(4, 0.06, 0.14), briefed, strict=False):
        yield instant
        service.accept_briefing(telling.reference, actor=member, clock=telling.clock)
    if briefed != members:
        return
    for number, instant in enumerate(evaluation.spread(len(declaring), 0.15, 0.23)):
        yield instant
        _declare(telling, number, members[number])
    interests = telling.bid_set.interests
    for interest, instant in zip(
        interests, evaluation.spread(len(interests), 0.24, 0.26), strict=True
    ):
        yield instant
        _decide_interest(telling, interest)
    yield from _add_evaluators(telling, evaluation)


def _decide_eligibility(telling: Telling, evaluation: Span) -> History:
    """Decide about each bid that gives reason to: it falls short, or a ground was declared."""
    declared = {supplier.key for supplier in telling.content.suppliers if supplier.declared}
    doubtful = [
        bid for bid in telling.bid_set.bids if bid.ineligible_reason or bid.supplier in declared
    ]
    for instant, bid in zip(evaluation.spread(len(doubtful), 0.01, 0.05), doubtful, strict=True):
        yield instant
        short = bid.ineligible_reason is not None
        bids.decide_eligibility(
            telling.reference,
            telling.bid_references[bid.supplier],
            finding=EligibilityFinding.INELIGIBLE if short else EligibilityFinding.VALID,
            reason=bid.ineligible_reason or PUT_RIGHT,
            found=_cleared(telling, telling.bid_references[bid.supplier]),
            actor=telling.officers[0],
            clock=telling.clock,
        )


def _cleared(telling: Telling, bid: str) -> list[Found]:
    """Find of each ground that a bid declares that it was put right."""
    known, _others = to_decide(
        db.session(),
        telling.reference,
        bid,
        actor=telling.officers[0],
        at=telling.clock.now(),
    )
    return [Found(each.party, each.ground.key, Verdict.CLEARED, CLEARED) for each in known]


def _declare(telling: Telling, number: int, member: Actor) -> None:
    """Have a member declare about every bidder; number 0 is the chair, who has no interests."""
    own = {
        _named(telling, interest.supplier): interest.statement
        for interest in telling.bid_set.interests
        if interest.evaluator == number
    }
    stage = own_challenge(db.session(), telling.reference, member).stage
    service.declare_interests(
        telling.reference,
        {
            party.name: service.Declaration(
                Declared.DECLARED if party.name in own else Declared.NONE, own.get(party.name, "")
            )
            for party in parties.parties(db.session(), stage.id)
        },
        actor=member,
        clock=telling.clock,
    )


def _decide_interest(telling: Telling, interest: Interest) -> None:
    declarer = telling.evaluators(interest.evaluator)[-1]
    session = db.session()
    stage = own_challenge(session, telling.reference, telling.chair).stage
    seat = queries.member_of(session, stage.id, declarer.user_id)
    if seat is None:
        raise LookupError(f"{declarer.name} does not sit on the panel of {telling.reference}")
    service.decide_interest(
        telling.reference,
        seat.label,
        parties.key_of(_named(telling, interest.supplier)),
        measure=Measure(interest.decision),
        reason=interest.reason,
        actor=telling.chair,
        clock=telling.clock,
    )


def _named(telling: Telling, supplier: str) -> str:
    """Give the name of the supplier with this key."""
    return next(each.name for each in telling.content.suppliers if each.key == supplier)


def _add_evaluators(telling: Telling, evaluation: Span) -> History:
    """Add whom it takes for every bid to be scored by three after somebody stood aside."""
    reason = " ".join(i.reason for i in telling.bid_set.interests if i.decision == "recuse")
    for number in range(EVALUATORS + 1, evaluators_needed(telling.content, telling.item.key) + 1):
        newcomer = telling.evaluators(number)[-1]
        yield evaluation.at(0.27)
        service.add_member(
            telling.reference,
            user_id=newcomer.user_id,
            seat=Seat.EVALUATOR,
            reason=reason,
            actor=telling.lead,
            clock=telling.clock,
        )
        yield evaluation.at(0.28)
        service.accept_briefing(telling.reference, actor=newcomer, clock=telling.clock)
        yield evaluation.at(0.29)
        _declare(telling, number, newcomer)
