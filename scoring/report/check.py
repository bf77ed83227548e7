"""Does a report say what the engine says? The check before anything is printed.

Owns the rule that a difference stops everything: the stored evaluation document is evaluated again
and must give the stored result, and the facts printed beside it must be the facts inside it. What
bidders were asked and answered must have the digests that the log got at the time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from hashlib import sha256
from typing import Any, Final

from scoring.report.facts import (
    AwardReport,
    Bid,
    Query,
    Stage,
)
from scoring.report.values import BidStatus, Money, QueryOutcome, Withheld, read_figure

Evaluate = Callable[[dict[str, Any]], Mapping[str, Any]]

_COMPARED_FREELY: Final = frozenset({"trace", "engine"})
_SHOWN: Final = 20


class ReportDiffersError(Exception):
    """A report's facts disagree; `differences` names each, as `stage: place: what`."""

    def __init__(self, differences: list[str]) -> None:
        self.differences = tuple(differences)
        shown = "; ".join(differences[:_SHOWN])
        super().__init__(f"{len(differences)} differences: {shown}")


def check_report(report: AwardReport, evaluate: Evaluate) -> None:
    """Stop unless every stage's result is what its evaluation document gives, and is printed so.

    `evaluate`: the engine. Compares everything but traces and the engine's own version.

    Raises `ReportDiffersError` with every difference; `ValueError` for an edition whose evaluation
    document is withheld.
    """
    differences = [
        f"{stage.id}: {difference}"
        for stage in report.stages
        for difference in _stage_differences(stage, evaluate)
    ]
    valid = {bid.reference for bid in report.deciding_stage.bids if bid.status is BidStatus.VALID}
    if not set(report.decision.winners) <= valid:
        differences.append("decision: the recommended bid is not a valid bid of the last stage")
    differences += _between_stages(report)
    if differences:
        raise ReportDiffersError(differences)


def _between_stages(report: AwardReport) -> Iterator[str]:
    """Each stage but the last says who went on, and those are they who do by its result."""
    for stage in report.stages:
        if (stage.going_on is None) != (stage is report.deciding_stage):
            yield f"{stage.id}: going_on: of each stage but the last, and of no other"
        elif stage.going_on is not None:
            method = {} if isinstance(stage.evaluation, Withheld) else json.loads(stage.evaluation)
            limited = "advance" in method.get("method", {})
            above = [
                row["id"]
                for row in stage.result["bids"]
                if row["rank"] is not None and (row["advances"] or not limited)
            ]
            if list(stage.going_on.bids) != above:
                yield f"{stage.id}: going_on: not those who go on by the result"


def _stage_differences(stage: Stage, evaluate: Evaluate) -> Iterator[str]:
    if isinstance(stage.evaluation, Withheld):
        raise ValueError("only a full edition can be checked")
    document = json.loads(stage.evaluation)
    yield from _compare(stage.result, evaluate(document), "result")
    yield from printed_differences(stage, document)
    yield from _queries(stage)
    yield from _low_prices(stage)
    yield from _recomputed(stage)


def printed_differences(stage: Stage, document: dict[str, Any]) -> Iterator[str]:
    """Say where the facts of a stage are not those inside its evaluation document."""
    yield from _criteria(stage, document)
    yield from _bids(stage, document)


def _compare(stored: object, computed: object, path: str) -> Iterator[str]:
    if isinstance(stored, Mapping) and isinstance(computed, Mapping):
        for key in sorted({*stored, *computed} - _COMPARED_FREELY):
            if key not in stored or key not in computed:
                where = "stored" if key in stored else "computed"
                yield f"{path}.{key}: only in the {where} result"
            else:
                yield from _compare(stored[key], computed[key], f"{path}.{key}")
    elif isinstance(stored, list | tuple) and isinstance(computed, list | tuple):
        if len(stored) != len(computed):
            yield f"{path}: {len(stored)} entries stored, {len(computed)} computed"
        for index, (one, other) in enumerate(zip(stored, computed, strict=False)):
            yield from _compare(one, other, f"{path}[{index}]")
    elif type(stored) is not type(computed) or stored != computed:
        yield f"{path}: {stored!r} stored, {computed!r} computed"


def _criteria(stage: Stage, document: dict[str, Any]) -> Iterator[str]:
    inside = {entry["id"]: entry for entry in document["criteria"]}
    if set(inside) != {criterion.id for criterion in stage.criteria}:
        yield "criteria: not those of the evaluation document"
        return
    for criterion in stage.criteria:
        entry = inside[criterion.id]
        for key in ("weight", "max_score", "min_score"):
            if not _same(getattr(criterion, key), entry.get(key)):
                yield f"criteria.{criterion.id}.{key}: not that of the evaluation document"
        if criterion.kind != entry["kind"]:
            yield f"criteria.{criterion.id}.kind: not that of the evaluation document"


def _bids(stage: Stage, document: dict[str, Any]) -> Iterator[str]:
    inside = {entry["id"]: entry for entry in document["bids"]}
    if set(inside) != {bid.reference for bid in stage.bids}:
        yield "bids: not those of the evaluation document"
        return
    for bid in stage.bids:
        for difference in _bid(bid, inside[bid.reference]):
            yield f"bids.{bid.reference}.{difference}: not that of the evaluation document"


def _bid(bid: Bid, entry: dict[str, Any]) -> Iterator[str]:
    if bid.status != entry.get("status", "valid"):
        yield "status"
    if bid.status is not BidStatus.VALID:
        # What a rejected bid asked or scored plays no part, and may be missing from the document.
        return
    if (
        isinstance(bid.price, Money)
        and "price" in entry
        # A document states prices in whole units of its currency, 2 decimals to a minor unit.
        and Fraction(bid.price.minor, 100) != read_figure(entry["price"])
    ):
        yield "price"
    scores = {score.criterion: score for score in bid.scores}
    for criterion, cell in entry.get("scores", {}).items():
        if criterion not in scores:
            yield f"scores.{criterion}"
            continue
        printed = scores[criterion]
        if not _same(printed.agreed, cell.get("consensus")):
            yield f"scores.{criterion}.agreed"
        alone = cell.get("by_evaluator", {})
        if isinstance(printed.individual, Withheld) or (
            # Of an earlier stage an evaluator is named with the stage before the label.
            {
                score.evaluator.rpartition("/")[2]: read_figure(score.value)
                for score in printed.individual
            }
            != {evaluator: read_figure(value) for evaluator, value in alone.items()}
        ):
            yield f"scores.{criterion}.individual"


def _queries(stage: Stage) -> Iterator[str]:
    asked = 0
    for bid in stage.bids:
        if isinstance(bid.queries, Withheld):
            yield f"bids.{bid.reference}.queries: withheld in a full edition"
            continue
        asked += len(bid.queries)
        for place, query in enumerate(bid.queries, 1):
            where = f"bids.{bid.reference}.queries.{query.number}"
            if query.number != place:
                yield f"{where}: not in the order of asking, or one is missing"
            for difference in _query(query):
                yield f"{where}.{difference}"
    if asked != stage.queries_asked:
        yield "queries_asked: not the number of the queries"


def _recomputed(stage: Stage) -> Iterator[str]:
    """Each computing again begins where the one before ended, and the last gave this document."""
    after = None
    for place, each in enumerate(stage.recomputed, 1):
        if after is not None and each.before_sha256 != after:
            yield f"recomputed.{place}.before_sha256: not the document of the one before"
        after = each.after_sha256
    held = stage.evaluation if isinstance(stage.evaluation, str) else ""
    if after is not None and after != sha256(held.encode()).hexdigest():
        yield "recomputed: the last did not give the evaluation document"


def _low_prices(stage: Stage) -> Iterator[str]:
    if isinstance(stage.low_prices, Withheld):
        yield "low_prices: withheld in a full edition"
        return
    flagged = {flag["bid"] for flag in stage.result["low_price"]}
    decided = [each.bid for each in stage.low_prices]
    if flagged - set(decided):
        yield "low_prices: not one decision about each price that the result flags"
    # There may be more: a bid that was left out since is flagged no more.
    if len(set(decided)) != len(decided) or set(decided) - {bid.reference for bid in stage.bids}:
        yield "low_prices: two decisions about one price, or one about no bid of the stage"
    for each in stage.low_prices:
        if not each.reason:
            yield f"low_prices.{each.bid}: without a reason"


def _query(query: Query) -> Iterator[str]:
    if sha256(query.text.encode()).hexdigest() != query.text_sha256:
        yield "text: not what the log says was asked"
    answer = None if query.answer is None else sha256(query.answer.encode()).hexdigest()
    if answer != query.answer_sha256:
        yield "answer: not what the log says was answered"
    if (query.answer is None) != (query.answered_at is None):
        yield "answered_at: an answer has its instant, and only an answer has"
    decided = query.outcome is not QueryOutcome.OPEN
    if decided != (query.decided_at is not None) or decided != bool(query.reason):
        yield "outcome: what has ended has an instant and a reason, and nothing else has"


def _same(printed: object, inside: object) -> bool:
    if printed is None or inside is None:
        return printed is inside
    return read_figure(printed) == read_figure(inside)
