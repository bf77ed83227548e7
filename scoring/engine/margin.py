"""How little would have been enough: the smallest change of one score that costs the sole lead.

One combined quality score of one bid moves, within 0..`max_score`; everything else stays as it is
in the result: the other scores, the price percentages, the qualifying bids. Either a rival's score
rises until it draws level with the winner, or the winner's falls until the best rival does.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from scoring.engine.document import (
    ADJUSTED_PRICE,
    PRICE_PER_POINT,
    QUALITY,
    ROUND_PERCENTAGE,
    Criterion,
)
from scoring.engine.evaluate import Ranked
from scoring.engine.ranking import Contender, contender, in_order


class Margin(NamedTuple):
    """The change: whose score on what, from where to where.

    `reached` says whether the winner loses the sole lead at exactly this change; otherwise (a
    tie-break keeps it there, or a rounding step ends there) at any larger one, however small.
    """

    change: Fraction
    bid_id: str
    criterion_id: str
    score: Fraction
    changed_score: Fraction
    reached: bool


class _Candidate(NamedTuple):
    """A change that may be enough, ordered by size, then bid id, then criterion id."""

    change: Fraction
    bid_id: str
    criterion_id: str
    room: Fraction
    beyond: Fraction


def smallest_change(ranked: Ranked) -> Margin | None:
    """Find the smallest change; None when no change of one score is enough.

    There must be one winner and at least one rival, and no rounding of points.
    """
    bids = {bid.bid_id: bid for bid in ranked.contenders}
    winner = ranked.contenders[0]
    just_beyond: Margin | None = None
    for found in sorted(_candidates(ranked)):
        if just_beyond and found.change > just_beyond.change:
            break
        bid = bids[found.bid_id]
        score = bid.results[found.criterion_id].score or Fraction(0)
        sign = -1 if bid is winner else 1
        changed = score + sign * found.change
        if not _alone(ranked, winner, bid, found.criterion_id, changed):
            return Margin(found.change, found.bid_id, found.criterion_id, score, changed, True)
        # A change that is enough is smaller than every one that has to go beyond the same figure,
        # so the search goes on among the candidates of this size.
        further = score + sign * min(found.change + found.beyond, found.room)
        if (
            just_beyond is None
            and found.change < found.room
            and not _alone(ranked, winner, bid, found.criterion_id, further)
        ):
            just_beyond = Margin(
                found.change, found.bid_id, found.criterion_id, score, changed, False
            )
    return just_beyond


def _candidates(ranked: Ranked) -> Iterator[_Candidate]:
    winner, *rivals = ranked.contenders
    for criterion in ranked.evaluation.criteria:
        if criterion.kind == QUALITY:
            score = winner.results[criterion.id].score or Fraction(0)
            yield from _steps(ranked, criterion, winner, rivals[0], falling=True, room=score)
            for rival in rivals:
                score = rival.results[criterion.id].score or Fraction(0)
                room = criterion.max_score - score
                yield from _steps(ranked, criterion, rival, winner, falling=False, room=room)


def _steps(
    ranked: Ranked,
    criterion: Criterion,
    bid: Contender,
    other: Contender,
    *,
    falling: bool,
    room: Fraction,
) -> Iterator[_Candidate]:
    """Give the change of one score at which a bid draws level with another."""
    method = ranked.evaluation.method
    needed = _score_needed(ranked, criterion, bid, other)
    if needed is None:
        return
    rounding = method.rounding
    if rounding.applies_to != ROUND_PERCENTAGE:
        if needed <= room:
            # Halfway to the end of the scale: always beyond, and never a quality of nothing.
            yield _Candidate(needed, bid.bid_id, criterion.id, room, (room - needed) / 2)
        return
    # The percentage moves in steps: find the score at which the step that is needed begins, and
    # the one after it, for when a tie-break wants more than drawing level.
    step = Fraction(1, 10**rounding.decimals)
    result = bid.results[criterion.id]
    sign = -1 if falling else 1
    target = result.percentage + sign * needed * 100 / criterion.max_score
    first = sign * -((-sign * target) // step) * step
    # Where a tie-break alone parts the two, the step on which the score stands is not enough.
    levels = (first, first + sign * step) if needed else (first + sign * step,)
    for level in levels:
        edge = (level - sign * step / 2) * criterion.max_score / 100
        change = max(Fraction(0), sign * (edge - (result.score or Fraction(0))))
        if change <= room:
            beyond = step / 4 * criterion.max_score / 100
            yield _Candidate(change, bid.bid_id, criterion.id, room, beyond)


def _score_needed(
    ranked: Ranked, criterion: Criterion, bid: Contender, other: Contender
) -> Fraction | None:
    """Say by how much a bid's score must move to draw level with another, were it not rounded.

    None where the score cannot move the ranking value that far, or not at all. (It could still
    move a tie-break; such a change is not looked for.)
    """
    method = ranked.evaluation.method
    apart = abs(bid.ranking_value - other.ranking_value)
    if method.ranking == ADJUSTED_PRICE:
        worth = method.value_per_point[criterion.id]
        return apart / worth if worth else None
    points = apart
    if method.ranking == PRICE_PER_POINT:
        # At any quality a price of 0 stays 0 per point, and any other price stays above that.
        if not bid.price or not other.ranking_value:
            return None
        points = abs(bid.price / other.ranking_value - bid.quality_points)
    return points * criterion.max_score / criterion.weight


def _alone(
    ranked: Ranked, winner: Contender, bid: Contender, criterion_id: str, score: Fraction
) -> bool:
    """Tell whether the winner would still be alone at rank 1 if this bid had this score."""
    evaluation = ranked.evaluation
    table = ranked.tables[criterion_id]
    source = bid.results[criterion_id].source
    results = {**bid.results, criterion_id: table.result_of_score(source, score)}
    changed = contender(bid.bid, evaluation.method, results)
    contenders = [changed if each is bid else each for each in ranked.contenders]
    first = in_order(contenders, evaluation.method, evaluation.draw_seed)[0]
    return [each.bid_id for each in first] == [winner.bid_id]
