"""What is kept of a chosen method, what is refused, and what is named as missing or weak."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from challenges.kinds import PriceModel, Rounded
from challenges.method.choice import Method
from challenges.method.words import method_sentences
from challenges.models import Stage
from challenges.readiness.method import of_method
from challenges.words import price_sentences
from tests.unit.challenges.method.stages import a_price, a_question, a_stage

EVERYTHING = Method(
    price_model=PriceModel.FIXED_BOUNDS,
    best_minor=1,
    worst_minor=2,
    price_weight=Decimal(30),
    quality_threshold=Decimal(50),
    rounded=Rounded.PERCENTAGE,
    rounded_decimals=2,
    tie_break=("price", "draw"),
    below_mean=Decimal(40),
    below_next=Decimal(30),
    point_values=(("team", 1), ("solves", 2)),
)


def test_fixed_budget_keeps_nothing_that_asks_for_a_price() -> None:
    kept = replace(EVERYTHING, price_model=PriceModel.FIXED_BUDGET).kept()

    assert kept == Method(
        price_model=PriceModel.FIXED_BUDGET,
        quality_threshold=Decimal(50),
        rounded=Rounded.PERCENTAGE,
        rounded_decimals=2,
        tie_break=("draw",),
        point_values=(("solves", None), ("team", None)),
    )


def test_ranking_by_price_keeps_no_weight_of_price_and_no_rounding() -> None:
    kept = replace(EVERYTHING, price_model=PriceModel.ADJUSTED_PRICE).kept()

    assert (kept.price_weight, kept.best_minor, kept.rounded, kept.rounded_decimals) == (
        None,
        None,
        None,
        None,
    )
    assert kept.point_values == (("solves", 2), ("team", 1))
    assert (kept.below_mean, kept.tie_break) == (Decimal(40), ("price", "draw"))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (("quality", "price"), None),
        (("quality", "quality", "price"), None),
        (("price", "quality"), ("price", "quality")),
        ((), ()),
        (None, None),
    ],
)
def test_usual_order_of_tie_breaks_is_kept_as_the_usual_one(
    typed: tuple[str, ...] | None, kept: tuple[str, ...] | None
) -> None:
    assert replace(EVERYTHING, tie_break=typed).kept().tie_break == kept


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"quality_threshold": Decimal(0)}, "quality_threshold"),
        ({"quality_threshold": Decimal("100.001")}, "quality_threshold"),
        ({"below_mean": Decimal("0.05")}, "below_mean"),
        ({"below_next": Decimal(101)}, "below_next"),
        ({"rounded_decimals": 7}, "rounded_decimals"),
        ({"tie_break": tuple(f"criterion:c{n}" for n in range(5))}, "tie_break"),
        ({"point_values": (("team", -1),)}, "point_value-team"),
        ({"best_minor": 3}, "worst_minor"),
        ({"worst_minor": 10**14 + 1}, "worst_minor"),
        ({"price_weight": Decimal(101)}, "price_weight"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_field(change: dict[str, object], field: str) -> None:
    assert set(replace(EVERYTHING, **change).faults()) == {field}  # type: ignore[arg-type]  # mixed dict


def test_whole_method_is_accepted() -> None:
    assert EVERYTHING.faults() == {}


def no_change(_stage: Stage) -> None:
    """Leave the stage as it is."""


def without_worth(stage: Stage) -> None:
    stage.criteria = [a_question("solves", "60"), a_question("team", "40", worth_minor=1)]


def worth_nothing(stage: Stage) -> None:
    stage.criteria = [a_question("solves", "100", worth_minor=0)]


def setting(**values: object) -> Callable[[Stage], None]:
    def change(stage: Stage) -> None:
        for name, value in values.items():
            setattr(stage, name, value)

    return change


@pytest.mark.parametrize("model", PriceModel)
def test_whole_method_lacks_nothing(model: PriceModel) -> None:
    assert [each.message for each in of_method(a_stage(model)) if each.needed] == []


@pytest.mark.parametrize(
    ("model", "change", "said"),
    [
        (PriceModel.FIXED_BOUNDS, setting(worst_minor=None), "the price that gets none"),
        (PriceModel.PRICE_PER_POINT, setting(quality_threshold=None), "needs a threshold"),
        (PriceModel.ADJUSTED_PRICE, without_worth, "one point for “Solves”"),
        (PriceModel.ADJUSTED_PRICE, worth_nothing, "price alone would decide"),
        (PriceModel.FIXED_BUDGET, setting(tie_break="criterion:gone"), "that is not there"),
        (PriceModel.RANGE_OF_BIDS, setting(criteria=[a_question("solves", "100")]), "no weight"),
    ],
)
def test_impossible_method_is_named_before_review(
    model: PriceModel, change: Callable[[Stage], None], said: str
) -> None:
    stage = a_stage(model)
    change(stage)

    assert any(
        said in finding.message % finding.data for finding in of_method(stage) if finding.needed
    )


@pytest.mark.parametrize(
    ("model", "change", "said"),
    [
        (PriceModel.DEVIATION_FROM_MEAN, no_change, "when a third comes or goes"),
        (PriceModel.FIXED_BUDGET, setting(quality_threshold=Decimal("80.5")), "reach 80.5%"),
        (
            PriceModel.FIXED_BOUNDS,
            setting(criteria=[a_question("solves", "50"), a_price("50")]),
            "answers nothing",
        ),
        (
            PriceModel.FIXED_BOUNDS,
            setting(criteria=[a_question("solves", "84"), a_price("16")]),
            "no more than one score on “Solves”",
        ),
        (
            PriceModel.FIXED_BUDGET,
            setting(criteria=[a_question(f"q{n}", "1") for n in range(9)]),
            "There are 9 questions",
        ),
    ],
)
def test_weak_method_is_advice(
    model: PriceModel, change: Callable[[Stage], None], said: str
) -> None:
    stage = a_stage(model)
    change(stage)

    found = [finding for finding in of_method(stage) if not finding.needed]
    assert [said in finding.message % finding.data for finding in found] == [True]


def test_bidders_are_told_what_else_decides() -> None:
    stage = a_stage(
        PriceModel.LOWEST_PRICE_RATIO,
        quality_threshold=Decimal("62.5"),
        rounded=Rounded.PERCENTAGE,
        rounded_decimals=2,
        tie_break="criterion:team draw",
        below_mean=Decimal(40),
    )

    assert [sentence.message % sentence.data for sentence in method_sentences(stage)] == [
        "A bid that reaches less than 62.5% of the points for quality cannot succeed, whatever its "
        "price.",
        "The percentage reached on each criterion is rounded to 2 decimals.",
        "Between bids with the same result, more points for “Team” decide.",
        "After that, a draw decides that anybody can check.",
        "A price that lies 40% or more below the average of the others is asked about before a "
        "decision.",
    ]


def test_bidders_are_told_what_a_point_is_worth() -> None:
    said = price_sentences(
        a_stage(PriceModel.ADJUSTED_PRICE), "GBP", lambda minor, _: f"£{minor or 0}"
    )

    assert "One point for “Team” is worth £50050." in [s.message % s.data for s in said]
