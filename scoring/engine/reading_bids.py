"""Reading the bids: statuses, prices, scores, and percentages carried from earlier stages."""

from collections.abc import Mapping
from fractions import Fraction

from scoring.engine.checker import Checker, below
from scoring.engine.document import (
    CARRIED,
    PRICE,
    QUALITY,
    STATUSES,
    VALID,
    Bid,
    Cell,
    Criterion,
    Evaluator,
    Method,
)
from scoring.engine.numbers import quoted
from scoring.engine.reading_cells import CellReader

_OPTIONAL = ("supplier", "status", "reason", "price", "scores", "carried")
_NOTHING: dict[str, object] = {}


def read_bids(
    checker: Checker,
    value: object,
    criteria: list[Criterion],
    evaluators: list[Evaluator] | None,
    method: Method,
) -> list[Bid]:
    """Read every bid; of a bid that is not valid, price and scores are checked but not kept."""
    reader = _BidReader(checker, criteria, evaluators, method)
    bids = [
        reader.read(item, f"$.bids[{place}]")
        for place, item in enumerate(checker.items(value, "$.bids", "a list of bids"))
    ]
    checker.unique([bid.id for bid in bids], "$.bids", "bid")
    return bids


class _BidReader:
    def __init__(
        self,
        checker: Checker,
        criteria: list[Criterion],
        evaluators: list[Evaluator] | None,
        method: Method,
    ) -> None:
        self._checker = checker
        self._cells = {
            criterion.id: CellReader(checker, criterion, evaluators, method.combine)
            for criterion in criteria
            if criterion.kind == QUALITY
        }
        self._carried = [criterion.id for criterion in criteria if criterion.kind == CARRIED]
        self._needs_price = method.needs_prices or any(c.kind == PRICE for c in criteria)

    def read(self, value: object, path: str) -> Bid:
        checker = self._checker
        found = checker.fields(value, path, ("id",), _OPTIONAL)
        bid_id = checker.identifier(found.get("id", "?"), f"{path}.id")
        status = checker.choice(found.get("status", VALID), f"{path}.status", STATUSES)
        supplier = reason = price = None
        if "supplier" in found:
            supplier = checker.text(found["supplier"], f"{path}.supplier")
        if "reason" in found:
            reason = checker.text(found["reason"], f"{path}.reason", lines=True)
        if "price" in found:
            price = checker.number(found["price"], f"{path}.price")
        elif self._needs_price and status == VALID:
            checker.add(path, f"bid {quoted(bid_id)} has no price", 'a price, such as "1200.50"')
        scores = found.get("scores", _NOTHING)
        carried = found.get("carried", _NOTHING)
        if status == VALID:
            return Bid(
                bid_id,
                supplier,
                status,
                reason,
                price,
                self._read_scores(scores, f"{path}.scores", bid_id),
                self._read_carried(carried, f"{path}.carried", bid_id),
            )
        self._ignore(scores, f"{path}.scores")
        self._percentages(carried, f"{path}.carried", most=None)
        return Bid(bid_id, supplier, status, reason, None, {}, {})

    def _read_scores(self, value: object, path: str, bid_id: str) -> Mapping[str, Cell]:
        found = self._checker.fields(value, path, (), tuple(self._cells))
        return {
            criterion_id: reader.read(found.get(criterion_id, _NOTHING), path, bid_id)
            for criterion_id, reader in self._cells.items()
        }

    def _ignore(self, value: object, path: str) -> None:
        found = self._checker.fields(value, path, (), tuple(self._cells))
        for criterion_id, raw in found.items():
            if criterion_id in self._cells:
                self._cells[criterion_id].ignore(raw, below(path, criterion_id))

    def _read_carried(self, value: object, path: str, bid_id: str) -> Mapping[str, Fraction]:
        read = self._percentages(value, path)
        for criterion_id in self._carried:
            if criterion_id not in read:
                who = f"bid {quoted(bid_id)}, criterion {quoted(criterion_id)}"
                message = f"{who}: no percentage is carried"
                self._checker.add(path, message, "the percentage from the earlier stage")
        return {name: percentage for name, percentage in read.items() if percentage is not None}

    def _percentages(
        self, value: object, path: str, *, most: int | None = 100
    ) -> dict[str, Fraction | None]:
        found = self._checker.fields(value, path, (), self._carried)
        return {
            name: self._checker.percentage(raw, below(path, name), most=most)
            for name, raw in found.items()
        }
