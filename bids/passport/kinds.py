"""What kinds of things a subject of the passport asks for. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

# What a label says to whoever fills a form in, and to nobody who reads the answer.
_ASIDE = re.compile(r" \([^()]*\)$")


class Subject(StrEnum):
    """The parts of a passport; each is answered, dated and expires by itself.

    The declaration on grounds of exclusion is a part too, with a form and a signatory of its own.
    """

    IDENTITY = "identity"
    SIZE = "size"
    SIGNATORIES = "signatories"
    INSURANCE = "insurance"
    CERTIFICATES = "certificates"
    FAIR_WORK = "fair_work"
    PROMPT_PAYMENT = "prompt_payment"
    CLIMATE = "climate"


class Kind(StrEnum):
    """How a part of an answer is typed, and what it is in the stored values.

    Text, long text, choice, number of a register and means of contact are text; money is minor
    units and a whole number an int; a day is an ISO date as text.
    """

    TEXT = "text"
    LONG = "long"
    CHOICE = "choice"
    MONEY = "money"
    WHOLE = "whole"
    PERCENT = "percent"
    DAY = "day"
    COMPANY = "company"
    CHARITY = "charity"
    VAT = "vat"
    EMAIL = "email"
    TELEPHONE = "telephone"
    WEBSITE = "website"


@dataclass(frozen=True)
class Part:
    """One thing that is asked for. `choices` are pairs of value and words; `least` is that of a
    percentage."""

    name: str
    label: str
    kind: Kind = Kind.TEXT
    hint: str = ""
    required: str = ""
    choices: Sequence[tuple[str, str]] = ()
    least: int = 0


@dataclass(frozen=True)
class Asked:
    """One subject: its words, what it asks for once, and what it asks for each row of a list.

    How long an answer holds at most is data of the regime. A row's `ends` part may end it sooner.
    """

    subject: Subject
    title: str
    why: str
    parts: Sequence[Part] = ()
    rows: Sequence[Part] = ()
    row_title: str = ""
    ends: str = ""


def said_of(label: str) -> str:
    """Give the label of an answer as a reader needs it, without its aside."""
    return _ASIDE.sub("", label)
