"""Who may ask, answer and decide a query about a bid, and when. Pure."""

from datetime import datetime
from typing import TYPE_CHECKING

from bids.asking.lifecycle import (
    PANEL_PARTS,
    QueryPart,
    QueryState,
    in_time,
    state_of,
    surely_unanswered,
)
from bids.lifecycle import OPENED_STATES, BidState
from bids.policy import may_see_price
from challenges.lifecycle import State
from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_

if TYPE_CHECKING:
    from bids.asking.models import BidQuery

ASKED_ELSEWHERE = N_(
    "This bid was received elsewhere, and nobody acts for its supplier here. Ask where it came in."
)
# After the opening and before the decision is told.
ASKING_STATES = frozenset({State.OPENED, State.EVALUATING})


def standing(query: "BidQuery", now: datetime) -> QueryState:
    """Give where a query stands at `now`."""
    return state_of(
        answer_by=query.answer_by,
        answered_at=query.answered_at,
        decided_at=query.decided_at,
        withdrawn_at=query.withdrawn_at,
        now=now,
    )


def can_handle(actor: Actor, state: State) -> Answer:
    """Answer whether the actor may have to do with queries to bidders now, as an officer.

    Nobody who scores: whoever asks for an explanation must not judge it too.
    """
    if not actor.may(Permission.BID_QUERY):
        return lacks_right(N_("Only a procurement officer asks a bidder about a bid."))
    if actor.may(Permission.SCORE_RECORD):
        return lacks_right(
            N_("You can score bids, so another procurement officer asks bidders about theirs.")
        )
    if state not in ASKING_STATES:
        return wrong_moment(
            N_("Bidders are asked after the bids are opened and before the decision is told.")
        )
    return ALLOWED


def can_ask(actor: Actor, state: State, bid: BidState) -> Answer:
    """Answer whether the actor may ask the bidder about a bid."""
    answer = can_handle(actor, state)
    if answer.allowed and bid not in OPENED_STATES:
        return wrong_moment(N_("This bid was not opened, so nothing can be asked about it."))
    return answer


def can_withdraw(actor: Actor, state: State, query: "BidQuery", now: datetime) -> Answer:
    """Answer whether the actor may take a query back: until it is answered or decided."""
    answer = can_handle(actor, state)
    if answer.allowed and not _waits(query, now):
        return wrong_moment(
            N_("Only a query that is not answered and not decided can be taken back.")
        )
    return answer


def can_extend(actor: Actor, state: State, query: "BidQuery", now: datetime) -> Answer:
    """Answer whether the actor may make the limit longer, also after it has passed."""
    answer = can_handle(actor, state)
    if answer.allowed and not _waits(query, now):
        return wrong_moment(N_("Only a query that still waits for its answer has more time."))
    return answer


def can_decide(actor: Actor, state: State, query: "BidQuery", now: datetime) -> Answer:
    """Answer whether the actor may decide: on an answer, or when none can come in time."""
    answer = can_handle(actor, state)
    if not answer.allowed:
        return answer
    if query.withdrawn_at is not None:
        return wrong_moment(N_("This query was taken back, so there is nothing to decide."))
    if query.decided_at is not None:
        return wrong_moment(N_("This query is decided already."))
    if not is_over(query, now):
        return wrong_moment(N_("The supplier still has time to answer."))
    return ALLOWED


def is_over(query: "BidQuery", now: datetime) -> bool:
    """Tell whether a query's answer is there, or none can be in time any more."""
    match standing(query, now):
        case QueryState.ANSWERED | QueryState.DECIDED:
            return True
        case QueryState.OVERDUE:
            return surely_unanswered(query.answer_by, now)
    return False


def can_show(actor: Actor, state: State, query: "BidQuery") -> Answer:
    """Answer whether the actor may let the panel see a decided query that was kept from it."""
    answer = can_handle(actor, state)
    if not answer.allowed:
        return answer
    if not goes_to_panel(query.part):
        return wrong_moment(N_("The panel is not shown what concerns price or eligibility."))
    if query.decided_at is None:
        return wrong_moment(N_("Decide about the answer first."))
    if query.shown_at is not None:
        return wrong_moment(N_("The panel can see this query already."))
    return ALLOWED


def may_read(actor: Actor, state: State, query: "BidQuery") -> bool:
    """Tell whether the actor may see a query on the officers' pages: of the price not everybody."""
    return query.part is not QueryPart.PRICE or may_see_price(actor, state)


def goes_to_panel(part: QueryPart) -> bool:
    """Tell whether a query about this part is for the panel at all."""
    return part in PANEL_PARTS


def can_write(actor: Actor, state: State, query: "BidQuery", arrived: datetime) -> Answer:
    """Answer whether the actor may write at the answer: for the supplier, before the limit."""
    if not actor.may(Permission.BID_DRAFT):
        return lacks_right(N_("Your role does not include writing bids."))
    if query.withdrawn_at is not None:
        return wrong_moment(N_("The public body has taken this query back. You need do nothing."))
    if query.answered_at is not None:
        return wrong_moment(N_("Your answer is sent. It cannot be changed."))
    if query.decided_at is not None or not in_time(arrived, query.answer_by):
        return wrong_moment(
            N_(
                "The time to answer is over, so this was not sent. An answer that arrives at the "
                "limit is too late. Copy what you wrote, and ask the public body for more time."
            )
        )
    if state not in ASKING_STATES:
        return wrong_moment(N_("The decision is made, so nothing more can be sent."))
    return ALLOWED


def can_send(actor: Actor, state: State, query: "BidQuery", arrived: datetime) -> Answer:
    """Answer whether the actor may send the answer, which is final: an administrator alone."""
    if actor.may(Permission.BID_DRAFT) and not actor.may(Permission.BID_SUBMIT):
        return lacks_right(
            N_("Only a supplier administrator can send the answer. Tell them that it is ready.")
        )
    return can_write(actor, state, query, arrived)


def _waits(query: "BidQuery", now: datetime) -> bool:
    return standing(query, now) in (QueryState.WAITING, QueryState.OVERDUE)
