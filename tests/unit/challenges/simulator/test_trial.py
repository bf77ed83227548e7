"""What the simulator says, against numbers worked out by hand, and what must always hold."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from challenges.kinds import PriceModel, Rounded
from challenges.models import Stage
from challenges.simulator import effects
from challenges.simulator.samples import new_sample, usual_samples
from challenges.simulator.traps import traps
from challenges.simulator.trial import BIDS_MOST, Sample, Trial, trial_of
from scoring.engine import evaluate_document
from scoring.engine.price import RELATIVE_FORMULAS
from tests.unit.challenges.method.stages import a_price, a_question, a_stage

# Questions weigh 40 and 30 of 5 each, price 30 between 10,000 and 50,000.
GOOD = Sample("Good", (Decimal(5), Decimal(4)), 40_000_00)
CHEAP = Sample("Cheap", (Decimal(3), Decimal(3)), 20_000_00)
NAMES = ["Good", "Cheap", "Third", "Fourth"]


def a_trial(model: PriceModel, *samples: Sample, **more: object) -> Trial:
    return trial_of(a_stage(model, **more), {}, samples or (GOOD, CHEAP))


def said(trial: Trial) -> str:
    return " ".join(s.message % s.data if s.data else s.message for s in traps(trial, NAMES))


def test_totals_are_the_engines() -> None:
    trial = a_trial(PriceModel.FIXED_BOUNDS)

    assert [(bid["id"], bid["total"]["exact"]) for bid in trial.result["bids"]] == [
        ("1", "143/2"),
        ("2", "129/2"),
    ]


def test_cheaper_price_between_bounds_is_worth_its_share_of_the_points() -> None:
    found = {each.place: each for each in effects.cheaper(a_trial(PriceModel.FIXED_BOUNDS))}

    # 4,000 of 40,000 pounds are a tenth of the 30 points; a score on the first question is 8.
    assert found[1].points == 3
    assert (found[1].criterion, found[1].steps) == ("Solves", Fraction(3, 8))
    assert found[2].points == Fraction(3, 2)


def test_cheaper_price_ranked_for_each_point_is_worth_a_ninth_more_points() -> None:
    found = {each.place: each for each in effects.cheaper(a_trial(PriceModel.PRICE_PER_POINT))}

    # It has 60 and 32 points for quality.
    assert found[1].points == Fraction(92, 9)


def test_cheaper_price_less_the_worth_of_quality_is_worth_itself() -> None:
    found = {each.place: each for each in effects.cheaper(a_trial(PriceModel.ADJUSTED_PRICE))}

    assert (found[1].points, found[1].money, found[1].steps) == (None, Fraction(4000), Fraction(2))


def test_nothing_is_cheaper_where_no_price_counts() -> None:
    trial = a_trial(
        PriceModel.FIXED_BUDGET, replace(GOOD, price_minor=None), replace(CHEAP, price_minor=None)
    )

    assert effects.cheaper(trial) == []
    assert effects.balance(trial) is None
    assert effects.quality_alone(trial) is None
    assert list(effects.other_methods(trial)) == []


def test_cheap_bid_draws_level_with_full_marks_at_the_difference_of_the_weights() -> None:
    assert effects.balance(a_trial(PriceModel.FIXED_BOUNDS)) == effects.Balance(
        Fraction(70), Fraction(30), Fraction(400, 7)
    )


def test_price_that_outweighs_quality_needs_none() -> None:
    stage = a_stage(PriceModel.FIXED_BOUNDS)
    trial = trial_of(
        stage, {"solves": Decimal(20), "team": Decimal(20), "price": Decimal(60)}, [GOOD]
    )

    found = effects.balance(trial)
    assert found is not None
    assert found.level_at == 0


def test_best_quality_wins_up_to_the_price_at_which_the_totals_meet() -> None:
    found = effects.quality_alone(a_trial(PriceModel.FIXED_BOUNDS))

    # It has 64 points for quality, the other 64.5 in all: half a point is 666.66 pounds of 40,000
    # below the upper bound, and the tie is parted by quality.
    assert found == effects.QualityAlone(1, True, 49_333_33, 40_000_00)


def test_best_quality_that_asks_too_much_is_told_what_it_may_ask() -> None:
    dear = replace(GOOD, price_minor=49_333_34)

    found = effects.quality_alone(a_trial(PriceModel.FIXED_BOUNDS, dear, CHEAP))

    assert found == effects.QualityAlone(1, False, 49_333_33, 49_333_34)


def test_best_quality_can_win_whatever_it_asks() -> None:
    poor = Sample("Poor", (Decimal(1), Decimal(1)), 20_000_00)

    found = effects.quality_alone(a_trial(PriceModel.FIXED_BOUNDS, GOOD, poor))

    assert found is not None
    assert (found.wins, found.limit) == (True, None)


def test_best_quality_may_win_at_no_price_where_its_strength_is_worth_little() -> None:
    stage = a_stage(PriceModel.ADJUSTED_PRICE)
    stage.criteria[1].point_value_minor = 10_000_00
    best = Sample("Best", (Decimal(5), Decimal(0)), 5_000_00)
    rival = Sample("Rival", (Decimal(0), Decimal(4)), 10_000_00)

    found = effects.quality_alone(trial_of(stage, {}, [best, rival]))

    assert found == effects.QualityAlone(1, False, -1, 5_000_00)


def test_fixed_bounds_have_no_reversal() -> None:
    assert effects.reversal(a_trial(PriceModel.FIXED_BOUNDS)) is None


def test_reversal_among_the_bids_is_named() -> None:
    # Without the third, the first has 22 + 30 and the second 30 + 20; with it 22 + 15 and 30 + 10.
    first = Sample("First", (Decimal("2.2"), Decimal(0)), 20_000_00)
    second = Sample("Second", (Decimal(3), Decimal(0)), 30_000_00)
    third = Sample("Third", (Decimal(0), Decimal(0)), 10_000_00)
    stage = a_stage(PriceModel.LOWEST_PRICE_RATIO)
    stage.criteria = [a_question("solves", "50"), a_question("team", "20"), a_price("30")]

    found = effects.reversal(trial_of(stage, {}, [first, second, third]))

    assert found == effects.Reversal([1, 2], 3, None)


def test_reversal_by_a_bid_that_might_come_is_looked_for() -> None:
    first = Sample("First", (Decimal("2.2"), Decimal(0)), 20_000_00)
    second = Sample("Second", (Decimal(3), Decimal(0)), 30_000_00)
    stage = a_stage(PriceModel.LOWEST_PRICE_RATIO)
    stage.criteria = [a_question("solves", "50"), a_question("team", "20"), a_price("30")]

    found = effects.reversal(trial_of(stage, {}, [first, second]))

    assert found is not None
    assert (found.changed, found.left_out) == ([1, 2], None)
    assert found.price is not None
    assert found.price < 20_000_00


def test_every_other_method_ranks_the_same_bids() -> None:
    found = {
        each.name: each.order for each in effects.other_methods(a_trial(PriceModel.FIXED_BOUNDS))
    }

    assert found == {
        "fixed_bounds": [[1], [2]],
        "lowest_price_ratio": [[1], [2]],
        "deviation_from_lowest": [[2], [1]],
        "range_of_bids": [[2], [1]],
        "deviation_from_mean": [[1], [2]],
        "lowest_price_per_quality_point": [[2], [1]],
        "fixed_budget": [[1], [2]],
    }


def test_bounds_that_nobody_named_are_said() -> None:
    found = {
        each.name: each.bounds for each in effects.other_methods(a_trial(PriceModel.RANGE_OF_BIDS))
    }

    assert found["fixed_bounds"] == ("20000", "40000")
    assert found["range_of_bids"] is None


@pytest.mark.parametrize(
    ("trial", "words"),
    [
        (
            trial_of(a_stage(PriceModel.FIXED_BOUNDS), {"price": Decimal(20)}, [GOOD, CHEAP]),
            "add up to 90, not 100",
        ),
        (a_trial(PriceModel.LOWEST_PRICE_RATIO), "would take 7.5 points from “Good”"),
        (
            trial_of(
                a_stage(PriceModel.FIXED_BOUNDS),
                {"solves": Decimal(25), "team": Decimal(25), "price": Decimal(50)},
                [GOOD],
            ),
            "answers nothing",
        ),
        (
            trial_of(
                a_stage(PriceModel.FIXED_BOUNDS),
                {"solves": Decimal(30), "team": Decimal(30), "price": Decimal(40)},
                [GOOD],
            ),
            "with 33.33% of the points for quality",
        ),
        (
            trial_of(
                a_stage(PriceModel.FIXED_BOUNDS),
                {"solves": Decimal(60), "team": Decimal(30), "price": Decimal(10)},
                [GOOD],
            ),
            "no more than one score on “Solves”",
        ),
        (
            trial_of(
                a_stage(PriceModel.FIXED_BUDGET), {"solves": Decimal(90), "team": Decimal(10)}, []
            ),
            "“Team” can hardly matter",
        ),
        (
            a_trial(PriceModel.FIXED_BUDGET, GOOD, CHEAP, CHEAP, quality_threshold=Decimal(80)),
            "keeps out most of the bids here: Cheap, Third",
        ),
        (
            a_trial(
                PriceModel.FIXED_BOUNDS,
                Sample("", (Decimal(4), Decimal(3)), 30_000_00),
                Sample("", (Decimal(4), Decimal(3)), 30_000_50),
                rounded=Rounded.POINTS,
                rounded_decimals=0,
                tie_break="",
            ),
            "Rounding makes these bids equal that are not: Good, Cheap",
        ),
        (a_trial(PriceModel.FIXED_BUDGET, GOOD, GOOD), "share the first place"),
        (
            a_trial(PriceModel.FIXED_BOUNDS, best_minor=1, worst_minor=2),
            "all lie above your upper amount",
        ),
        (
            a_trial(PriceModel.FIXED_BOUNDS, best_minor=0, worst_minor=10**10),
            "only 0.02% of the points for price",
        ),
        (a_trial(PriceModel.PRICE_PER_POINT), "just above the threshold of 50%"),
        # Five points at 2,000 and five at 500.50.
        (a_trial(PriceModel.ADJUSTED_PRICE), "worth £12,502 to you"),
    ],
)
def test_trap_is_named(trial: Trial, words: str) -> None:
    assert words in said(trial)


def test_sound_method_falls_into_no_trap() -> None:
    assert said(a_trial(PriceModel.FIXED_BOUNDS)) == ""


@pytest.mark.parametrize("model", PriceModel)
def test_usual_bids_can_be_tried_with_every_price_model(model: PriceModel) -> None:
    stage = a_stage(model)
    samples = [sample for _name, sample in usual_samples(stage)]
    trial = trial_of(stage, {}, [*samples, new_sample(stage)])

    assert len(trial.result["bids"]) == 5
    assert len({bid["total"]["exact"] for bid in trial.result["bids"] if bid["total"]}) > 2


# Whatever is tried.

models = st.sampled_from([model for model in PriceModel if model is not PriceModel.FIXED_BUDGET])
scores = st.integers(0, 5).map(Decimal)
samples = st.lists(
    st.builds(Sample, st.just("A"), st.tuples(scores, scores), st.integers(1_00, 10**9)),
    min_size=2,
    max_size=BIDS_MOST,
)
weights = st.integers(1, 1000).map(lambda thousandths: Decimal(thousandths).scaleb(-1))


def stage_with(model: PriceModel) -> Stage:
    stage = a_stage(model)
    if model is PriceModel.PRICE_PER_POINT:
        stage.quality_threshold = Decimal("0.001")
    return stage


@settings(max_examples=60, deadline=None)
@given(models, samples, weights, weights)
def test_whatever_is_tried_is_answered_by_the_engine(
    model: PriceModel, bids: list[Sample], solves: Decimal, team: Decimal
) -> None:
    trial = trial_of(stage_with(model), {"solves": solves, "team": team}, bids)

    assert trial.result == evaluate_document(trial.document)
    traps(trial, ["A"] * len(bids))
    effects.cheaper(trial)
    found = effects.reversal(trial)
    assert found is None or trial.formula in RELATIVE_FORMULAS
    own = "fixed_budget" if trial.formula is None else trial.formula
    orders = {each.name: each.order for each in effects.other_methods(trial)}
    if trial.formula is not None:
        present = [[int(bid.bid_id) for bid in group] for group in trial.ranked.groups]
        assert orders[own] == present


@settings(max_examples=60, deadline=None)
@given(models, samples)
def test_price_up_to_which_the_best_quality_wins_parts_winning_from_losing(
    model: PriceModel, bids: list[Sample]
) -> None:
    trial = trial_of(stage_with(model), {}, bids)
    found = effects.quality_alone(trial)

    if found is not None and found.limit is not None:
        place = str(found.place)
        if found.limit >= 0:
            assert place in trial.at_price(found.place, Fraction(found.limit, 100)).winners
        assert place not in trial.at_price(found.place, Fraction(found.limit + 1, 100)).winners
        assert found.wins == (place in trial.ranked.winners)


@pytest.mark.parametrize("model", [PriceModel.LOWEST_PRICE_RATIO, PriceModel.RANGE_OF_BIDS])
def test_nothing_is_turned_or_taken_away_where_no_bid_counts(model: PriceModel) -> None:
    trial = a_trial(model, quality_threshold=Decimal(100))

    assert trial.ranked.contenders == []
    assert effects.reversal(trial) is None
    assert effects.taken_away(trial) is None
    said(trial)
