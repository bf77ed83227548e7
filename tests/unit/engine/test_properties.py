"""What must hold for every evaluation, whatever its numbers."""

import copy
from fractions import Fraction
from typing import Any

from hypothesis import assume, given, reject
from hypothesis import strategies as st

from scoring.engine import evaluate_document, render
from scoring.engine.document import Formula
from scoring.engine.price import FIXED_BOUNDS, RELATIVE_FORMULAS, price_share, prices_of
from tests.unit.engine.documents import Json, by_id, exact
from tests.unit.engine.strategies import FIXED, RELATIVE, SCORE_STEPS, documents

BELOW_MINIMUM = "below its minimum"
ALL_RANKINGS = (
    "highest_total",
    "lowest_price_per_quality_point",
    "lowest_quality_adjusted_price",
)


def evaluated(given: Json, *, sensitivity: bool = False) -> Json:
    return evaluate_document(given, sensitivity=sensitivity)


def total(result: Json, bid_id: str) -> Fraction:
    return exact(by_id(result)[bid_id]["total"]) or Fraction(0)


def standings(result: Json) -> dict[str, Any]:
    """Take what a person would compare of each bid: all but the trace."""
    return {each["id"]: {**each, "trace": None} for each in result["bids"]}


def relations(result: Json, ids: list[str]) -> dict[tuple[str, str], int]:
    """Say of each pair which one is ahead."""
    rank = {name: by_id(result)[name]["rank"] for name in ids}
    return {(a, b): (rank[a] > rank[b]) - (rank[a] < rank[b]) for a in ids for b in ids if a < b}


@given(documents(rankings=ALL_RANKINGS), st.randoms(use_true_random=False))
def test_evaluate_order_of_the_input_never_matters(given_document: Json, random: Any) -> None:
    names = given_document["bids"][0]["scores"]["c0"]["by_evaluator"]
    given_document["evaluators"] = [{"id": name} for name in names]
    shuffled = copy.deepcopy(given_document)
    shuffled["evaluators"].reverse()
    random.shuffle(shuffled["bids"])
    random.shuffle(shuffled["criteria"])
    for each in shuffled["bids"]:
        for cell in each["scores"].values():
            cell["by_evaluator"] = dict(reversed(cell["by_evaluator"].items()))

    assert render(evaluated(shuffled, sensitivity=True)) == render(
        evaluated(given_document, sensitivity=True)
    )


@given(documents(minimums=False, statuses=("valid",)), st.data())
def test_evaluate_raising_one_score_never_lowers_that_total(given: Json, data: Any) -> None:
    chosen = data.draw(st.sampled_from(given["bids"]))
    before = total(evaluated(given), chosen["id"])
    cell = chosen["scores"]["c0"]
    name = data.draw(st.sampled_from([*sorted(cell["by_evaluator"]), "consensus"]))
    holder = cell if name == "consensus" else cell["by_evaluator"]
    assume(name in holder)
    higher = [score for score in SCORE_STEPS if Fraction(score) > Fraction(holder[name])]
    assume(higher)
    holder[name] = data.draw(st.sampled_from(higher))

    assert total(evaluated(given), chosen["id"]) >= before


@given(documents(roundings=("none", "percentage"), tie_breaks=False))
def test_evaluate_splitting_a_criterion_changes_nothing(given: Json) -> None:
    split = copy.deepcopy(given)
    criterion = split["criteria"][0]
    tenths = int(criterion["weight"]) * 5
    criterion["weight"] = f"{tenths // 10}.{tenths % 10}"
    split["criteria"].append({**criterion, "id": "c0-again"})
    for each in split["bids"]:
        each["scores"]["c0-again"] = each["scores"]["c0"]

    before, after = evaluated(given), evaluated(split)
    for key in ("total", "rank", "tied", "outcome", "advances"):
        assert {n: b[key] for n, b in by_id(after).items()} == {
            n: b[key] for n, b in by_id(before).items()
        }


@given(
    documents(rankings=ALL_RANKINGS),
    st.sampled_from(["ineligible", "excluded", "withdrawn", BELOW_MINIMUM]),
    st.sampled_from(["0", "1", "100000"]),
)
def test_evaluate_adding_a_rejected_bid_changes_nothing(
    given: Json, how: str, its_price: str
) -> None:
    given["criteria"][0]["min_score"] = "1"
    before = evaluated(given, sensitivity=True)
    added = copy.deepcopy(given["bids"][0]) | {"id": "zz", "price": its_price, "status": "valid"}
    if how == BELOW_MINIMUM:
        cell = added["scores"]["c0"]
        cell["consensus"] = "0"
        cell["by_evaluator"] = {}
    else:
        added["status"] = how
    given["bids"].append(added)
    after = evaluated(given, sensitivity=True)

    standing = standings(after)
    assert standing.pop("zz")["rank"] is None
    assert standing == standings(before)
    for key in ("winners", "cutoff_tie", "low_price", "sensitivity"):
        assert after[key] == before[key]


@given(documents(), st.booleans())
def test_evaluate_totals_never_exceed_the_weights(given: Json, rounded: bool) -> None:
    if not rounded:
        given["method"]["rounding"]["applies_to"] = "none"
    result = evaluated(given)
    # Rounding the points of each criterion up can add half a point for each, and no more.
    most = int(given["method"]["weights_total"])
    if given["method"]["rounding"]["applies_to"] == "points":
        most += len(given["criteria"])

    for each in result["bids"]:
        if each["rank"] is not None:
            assert 0 <= (exact(each["total"]) or 0) <= most


@given(
    documents(formulas=(None, FIXED), rankings=ALL_RANKINGS, statuses=("valid",), least_bids=2),
    st.data(),
)
def test_evaluate_absolute_methods_never_reverse_ranks(given: Json, data: Any) -> None:
    before = evaluated(given, sensitivity=True)
    if before["sensitivity"]:
        assert before["sensitivity"]["rank_reversals"] == []
    gone = data.draw(st.sampled_from(given["bids"]))
    given["bids"] = [each for each in given["bids"] if each is not gone]
    after = evaluated(given)
    ids = [each["id"] for each in after["bids"] if each["rank"] is not None]

    assert relations(after, ids) == relations(before, ids)


@given(
    st.sampled_from([FIXED_BOUNDS, *RELATIVE_FORMULAS]),
    st.lists(st.integers(0, 500), min_size=1, max_size=6),
)
def test_price_share_is_a_percentage_that_never_rises_with_the_price(
    name: str, prices: list[int]
) -> None:
    formula = Formula(name)
    if name == FIXED_BOUNDS:
        grain = Fraction(1, 10**29)
        formula = Formula(name, best=100 * grain, worst=300 * grain)
    known = prices_of(prices)
    shares = [Fraction(*price_share(formula, price, known)) for price in sorted(prices)]

    assert all(0 <= share <= 100 for share in shares)
    assert shares == sorted(shares, reverse=True)


@given(documents(formulas=RELATIVE, statuses=("valid",), least_bids=2))
def test_rank_reversals_agree_with_evaluating_again_in_full(given: Json) -> None:
    result = evaluated(given, sensitivity=True)
    ranked = [each["id"] for each in result["bids"] if each["rank"] is not None]
    assume(len(ranked) > 1)
    wanted = []
    for gone in ranked:
        rest = [name for name in ranked if name != gone]
        without = copy.deepcopy(given)
        without["bids"] = [each for each in given["bids"] if each["id"] != gone]
        again = evaluated(without)
        before, after = relations(result, rest), relations(again, rest)
        changed = {name for pair in before if before[pair] != after[pair] for name in pair}
        if changed:
            wanted.append(
                {"left_out": gone, "changed": sorted(changed), "winners": again["winners"]}
            )

    assert result["sensitivity"]["rank_reversals"] == sorted(wanted, key=lambda r: r["left_out"])


@given(documents(formulas=RELATIVE, statuses=("valid",), least_bids=2))
def test_formulas_agree_with_evaluating_again_in_full(given: Json) -> None:
    result = evaluated(given, sensitivity=True)
    if not result["sensitivity"]:
        reject()
    for name, winners in result["sensitivity"]["formulas"].items():
        given["criteria"][-1]["formula"] = {"name": name}
        assert evaluated(given)["winners"] == winners


def leads(weights: dict[str, Fraction], result: Json) -> list[Fraction]:
    """Say by how much the winner leads each rival, with its percentages and these weights."""
    bids = by_id(result)

    def points(name: str) -> Fraction:
        return sum(
            (
                (exact(found["percentage"]) or Fraction(0)) * weights[criterion]
                for criterion, found in bids[name]["criteria"].items()
            ),
            Fraction(0),
        )

    (winner,) = result["winners"]
    rivals = [n for n, each in bids.items() if each["rank"] is not None and n != winner]
    return [points(winner) - points(name) for name in rivals]


ONE_WINNER = documents(
    roundings=("none", "percentage"), statuses=("valid",), least_bids=2, minimums=False
)


@given(ONE_WINNER)
def test_weight_intervals_just_inside_the_winner_stays_and_just_outside_not(given: Json) -> None:
    result = evaluated(given, sensitivity=True)
    intervals = (result["sensitivity"] or {}).get("weight_intervals")
    if not intervals:
        reject()
    weights = {each["id"]: Fraction(each["weight"]) for each in given["criteria"]}
    whole = sum(weights.values())

    def moved(criterion: str, weight: Fraction) -> list[Fraction]:
        share = (whole - weight) / (whole - weights[criterion])
        changed = {name: own * share for name, own in weights.items()}
        return leads({**changed, criterion: weight}, result)

    for criterion, interval in intervals.items():
        low, high = (exact(interval[end]) or Fraction(0) for end in ("low", "high"))
        tiny = Fraction(1, 10**9)
        assert 0 <= low <= weights[criterion] <= high <= whole
        for inside in (low, high, (low + high) / 2):
            assert min(moved(criterion, inside)) >= 0
        if low > 0:
            assert min(moved(criterion, low - tiny)) < 0
        if high < whole:
            assert min(moved(criterion, high + tiny)) < 0


@given(ONE_WINNER)
def test_robustness_is_the_largest_change_that_no_rival_survives(given: Json) -> None:
    result = evaluated(given, sensitivity=True)
    found = (result["sensitivity"] or {}).get("robustness")
    assume(found)
    reach = exact(found) or Fraction(0)
    weights = {each["id"]: Fraction(each["weight"]) for each in given["criteria"]}
    bids = by_id(result)
    (winner,) = result["winners"]

    def worst(share: Fraction) -> Fraction:
        """Turn the weights against the winner as far as allowed, for each rival by itself."""
        found = []
        for name in (n for n in bids if n != winner):
            lead = Fraction(0)
            for criterion, weight in weights.items():
                own, its = (
                    exact(bids[n]["criteria"][criterion]["percentage"]) or Fraction(0)
                    for n in (winner, name)
                )
                lead += weight * (own - its) - share * weight * abs(own - its)
            found.append(lead)
        return min(found)

    assert 0 <= reach <= 1
    assert worst(reach) == 0
    assert worst(reach + Fraction(1, 10**9)) < 0


def with_score(given: Json, result: Json, bid_id: str, criterion: str, score: Fraction) -> Json:
    """Set one combined score, agreed scores standing in for all that were combined."""
    changed = copy.deepcopy(given)
    scale = 10**12
    for each in changed["bids"]:
        for name, cell in each["scores"].items():
            combined = exact(by_id(result)[each["id"]]["criteria"][name]["score"])
            if each["id"] == bid_id and name == criterion:
                combined = score
            assert combined is not None
            # Scores of these documents end after a few decimals, changed ones are cut there.
            cut = combined * scale // 1
            cell["consensus"] = f"{cut // scale}.{cut % scale:012d}"
            cell["by_evaluator"] = {}
    return changed


@given(
    documents(
        formulas=(None, *RELATIVE, FIXED),
        rankings=ALL_RANKINGS,
        roundings=("none", "percentage"),
        statuses=("valid",),
        individual=False,
        least_bids=2,
        minimums=False,
    )
)
def test_margin_just_beyond_the_winner_is_not_alone_and_just_within_is(given: Json) -> None:
    given["method"].pop("quality_threshold", None)
    if given["method"]["ranking"] == "lowest_price_per_quality_point":
        given["method"]["quality_threshold"] = "0.000001"
    result = evaluated(given, sensitivity=True)
    margin = (result["sensitivity"] or {}).get("margin")
    if not margin:
        reject()
    change, score = (exact(margin[key]) or Fraction(0) for key in ("change", "score"))
    changed = exact(margin["changed_score"]) or Fraction(0)
    assert abs(changed - score) == change
    direction = -1 if [margin["bid"]] == result["winners"] else 1
    tiny = Fraction(1, 10**9)

    def winners(size: Fraction) -> object:
        moved = min(Fraction(5), max(Fraction(0), score + direction * size))
        return evaluated(with_score(given, result, margin["bid"], margin["criterion"], moved))[
            "winners"
        ]

    assume(sum(each["rank"] is not None for each in result["bids"]) == len(result["bids"]))
    if change > tiny:
        assert winners(change - tiny) == result["winners"]
    assert winners(change + tiny) != result["winners"]
    if (change * 10**12).denominator == 1:
        assert (winners(change) != result["winners"]) == margin["reached"]


@given(
    documents(
        roundings=("none", "percentage"),
        statuses=("valid",),
        individual=False,
        least_bids=2,
        minimums=False,
        tie_breaks=False,
    ),
    st.data(),
)
def test_margin_no_smaller_change_of_any_score_is_enough(given: Json, data: Any) -> None:
    result = evaluated(given, sensitivity=True)
    sensitivity = result["sensitivity"] or {}
    assume(len(result["winners"]) == 1)
    margin = sensitivity["margin"]
    size = exact(margin["change"]) if margin else Fraction(5)
    assert size is not None
    tiny = Fraction(1, 10**9)
    bid_id = data.draw(st.sampled_from([each["id"] for each in result["bids"]]))
    criterion = data.draw(st.sampled_from(["c0", "c1"]))
    score = exact(by_id(result)[bid_id]["criteria"][criterion]["score"]) or Fraction(0)
    for direction in (-1, 1):
        moved = min(
            Fraction(5), max(Fraction(0), score + direction * max(size - tiny, Fraction(0)))
        )
        changed = evaluated(with_score(given, result, bid_id, criterion, moved))
        assert changed["winners"] == result["winners"]
