"""Every worked example comes out as its source, or the arithmetic beside it, says."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from scoring.engine import evaluate
from tests.unit.engine.documents import by_id, exact

FOLDER = Path(__file__).parents[2] / "golden" / "scoring"
CASES = sorted(FOLDER.glob("*.json"))


def rounded_half_up(value: Fraction, decimals: int) -> Fraction:
    return Fraction((value * 10**decimals + Fraction(1, 2)).__floor__(), 10**decimals)


def price_points(case: dict[str, Any], found: dict[str, Any]) -> Fraction | None:
    criteria = case["evaluation"]["criteria"]
    price_id = next(each["id"] for each in criteria if each["kind"] == "price")
    return exact(found["criteria"][price_id]["points"])


def assert_figure(case: dict[str, Any], found: dict[str, Any], key: str, wanted: Any) -> None:
    if key in {"rank", "tied", "outcome", "advances"}:
        assert found[key] == wanted
    elif key in {"percentages", "scores"}:
        for criterion_id, figure in wanted.items():
            number = found["criteria"][criterion_id][key.removesuffix("s")]
            assert exact(number) == Fraction(figure)
    else:
        name = key.removesuffix("_rounded")
        value = price_points(case, found) if name == "price_points" else exact(found[name])
        if wanted is None:
            assert value is None
        elif key == name:
            assert value == Fraction(wanted)
        else:
            assert value is not None
            assert rounded_half_up(value, wanted["decimals"]) == Fraction(wanted["value"])


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_evaluate_worked_example_gives_its_figures(path: Path) -> None:
    case = json.loads(path.read_text())
    result: dict[str, Any] = evaluate(json.dumps(case["evaluation"]))
    found = by_id(result)

    for bid_id, figures in case["expect"].items():
        for key, wanted in figures.items():
            assert_figure(case, found[bid_id], key, wanted)
    for key, wanted in case.get("result", {}).items():
        if key == "low_price":
            flags = [{**flag, "value": flag["value"]["exact"]} for flag in result["low_price"]]
            assert flags == wanted
        else:
            assert result[key] == wanted


def test_worked_examples_there_are_enough_with_their_arithmetic() -> None:
    by_hand = [path for path in CASES if "working" in json.loads(path.read_text())]

    assert len(by_hand) >= 15
    assert len(CASES) >= len(by_hand) + 9
