"""What becomes of a complaint and of proceedings in court, in words; and what was in time. Pure."""

from datetime import date, datetime
from enum import StrEnum

from marketplace.core.text import N_

TEXT_MOST = 10_000
SHORT_MOST = 200
# Of one bid: more is written to the body directly.
MOST = 20


class Way(StrEnum):
    """How a complaint came."""

    HERE = "here"
    EMAIL = "email"
    LETTER = "letter"
    OTHER = "other"


WAY_WORDS = {
    Way.HERE: N_("In this service"),
    Way.EMAIL: N_("By e-mail"),
    Way.LETTER: N_("By letter"),
    Way.OTHER: N_("In another way"),
}
# What an officer can record: what was sent here is here.
RECORDED_WAYS = (Way.EMAIL, Way.LETTER, Way.OTHER)


class Finding(StrEnum):
    """What a body decides about a complaint."""

    UPHELD = "upheld"
    NOT_UPHELD = "not_upheld"
    WITHDRAWN = "withdrawn"


FINDING_WORDS = {
    Finding.UPHELD: N_("Upheld: something was not done as it should have been"),
    Finding.NOT_UPHELD: N_("Not upheld: the decision stands"),
    Finding.WITHDRAWN: N_("Withdrawn: whoever complained has taken it back"),
}


class Standing(StrEnum):
    """How far a complaint has come."""

    WAITING = "waiting"
    PROPOSED = "proposed"
    DECIDED = "decided"
    TAKEN_BACK = "taken_back"


STANDING_WORDS = {
    Standing.WAITING: N_("To be looked at"),
    Standing.PROPOSED: N_("Waiting for an approver"),
    Standing.DECIDED: N_("Decided"),
    Standing.TAKEN_BACK: N_("Taken back"),
}
OPEN = frozenset({Standing.WAITING, Standing.PROPOSED})


class CourtEnd(StrEnum):
    """How proceedings in court ended, as far as signing goes."""

    DISMISSED = "dismissed"
    ORDER_LIFTED = "order_lifted"
    INEFFECTIVE = "ineffective"
    SETTLED = "settled"


# Source: Public Contracts (Scotland) Regulations 2015, regs. 88 to 91.
COURT_END_WORDS = {
    CourtEnd.DISMISSED: N_("The court dismissed the case, or it was abandoned"),
    CourtEnd.ORDER_LIFTED: N_("The court allowed the contract to be signed"),
    CourtEnd.INEFFECTIVE: N_("The court set the decision aside, or declared it ineffective"),
    CourtEnd.SETTLED: N_("Both sides settled, and the case is closed"),
}


def standing_of(*, taken_back: bool, proposed: bool, decided: bool) -> Standing:
    """Give how far a complaint has come; `proposed` tells that a proposal waits for its answer."""
    if taken_back:
        return Standing.TAKEN_BACK
    if decided:
        return Standing.DECIDED
    return Standing.PROPOSED if proposed else Standing.WAITING


def in_time(arrived_at: datetime, ends_at: datetime | None) -> bool | None:
    """Tell whether a complaint arrived before the standstill ended: the instant of its end is too
    late. None where no standstill ran.

    What counts is when it arrived, and not when it stood in the record.
    """
    return None if ends_at is None else arrived_at < ends_at


def received_fault(received_at: datetime | None, *, told_at: datetime, now: datetime) -> str | None:
    """Say what is wrong with when a complaint came, as an officer tells it to the minute."""
    if received_at is None:
        return N_("Enter when it arrived")
    if received_at > now:
        return N_("Enter a time that has passed")
    if received_at < told_at.replace(second=0, microsecond=0):
        return N_("It cannot have arrived before the decision was told")
    return None


def day_fault(day: date | None, *, today: date, missing: str) -> str | None:
    """Say what is wrong with the day on which something happened."""
    if day is None:
        return missing
    return N_("Enter a day that is not in the future") if day > today else None


def kept_back(*, signed: bool, more: bool) -> str:
    """Say which contracts wait while something that was brought against a decision is not settled.

    `signed`: a contract by that decision is; `more`: another one by it can still be signed.
    """
    if not signed:
        return N_("No contract is signed until that is settled.")
    if more:
        return N_(
            "A contract was signed before that, and stays signed. No other one is signed until "
            "that is settled."
        )
    return N_("The contract was signed before that, and this does not undo it.")
