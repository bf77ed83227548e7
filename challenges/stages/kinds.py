"""The kinds of stages, and the choices that each stage makes, with their words. Pure.

Messages are marked, not translated; whoever shows them translates them.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Stage


class StageKind(StrEnum):
    """What happens in a stage: bids are judged, or work is done."""

    APPLICATION = "application"
    INTERVIEW = "interview"
    JUDGING = "judging"
    EXPLORATION = "exploration"
    ACCELERATOR = "accelerator"
    DEMO_DAY = "demo_day"
    AGREEMENT = "agreement"
    DELIVERY = "delivery"


class Payment(StrEnum):
    """What each supplier in a stage is paid."""

    NONE = "none"
    FIXED = "fixed"
    CAP = "cap"


class Unit(StrEnum):
    """In what a stage's length is told."""

    MINUTES = "minutes"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"


class Property(StrEnum):
    """To whom the intellectual property in what is made belongs."""

    SUPPLIER = "supplier"
    SHARED = "shared"
    BODY = "body"
    OPEN = "open"


class Source(StrEnum):
    """How the bids of a stage come to those who judge them.

    They are sealed here until two officers open them; or suppliers are heard and write nothing; or
    they were received elsewhere and are brought here to be judged.
    """

    SEALED = "sealed"
    HEARD = "heard"
    ELSEWHERE = "elsewhere"


class LaterKind(StrEnum):
    """Whether what is bought later is part of this competition."""

    INCLUDED = "included"
    NEW_COMPETITION = "new_competition"


# In these work is done and nothing is judged: they have no criteria and no evaluation.
DELIVERY_KINDS = frozenset(
    {
        StageKind.EXPLORATION,
        StageKind.ACCELERATOR,
        StageKind.DEMO_DAY,
        StageKind.AGREEMENT,
        StageKind.DELIVERY,
    }
)

KIND_WORDS: Mapping[str, str] = {
    StageKind.APPLICATION: N_("Written application"),
    StageKind.INTERVIEW: N_("Interview"),
    StageKind.JUDGING: N_("Judging of results"),
    StageKind.EXPLORATION: N_("Exploration"),
    StageKind.ACCELERATOR: N_("Accelerator"),
    StageKind.DEMO_DAY: N_("Demo day"),
    StageKind.AGREEMENT: N_("Pre-commercial agreement"),
    StageKind.DELIVERY: N_("Delivery"),
}

KIND_MEANINGS: Mapping[str, str] = {
    StageKind.APPLICATION: N_("Suppliers answer in writing, and a panel scores the answers."),
    StageKind.INTERVIEW: N_("Suppliers meet the panel, which scores them on criteria of its own."),
    StageKind.JUDGING: N_("What suppliers have made is judged, as for a prize."),
    StageKind.EXPLORATION: N_(
        "A few suppliers are paid to explore the problem with you. Nothing is scored."
    ),
    StageKind.ACCELERATOR: N_(
        "The chosen supplier builds and tests with you, in short steps. Nothing is scored."
    ),
    StageKind.DEMO_DAY: N_("Suppliers show what they have made. Nothing is scored."),
    StageKind.AGREEMENT: N_(
        "What was built is developed further and put to use, up to an agreed value."
    ),
    StageKind.DELIVERY: N_("A contract is carried out."),
}

PAYMENT_WORDS: Mapping[str, str] = {
    Payment.NONE: N_("Nothing is paid"),
    Payment.FIXED: N_("Each supplier is paid the same fixed fee"),
    Payment.CAP: N_("Each supplier is paid up to a cap"),
}

UNIT_WORDS: Mapping[str, str] = {
    Unit.MINUTES: N_("minutes"),
    Unit.DAYS: N_("days"),
    Unit.WEEKS: N_("weeks"),
    Unit.MONTHS: N_("months"),
}

PROPERTY_WORDS: Mapping[str, str] = {
    Property.SUPPLIER: N_("It stays with the supplier, and you get a licence to use the result"),
    Property.SHARED: N_("You and the supplier own it together"),
    Property.BODY: N_("It passes to you"),
    Property.OPEN: N_("It is published under an open licence that everybody can use"),
}

# The same for those who bid.
PROPERTY_PUBLIC: Mapping[str, str] = {
    Property.SUPPLIER: N_("Stays with the supplier. The public body gets a licence to use it."),
    Property.SHARED: N_("The supplier and the public body own it together."),
    Property.BODY: N_("Passes to the public body."),
    Property.OPEN: N_("Is published under an open licence that everybody can use."),
}

LATER_WORDS: Mapping[str, str] = {
    LaterKind.INCLUDED: N_("It is part of this competition"),
    LaterKind.NEW_COMPETITION: N_("It needs a new competition"),
}

LATER_MEANINGS: Mapping[str, str] = {
    LaterKind.INCLUDED: N_(
        "You can buy the result without asking the market again, up to a value that you give now "
        "and for the bodies that you name. The value counts in the total."
    ),
    LaterKind.NEW_COMPETITION: N_(
        "Whatever is bought after the last stage is advertised anew. Nothing of it counts in the "
        "total."
    ),
}


def is_judged(stage: "Stage") -> bool:
    """Tell whether bids are judged in a stage: only then has it criteria and an evaluation."""
    return stage.kind not in DELIVERY_KINDS


def is_paid(stage: "Stage") -> bool:
    """Tell whether suppliers are paid for taking part in a stage."""
    return stage.payment in (Payment.FIXED, Payment.CAP)
