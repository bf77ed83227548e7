"""Choosing how price and quality count, on its page."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from challenges import service
from challenges.kinds import Combine, CriterionKind, PriceModel, Rounded
from challenges.method.choice import Method
from challenges.models import Challenge, Criterion, Stage
from challenges.sections import Money
from challenges.stages.kinds import StageKind
from marketplace.core.accounts.models import User
from marketplace.core.clock import FixedClock
from marketplace.core.errors import NotFound, StaleEdit
from tests.conftest import sign_in
from tests.factories import actor_for
from tests.integration.challenges.browser import send

USUAL = {"tie_1": "quality", "tie_2": "price"}


def at(challenge: Challenge) -> str:
    return f"/work/challenges/{challenge.reference}/write/method"


def test_further_method_is_chosen_by_page_and_shown_again(
    client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)
    assert "More methods" in client.get(at(draft)).text

    answer = send(
        client,
        at(draft),
        {
            "price_model": "lowest_quality_adjusted_price",
            "quality_threshold": "55.5",
            "below_mean": "40",
            "point_value-solves": "£2,000",
            "point_value-team": "500.50",
            "price_weight": "30",
            "rounded": "points",
            "rounded_decimals": "1",
            "tie_1": "criterion:team",
            "tie_2": "draw",
        },
    )

    assert answer.status_code == 303
    session.expire_all()
    assert service.read_method(draft.stage) == Method(
        price_model=PriceModel.ADJUSTED_PRICE,
        quality_threshold=Decimal("55.5"),
        tie_break=("criterion:team", "draw"),
        below_mean=Decimal(40),
        point_values=(("solves", 2_000_00), ("team", 500_50)),
    )
    page = client.get(at(draft)).text
    assert re.search(r'<details class="govuk-details"[^>]* open', page)
    assert 'value="2,000"' in page
    # The section about money offers it too, and keeps it when it is saved.
    money = f"/work/challenges/{draft.reference}/write/money"
    assert "after the worth of quality is taken off" in client.get(money).text


def test_saving_money_keeps_what_else_the_method_says(
    session: Session, draft: Challenge, lead: User, clock: FixedClock
) -> None:
    chosen = Method(
        price_model=PriceModel.FIXED_BOUNDS,
        best_minor=1_00,
        worst_minor=2_00,
        price_weight=Decimal(30),
        rounded=Rounded.POINTS,
        rounded_decimals=2,
        below_next=Decimal("30.5"),
        tie_break=("price",),
        point_values=(("solves", None), ("team", None)),
    )
    actor = actor_for(lead)
    service.choose_method(draft.reference, chosen, actor=actor, clock=clock)
    money = Money(PriceModel.LOWEST_PRICE_RATIO, value_minor=45_000_00, price_weight=Decimal(30))

    service.save(draft.reference, money, actor=actor, clock=clock)

    session.expire_all()
    assert service.read_method(draft.stage) == replace(
        chosen, price_model=PriceModel.LOWEST_PRICE_RATIO, best_minor=None, worst_minor=None
    )
    # Where no bid gives a price, nothing is left that asks for one.
    service.save(draft.reference, Money(PriceModel.FIXED_BUDGET), actor=actor, clock=clock)
    session.expire_all()
    assert draft.stage.below_next is None
    assert draft.stage.tie_break is None


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"quality_threshold": "101"}, "Enter a percentage above 0 and up to 100."),
        ({"quality_threshold": "half"}, "Enter a number, such as 30 or 12.5"),
        ({"below_mean": "40.55"}, "Enter at most 1 digits after the point"),
        ({"rounded": "points", "rounded_decimals": "9"}, "Enter a whole number from 0 to 6."),
        (
            {"price_model": "lowest_quality_adjusted_price", "point_value-team": "-1"},
            "Enter an amount in pounds",
        ),
        ({"price_model": "by_lot"}, "Choose one of the options on this page"),
        ({"tie_1": "criterion:gone"}, "Choose one of the options on this page"),
    ],
)
def test_what_cannot_be_kept_is_named_and_nothing_typed_is_lost(
    client: FlaskClient,
    session: Session,
    draft: Challenge,
    lead: User,
    typed: dict[str, str],
    said: str,
) -> None:
    sign_in(client, lead)
    sent = {"price_model": "fixed_bounds", "price_weight": "12.5", **USUAL, **typed}

    answer = send(client, at(draft), sent)

    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="12.5"' in answer.text
    session.expire_all()
    assert draft.stage.price_model is PriceModel.FIXED_BUDGET


def test_form_that_comes_empty_empties_nothing(
    client: FlaskClient, session: Session, draft: Challenge, lead: User, clock: FixedClock
) -> None:
    sign_in(client, lead)
    chosen = Method(
        price_model=PriceModel.LOWEST_PRICE_RATIO,
        price_weight=Decimal(30),
        point_values=(("solves", None), ("team", None)),
    )
    service.choose_method(draft.reference, chosen, actor=actor_for(lead), clock=clock)

    answer = client.post(at(draft))

    assert answer.status_code == 422
    assert "Choose how money counts." in answer.text
    session.expire_all()
    assert service.read_method(draft.stage) == chosen


def test_second_of_two_editors_sees_what_is_saved_now(
    client: FlaskClient, session: Session, draft: Challenge, lead: User, clock: FixedClock
) -> None:
    sign_in(client, lead)
    present = service.read_method(draft.stage)
    service.choose_method(
        draft.reference,
        replace(present, quality_threshold=Decimal(60)),
        actor=actor_for(lead),
        clock=clock,
    )
    session.expire_all()

    late = {"price_model": "fixed_budget", "quality_threshold": "70", "seen": "other", **USUAL}
    answer = send(client, at(draft), late)

    assert answer.status_code == 409
    assert "What is saved now, and what you typed" in answer.text
    session.expire_all()
    assert draft.stage.quality_threshold == 60
    with pytest.raises(StaleEdit):
        service.choose_method(
            draft.reference, present, actor=actor_for(lead), clock=clock, seen="other"
        )


def test_later_stage_has_a_method_and_trials_of_its_own(
    client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    later = Stage(challenge_id=draft.id, ordinal=2, name="Interview", kind=StageKind.INTERVIEW)
    session.add(later)
    later.criteria = [
        Criterion(
            ordinal=1,
            key="talk",
            kind=CriterionKind.QUALITY,
            title="Talk",
            weight=Decimal(100),
            max_score=Decimal(5),
        )
    ]
    session.commit()
    sign_in(client, lead)
    of_later = f"/work/challenges/{draft.reference}/write/stages/{later.id}"
    page = client.get(f"{of_later}/simulator").text
    assert "Talk, 0 to 5" in page
    assert "Criterion solves" not in page

    answer = send(
        client,
        f"{of_later}/method",
        {"price_model": "fixed_budget", "quality_threshold": "60", "tie_1": "criterion:talk"},
    )

    assert answer.location == f"{of_later}/criteria"
    session.expire_all()
    assert (later.quality_threshold, later.tie_break) == (Decimal(60), "criterion:talk")
    assert (draft.stage.quality_threshold, draft.stage.tie_break) == (None, None)


def test_method_that_names_a_criterion_of_elsewhere_is_refused(
    draft: Challenge, lead: User, clock: FixedClock
) -> None:
    method = Method(price_model=PriceModel.FIXED_BUDGET, tie_break=("criterion:gone",))

    with pytest.raises(NotFound):
        service.choose_method(draft.reference, method, actor=actor_for(lead), clock=clock)


@pytest.mark.parametrize(
    "change",
    [
        "price_model = 'by_lot'",
        "quality_threshold = 0",
        "quality_threshold = 100001",
        "rounded = 'points'",
        "rounded = 'totals', rounded_decimals = 1",
        "rounded = 'points', rounded_decimals = 7",
        "price_model = 'lowest_price_per_quality_point', rounded = 'points', rounded_decimals = 1",
        "below_mean = 400",
        "price_model = 'fixed_bounds', below_next = 1001",
    ],
)
def test_database_refuses_what_no_method_is(
    session: Session, draft: Challenge, change: str
) -> None:
    with pytest.raises(IntegrityError):
        session.execute(text(f"UPDATE stage SET {change}"))
    session.rollback()


def test_how_the_panel_judges_is_chosen_and_stays_when_money_is_saved(
    client: FlaskClient, session: Session, draft: Challenge, lead: User, clock: FixedClock
) -> None:
    sign_in(client, lead)
    typed = {"price_model": "fixed_budget", **USUAL}
    assert send(client, at(draft), {**typed, "combine": "mode"}).status_code == 422

    answer = send(client, at(draft), {**typed, "combine": "median", "names": "withheld"})

    assert answer.status_code == 303
    session.expire_all()
    chosen = service.read_method(draft.stage)
    assert (chosen.combine, chosen.names_withheld) == (Combine.MEDIAN, True)
    page = client.get(at(draft)).text
    assert re.search(r'value="median"\s+checked', page)
    assert re.search(r'value="withheld"\s+checked', page)
    # Money is saved on a page of its own, and leaves both as they are.
    service.save(
        draft.reference,
        Money(price_model=PriceModel.FIXED_BUDGET),
        actor=actor_for(lead),
        clock=clock,
    )
    session.expire_all()
    assert service.read_method(draft.stage).combine is Combine.MEDIAN
    with pytest.raises(IntegrityError):
        session.execute(text("UPDATE stage SET combine = 'mode'"))
