"""Stages as a body might have written them, for the tests of methods."""

from decimal import Decimal

from challenges.kinds import CriterionKind, PriceModel
from challenges.method.rules import is_formula
from challenges.models import Challenge, Criterion, Stage


def a_question(key: str, weight: str, *, worth_minor: int | None = None) -> Criterion:
    """Give a criterion scored from 0 to 5."""
    return Criterion(
        key=key,
        kind=CriterionKind.QUALITY,
        title=key.capitalize(),
        question="How?",
        weight=Decimal(weight),
        max_score=Decimal(5),
        point_value_minor=worth_minor,
    )


def a_price(weight: str) -> Criterion:
    """Give the price criterion."""
    return Criterion(key="price", kind=CriterionKind.PRICE, title="Price", weight=Decimal(weight))


def a_stage(model: PriceModel, **more: object) -> Stage:
    """Give a stage whose method is whole: two questions, and what its price model needs."""
    criteria = [a_question("solves", "60"), a_question("team", "40")]
    if is_formula(model):
        criteria = [a_question("solves", "40"), a_question("team", "30"), a_price("30")]
    if model is PriceModel.ADJUSTED_PRICE:
        criteria = [
            a_question("solves", "60", worth_minor=2_000_00),
            a_question("team", "40", worth_minor=500_50),
        ]
    needed: dict[str, object] = {}
    if model is PriceModel.FIXED_BOUNDS:
        needed = {"best_minor": 10_000_00, "worst_minor": 50_000_00}
    if model is PriceModel.PRICE_PER_POINT:
        needed = {"quality_threshold": Decimal(50)}
    return Stage(
        price_model=model,
        challenge=Challenge(currency="GBP"),
        criteria=criteria,
        **{**needed, **more},
    )
