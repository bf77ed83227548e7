"""The states of a challenge and of its stages, and what moves each from one to the next. Pure.

A challenge goes through them once. While it is being evaluated, each stage after the first goes
through those from OPEN to EVALUATING by itself (`challenges.stages.running`).
"""

from datetime import datetime, timedelta
from enum import StrEnum

from marketplace.core.errors import WrongMoment
from marketplace.core.text import N_


class State(StrEnum):
    """Where a challenge or a stage of it stands.

    CLOSED is never stored: it is OPEN after its closing instant. WAITING and ADVANCED are states of
    a stage alone: it has not begun, or suppliers have gone on from it to the next.
    """

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    READY = "ready"
    OPEN = "open"
    CLOSED = "closed"
    OPENED = "opened"
    EVALUATING = "evaluating"
    INTENTION = "intention_to_award"
    SIGNED = "contract_signed"
    DELIVERING = "delivering"
    FINISHED = "finished"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    WAITING = "waiting"
    ADVANCED = "advanced"


class Event(StrEnum):
    """What people do that moves a challenge, or one of its stages."""

    SUBMIT_FOR_REVIEW = "submit_for_review"
    RETURN_TO_DRAFT = "return_to_draft"
    APPROVE = "approve"
    PUBLISH = "publish"
    OPEN_BIDS = "open_bids"
    BRING_IN = "bring_in"
    BEGIN_EVALUATION = "begin_evaluation"
    ANNOUNCE_INTENTION = "announce_intention"
    DECIDE_AGAIN = "decide_again"
    SIGN_CONTRACT = "sign_contract"
    BEGIN_WORK = "begin_work"
    FINISH_WORK = "finish_work"
    STOP = "stop"
    CANCEL = "cancel"
    # Of a stage alone.
    OPEN_STAGE = "open_stage"
    HEAR = "hear"
    GO_ON = "go_on"


class NoAward(StrEnum):
    """Why a published challenge ends without a contract. The words of the reason stand beside it.

    Source: Public Contracts (Scotland) Regulations 2015, reg. 83(1)(g): the report says why no
    contract was awarded.
    """

    NO_BID = "no_bid"
    NO_SUITABLE_BID = "no_suitable_bid"
    TOO_DEAR = "too_dear"
    NO_MONEY = "no_money"
    NEED_CHANGED = "need_changed"
    PROCEDURE = "procedure"
    OTHER = "other"


NO_AWARD_WORDS = {
    NoAward.NO_BID: N_("Nobody sent a bid"),
    NoAward.NO_SUITABLE_BID: N_("No bid was suitable"),
    NoAward.TOO_DEAR: N_("The bids cost more than can be paid"),
    NoAward.NO_MONEY: N_("The money is no longer there"),
    NoAward.NEED_CHANGED: N_("The need has changed or gone"),
    NoAward.PROCEDURE: N_("Something went wrong in the procedure"),
    NoAward.OTHER: N_("Another reason"),
}

STATE_WORDS = {
    State.DRAFT: N_("Draft"),
    State.IN_REVIEW: N_("In review"),
    State.READY: N_("Ready to publish"),
    State.OPEN: N_("Open for bids"),
    State.CLOSED: N_("Closed to bids"),
    State.OPENED: N_("Bids opened"),
    State.EVALUATING: N_("Being evaluated"),
    State.INTENTION: N_("Intention to award"),
    State.SIGNED: N_("Contract signed"),
    State.DELIVERING: N_("Work under way"),
    State.FINISHED: N_("Work finished"),
    State.STOPPED: N_("Stopped, with lessons"),
    State.CANCELLED: N_("Cancelled"),
    State.WAITING: N_("Not begun"),
    State.ADVANCED: N_("Suppliers have gone on"),
}

# What was published is not cancelled: it ends, with its reason for everybody to read.
ENDED_WORDS = N_("Ended without a contract")


def state_words(state: State, *, published: bool) -> str:
    """Give the untranslated words for a state of a challenge that was or was not published."""
    return ENDED_WORDS if published and state is State.CANCELLED else STATE_WORDS[state]


# Everything a visitor may see. A challenge cancelled before publication is told apart by its
# publication instant, which it lacks.
UNPUBLISHED = frozenset({State.DRAFT, State.IN_REVIEW, State.READY})
STAGE_STATES = frozenset({State.WAITING, State.ADVANCED})
CHALLENGE_STATES = frozenset(State) - STAGE_STATES
PUBLIC_STATES = CHALLENGE_STATES - UNPUBLISHED
EDITABLE_STATES = frozenset({State.DRAFT})
# The work that a contract is for has begun.
WORK_STATES = frozenset({State.DELIVERING, State.FINISHED})
# A contract that follows the decision is signed, and whatever comes of it.
AWARDED = WORK_STATES | {State.SIGNED}
# To whom is announced, signed or not yet.
AWARDED_STATES = AWARDED | {State.INTENTION}

_UNDER_WAY = (State.OPEN, State.CLOSED, State.OPENED, State.EVALUATING, State.INTENTION)

TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.DRAFT, Event.SUBMIT_FOR_REVIEW): State.IN_REVIEW,
    (State.IN_REVIEW, Event.RETURN_TO_DRAFT): State.DRAFT,
    (State.READY, Event.RETURN_TO_DRAFT): State.DRAFT,
    (State.IN_REVIEW, Event.APPROVE): State.READY,
    (State.READY, Event.PUBLISH): State.OPEN,
    (State.CLOSED, Event.OPEN_BIDS): State.OPENED,
    # Bids that were received elsewhere can be read as soon as they are here.
    (State.CLOSED, Event.BRING_IN): State.OPENED,
    (State.OPENED, Event.BEGIN_EVALUATION): State.EVALUATING,
    (State.EVALUATING, Event.ANNOUNCE_INTENTION): State.INTENTION,
    # A decision that was told to bidders is taken back, and the bids are judged again.
    (State.INTENTION, Event.DECIDE_AGAIN): State.EVALUATING,
    (State.INTENTION, Event.SIGN_CONTRACT): State.SIGNED,
    (State.SIGNED, Event.BEGIN_WORK): State.DELIVERING,
    (State.DELIVERING, Event.FINISH_WORK): State.FINISHED,
    # Work that ends with lessons, before or after a contract, is a respected outcome.
    (State.OPENED, Event.STOP): State.STOPPED,
    (State.EVALUATING, Event.STOP): State.STOPPED,
    (State.SIGNED, Event.STOP): State.STOPPED,
    (State.DELIVERING, Event.STOP): State.STOPPED,
    **{(state, Event.CANCEL): State.CANCELLED for state in _UNDER_WAY},
    **{(state, Event.CANCEL): State.CANCELLED for state in UNPUBLISHED},
}

# A stage that suppliers are invited to. What is written is sealed, closes and is opened as in the
# first one; an interview without writing can be held at once.
STAGE_TRANSITIONS: dict[tuple[State, Event], State] = {
    (State.WAITING, Event.OPEN_STAGE): State.OPEN,
    (State.WAITING, Event.HEAR): State.OPENED,
    (State.CLOSED, Event.OPEN_BIDS): State.OPENED,
    (State.OPENED, Event.BEGIN_EVALUATION): State.EVALUATING,
    (State.EVALUATING, Event.GO_ON): State.ADVANCED,
    # Who goes on was decided and told, and is decided again.
    (State.ADVANCED, Event.DECIDE_AGAIN): State.EVALUATING,
}


# How long recording may take for a bid that arrived in time (a queue at the closing instant).
# The closing is recorded after it and the opening waits for that, so that every bid in time stands
# in the log before both.
RECORDING_TIME = timedelta(seconds=60)


# For so long after closing two officers can open a challenge to bids again, for all alike, where
# the service was down near closing. Later, some bidders may have heard of the others.
REOPENING_TIME = timedelta(hours=24)


class Move(StrEnum):
    """How a closing instant can be moved, always to a later one."""

    EXTEND = "extend"
    REOPEN = "reopen"


def closing_recorded_from(closes_at: datetime) -> datetime:
    """Give the first instant at which the closing may be recorded."""
    return closes_at + RECORDING_TIME


def reopens_until(closes_at: datetime) -> datetime:
    """Give the first instant at which it is too late to open a challenge to bids again."""
    return closes_at + REOPENING_TIME


def move_at(
    stored: State, closes_at: datetime | None, now: datetime, *, elsewhere: bool = False
) -> Move | None:
    """Give how the closing instant can be moved at `now`, None where it can no longer be.

    Before the closing instant it is extended; from that instant on, and for less than 24 hours
    after it, the challenge is opened again. Where bids go `elsewhere` the instant is as told from
    there, and moves as it moved there, until they are brought in.
    """
    if stored is not State.OPEN or closes_at is None:
        return None
    if now < closes_at or elsewhere:
        return Move.EXTEND
    return Move.REOPEN if now < reopens_until(closes_at) else None


def state_at(stored: State, closes_at: datetime | None, now: datetime) -> State:
    """Give the state at `now`. At the closing instant itself a challenge is closed."""
    if stored is State.OPEN and closes_at is not None and now >= closes_at:
        return State.CLOSED
    return stored


def after(state: State, event: Event) -> State:
    """Give the state that `event` leads to.

    Raises:
        WrongMoment: the event has no place in this state.
    """
    try:
        return TRANSITIONS[(state, event)]
    except KeyError:
        raise WrongMoment(
            N_("This cannot be done while the challenge is “%(state)s”."),
            state=STATE_WORDS[state].lower(),
        ) from None


def stage_after(state: State, event: Event) -> State:
    """Give the state of a stage that `event` leads to.

    Raises:
        WrongMoment: the event has no place in this state.
    """
    try:
        return STAGE_TRANSITIONS[(state, event)]
    except KeyError:
        raise WrongMoment(
            N_("This cannot be done while the stage is “%(state)s”."),
            state=STATE_WORDS[state].lower(),
        ) from None
