"""What a plan says of how panels judge, of who moves on, and of what is carried between stages."""

import json
from decimal import Decimal
from typing import Any

import pytest

from challenges.kinds import Combine, CriterionKind, PriceModel
from challenges.method import stored
from challenges.method.choice import Method
from challenges.method.words import method_sentences, panel_sentences
from challenges.models import Challenge, Criterion, Stage
from challenges.plan import evaluations, frozen_plan
from challenges.readiness.criteria import of_criteria
from challenges.readiness.method import of_method, of_panel
from challenges.simulator.samples import usual_samples
from challenges.simulator.trial import Sample, trial_of
from challenges.stages.carrying import source_of, sources
from challenges.stages.filling import fill
from challenges.stages.kinds import Payment, StageKind
from challenges.stages.shapes import read, template_of, written
from challenges.stages.succession import advancing
from scoring.engine import evaluate_document
from scoring.engine.canonical import canonical
from tests.unit.challenges.method.stages import a_question


def a_carried(key: str, weight: str, stage: int, criterion: str | None) -> Criterion:
    return Criterion(
        key=key,
        kind=CriterionKind.CARRIED,
        title=key.capitalize(),
        weight=Decimal(weight),
        carried_stage=stage,
        carried_key=criterion,
    )


def two_stages(**written_stage: object) -> Challenge:
    """Give a sift of which six go on to an interview, which counts half of it again."""
    sift = Stage(
        ordinal=1,
        kind=StageKind.APPLICATION,
        name="Sift",
        price_model=PriceModel.FIXED_BUDGET,
        minimum_panel=3,
        criteria=[a_question("solves", "60"), a_question("team", "40")],
        **written_stage,
    )
    interview = Stage(
        ordinal=2,
        kind=StageKind.INTERVIEW,
        name="Interview",
        price_model=PriceModel.FIXED_BUDGET,
        minimum_panel=3,
        suppliers=6,
        combine=Combine.MEDIAN,
        criteria=[
            a_question("talk", "50"),
            a_carried("sift", "30", 1, None),
            a_carried("idea", "20", 1, "solves"),
        ],
    )
    return Challenge(reference="CH-1", currency="GBP", stages=[sift, interview])


def messages(found: object) -> str:
    return " ".join(each.message for each in found)  # type: ignore[attr-defined]  # obstacles


def test_plan_says_how_scores_become_one_who_moves_on_and_what_is_carried() -> None:
    challenge = two_stages(names_withheld=True)

    plan = json.loads(
        canonical(frozen_plan(challenge, regime="scotland", regime_version="t", band="low"))
    )

    sift, interview = plan["stages"]
    assert sift["names_withheld"] is True
    assert "carried" not in sift
    assert sift["evaluation"]["method"]["combine"] == "consensus"
    assert sift["evaluation"]["method"]["advance"] == 6
    assert interview["names_withheld"] is False
    assert interview["evaluation"]["method"]["combine"] == "median"
    assert "advance" not in interview["evaluation"]["method"]
    assert interview["carried"] == {
        "sift": {"stage": 1, "criterion": None},
        "idea": {"stage": 1, "criterion": "solves"},
    }
    assert list(interview["questions"]) == ["talk"]
    # What the engine takes is only that a percentage is brought along.
    document = json.loads(evaluations(canonical(plan))[2])
    result: Any = evaluate_document(
        {
            "format": "evaluation/1",
            **document,
            "bids": [
                {
                    "id": "B-1",
                    "scores": {"talk": {"by_evaluator": {"E1": "0", "E2": "5"}}},
                    "carried": {"sift": "80", "idea": "100"},
                }
            ],
        }
    )
    assert result["bids"][0]["total"]["exact"] == "69"  # 25 + 24 + 20


@pytest.mark.parametrize(
    ("kind", "payment", "suppliers", "expected"),
    [
        (StageKind.INTERVIEW, Payment.NONE, 4, 4),
        (StageKind.EXPLORATION, Payment.FIXED, 3, 3),
        (StageKind.DEMO_DAY, Payment.NONE, 3, None),
        (StageKind.INTERVIEW, Payment.NONE, None, None),
    ],
)
def test_bids_move_on_where_a_judged_or_paid_stage_follows(
    kind: StageKind, payment: Payment, suppliers: int | None, expected: int | None
) -> None:
    challenge = two_stages()
    second = challenge.stages[1]
    second.kind, second.payment, second.suppliers = kind, payment, suppliers

    assert advancing(challenge.stages[0]) == expected
    assert advancing(second) is None


def test_what_can_be_carried_is_of_earlier_judged_stages_and_never_price_alone() -> None:
    challenge = two_stages()
    sift, interview = challenge.stages
    sift.criteria.append(
        Criterion(key="price", kind=CriterionKind.PRICE, title="Price", weight=Decimal(10))
    )

    assert list(sources(sift)) == []
    assert [each.value for each in sources(interview)] == ["1", "1:solves", "1:team"]
    assert [source_of(each) is None for each in interview.criteria[1:]] == [False, False]


@pytest.mark.parametrize("break_it", ["criterion", "work", "later"])
def test_carrying_what_is_not_there_is_named_before_review(break_it: str) -> None:
    challenge = two_stages()
    sift, interview = challenge.stages
    assert not list(of_criteria(interview)) or "carried" not in messages(of_criteria(interview))

    if break_it == "criterion":
        del sift.criteria[0]
    elif break_it == "work":
        sift.kind = StageKind.EXPLORATION
    else:
        interview.criteria[1].carried_stage = 2

    assert "is not there, or does not come before" in messages(of_criteria(interview))


def test_stage_that_only_carries_has_nothing_to_score() -> None:
    interview = two_stages().stages[1]
    del interview.criteria[0]

    assert "Nothing is scored in this stage" in messages(of_criteria(interview))


def test_names_are_refused_to_an_interview_and_offered_to_a_sift() -> None:
    sift, interview = two_stages().stages
    assert "Names can be withheld" in messages(of_panel(sift))
    assert not any(finding.needed for finding in of_panel(sift))

    sift.names_withheld = interview.names_withheld = True

    assert "Names can be withheld" not in messages(of_panel(sift))
    refused = [finding for finding in of_panel(interview) if finding.needed]
    assert "Names cannot be withheld in an interview" in messages(refused)


def test_worth_in_money_and_carrying_do_not_go_together() -> None:
    interview = two_stages().stages[1]
    interview.price_model = PriceModel.ADJUSTED_PRICE

    assert "has no worth in money" in messages(f for f in of_method(interview) if f.needed)


@pytest.mark.parametrize(
    ("combine", "words"),
    [
        (Combine.CONSENSUS, "the panel agrees one score"),
        (Combine.MEAN, "their average counts"),
        (Combine.MEDIAN, "the middle one counts"),
    ],
)
def test_public_words_say_how_the_panel_judges(combine: Combine, words: str) -> None:
    sift = two_stages(combine=combine).stages[0]
    assert words in messages(panel_sentences(sift))
    assert "does not see who bids" not in messages(panel_sentences(sift))
    assert "At most %(count)d bids move on" in messages(method_sentences(sift))

    sift.names_withheld = True

    assert "does not see who bids until it has finished" in messages(panel_sentences(sift))


def test_method_is_put_and_read_whole() -> None:
    stage = two_stages().stages[0]
    method = Method(
        PriceModel.FIXED_BUDGET,
        combine=Combine.MEAN,
        names_withheld=True,
        point_values=(("solves", None), ("team", None)),
    )

    stored.put(stage, method.kept())

    assert stored.read(stage) == method.kept()


def test_template_keeps_how_panels_judge_and_what_is_carried() -> None:
    template = template_of(two_stages(combine=Combine.MEAN, names_withheld=True), "Ours")
    told = [(stage.price, stage.carried) for stage in template.stages]
    assert [len(carried) for _price, carried in told] == [0, 2]

    again = read(written(template))
    assert [(stage.price, stage.carried) for stage in again.stages] == told
    other = Challenge(
        reference="CH-2",
        currency="GBP",
        stages=[
            Stage(
                ordinal=1,
                kind=StageKind.APPLICATION,
                name="Old",
                price_model=PriceModel.FIXED_BUDGET,
                criteria=[a_question("sift", "100")],
            )
        ],
    )
    fill(other, again)
    filled = template_of(other, "Ours")
    assert [(stage.price, stage.carried) for stage in filled.stages] == told


def test_trial_takes_what_is_carried_as_a_percentage() -> None:
    interview = two_stages().stages[1]

    trial = trial_of(interview, {}, [Sample("One", (Decimal(4), Decimal(80), Decimal(100)))])

    assert trial.result["bids"][0]["total"]["exact"] == "84"
    assert all(len(sample.scores) == 3 for _name, sample in usual_samples(interview))
