"""What an address asks the simulator to try: typed texts in, a trial's parts or faults out. Pure.

Everything stands under short names that repeat, so that an address with many bids is still one that
servers take: `w` the weights in the order of the criteria, `n` the names of the bids, `p` their
prices, `s` their scores, row by row; `c` tells for which criteria it was made.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import sha256
from typing import TYPE_CHECKING

from challenges.method.document import plain
from challenges.sections.base import MONEY_MOST, weight_fault
from challenges.simulator.trial import BIDS_MOST, Sample, answered, highest
from marketplace.core.text import N_, on_one_line

if TYPE_CHECKING:
    from challenges.models import Stage

NAME_MOST = 60

_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]{1,3})?", re.ASCII)
_MONEY = re.compile(r"([0-9]{1,12}|[0-9]{1,3}(,[0-9]{3}){1,3})(\.[0-9]{1,2})?", re.ASCII)

Lists = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class TypedBid:
    """One bid as it stands in the boxes."""

    name: str
    price: str
    scores: tuple[str, ...]


@dataclass(frozen=True)
class Asked:
    """What was typed, and what is wrong with it by the id of its box; `stale`: other criteria."""

    weights: tuple[str, ...]
    bids: tuple[TypedBid, ...]
    faults: Mapping[str, str] = field(default_factory=dict)
    stale: bool = False

    def numbers(self, stage: "Stage") -> tuple[dict[str, Decimal], list[Sample]]:
        """Give the weights by key and the bids; there must be no faults."""
        weights = {
            criterion.key: Decimal(text)
            for criterion, text in zip(stage.criteria, self.weights, strict=True)
        }
        priced = is_priced(stage)
        return weights, [
            Sample(
                bid.name,
                tuple(Decimal(score) for score in bid.scores),
                _minor(bid.price) if priced else None,
            )
            for bid in self.bids
        ]

    def lists(self, stage: "Stage") -> dict[str, list[str]]:
        """Give what an address holds to ask for this again."""
        return {
            "c": [fingerprint(stage)],
            "w": list(self.weights),
            "n": [bid.name for bid in self.bids],
            "p": [bid.price for bid in self.bids] if is_priced(stage) else [],
            "s": [score for bid in self.bids for score in bid.scores],
        }


def fingerprint(stage: "Stage") -> str:
    """Give what changes with the criteria that an address speaks of."""
    keys = " ".join(criterion.key for criterion in stage.criteria)
    return sha256(keys.encode()).hexdigest()[:8]


def is_priced(stage: "Stage") -> bool:
    """Tell whether bids of a stage give a price."""
    return stage.price_model != "fixed_budget"


def as_typed(stage: "Stage", samples: Sequence[Sample]) -> Asked:
    """Give what the boxes hold at first: the draft's weights and the samples."""
    return Asked(
        weights=tuple(plain(criterion.weight) for criterion in stage.criteria),
        bids=tuple(typed_bid(sample) for sample in samples),
    )


def typed_bid(sample: Sample) -> TypedBid:
    """Write a sample as it stands in its boxes."""
    price = ""
    if sample.price_minor is not None:
        whole, rest = divmod(sample.price_minor, 100)
        price = f"{whole:,}" + (f".{rest:02d}" if rest else "")
    return TypedBid(sample.name, price, tuple(plain(score) for score in sample.scores))


def read(lists: Lists, stage: "Stage", usual: Asked) -> Asked:
    """Read an address; what it does not say is as `usual`.

    An address that was made for other criteria, or whose lists do not fit together, says nothing.
    """
    if not lists.get("w") and not lists.get("n"):
        return usual
    questions, count = answered(stage), len(lists.get("n", ()))
    fits = (
        (lists.get("c") or [""])[0] == fingerprint(stage)
        and len(lists.get("w", ())) == len(stage.criteria)
        and 1 <= count <= BIDS_MOST
        and len(lists.get("s", ())) == count * len(questions)
        and len(lists.get("p", ())) == (count if is_priced(stage) else 0)
    )
    if not fits:
        return Asked(usual.weights, usual.bids, stale=True)
    scores = [text.strip() for text in lists.get("s", ())]
    width = len(questions)
    prices = lists.get("p") or [""] * count
    asked = Asked(
        weights=tuple(text.strip() for text in lists["w"]),
        bids=tuple(
            TypedBid(
                on_one_line(name)[:NAME_MOST],
                price.strip().lstrip("£").strip(),
                tuple(scores[place * width : (place + 1) * width]),
            )
            for place, (name, price) in enumerate(zip(lists["n"], prices, strict=True))
        ),
    )
    return Asked(asked.weights, asked.bids, _faults(asked, stage))


def _faults(asked: Asked, stage: "Stage") -> dict[str, str]:
    found = {}
    for place, text in enumerate(asked.weights, 1):
        if not _DECIMAL.fullmatch(text):
            found[f"w{place}"] = N_("Enter a weight, such as 30 or 12.5.")
        elif fault := weight_fault(Decimal(text)):
            found[f"w{place}"] = fault
    for number, bid in enumerate(asked.bids, 1):
        if not bid.name:
            found[f"n{number}"] = N_("Give this bid a name.")
        for place, (text, question) in enumerate(zip(bid.scores, answered(stage), strict=True), 1):
            if not _DECIMAL.fullmatch(text) or Decimal(text) > highest(question):
                found[f"s{number}-{place}"] = N_("Enter a score on the scale.")
        if is_priced(stage) and (not _MONEY.fullmatch(bid.price) or _minor(bid.price) > MONEY_MOST):
            found[f"p{number}"] = N_("Enter an amount in pounds, such as 5,000.")
    return found


def _minor(text: str) -> int:
    return int(Decimal(text.replace(",", "")) * 100)
