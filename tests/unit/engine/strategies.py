"""Random evaluation documents for the engine's properties: small numbers, so that ties happen."""

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tests.unit.engine.documents import Json

RELATIVE = (
    "lowest_price_ratio",
    "deviation_from_lowest",
    "range_of_bids",
    "deviation_from_mean",
)
FIXED = "fixed_bounds"
SCORE_STEPS = ("0", "1", "2.5", "3", "4", "5")
SCORES = st.sampled_from(SCORE_STEPS)
PRICES = st.sampled_from(["0", "80", "90", "99.99", "100", "120", "200"])


def _formula(name: str) -> Json:
    return {"name": name} | ({"best": "80", "worst": "150"} if name == FIXED else {})


@st.composite
def documents(
    draw: st.DrawFn,
    *,
    formulas: Sequence[str | None] = (None, FIXED, *RELATIVE),
    rankings: Sequence[str] = ("highest_total",),
    roundings: Sequence[str] = ("none", "percentage", "points"),
    tie_breaks: bool = True,
    individual: bool = True,
    statuses: Sequence[str] = ("valid", "valid", "valid", "withdrawn"),
    least_bids: int = 1,
    minimums: bool = True,
) -> Json:
    """Draw a document that is good: two quality criteria, perhaps a carried one and a price."""
    ranking = draw(st.sampled_from(rankings))
    formula = draw(st.sampled_from(formulas)) if ranking == "highest_total" else None
    has_carried = draw(st.booleans())
    kinds = ["quality", "quality", *(["carried"] if has_carried else [])]
    kinds += ["price"] if formula else []
    weights = draw(
        st.lists(st.integers(1, 5), min_size=len(kinds), max_size=len(kinds)).map(
            lambda found: [str(weight) for weight in found]
        )
    )
    criteria: list[Json] = []
    for place, (kind, weight) in enumerate(zip(kinds, weights, strict=True)):
        criterion: Json = {"id": f"c{place}", "title": "", "kind": kind, "weight": weight}
        if kind == "quality":
            criterion["max_score"] = "5"
            if minimums and draw(st.booleans()):
                criterion["min_score"] = draw(st.sampled_from(["1", "2"]))
        if kind == "price" and formula:
            criterion["formula"] = _formula(formula)
        criteria.append(criterion)
    method: dict[str, Any] = {
        "ranking": ranking,
        "weights_total": str(sum(map(int, weights))),
        "advance": draw(st.integers(1, 3)),
    }
    if ranking == "highest_total":
        method["rounding"] = {
            "applies_to": draw(st.sampled_from(roundings)),
            "decimals": draw(st.integers(0, 1)),
        }
    if ranking == "lowest_price_per_quality_point":
        method["quality_threshold"] = draw(st.sampled_from(["1", "40"]))
    if ranking == "lowest_quality_adjusted_price":
        method["value_per_point"] = {"c0": draw(PRICES), "c1": "10"}
    if tie_breaks:
        steps = ["quality", "price", "criterion:c0", f"criterion:c{len(kinds) - 1}", "draw"]
        method["tie_break"] = draw(st.lists(st.sampled_from(steps), max_size=2, unique=True))
    panel = [f"e{number}" for number in range(draw(st.integers(2, 3)))] if individual else []
    return {
        "format": "evaluation/1",
        "criteria": criteria,
        "method": method,
        "draw_seed": "5eed",
        "bids": [
            _bid(draw, f"b{number}", criteria, panel, draw(st.sampled_from(statuses)))
            for number in range(draw(st.integers(least_bids, 6)))
        ],
    }


def _bid(
    draw: st.DrawFn, identifier: str, criteria: list[Json], panel: list[str], status: str
) -> Json:
    scores: Json = {}
    for criterion in criteria:
        if criterion["kind"] == "quality":
            cell: Json = {"by_evaluator": {name: draw(SCORES) for name in panel}}
            if not panel or draw(st.booleans()):
                cell["consensus"] = draw(SCORES)
            scores[criterion["id"]] = cell
    carried = {
        c["id"]: draw(st.sampled_from(["0", "50", "248/3"]))
        for c in criteria
        if c["kind"] == "carried"
    }
    return {
        "id": identifier,
        "status": status,
        "price": draw(PRICES),
        "scores": scores,
        "carried": carried,
    }
