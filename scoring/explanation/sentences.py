"""What could change a result, in sentences that a councillor understands.

Pure: the `sensitivity` of a result document in, topics with sentences out, for report and pages
alike. A sentence keeps its words apart from its values, so that it can be translated where it is
shown: `_(sentence.message, **sentence.values)`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from marketplace.core.text import N_
from scoring.explanation.shapes import Criterion

# Shown one by one up to here; a longer list says how many more there are.
_NAMED: Final = 6

# Below this share of change in the weights a result is called close, above the other one firm.
_CLOSE: Final = Fraction(5, 100)
_FIRM: Final = Fraction(20, 100)

_FORMULAS: Final = {
    "fixed_bounds": N_("fixed bounds"),
    "lowest_price_ratio": N_("lowest price divided by price"),
    "deviation_from_lowest": N_("distance from the lowest price"),
    "range_of_bids": N_("place between the lowest and the highest price"),
    "deviation_from_mean": N_("distance from the average price"),
}


# What is compared where totals are not.
_RANKED_BY: Final = {
    "lowest_price_per_quality_point": N_("Price for each point of quality"),
    "lowest_quality_adjusted_price": N_("Price less the worth of quality"),
}


def ranked_by(evaluation: Mapping[str, Any]) -> str | None:
    """Name the figure by which an evaluation document ranks, None where it is the total."""
    return _RANKED_BY.get(evaluation["method"].get("ranking", ""))


@dataclass(frozen=True, slots=True)
class Sentence:
    """A message with named places and what stands in them; `str()` gives it in English."""

    message: str
    values: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


@dataclass(frozen=True, slots=True)
class Topic:
    """One question about the result: a stable `id`, a title, the answer in sentences."""

    id: str
    title: str
    sentences: tuple[Sentence, ...]


def explain(
    result: Mapping[str, Any],
    criteria: Sequence[Criterion],
    bids: Mapping[str, str],
    people: Mapping[str, str],
) -> tuple[Topic, ...]:
    """Say what could change a result; empty where fewer than two bids were ranked.

    `bids` and `people`: names by id; an id without a name stands for itself. A figure that has no
    meaning is left out or said to have none, with the engine's reason.
    """
    found = result.get("sensitivity")
    if not found:
        return ()
    names = _Names(bids, people, {criterion.id: criterion.title for criterion in criteria})
    reasons = found.get("reasons") or {}
    topics = (
        Topic(
            "margin",
            N_("How close was it?"),
            tuple(_margin(found["margin"], reasons, names)),
        ),
        Topic(
            "weights",
            N_("If the weights had been different"),
            (
                *_robustness(found["robustness"], reasons),
                *_intervals(found["weight_intervals"], criteria),
            ),
        ),
        Topic(
            "evaluators",
            N_("If one evaluator had not taken part"),
            tuple(_evaluators(found["evaluators"], names)),
        ),
        Topic(
            "rank_reversals",
            N_("If one bid had not been made"),
            tuple(_reversals(found["rank_reversals"], names)),
        ),
        Topic(
            "formulas",
            N_("If price had been turned into points in another way"),
            tuple(_formulas(found["formulas"], result["winners"], names)),
        ),
    )
    return tuple(topic for topic in topics if topic.sentences)


def low_prices(result: Mapping[str, Any], bids: Mapping[str, str]) -> tuple[Sentence, ...]:
    """Say which prices the published method asks about, and by how much each lies below.

    `bids`: names by id; an id without a name stands for itself.
    """
    return tuple(
        Sentence(
            _BELOW[flag["detector"]],
            {
                "bid": bids.get(flag["bid"], flag["bid"]),
                "share": _percent(Fraction(flag["value"]["exact"])),
            },
        )
        for flag in result["low_price"]
    )


_BELOW: Final = {
    "mean_of_others": N_("%(bid)s asks %(share)s less than the others do on average."),
    "next_lowest": N_("%(bid)s asks %(share)s less than the next higher price."),
}


class _Names:
    def __init__(
        self, bids: Mapping[str, str], people: Mapping[str, str], criteria: Mapping[str, str]
    ) -> None:
        self._bids, self._people, self._criteria = bids, people, criteria

    def bid(self, identity: str) -> str:
        return self._bids.get(identity, identity)

    def person(self, identity: str) -> str:
        return self._people.get(identity, identity)

    def criterion(self, identity: str) -> str:
        return self._criteria.get(identity, identity)

    def bids(self, identities: Sequence[str]) -> str:
        return ", ".join(self.bid(identity) for identity in identities)


def _margin(
    margin: Mapping[str, Any] | None,
    reasons: Mapping[str, str],
    names: _Names,
) -> Iterator[Sentence]:
    if margin is None:
        if "margin" in reasons:
            yield Sentence(
                N_("There is no single smallest change to name: %(reason)s."),
                {"reason": reasons["margin"]},
            )
        return
    values = {
        "bid": names.bid(margin["bid"]),
        "criterion": names.criterion(margin["criterion"]),
        "score": margin["score"]["display"],
        "changed": margin["changed_score"]["display"],
        "change": margin["change"]["display"],
    }
    lead = (
        N_(
            "The smallest change of a single score that would end the sole first place is "
            "%(change)s."
        )
        if margin["reached"]
        else N_(
            "The smallest change of a single score that would end the sole first place is anything "
            "over %(change)s."
        )
    )
    yield Sentence(lead, values)
    yield Sentence(
        N_("It is the score of %(bid)s for “%(criterion)s”: from %(score)s to %(changed)s."), values
    )
    yield Sentence(N_("All other scores, and every price, would stay as they are."))


def _robustness(
    robustness: Mapping[str, Any] | None, reasons: Mapping[str, str]
) -> Iterator[Sentence]:
    if robustness is None:
        if "robustness" in reasons:
            yield Sentence(
                N_("Other weights say nothing here: %(reason)s."),
                {"reason": reasons["robustness"]},
            )
        return
    share = Fraction(robustness["exact"])
    values = {"share": _percent(share)}
    if share >= 1:
        yield Sentence(
            N_(
                "No other weights would put another bid ahead: the first is better or equal on "
                "every criterion."
            )
        )
        return
    yield Sentence(
        N_(
            "Every weight could have been up to %(share)s higher or lower, all at once, and the "
            "same bid would still be first."
        ),
        values,
    )
    if share < _CLOSE:
        yield Sentence(N_("That is little: the result depends closely on the published weights."))
    elif share >= _FIRM:
        yield Sentence(N_("That is much: the result does not hang on the exact weights."))


def _intervals(
    intervals: Mapping[str, Any] | None, criteria: Sequence[Criterion]
) -> Iterator[Sentence]:
    if not intervals:
        return
    full = sum((Fraction(criterion.weight) for criterion in criteria), Fraction(0))
    free = [
        criterion.title
        for criterion in criteria
        if criterion.id in intervals
        and Fraction(intervals[criterion.id]["low"]["exact"]) == 0
        and Fraction(intervals[criterion.id]["high"]["exact"]) == full
    ]
    if len(free) == len(criteria):
        yield Sentence(
            N_("Whatever weight any one criterion had been given, the same bid would be first.")
        )
        return
    narrowest = min(
        (criterion for criterion in criteria if criterion.id in intervals),
        key=lambda criterion: _slack(criterion, intervals[criterion.id], full),
    )
    ends = intervals[narrowest.id]
    yield Sentence(
        N_(
            "It depends most on the weight of “%(criterion)s”: published as %(weight)s, it could "
            "have been anything from %(low)s to %(high)s, with the others in proportion, and the "
            "same bid would be first."
        ),
        {
            "criterion": narrowest.title,
            "weight": narrowest.weight,
            "low": ends["low"]["display"],
            "high": ends["high"]["display"],
        },
    )


def _slack(criterion: Criterion, ends: Mapping[str, Any], full: Fraction) -> Fraction:
    """How far a weight could move before something changes: at 0 and at the top nothing does."""
    weight = Fraction(criterion.weight)
    low, high = Fraction(ends["low"]["exact"]), Fraction(ends["high"]["exact"])
    return min(weight - low if low > 0 else full, high - weight if high < full else full)


def _evaluators(found: Mapping[str, Any] | None, names: _Names) -> Iterator[Sentence]:
    if found is None:
        return
    differing = [entry for entry in found["left_out"] if entry["winner_differs"]]
    if not differing:
        yield Sentence(
            N_(
                "Leaving out any one evaluator, and taking the average of the others’ own scores, "
                "the same bid would be first."
            )
        )
    for entry in differing[:_NAMED]:
        yield Sentence(
            N_(
                "Without %(person)s, by the average of the others’ own scores, first would be "
                "%(bids)s instead of %(baseline)s."
            ),
            {
                "person": names.person(entry["id"]),
                "bids": names.bids(entry["winners"]),
                "baseline": names.bids(found["baseline_winners"]),
            },
        )
    advancing = [
        names.person(entry["id"]) for entry in found["left_out"] if entry["advancing_differs"]
    ]
    if advancing:
        yield Sentence(
            N_("The bids that move on would not be the same without: %(people)s."),
            {"people": ", ".join(advancing)},
        )


def _reversals(found: Sequence[Mapping[str, Any]], names: _Names) -> Iterator[Sentence]:
    if not found:
        yield Sentence(
            N_("Had any one of the ranked bids not been made, the order of the others would stay.")
        )
        return
    for entry in found[:_NAMED]:
        yield Sentence(
            N_("Without the bid of %(left)s, the order of these would change: %(bids)s."),
            {"left": names.bid(entry["left_out"]), "bids": names.bids(entry["changed"])},
        )
    if len(found) > _NAMED:
        yield Sentence(
            N_("The same holds for %(count)s more bids."), {"count": str(len(found) - _NAMED)}
        )
    yield Sentence(
        N_(
            "This comes from a price formula that compares bids with one another. It was published "
            "before anyone bid, and it counts."
        )
    )


def _formulas(
    found: Mapping[str, Sequence[str]] | None, winners: Sequence[str], names: _Names
) -> Iterator[Sentence]:
    if not found:
        return
    other = {name: ids for name, ids in sorted(found.items()) if list(ids) != list(winners)}
    if not other:
        yield Sentence(N_("Under every other common price formula the same bid would be first."))
        return
    for name, ids in other.items():
        yield Sentence(
            N_("By “%(formula)s” first would be %(bids)s."),
            {"formula": _FORMULAS.get(name, name), "bids": names.bids(ids)},
        )
    yield Sentence(N_("The published formula counts; the others are shown for comparison."))


def _percent(share: Fraction) -> str:
    """Write a share as a percentage cut to one decimal, so that it never promises too much."""
    tenths = int(share * 1000)
    whole, rest = divmod(tenths, 10)
    return f"{whole}.{rest} %" if rest else f"{whole} %"
