"""What a question of the quick check is, and what an answer can mean. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Effect(StrEnum):
    """What an answer means for a bid."""

    FINE = "fine"
    IF = "if"
    STOPS = "stops"


class Key(StrEnum):
    """The questions; their names also carry answers over into the declaration."""

    BIDDER = "bidder"
    CRIMES = "crimes"
    TAX = "tax"
    OTHER = "other"
    CONFLICT = "conflict"
    TURNOVER = "turnover"
    INSURANCE = "insurance"
    MONEY = "money"
    CLOSING = "closing"
    START = "start"


@dataclass(frozen=True)
class Choice:
    """One answer that can be given: its words, what it means, why, and what to do about it."""

    value: str
    label: str
    effect: Effect = Effect.FINE
    says: str = ""
    do: str = ""


@dataclass(frozen=True)
class Question:
    """One question with its answers; `data` fills in the words of all of them."""

    key: Key
    text: str
    hint: str
    choices: Sequence[Choice]
    data: Mapping[str, str]

    def choice(self, value: str) -> Choice | None:
        """Give an answer by its value, None where there is no such answer."""
        return next((choice for choice in self.choices if choice.value == value), None)


@dataclass(frozen=True)
class Facts:
    """What the questions are made from, in words: amounts and instants as people read them.

    `turnover`, `insurance`, `most` and `starts` are empty where the challenge says nothing of
    them. `own_rules` tells that the body's own standing orders, and not the law, name the grounds
    of exclusion.
    """

    buyer: str
    closes: str
    turnover: str = ""
    insurance: str = ""
    most: str = ""
    fixed: bool = False
    starts: str = ""
    own_rules: bool = False
