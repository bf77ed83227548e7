"""How far a panel agrees: spreads, differences and Krippendorff's alpha, worked by hand."""

from fractions import Fraction
from itertools import permutations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from scoring.engine import evaluate_document
from tests.unit.engine.documents import Json, bid, document, exact, quality


def panel(given: Json) -> Json:
    result: dict[str, Any] = evaluate_document(given, sensitivity=False)
    found: Json = result["panel"]
    return found


def scored(*cells: dict[str, str], **more: object) -> Json:
    """Make a document of one criterion out of 5 and a bid for each cell."""
    bids = [bid(f"b{number}", {"quality": cell}) for number, cell in enumerate(cells)]
    return document([quality("quality", "100", "5")], bids, **more)


def test_cells_have_their_spread_and_flag() -> None:
    # (4 − 2) / 5 = 0.4 is not above 0.4; (5 − 2) / 5 = 0.6 is.
    found = panel(scored({"e1": "2", "e2": "4", "e3": "3"}, {"e1": "5", "e2": "2", "e3": "3"}))

    assert found["cells"] == [
        {
            "bid": "b0",
            "criterion": "quality",
            "spread": {"exact": "2/5", "display": "0.40"},
            "flagged": False,
        },
        {
            "bid": "b1",
            "criterion": "quality",
            "spread": {"exact": "3/5", "display": "0.60"},
            "flagged": True,
        },
    ]


def test_cells_flag_above_the_stated_spread() -> None:
    found = panel(scored({"e1": "2", "e2": "3"}, method={"flag_spread": "0.19"}))

    assert [cell["flagged"] for cell in found["cells"]] == [True]


def test_cells_flag_spread_of_zero_flags_every_difference() -> None:
    found = panel(
        scored({"e1": "2", "e2": "2.1"}, {"e1": "2", "e2": "2"}, method={"flag_spread": 0})
    )

    assert [cell["flagged"] for cell in found["cells"]] == [True, False]


def test_cells_of_one_score_or_of_rejected_bids_are_not_listed() -> None:
    given = scored({"e1": "2"}, {"e1": "2", "e2": "5"})
    given["bids"][1]["status"] = "excluded"

    assert panel(given) == {
        "cells": [],
        "evaluators": [{"id": "e1", "difference": None}],
        "alpha": None,
    }


def test_cells_of_a_bid_below_minimum_are_listed() -> None:
    given = scored({"e1": "2", "e2": "2"})
    given["criteria"][0]["min_score"] = "3"

    assert len(panel(given)["cells"]) == 1


def test_differences_by_hand() -> None:
    # e1: 4 against (2 + 3) / 2, then 5 against 3: (1.5 + 2) / 2 / 5 = 0.35
    # e2: 2 against 3.5, then 3 against 5: (−1.5 − 2) / 2 / 5 = −0.35; e3: 3 against 3: 0
    found = panel(scored({"e1": "4", "e2": "2", "e3": "3"}, {"e1": "5", "e2": "3"}))

    assert {e["id"]: e["difference"]["exact"] for e in found["evaluators"]} == {
        "e1": "7/20",
        "e2": "-7/20",
        "e3": "0",
    }


def test_differences_listed_evaluator_without_a_shared_cell_is_null() -> None:
    given = scored({"e1": "4"}, evaluators=[{"id": "e1"}, {"id": "e0", "criteria": []}])

    assert panel(given)["evaluators"] == [
        {"id": "e0", "difference": None},
        {"id": "e1", "difference": None},
    ]


def test_differences_are_shares_of_each_scale() -> None:
    # Out of 5: 4 against 2 is 0.4; out of 20: 4 against 8 is −0.2; the mean is 0.1.
    criteria = [quality("a", "50", "5"), quality("b", "50", "20")]
    given = document(
        criteria, [bid("A", {"a": {"e1": "4", "e2": "2"}, "b": {"e1": "4", "e2": "8"}})]
    )

    assert panel(given)["evaluators"][0]["difference"]["exact"] == "1/10"


def test_alpha_by_hand() -> None:
    # Shares 0.2, 0.4 | 0.6, 0.6. Observed: 2 × 0.04 / 1 over 4 values = 0.02. Expected: squared
    # differences over the 12 ordered pairs: 2 × (0.04 + 0.16 + 0.16 + 0.04 + 0.04 + 0) = 0.88;
    # 0.88 / 12 = 0.07333. 1 − 0.02 / 0.07333 = 8/11.
    found = panel(scored({"e1": "1", "e2": "2"}, {"e1": "3", "e2": "3"}))

    assert found["alpha"] == {"exact": "8/11", "display": "0.73"}


def test_alpha_all_scores_the_same_is_null() -> None:
    assert panel(scored({"e1": "3", "e2": "3"}, {"e1": "3", "e2": "3"}))["alpha"] is None


def test_alpha_perfect_agreement_on_different_bids_is_one() -> None:
    assert panel(scored({"e1": "3", "e2": "3"}, {"e1": "4", "e2": "4"}))["alpha"]["exact"] == "1"


def alpha_by_pairs(cells: list[list[Fraction]]) -> Fraction | None:
    """Compute alpha as the book writes it, pair by pair."""
    units = [cell for cell in cells if len(cell) > 1]
    values = [value for unit in units for value in unit]
    count = len(values)
    expected = sum(((a - b) * (a - b) for a, b in permutations(values, 2)), Fraction(0))
    if not expected:
        return None
    observed = Fraction(0)
    for unit in units:
        for a, b in permutations(unit, 2):
            observed += (a - b) * (a - b) / (len(unit) - 1)
    return 1 - (observed / count) / (expected / (count * (count - 1)))


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["e1", "e2", "e3"]), st.integers(0, 4), min_size=1),
        min_size=1,
        max_size=5,
    ),
    st.sampled_from(["4", "5", "10"]),
)
def test_alpha_agrees_with_the_definition(cells: list[dict[str, int]], most: str) -> None:
    criteria = [quality("a", "50", most), quality("b", "50", "7")]
    bids = [bid(f"b{n}", {"a": dict(cell), "b": dict(cell)}) for n, cell in enumerate(cells)]
    shares = [
        [Fraction(score) / scale for score in cell.values()]
        for cell in cells
        for scale in (int(most), 7)
    ]

    assert exact(panel(document(criteria, bids))["alpha"]) == alpha_by_pairs(shares)
