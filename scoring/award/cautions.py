"""What an approver looks at twice before signing an award off. Pure.

None of it says that anything is wrong: each is something that an auditor would ask about.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from marketplace.core.text import N_

# By the entry of the log that tells it; the words take the number of entries.
_BY_ACTION: Mapping[str, str] = {
    "challenge.changed": N_("What was published was changed while bids were taken."),
    "deadline.extended": N_("The closing time was moved to a later one."),
    "challenge.reopened": N_("Bids were taken again after the closing time had passed."),
    "panel.member_added": N_("Somebody joined the panel after it was named."),
    "panel.member_replaced": N_("Somebody on the panel was replaced."),
    "score.corrected": N_("An evaluator corrected scores after sending them."),
    "scoring.reopened": N_("Scoring was opened again after the panel had begun to agree."),
    "quality.unlocked": N_("The quality scores were unlocked and locked again."),
    "cutoff.decided": N_("Bids tied for the last place, and the panel chose among them."),
    "award.returned": N_("A recommendation was returned before."),
}
ACTIONS = frozenset(_BY_ACTION)


@dataclass(frozen=True)
class Caution:
    """One thing to look at: words with their data."""

    words: str
    data: Mapping[str, object] = field(default_factory=dict)


def cautions(
    evaluation: Mapping[str, Any],
    result: Mapping[str, Any],
    recorded: Iterable[str],
    *,
    again: int,
    low_prices: int,
    interests: int,
) -> list[Caution]:
    """Give what to look at twice, in the order of a purchase.

    `recorded` are the actions that the challenge's log has; `again` counts how often the result was
    computed again, `low_prices` the prices that were flagged, `interests` those declared or found.
    """
    held = set(recorded)
    found = [Caution(words) for action, words in _BY_ACTION.items() if action in held]
    return [
        *_bids(result),
        *found,
        *_moderated(evaluation, result),
        *([Caution(N_("The result was computed again since the lock."))] if again else []),
        *([Caution(N_("A price was flagged as unusually low."))] if low_prices else []),
        *([Caution(N_("Somebody on the panel has an interest in a bidder."))] if interests else []),
    ]


def _bids(result: Mapping[str, Any]) -> Iterator[Caution]:
    received = len(result["bids"])
    ranked = sum(bool(bid.get("rank")) for bid in result["bids"])
    if received == 1:
        yield Caution(N_("There was one bid only."))
    elif ranked == 1:
        yield Caution(N_("One bid only was ranked, of %(received)s."), {"received": received})
    if ranked < received:
        yield Caution(
            N_("%(number)s of %(received)s bids were left out, with the reasons in the table."),
            {"number": received - ranked, "received": received},
        )


def _moderated(evaluation: Mapping[str, Any], result: Mapping[str, Any]) -> Iterator[Caution]:
    """Tell where the panel agreed on an order that its members' own scores do not give."""
    # A share of the most that can be reached, times the weight.
    weights = {
        each["id"]: Fraction(str(each["weight"])) / Fraction(str(each.get("max_score", 1)))
        for each in evaluation["criteria"]
    }
    ranked = {bid["id"] for bid in result["bids"] if bid.get("rank")}
    own: dict[str, Fraction] = {}
    agreed: dict[str, Fraction] = {}
    for bid in evaluation["bids"]:
        cells = bid.get("scores", {})
        if bid["id"] not in ranked or not all(_is_agreed(cell) for cell in cells.values()):
            continue
        own[bid["id"]] = sum(
            (weights[key] * _mean(cell["by_evaluator"]) for key, cell in cells.items()), Fraction()
        )
        agreed[bid["id"]] = sum(
            (weights[key] * Fraction(str(cell["consensus"])) for key, cell in cells.items()),
            Fraction(),
        )
    if _places(own) != _places(agreed):
        yield Caution(
            N_(
                "By the average of the evaluators’ own scores the bids stand in another order for "
                "quality than by the scores that the panel agreed."
            )
        )


def _is_agreed(cell: Mapping[str, Any]) -> bool:
    return "consensus" in cell and bool(cell["by_evaluator"])


def _mean(scores: Mapping[str, Any]) -> Fraction:
    return sum((Fraction(str(score)) for score in scores.values()), Fraction()) / len(scores)


def _places(points: Mapping[str, Fraction]) -> Mapping[str, int]:
    return {bid: sum(other > own for other in points.values()) for bid, own in points.items()}
