"""Stages before they are stored: shapes, templates, packs, shares of weight, what is weak."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenges.kinds import LegalRoute
from challenges.models import Challenge
from challenges.readiness import check
from challenges.readiness.stages import of_stages
from challenges.sections import Later, Section, Step
from challenges.stages import library
from challenges.stages.kinds import LaterKind, Payment, Property, StageKind, Unit
from challenges.stages.models import LaterPurchase
from challenges.stages.shapes import read, written
from challenges.stages.sharing import evenly, in_proportion
from marketplace.core.accounts.models import Organisation
from marketplace.core.strict_toml import ContentError
from tests.unit.challenges.test_plan_stages import a_staged_challenge

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)


def a_step(**more: object) -> Step:
    return replace(Step(StageKind.EXPLORATION, "Exploration"), **more)  # type: ignore[arg-type]  # mixed dict


@pytest.mark.parametrize(
    ("step", "field"),
    [
        (a_step(name=""), "name"),
        (a_step(name="x" * 121), "name"),
        (a_step(description="x" * 5_001), "description"),
        (a_step(suppliers=0), "suppliers"),
        (a_step(suppliers=1_001), "suppliers"),
        (a_step(payment=Payment.FIXED, amount_minor=0), "amount_minor"),
        (a_step(payment=Payment.FIXED, amount_minor=10**14 + 1), "amount_minor"),
        (a_step(options_minor=0), "options_minor"),
        (a_step(lasts=0, lasts_in=Unit.DAYS), "lasts"),
        (a_step(lasts=3), "lasts_in"),
        (a_step(prizes=(("First", 0),)), "prizes"),
        (a_step(prizes=(("", 1),)), "prizes"),
        (a_step(prizes=tuple((f"Prize {n}", 1) for n in range(21))), "prizes"),
    ],
)
def test_stage_that_cannot_be_kept_names_the_field(step: Step, field: str) -> None:
    assert list(step.faults()) == [field]


def test_stage_without_payment_keeps_nothing_of_one() -> None:
    step = a_step(amount_minor=5_000_00, how_paid="On an invoice.", vat_on_top=False)

    assert step.kept() == a_step()


def test_later_purchase_by_a_new_competition_keeps_neither_value_nor_bodies() -> None:
    later = Later(LaterKind.NEW_COMPETITION, 1_00, "All councils", "Ask us.")

    assert later.kept() == Later(LaterKind.NEW_COMPETITION, note="Ask us.")


def test_templates_can_be_kept_as_they_are_and_their_weights_add_up() -> None:
    for key, template in library.templates().items():
        for stage in template.stages:
            assert stage.content().faults() == {}, (key, stage.name)
            assert stage.content().kept() == stage.content(), (key, stage.name)
            total = sum(asked.weight for asked in stage.criteria)
            assert total == (100 if stage.criteria else 0), (key, stage.name)
        assert template.stages[0].kind is StageKind.APPLICATION


def test_staged_template_has_the_figures_of_real_rounds() -> None:
    stages = library.templates()["staged"].stages

    assert [(stage.kind, stage.suppliers, stage.amount) for stage in stages] == [
        (StageKind.APPLICATION, None, None),
        (StageKind.INTERVIEW, 6, None),
        (StageKind.EXPLORATION, 3, 5_000),
        (StageKind.INTERVIEW, 3, None),
        (StageKind.ACCELERATOR, 1, 30_000),
        (StageKind.DEMO_DAY, 1, None),
        (StageKind.AGREEMENT, 1, 650_000),
    ]


def test_packs_describe_every_score_and_can_be_kept() -> None:
    for key, asked in library.pack_criteria().items():
        question = asked.content()
        assert question.faults() == {}, key
        described = {score for score, _text in question.descriptors}
        assert described == set(map(Decimal, range(int(question.max_score) + 1))), key


@pytest.mark.parametrize("key", ["staged", "one-stage", "two-stages", "prize"])
def test_template_reads_as_it_was_written(key: str) -> None:
    template = library.templates()[key]

    assert read(written(template)) == template


def test_template_with_an_unknown_key_is_refused() -> None:
    with pytest.raises(ContentError, match="colour"):
        read('{"name": "X", "stages": [], "colour": "red"}')


def test_shares_are_whole_points_where_they_can_be() -> None:
    assert evenly(3, Decimal(100)) == [34, 33, 33]
    assert evenly(4, Decimal("70.5")) == [Decimal("17.7"), *[Decimal("17.6")] * 3]
    assert in_proportion([Decimal(60), Decimal(40), Decimal(20)], Decimal(100)) == [50, 33, 17]


@given(
    st.lists(st.decimals("0.001", "100", places=3), min_size=1, max_size=30),
    st.decimals("1", "100", places=3),
)
def test_shares_add_up_to_the_whole_and_none_is_zero(
    weights: list[Decimal], whole: Decimal
) -> None:
    try:
        shares = in_proportion(weights, whole)
    except ValueError:
        # One is so light beside the others that no thousandth of a point is left for it.
        assert min(weights) * whole / sum(weights) < Decimal("0.001")
        return

    assert sum(shares) == whole
    assert all(share > 0 for share in shares)
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - weight * whole / sum(weights)) < 1


def a_sound_challenge() -> Challenge:
    challenge = a_staged_challenge()
    challenge.legal_route = LegalRoute.RESEARCH_AND_DEVELOPMENT
    challenge.value_minor = 665_251_50
    challenge.later = LaterPurchase(kind=LaterKind.NEW_COMPETITION, bodies="", note="")
    return challenge


def setting(place: int, **values: object) -> Callable[[Challenge], None]:
    def change(challenge: Challenge) -> None:
        for name, value in values.items():
            setattr(challenge.stages[place], name, value)

    return change


def buying_later(**values: object) -> Callable[[Challenge], None]:
    def change(challenge: Challenge) -> None:
        challenge.later = LaterPurchase(kind=LaterKind.INCLUDED, **values)

    return change


def worth(minor: int) -> Callable[[Challenge], None]:
    def change(challenge: Challenge) -> None:
        challenge.value_minor = minor

    return change


def test_sound_stages_lack_nothing() -> None:
    assert list(of_stages(a_sound_challenge())) == []


@pytest.mark.parametrize(
    ("change", "needed", "said"),
    [
        (setting(1, criteria=[]), True, "Interview: There is no criterion"),
        (setting(1, suppliers=None), True, "how many suppliers take part"),
        (setting(2, suppliers=None), True, "Say how many of them"),
        (setting(2, amount_minor=None), True, "Say how much"),
        (buying_later(bodies="All", value_minor=None), True, "up to what value"),
        (buying_later(bodies="", value_minor=1), True, "Name the bodies"),
        (worth(665_251_49), True, "add up to £665,251.50, and the total value is £665,251.49"),
        (worth(665_251_51), False, "Where does the rest go?"),
        (setting(2, suppliers=7), False, "More suppliers take part here"),
        (
            setting(3, payment=Payment.NONE, amount_minor=None),
            False,
            "agreement: Suppliers work here and nothing is paid",
        ),
        (setting(3, property=Property.BODY), False, "your legal route may not hold"),
        (setting(3, property=Property.SHARED), False, "small ones may stay away"),
        (lambda challenge: setattr(challenge, "later", None), False, "part of this competition"),
    ],
)
def test_weak_stages_are_named(
    change: Callable[[Challenge], None], needed: bool, said: str
) -> None:
    challenge = a_sound_challenge()
    challenge.stages[2].prizes = []
    challenge.value_minor = 665_001_00
    challenge.stages[2].options_minor = 250_50
    challenge.value_minor += 250_50
    change(challenge)

    found = [
        ((f"{each.stage}: " if each.stage else "") + each.message % each.data).lower()
        for each in of_stages(challenge)
        if each.needed is needed
    ]

    assert any(said.lower() in each for each in found), found


def test_one_plain_stage_is_not_asked_about_stages() -> None:
    challenge = a_staged_challenge()
    challenge.buyer = Organisation(name="Example Council", regime="scotland")
    del challenge.stages[1:]
    challenge.stage.closes_at = NOW + timedelta(days=28)
    for name in ("title", "summary", "problem", "affected", "today", "outcome", "measures"):
        setattr(challenge, name, "")

    assert [each for each in check(challenge, NOW) if each.section is Section.STAGES] == []
