"""The demonstration's bids: complete, possible, and awarded as their own scores say.

The ranking is worked out here with fractions, apart from the engine on purpose: what the
demonstration calls the preferred bidder must follow from the scores that it shows.
"""

from collections.abc import Iterator
from fractions import Fraction

from marketplace.demonstration.content import load
from marketplace.demonstration.shapes import (
    Bid,
    BidSet,
    Challenge,
    Criterion,
    CriterionScores,
    PriceModel,
    TargetState,
)

CONTENT = load()
UNPUBLISHED = {TargetState.DRAFT, TargetState.IN_REVIEW, TargetState.READY}
CLOSED = {
    TargetState.CLOSED,
    TargetState.OPENED,
    TargetState.EVALUATING,
    TargetState.MODERATION,
    TargetState.NEXT_STAGE,
    TargetState.INTENTION_TO_AWARD,
    TargetState.CONTRACT_SIGNED,
}
DECIDED = {TargetState.INTENTION_TO_AWARD, TargetState.CONTRACT_SIGNED}


def challenge(key: str) -> Challenge:
    return next(item for item in CONTENT.challenges if item.key == key)


def bid_set(key: str) -> BidSet:
    return next(item for item in CONTENT.bid_sets if item.challenge == key)


def quality(item: Challenge) -> list[Criterion]:
    return [criterion for criterion in item.criteria if criterion.kind == "quality"]


def submitted() -> Iterator[tuple[Challenge, Bid]]:
    for group in CONTENT.bid_sets:
        for bid in group.bids:
            if bid.state == "submitted":
                yield challenge(group.challenge), bid


def panel(group: BidSet) -> list[int]:
    """Return the numbers of the evaluators: three, or four where a fourth has scored."""
    scored = {n for bid in group.bids for cell in bid.scores.values() for n in cell.alone}
    return sorted({1, 2, 3} | scored)


def quality_points(item: Challenge, bid: Bid) -> Fraction:
    points = Fraction(0)
    for criterion in quality(item):
        agreed = bid.scores[criterion.key].agreed
        assert agreed is not None
        assert criterion.max_score is not None
        points += Fraction(agreed.score, criterion.max_score) * criterion.weight
    return points


def below_minimum(item: Challenge, bid: Bid) -> bool:
    for criterion in quality(item):
        agreed = bid.scores[criterion.key].agreed
        assert agreed is not None
        if criterion.min_score is not None and agreed.score < criterion.min_score:
            return True
    return False


def ranked(item: Challenge, group: BidSet) -> list[tuple[Fraction, Fraction, int, str]]:
    """Return (total, quality, price, supplier) of the qualifying bids, best first."""
    bids = [b for b in group.bids if not b.ineligible_reason and not below_minimum(item, b)]
    weight = next((c.weight for c in item.criteria if c.kind == "price"), 0)
    prices = {bid.supplier: bid.price_pounds or 0 for bid in bids}
    rows = []
    for bid in bids:
        price, share = prices[bid.supplier], Fraction(0)
        if item.price_model is PriceModel.LOWEST_PRICE_RATIO:
            share = Fraction(min(prices.values()), price)
        elif item.price_model is PriceModel.FIXED_BOUNDS:
            assert item.worst_pounds is not None
            assert item.best_pounds is not None
            share = Fraction(item.worst_pounds - price, item.worst_pounds - item.best_pounds)
            share = min(max(share, Fraction(0)), Fraction(1))
        points = quality_points(item, bid)
        rows.append((points + share * weight, points, price, bid.supplier))
    return sorted(rows, key=lambda row: (-row[0], -row[1], row[2]))


def test_every_closed_challenge_has_three_to_five_bids() -> None:
    for item in CONTENT.challenges:
        if item.state in CLOSED:
            group = CONTENT.bids_on(item.key)
            assert group is not None, item.key
            assert 3 <= len(group.bids) <= 5, item.key


def test_unpublished_challenge_has_no_bid() -> None:
    for item in CONTENT.challenges:
        if item.state in UNPUBLISHED:
            assert CONTENT.bids_on(item.key) is None, item.key


def test_submitted_bid_answers_every_question_within_the_word_limit() -> None:
    for item, bid in submitted():
        assert set(bid.answers) == {criterion.key for criterion in quality(item)}, item.key
        for criterion in quality(item):
            words = len(bid.answers[criterion.key].split())
            assert words <= (criterion.word_limit or 0), (item.key, bid.supplier)


def test_submitted_bid_has_a_price_exactly_where_price_counts() -> None:
    for item, bid in submitted():
        if item.price_model is PriceModel.FIXED_BUDGET:
            assert bid.price_pounds is None, (item.key, bid.supplier)
        else:
            limit = item.budget_pounds or 0
            assert 0 < (bid.price_pounds or 0) <= limit, (item.key, bid.supplier)


def test_submitted_bid_came_after_publication_and_before_today() -> None:
    for item, bid in submitted():
        assert item.published_days_ago is not None
        assert item.closes_in_days is not None
        window = 24 * (item.published_days_ago + item.closes_in_days)
        assert bid.hours_before_closing < window, (item.key, bid.supplier)
        # A closing day may move by up to four days to reach a working day.
        earliest = 24 * (item.closes_in_days + 4) if item.closes_in_days > 0 else 0
        assert bid.hours_before_closing > earliest, (item.key, bid.supplier)


def test_replaced_bid_came_twice_after_publication_and_differs() -> None:
    replaced = [(item, bid, bid.earlier) for item, bid in submitted() if bid.earlier is not None]
    assert replaced
    for item, bid, earlier in replaced:
        assert item.published_days_ago is not None
        assert item.closes_in_days is not None
        window = 24 * (item.published_days_ago + item.closes_in_days)
        assert bid.hours_before_closing + 24 < earlier.hours_before_closing < window, item.key
        assert all(bid.answers[key] != text for key, text in earlier.answers.items()), item.key


def test_bid_that_is_being_changed_differs_from_what_was_submitted() -> None:
    changing = [(item, bid) for item, bid in submitted() if bid.changing]
    assert changing
    for item, bid in changing:
        assert (item.closes_in_days or 0) > 0, item.key
        assert all(bid.answers[key] != text for key, text in bid.changing.items()), item.key


def test_scores_stand_within_their_scale_each_with_its_reason() -> None:
    for item, bid in submitted():
        for criterion in quality(item):
            cell = bid.scores.get(criterion.key, CriterionScores())
            for given in (*cell.alone.values(), *([cell.agreed] if cell.agreed else [])):
                assert 0 <= given.score <= (criterion.max_score or 0), item.key
                assert len(given.reason.split()) >= 5, (item.key, given.reason)


def test_agreed_score_comes_only_after_all_who_may_score_have_scored() -> None:
    for group in CONTENT.bid_sets:
        recused = {(i.evaluator, i.supplier) for i in group.interests if i.decision == "recuse"}
        for bid in group.bids:
            for key, cell in bid.scores.items():
                given = list(cell.alone)
                may = [n for n in panel(group) if (n, bid.supplier) not in recused]
                assert set(given) <= set(may), (group.challenge, bid.supplier, key)
                assert cell.agreed is None or given == may, (group.challenge, bid.supplier, key)


def test_decided_bid_was_scored_by_at_least_three_evaluators() -> None:
    for item, bid in submitted():
        for key, cell in bid.scores.items():
            if cell.agreed is not None:
                assert len(cell.alone) >= 3, (item.key, bid.supplier, key)


def test_agreed_score_lies_between_the_evaluators_scores() -> None:
    for item, bid in submitted():
        for key, cell in bid.scores.items():
            own = [given.score for given in cell.alone.values()]
            if cell.agreed is not None:
                assert min(own) <= cell.agreed.score <= max(own), (item.key, bid.supplier, key)


def test_scores_stand_only_where_bids_have_been_opened() -> None:
    for item, bid in submitted():
        if bid.scores:
            assert item.opened_days_ago is not None, item.key
            assert item.state is not TargetState.OPENED, item.key


def test_ineligible_bid_has_a_reason_and_no_score() -> None:
    ineligible = [bid for _, bid in submitted() if bid.ineligible_reason]
    assert ineligible
    assert all(not bid.scores for bid in ineligible)


def test_evaluation_under_way_is_neither_empty_nor_complete() -> None:
    for item in CONTENT.challenges:
        if item.state is TargetState.EVALUATING:
            cells = len(bid_set(item.key).bids) * len(quality(item)) * 3
            given = sum(
                len(cell.alone) for bid in bid_set(item.key).bids for cell in bid.scores.values()
            )
            assert 0 < given < cells, item.key


def test_moderation_under_way_has_some_scores_agreed_and_some_not() -> None:
    for item in CONTENT.challenges:
        if item.state is TargetState.MODERATION:
            agreed = [
                bid.scores[criterion.key].agreed is not None
                for bid in bid_set(item.key).bids
                for criterion in quality(item)
            ]
            assert True in agreed, item.key
            assert False in agreed, item.key


# Results


def test_recommended_supplier_is_first_by_the_published_method() -> None:
    for item in CONTENT.challenges:
        if item.state in DECIDED:
            group = bid_set(item.key)
            assert group.recommendation is not None, item.key
            assert group.recommendation.supplier == ranked(item, group)[0][3], item.key
            assert group.approval_note, item.key
            signed = item.state is TargetState.CONTRACT_SIGNED
            assert signed == bool(group.contract_reference), item.key


def test_undecided_challenge_has_no_recommendation() -> None:
    for group in CONTENT.bid_sets:
        if challenge(group.challenge).state not in DECIDED:
            assert group.recommendation is None, group.challenge


def test_recommended_supplier_was_verified() -> None:
    verified = {supplier.key for supplier in CONTENT.suppliers if supplier.verified}
    for group in CONTENT.bid_sets:
        if group.recommendation is not None:
            assert group.recommendation.supplier in verified, group.challenge


def test_road_condition_tie_in_total_and_quality_is_broken_by_price() -> None:
    item = challenge("road-condition")
    first, second, *_ = ranked(item, bid_set(item.key))
    assert first[:2] == second[:2]
    assert first[2] < second[2]


def test_pharmaceutical_waste_has_a_genuine_zero_that_still_ranks() -> None:
    item = challenge("pharmaceutical-waste")
    group = bid_set(item.key)
    zero = next(bid for bid in group.bids if bid.supplier == "oystercatcher-three")
    agreed = zero.scores["commercial"].agreed
    assert agreed is not None
    assert agreed.score == 0
    assert "oystercatcher-three" in [row[3] for row in ranked(item, group)]


def test_stopped_evaluation_ended_with_no_bid_above_the_minimum() -> None:
    item = challenge("deer-carcasses")
    assert item.state is TargetState.STOPPED
    assert ranked(item, bid_set(item.key)) == []


def test_interests_show_one_kept_and_one_recused() -> None:
    decisions = {i.decision for group in CONTENT.bid_sets for i in group.interests}
    assert decisions == {"keep", "recuse"}
