"""The trace of a bid: every step with its numbers, to be followed with a pocket calculator.

A number whose decimals do not end is written exactly, as a fraction, with its rounded value
beside it: `7/3 (2.33)`. The steps always go on with the exact one.
"""

from collections.abc import Mapping
from fractions import Fraction

from scoring.engine.combining import CriterionResult
from scoring.engine.document import (
    CARRIED,
    CONSENSUS,
    HIGHEST_TOTAL,
    MEDIAN,
    PRICE,
    PRICE_PER_POINT,
    ROUND_PERCENTAGE,
    ROUND_POINTS,
    Bid,
    Cell,
    Criterion,
    Evaluation,
    Formula,
)
from scoring.engine.numbers import display_text, from_grains, plain_text, to_grains
from scoring.engine.price import Prices, explained, price_texts, unclamped_share
from scoring.engine.ranking import Contender


class _ScoreTexts(dict[int, str]):
    """Scores as text, by their grains, each written once."""

    def __missing__(self, grains: int) -> str:
        self[grains] = text = plain_text(from_grains(grains))
        return text


class Tracer:
    """Writes the traces of one evaluation's bids."""

    def __init__(self, evaluation: Evaluation, prices: Prices | None) -> None:
        self._evaluation = evaluation
        self._method = evaluation.method
        # Where no bid has a price, no line about one is ever written.
        self._prices = prices or Prices(lowest=0, highest=0, total=0, bids=1)
        self._price_texts = price_texts(self._prices)
        self._starts = {each.id: f"{each.title or each.id}: " for each in evaluation.criteria}
        # What comes again and again in a large evaluation. Results of the same score are the
        # same object and live as long as the evaluation, so they are known by their identity.
        self._scores = _ScoreTexts()
        self._steps: dict[int, str] = {}
        self._points: dict[int, str] = {}

    def bid_lines(self, bid: Bid, results: Mapping[str, CriterionResult]) -> list[str]:
        """Write a line for each criterion a valid bid has a result on."""
        return [
            self._starts[criterion.id] + self._criterion_text(bid, criterion, results[criterion.id])
            for criterion in self._evaluation.criteria
            if criterion.id in results
        ]

    def ranking_lines(self, bid: Contender, rank: int, tied_with: int) -> list[str]:
        """Write how a contender's points make its total, its ranking value and its rank."""
        points = " + ".join([self._points_of(result) for result in bid.results.values()])
        lines = [f"Total: {points} = {self.number(bid.total)} points"]
        if self._method.ranking != HIGHEST_TOTAL:
            lines.append(self._price_ranking_text(bid))
        best = "highest" if self._method.ranking == HIGHEST_TOTAL else "lowest"
        shared = f", shared with {tied_with} other bid{'s'[: tied_with - 1]}" if tied_with else ""
        lines.append(f"Rank {rank}{shared} ({best} value first)")
        return lines

    def number(self, value: Fraction) -> str:
        """Write a number: its decimals where they end, else a fraction and its rounded value."""
        text = plain_text(value)
        if "/" in text:
            return f"{text} ({display_text(value, self._method.display_decimals)})"
        return text

    def _price_ranking_text(self, bid: Contender) -> str:
        price = plain_text(bid.price or Fraction(0))
        value = self.number(bid.ranking_value)
        if self._method.ranking == PRICE_PER_POINT:
            quality = self.number(bid.quality_points)
            return f"Price per quality point: {price} / {quality} = {value}"
        worth = "".join(
            f" − {plain_text(money)} × {self.number(bid.results[name].score or Fraction(0))}"
            for name, money in sorted(self._method.value_per_point.items())
        )
        return f"Quality-adjusted price: {price}{worth} = {value}"

    def _criterion_text(self, bid: Bid, criterion: Criterion, result: CriterionResult) -> str:
        if result.source == PRICE:
            return self._price_text(criterion, result) + self._weighting_text(criterion, result)
        if result.source == CARRIED:
            carried = f"{self.number(result.unrounded_percentage)} % from an earlier stage"
            return carried + self._weighting_text(criterion, result)
        steps = self._steps.get(id(result))
        if steps is None:
            steps = self._quality_text(criterion, result) + self._weighting_text(criterion, result)
            self._steps[id(result)] = steps
        if result.source == CONSENSUS:
            return f"agreed score {steps}"
        way = "median" if result.source == MEDIAN else "mean"
        return f"scores {self._scores_text(bid.scores[criterion.id])}; their {way} is {steps}"

    def _scores_text(self, cell: Cell) -> str:
        texts = self._scores
        return ", ".join([f"{name} {texts[grains]}" for name, grains in cell.individual.items()])

    def _quality_text(self, criterion: Criterion, result: CriterionResult) -> str:
        score = self.number(result.score or Fraction(0))
        most = plain_text(criterion.max_score)
        percentage = self.number(result.unrounded_percentage)
        return f"{score} of {most}; 100 × {score} / {most} = {percentage} %"

    def _price_text(self, criterion: Criterion, result: CriterionResult) -> str:
        price, formula = result.score or Fraction(0), criterion.formula or Formula("")
        own = plain_text(price)
        steps = explained(formula, own, self._price_texts)
        found = Fraction(*unclamped_share(formula, to_grains(price), self._prices))
        text = f"price {own}; {steps} = {self.number(found)} %"
        if found != result.unrounded_percentage:
            text += f", kept within 0 and 100: {self.number(result.unrounded_percentage)} %"
        return text

    def _weighting_text(self, criterion: Criterion, result: CriterionResult) -> str:
        rounding = self._method.rounding
        text = ""
        if rounding.applies_to == ROUND_PERCENTAGE:
            text = f", rounded to {plain_text(result.percentage)} %"
        text += f"; {self.number(result.percentage)} / 100 × weight {plain_text(criterion.weight)}"
        if rounding.applies_to != ROUND_POINTS:
            return f"{text} = {self._points_of(result)} points"
        product = self.number(result.percentage * criterion.weight / 100)
        return f"{text} = {product}, rounded to {self._points_of(result)} points"

    def _points_of(self, result: CriterionResult) -> str:
        text = self._points.get(id(result))
        if text is None:
            text = self._points[id(result)] = self.number(result.points)
        return text
