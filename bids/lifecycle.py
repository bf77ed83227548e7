"""The states of a bid and the rule of the deadline. Pure."""

from datetime import datetime
from enum import StrEnum

from challenges.lifecycle import RECORDING_TIME, closing_recorded_from
from marketplace.core.dates import PLACE, format_instant, months_after
from marketplace.core.errors import WrongMoment
from marketplace.core.regimes.passport import passport_rules_on
from marketplace.core.text import N_


class BidState(StrEnum):
    """Where a bid stands. What the panel and the decision make of it stands in their rooms.

    INVITED is the bid of a supplier who goes on to a later stage, before it writes anything.
    """

    INVITED = "invited"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    VALID = "valid"
    INELIGIBLE = "ineligible"
    EXCLUDED = "excluded"


class BidEvent(StrEnum):
    """What moves a bid."""

    START = "start"
    HEAR = "hear"
    TAKE_BACK = "take_back"
    INVITE = "invite"
    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    OPEN = "open"
    FIND_VALID = "find_valid"
    FIND_INELIGIBLE = "find_ineligible"
    EXCLUDE = "exclude"


BID_STATE_WORDS = {
    BidState.INVITED: N_("Invited"),
    BidState.DRAFT: N_("Draft"),
    BidState.SUBMITTED: N_("Submitted"),
    BidState.WITHDRAWN: N_("Withdrawn"),
    BidState.VALID: N_("Valid"),
    BidState.INELIGIBLE: N_("Does not meet the requirements"),
    BidState.EXCLUDED: N_("Excluded"),
}

OPENED_STATES = frozenset({BidState.VALID, BidState.INELIGIBLE, BidState.EXCLUDED})

_DECISIONS = {
    BidEvent.FIND_VALID: BidState.VALID,
    BidEvent.FIND_INELIGIBLE: BidState.INELIGIBLE,
    BidEvent.EXCLUDE: BidState.EXCLUDED,
}

BID_TRANSITIONS: dict[tuple[BidState, BidEvent], BidState] = {
    (BidState.INVITED, BidEvent.START): BidState.DRAFT,
    # Nothing is written for an interview: whoever is invited is heard.
    (BidState.INVITED, BidEvent.HEAR): BidState.VALID,
    # The work that the supplier was paid for before it ended with lessons learned, or who goes on
    # is decided again.
    (BidState.INVITED, BidEvent.TAKE_BACK): BidState.WITHDRAWN,
    # It goes on by the decision that was made anew too.
    (BidState.WITHDRAWN, BidEvent.INVITE): BidState.INVITED,
    (BidState.DRAFT, BidEvent.SUBMIT): BidState.SUBMITTED,
    (BidState.SUBMITTED, BidEvent.SUBMIT): BidState.SUBMITTED,  # replaces the version before
    (BidState.WITHDRAWN, BidEvent.SUBMIT): BidState.SUBMITTED,
    (BidState.SUBMITTED, BidEvent.WITHDRAW): BidState.WITHDRAWN,
    # Every bid that was opened counts until an officer records why it does not.
    (BidState.SUBMITTED, BidEvent.OPEN): BidState.VALID,
    # Also to the state it has: an officer may find valid, with a reason, what had counted so far
    # (a supplier that declared a ground and put it right), or give a better reason.
    **{(state, event): outcome for state in OPENED_STATES for event, outcome in _DECISIONS.items()},
}


def after(state: BidState, event: BidEvent) -> BidState:
    """Give the state that `event` leads to.

    Raises:
        WrongMoment: the event has no place in this state.
    """
    try:
        return BID_TRANSITIONS[(state, event)]
    except KeyError:
        raise WrongMoment(
            N_("This cannot be done with a bid that is “%(state)s”."),
            state=BID_STATE_WORDS[state].lower(),
        ) from None


class Lateness(StrEnum):
    """Why a submission or a withdrawal is not in time."""

    ARRIVED_LATE = "arrived_late"
    # A fault of the service, not of the person's.
    RECORDED_LATE = "recorded_late"


class TooLate(WrongMoment):
    """A submission or a withdrawal is not in time; both instants are kept to be shown."""

    def __init__(
        self, lateness: Lateness, arrived: datetime, recorded: datetime, closes_at: datetime
    ) -> None:
        message = (
            N_("This arrived at %(arrived)s. Bids closed at %(closed)s.")
            if lateness is Lateness.ARRIVED_LATE
            else N_(
                "This arrived in time, at %(arrived)s, but the service could not record it within "
                "a minute of closing at %(closed)s."
            )
        )
        super().__init__(
            message,
            arrived=format_instant(arrived, seconds=True),
            closed=format_instant(closes_at, seconds=True),
        )
        self.lateness = lateness
        self.arrived = arrived
        self.recorded = recorded
        self.closes_at = closes_at


def in_time(arrived: datetime, recorded: datetime, closes_at: datetime) -> bool:
    """Tell whether a submission counts.

    It must have arrived strictly before closing, and have been recorded less than 60 seconds
    after. At the closing time is too late.
    """
    return arrived < closes_at and recorded - closes_at < RECORDING_TIME


def ensure_in_time(arrived: datetime, recorded: datetime, closes_at: datetime) -> None:
    """Refuse what is not in time.

    Raises:
        TooLate: by `in_time`, saying whether the person or the service was late.
    """
    if not in_time(arrived, recorded, closes_at):
        late = arrived >= closes_at
        raise TooLate(
            Lateness.ARRIVED_LATE if late else Lateness.RECORDED_LATE,
            arrived,
            recorded,
            closes_at,
        )


def opens_from(closes_at: datetime) -> datetime:
    """Give the first instant at which bids may be opened: the closing stands in the log then."""
    return closing_recorded_from(closes_at)


def declaration_expires(declared_at: datetime) -> datetime:
    """Give when a declaration of eligibility expires: months on by the rules, to the instant.

    One made on 29 February expires on 28 February.
    """
    months = passport_rules_on(declared_at.astimezone(PLACE).date()).declaration.months
    return datetime.combine(months_after(declared_at.date(), months), declared_at.timetz())
