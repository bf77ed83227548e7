"""The part of a result document that the public may see.

Owns one question: from which figure could somebody work out a price that is withheld? The answer
is kept apart from the rest of the public edition because a mistake here is arithmetic, not law.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any, Final

from scoring.report.facts import Stage
from scoring.report.values import CriterionKind, Withheld

REDACTED_FORMAT: Final = "evaluation-result-redacted/1"

# Under a relative formula even the winner's own figures tell another bid's price: the lowest is
# P × percentage / 100. Only at 100 % do they say no more than "this one was the lowest".
_ABSOLUTE_FORMULA: Final = "fixed_bounds"
_LOWEST_GETS_ALL: Final = frozenset(
    {"lowest_price_ratio", "deviation_from_lowest", "range_of_bids"}
)

_REJECTED: Final = frozenset({"ineligible", "excluded", "withdrawn"})
_FIGURES: Final = ("score", "percentage", "points")


def redact_result(
    stage: Stage,
    winners: Collection[str],
    *,
    ground: str,
    show_rejections: bool,
    written: Callable[[str, str], str],
    show_others: bool = True,
    own: Collection[str] = (),
    priced_before: bool = False,
) -> dict[str, Any]:
    """Return a stage's result document with everything that tells a losing price taken out.

    Kept: outcomes, ranks, quality figures. A withheld figure is `{"withheld": ground}`. Left out
    whole: traces, sensitivity, panel statistics, low-price flags, and the digest of the evaluation
    document, from which a guessed price could be confirmed. `priced_before`: an earlier stage gave
    points for price, so that a result which is carried from it tells a price as well. `own` are
    the bids of the supplier whom it is written for, and whose figures it shows; without
    `show_others` it shows no figure of any bid that is neither its own nor preferred. `written`
    gives a reason, and the bid that it is about, as this edition says it.

    Raises `ValueError` for a stage whose evaluation document is already withheld.
    """
    document = _document(stage)
    formula = _price_formula(document)
    by_price = document["method"].get("ranking", "highest_total") != "highest_total"
    telling = {CriterionKind.PRICE, *({CriterionKind.CARRIED} if priced_before else ())}
    prices = {item.id for item in stage.criteria if item.kind in telling}
    mark = {"withheld": ground}

    def row(given: dict[str, Any]) -> dict[str, Any]:
        is_winner = given["id"] in winners
        is_own = given["id"] in own
        cells = given["criteria"] or {}
        hide_all = not (is_own or is_winner or show_others)
        # A bidder is told its own points by the law, also where they tell how the lowest price lay.
        hide = hide_all or (
            not is_own
            and _tells_a_price(
                [cells[item] for item in sorted(prices & set(cells))], formula, is_winner=is_winner
            )
        )
        hide_ranking = hide or (by_price and not is_winner and not is_own)
        hide_reasons = hide_all or (
            given["outcome"] in _REJECTED and not show_rejections and not is_own
        )
        return {
            "id": given["id"],
            "outcome": given["outcome"],
            "reasons": []
            if hide_reasons
            else [written(each, given["id"]) for each in given["reasons"]],
            "criteria": {
                name: {
                    key: mark if hide_all or (hide and name in prices) else cell[key]
                    for key in _FIGURES
                }
                | {"source": cell["source"]}
                for name, cell in cells.items()
            },
            "total": mark if hide and given["total"] is not None else given["total"],
            "ranking_value": mark
            if hide_ranking and given["ranking_value"] is not None
            else given["ranking_value"],
            "rank": given["rank"],
            "tied": given["tied"],
            "advances": given["advances"],
        }

    return {
        "format": REDACTED_FORMAT,
        "engine": dict(stage.result["engine"]),
        "bids": [row(given) for given in stage.result["bids"]],
        "winners": list(stage.result["winners"]),
        "cutoff_tie": list(stage.result["cutoff_tie"]),
    }


def _tells_a_price(cells: list[dict[str, Any]], formula: str, *, is_winner: bool) -> bool:
    """Say whether a bid's price figures, and so its total, would tell a price that is withheld."""
    if not cells:
        return False
    if not is_winner:
        return True
    if formula == _ABSOLUTE_FORMULA:
        return False
    full_marks = all(
        cell["percentage"] is not None and cell["percentage"]["exact"] == "100" for cell in cells
    )
    return not (full_marks and formula in _LOWEST_GETS_ALL)


def _document(stage: Stage) -> dict[str, Any]:
    if isinstance(stage.evaluation, Withheld):
        raise ValueError("a full edition holds its evaluation document")
    document: dict[str, Any] = json.loads(stage.evaluation)
    return document


def _price_formula(document: dict[str, Any]) -> str:
    for criterion in document["criteria"]:
        if criterion["kind"] == CriterionKind.PRICE:
            return str(criterion["formula"]["name"])
    return ""
