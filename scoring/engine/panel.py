"""How far the evaluators agree: figures for the chair, to steer a conversation.

They change no score and stand in no public document. All of them are over the valid bids'
individual scores, as shares of the scale (score / `max_score`), and over cells that two or more
evaluators scored.

Source: K. Krippendorff, "Content Analysis", chapter on reliability: alpha with interval distances.
"""

from collections.abc import Iterator
from fractions import Fraction
from operator import mul
from typing import NamedTuple

from scoring.engine.document import QUALITY, VALID, Evaluation
from scoring.engine.numbers import exact_sum, to_grains


class Spread(NamedTuple):
    """How far the scores of one cell lie apart, as a share of the scale."""

    bid_id: str
    criterion_id: str
    spread: Fraction
    flagged: bool


class Panel(NamedTuple):
    """The figures: spread of each cell, difference of each evaluator, and alpha."""

    cells: list[Spread]
    evaluators: list[tuple[str, Fraction | None]]
    alpha: Fraction | None


class _Block(NamedTuple):
    """The cells of one criterion that the same evaluators scored: a row for each cell."""

    scale: int
    evaluators: tuple[str, ...]
    rows: list[tuple[int, ...]]


def panel_figures(evaluation: Evaluation) -> Panel:
    """Work out the panel's figures; cells by bid, then criterion."""
    quality = [each for each in evaluation.criteria if each.kind == QUALITY]
    scales = {each.id: to_grains(each.max_score) for each in quality}
    flag_above = evaluation.method.flag_spread
    blocks: dict[tuple[str, tuple[str, ...]], _Block] = {}
    known: dict[tuple[str, int], tuple[Fraction, bool]] = {}
    cells = []
    for bid in evaluation.bids:
        if bid.status != VALID:
            continue
        for criterion_id, scale in scales.items():
            individual = bid.scores[criterion_id].individual
            if len(individual) < 2:
                continue
            row = tuple(individual.values())
            width = criterion_id, max(row) - min(row)
            if width not in known:
                spread = Fraction(width[1], scale)
                known[width] = spread, spread > flag_above
            cells.append(Spread(bid.id, criterion_id, *known[width]))
            by_whom = criterion_id, tuple(individual)
            if by_whom not in blocks:
                blocks[by_whom] = _Block(scale, by_whom[1], [])
            blocks[by_whom].rows.append(row)
    listed = list(blocks.values())
    return Panel(cells, _differences(evaluation, listed), _alpha(listed))


def _differences(evaluation: Evaluation, blocks: list[_Block]) -> list[tuple[str, Fraction | None]]:
    """Compare each evaluator with the others of the same cells: mean of own − mean of theirs.

    Above 0 is more generous than the panel. None for an evaluator who shares no cell.
    """
    differences: dict[str, list[Fraction]] = {}
    counts: dict[str, int] = {}
    for scale, evaluators, rows in blocks:
        sums = [sum(column) for column in zip(*rows, strict=True)]
        others = len(evaluators) - 1
        for name, own in zip(evaluators, sums, strict=True):
            apart = Fraction(own * others - (sum(sums) - own), others * scale)
            differences.setdefault(name, []).append(apart)
            counts[name] = counts.get(name, 0) + len(rows)
    return [
        (name, exact_sum(differences[name]) / counts[name] if name in counts else None)
        for name in sorted(set(_everybody(evaluation)))
    ]


def _everybody(evaluation: Evaluation) -> Iterator[str]:
    """Name the evaluators: the listed ones, or else everyone who gave a score that counts."""
    if evaluation.evaluators is not None:
        yield from (evaluator.id for evaluator in evaluation.evaluators)
        return
    for bid in evaluation.bids:
        for cell in bid.scores.values():
            yield from cell.individual


def _alpha(blocks: list[_Block]) -> Fraction | None:
    """Give Krippendorff's alpha: 1 when all agree, 0 when they agree as chance would.

    alpha = 1 − observed / expected disagreement, where a disagreement is a squared difference.
    Squared differences over all ordered pairs of m values sum to
    2 × (m × sum of squares − square of the sum), which spares the pairs. None where the expected
    disagreement is 0, because all scores are the same.
    """
    count = 0
    sums, squares, within = [], [], []
    for scale, evaluators, rows in blocks:
        size = len(evaluators)
        row_sums = list(map(sum, rows))
        own_squares = sum(sum(map(mul, row, row)) for row in rows)
        pairs = size * own_squares - sum(map(mul, row_sums, row_sums))
        within.append(Fraction(pairs, (size - 1) * scale**2))
        squares.append(Fraction(own_squares, scale**2))
        sums.append(Fraction(sum(row_sums), scale))
        count += size * len(rows)
    expected = count * exact_sum(squares) - exact_sum(sums) ** 2
    if expected == 0:
        return None
    return 1 - (count - 1) * exact_sum(within) / expected
