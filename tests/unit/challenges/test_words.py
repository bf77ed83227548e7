"""How money counts, said in words; and which rules and which closing time follow by themselves."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from challenges.kinds import CriterionKind, LegalRoute, PriceModel
from challenges.law import law_of, route_meanings, route_names, usual_closing
from challenges.models import Challenge, Criterion, Stage
from challenges.plan import plain, plan_document, price_text
from challenges.words import (
    PRICE_MODEL_MEANINGS,
    PRICE_MODEL_WORDS,
    REGION_WORDS,
    SECTOR_WORDS,
    Region,
    Sector,
    price_sentences,
)
from marketplace.core.accounts.models import BodyType, Organisation
from marketplace.core.errors import Invalid
from marketplace.core.regimes.book import regimes
from scoring.engine.canonical import canonical

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def pounds(minor: int | None, currency: str) -> str:
    return f"{currency} {(minor or 0) / 100:.0f}"


def said(stage: Stage) -> str:
    return " ".join(s.message % s.data for s in price_sentences(stage, "GBP", pounds))


def test_every_coded_value_has_words() -> None:
    assert set(REGION_WORDS) == set(Region)
    assert set(SECTOR_WORDS) == set(Sector)
    for regime in regimes():
        names, meanings = route_names(regime), route_meanings(regime)
        assert set(names) == set(meanings) == set(LegalRoute)
        assert all([*names.values(), *meanings.values()])
    assert set(PRICE_MODEL_WORDS) == set(PRICE_MODEL_MEANINGS) == set(PriceModel)


def test_fixed_budget_is_said_as_what_is_paid() -> None:
    stage = Stage(price_model=PriceModel.FIXED_BUDGET, budget_minor=5_000_00)

    assert said(stage) == (
        "The supplier is paid GBP 5000, without VAT. Bids give no price: only quality counts."
    )


def test_fixed_bounds_are_said_with_both_amounts() -> None:
    stage = Stage(
        price_model=PriceModel.FIXED_BOUNDS,
        best_minor=100_00,
        worst_minor=200_00,
        budget_minor=300_00,
    )

    assert "GBP 100 or less gets all the points" in said(stage)
    assert "GBP 200 or more gets none" in said(stage)
    assert "The most that can be paid is GBP 300" in said(stage)


@pytest.mark.parametrize("model", PriceModel)
def test_draft_without_amounts_says_no_amount(model: PriceModel) -> None:
    assert "GBP" not in said(Stage(price_model=model))


def test_lowest_price_ratio_is_said_as_a_share() -> None:
    assert "a price twice as high gets half" in said(
        Stage(price_model=PriceModel.LOWEST_PRICE_RATIO)
    )


@pytest.mark.parametrize(
    ("minor", "text"),
    [(125050, "1250.5"), (100, "1"), (1, "0.01"), (0, "0"), (10**14, "1000000000000")],
)
def test_prices_are_written_in_plain_pounds(minor: int, text: str) -> None:
    assert price_text(minor) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [("100", "100"), ("1E+2", "100"), ("12.50", "12.5"), ("0.001", "0.001")],
)
def test_decimals_are_written_in_plain_digits(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text


def test_plan_of_a_fixed_budget_has_no_price_and_breaks_no_ties() -> None:
    stage = Stage(
        price_model=PriceModel.FIXED_BUDGET,
        challenge=Challenge(currency="GBP"),
        criteria=[
            Criterion(
                key="solves",
                kind=CriterionKind.QUALITY,
                title="Solves",
                weight=Decimal(100),
                max_score=Decimal(5),
                min_score=Decimal(2),
            )
        ],
    )

    assert canonical(plan_document(stage)) == (
        b'{"criteria":[{"id":"solves","kind":"quality","max_score":"5","min_score":"2",'
        b'"title":"Solves","weight":"100"}],"method":{"combine":"consensus","currency":"GBP",'
        b'"ranking":"highest_total","tie_break":[],"weights_total":"100"}}'
    )


def test_plan_with_lowest_price_ratio_names_the_formula_alone() -> None:
    price = Criterion(key="price", kind=CriterionKind.PRICE, title="Price", weight=Decimal(30))
    stage = Stage(
        price_model=PriceModel.LOWEST_PRICE_RATIO,
        challenge=Challenge(currency="GBP"),
        criteria=[price],
    )

    document = plan_document(stage)

    assert document["criteria"][0]["formula"] == {"name": "lowest_price_ratio"}
    assert document["method"]["tie_break"] == ["quality", "price"]


@pytest.mark.parametrize(
    ("body_type", "pounds_without_vat", "band"),
    [
        (BodyType.LOCAL, "49999.99", "below_act"),
        (BodyType.LOCAL, "50000", "regulated"),
        (BodyType.LOCAL, "173099.99", "regulated"),
        (BodyType.LOCAL, "173100", "above_threshold"),
        (BodyType.CENTRAL, "112515", "above_threshold"),
    ],
)
def test_band_follows_from_body_and_value(
    body_type: BodyType, pounds_without_vat: str, band: str
) -> None:
    challenge = Challenge(
        buyer=Organisation(body_type=body_type), value_minor=int(Decimal(pounds_without_vat) * 100)
    )

    assert law_of(challenge, NOW).band.key == band


def test_law_without_a_value_asks_for_it() -> None:
    with pytest.raises(Invalid, match="total value"):
        law_of(Challenge(buyer=Organisation(body_type=BodyType.LOCAL)), NOW)


@pytest.mark.parametrize(
    ("begun", "closes"),
    [
        # Four weeks on; the summer clock begins in between; and past a holiday of Scotland's.
        (datetime(2026, 11, 9, 23, 30, tzinfo=UTC), datetime(2026, 12, 7, 12, tzinfo=UTC)),
        (datetime(2026, 3, 10, 9, tzinfo=UTC), datetime(2026, 4, 7, 11, tzinfo=UTC)),
        (datetime(2026, 12, 4, 9, tzinfo=UTC), datetime(2027, 1, 5, 12, tzinfo=UTC)),
    ],
)
def test_usual_closing_is_midday_on_a_working_day(begun: datetime, closes: datetime) -> None:
    assert usual_closing(begun) == closes
