"""What a plan says of several stages: evaluations of those that are judged, terms of all."""

import json

import pytest

from challenges.kinds import CriterionKind, PriceModel
from challenges.models import Challenge, Criterion, ScaleDescriptor, Stage
from challenges.plan import evaluations, frozen_plan
from challenges.stages.kinds import LaterKind, Payment, StageKind, Unit
from challenges.stages.models import LaterPurchase, Prize
from challenges.stages.succession import going_on
from challenges.stages.terms import stage_cost, total_cost
from scoring.engine.canonical import canonical


def a_stage(ordinal: int, kind: StageKind, **terms: object) -> Stage:
    stage = Stage(
        ordinal=ordinal,
        kind=kind,
        name=kind.value,
        price_model=PriceModel.FIXED_BUDGET,
        minimum_panel=3,
        **terms,
    )
    if kind in (StageKind.APPLICATION, StageKind.INTERVIEW):
        stage.criteria = [
            Criterion(
                key="solves",
                kind=CriterionKind.QUALITY,
                title="Solves",
                question="How?",
                guidance="",
                weight=100,
                max_score=1,
                descriptors=[ScaleDescriptor(score=n, text="Level") for n in (0, 1)],
            )
        ]
    return stage


def a_staged_challenge() -> Challenge:
    return Challenge(
        reference="CH-STAGES",
        currency="GBP",
        stages=[
            a_stage(1, StageKind.APPLICATION),
            a_stage(2, StageKind.INTERVIEW, suppliers=6, lasts=30, lasts_in=Unit.MINUTES),
            a_stage(
                3,
                StageKind.EXPLORATION,
                suppliers=3,
                payment=Payment.FIXED,
                amount_minor=5_000_00,
                prizes=[Prize(place=1, name="Best question", amount_minor=250_50)],
            ),
            a_stage(
                4,
                StageKind.AGREEMENT,
                suppliers=1,
                payment=Payment.CAP,
                amount_minor=650_000_00,
                options_minor=1_00,
            ),
        ],
    )


def plan_of(challenge: Challenge) -> dict[str, object]:
    for stage in challenge.stages:
        stage.challenge = challenge
    return frozen_plan(challenge, regime="scotland", regime_version="t", band="low")


def test_plan_of_one_plain_stage_has_no_terms() -> None:
    challenge = Challenge(
        reference="CH-PLAIN", currency="GBP", stages=[a_stage(1, StageKind.APPLICATION)]
    )

    plan = plan_of(challenge)

    assert "terms" not in plan
    assert list(evaluations(canonical(plan))) == [1]


def test_plan_gives_an_evaluation_to_judged_stages_alone_and_terms_to_all() -> None:
    challenge = a_staged_challenge()
    challenge.later = LaterPurchase(
        kind=LaterKind.INCLUDED, value_minor=1_000_00, bodies="All councils", note=""
    )

    plan = json.loads(canonical(plan_of(challenge)))

    assert list(evaluations(canonical(plan))) == [1, 2]
    assert [stage["stage"] for stage in plan["terms"]["stages"]] == [1, 2, 3, 4]
    exploration = plan["terms"]["stages"][2]
    assert exploration["amount"] == "5000"
    assert exploration["prizes"] == [{"name": "Best question", "amount": "250.5"}]
    assert plan["terms"]["later"] == {
        "kind": "included",
        "value": "1000",
        "bodies": "All councils",
        "note": "",
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda plan: plan["stages"].pop(),
        lambda plan: plan["stages"].reverse(),
        lambda plan: plan["stages"].append(plan["stages"][0]),
        lambda plan: plan["terms"]["stages"][1].update(kind="delivery"),
        lambda plan: plan.pop("terms"),
    ],
)
def test_plan_whose_stages_contradict_its_terms_is_refused(change: object) -> None:
    plan = json.loads(canonical(plan_of(a_staged_challenge())))
    change(plan)  # type: ignore[operator]  # as given

    with pytest.raises(ValueError, match="stages of selection"):
        evaluations(canonical(plan))


def test_costs_are_fees_of_all_suppliers_with_options_and_prizes() -> None:
    stages = a_staged_challenge().stages

    assert [stage_cost(stage) for stage in stages] == [
        0,
        0,
        15_250_50,
        650_001_00,
    ]
    assert [going_on(stages, stage) for stage in stages] == [6, 3, 1, None]


def test_total_adds_stages_and_what_is_bought_later_as_part_of_the_competition() -> None:
    challenge = a_staged_challenge()
    # The budget of the bids is the price of the work, which the stages tell already.
    challenge.stage.budget_minor = 650_000_00
    assert total_cost(challenge) == (665_251_50, True)

    challenge.later = LaterPurchase(kind=LaterKind.INCLUDED, value_minor=1_00, bodies="", note="")
    assert total_cost(challenge) == (665_252_50, True)
    challenge.later = LaterPurchase(kind=LaterKind.NEW_COMPETITION, bodies="", note="")
    assert total_cost(challenge) == (665_251_50, True)


def test_total_without_paid_work_is_the_budget_of_the_bids() -> None:
    challenge = Challenge(stages=[a_stage(1, StageKind.APPLICATION, budget_minor=30_000_00)])

    assert total_cost(challenge) == (30_000_00, True)


@pytest.mark.parametrize("missing", ["suppliers", "amount_minor"])
def test_total_is_not_whole_while_a_fee_or_a_number_is_missing(missing: str) -> None:
    challenge = a_staged_challenge()
    setattr(challenge.stages[2], missing, None)

    assert total_cost(challenge) == (650_001_00, False)
