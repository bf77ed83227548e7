"""The result document, `evaluation-result/1`: plain JSON values, the same bytes for the same input.

Numbers are `{"exact": "248/3", "display": "82.67"}`; what is absent is null.
"""

from collections.abc import Mapping
from fractions import Fraction
from hashlib import sha256
from typing import Any

from scoring.engine.canonical import canonical_plain
from scoring.engine.combining import CriterionResult
from scoring.engine.document import PRICE, Bid
from scoring.engine.evaluate import Assessment, Ranked
from scoring.engine.low_price import low_prices
from scoring.engine.numbers import shown
from scoring.engine.panel import panel_figures
from scoring.engine.ranking import Contender, ranks
from scoring.engine.trace import Tracer

FORMAT = "evaluation-result/1"
ENGINE_NAME = "marketplace-scoring"
ENGINE_VERSION = "1.0.0"

Json = dict[str, object]

RANKED, BELOW_MINIMUM = "ranked", "below_minimum"
_ABSENT: Json = {"score": None, "percentage": None, "points": None, "source": None}


def input_sha256(document: Any) -> str:
    """Give the digest that names a checked evaluation document, whatever the order of its lists.

    SHA-256 of the RFC 8785 form with criteria, evaluators and bids sorted by id.
    """
    arranged = dict(document)
    for name in ("criteria", "evaluators", "bids"):
        if name in arranged:
            arranged[name] = sorted(arranged[name], key=lambda item: item["id"])
    return sha256(canonical_plain(arranged)).hexdigest()


def result_document(ranked: Ranked, digest: str) -> Json:
    """Write the result of an evaluation; `sensitivity` is added by who asks for it."""
    writer = _Writer(ranked)
    return {
        "format": FORMAT,
        "engine": {"name": ENGINE_NAME, "version": ENGINE_VERSION},
        "input_sha256": digest,
        "bids": writer.bids(),
        "winners": ranked.winners,
        "cutoff_tie": list(ranked.cut_off.tied) if ranked.cut_off else [],
        "low_price": writer.low_price(),
        "panel": writer.panel(),
    }


class _Writer:
    def __init__(self, ranked: Ranked) -> None:
        self.ranked = ranked
        self.evaluation = ranked.evaluation
        self.decimals = ranked.evaluation.method.display_decimals
        self.tracer = Tracer(ranked.evaluation, ranked.prices)
        # Equal scores share their figures, which `ranked` and `figures` hold for as long as this
        # writer lives: so what a figure looks like is kept by its identity.
        self.known: dict[int, dict[str, str]] = {}

    def number(self, value: Fraction | None) -> dict[str, str] | None:
        return None if value is None else shown(value, self.decimals)

    def bids(self) -> list[Json]:
        ranked = self.ranked
        rank_of = ranks(ranked.groups)
        assessed = {found.bid.id: found for found in ranked.assessments}
        listed = []
        for group in ranked.groups:
            for each in sorted(group, key=lambda each: each.bid_id):
                listed.append(self.contender(each, rank_of[each.bid_id], len(group)))
        for bid in self.evaluation.bids:
            if bid.id not in rank_of:
                listed.append(self.unranked(bid, assessed.get(bid.id)))
        return listed

    def contender(self, bid: Contender, rank: int, sharing: int) -> Json:
        trace = self.tracer.bid_lines(bid.bid, bid.results)
        trace += self.tracer.ranking_lines(bid, rank, sharing - 1)
        return {
            "id": bid.bid_id,
            "outcome": RANKED,
            "reasons": [],
            "criteria": self.criteria(bid.results),
            "total": self.number(bid.total),
            "ranking_value": self.number(bid.ranking_value),
            "rank": rank,
            "tied": sharing > 1,
            "advances": self.advances(bid.bid_id),
            "trace": trace,
        }

    def unranked(self, bid: Bid, assessment: Assessment | None) -> Json:
        if assessment is None:
            outcome = bid.status
            reasons = [bid.reason] if bid.reason else []
            criteria: Json = {each.id: dict(_ABSENT) for each in self.evaluation.criteria}
            trace = [f"Not scored: {outcome}"]
        else:
            outcome = BELOW_MINIMUM
            reasons = list(assessment.shortfalls)
            criteria = self.criteria(assessment.results)
            price = self.evaluation.price_criterion
            if price is not None:
                criteria[price.id] = {**_ABSENT, "score": self.number(bid.price), "source": PRICE}
            trace = self.tracer.bid_lines(bid, assessment.results)
            trace += [f"Not ranked: {reason}" for reason in reasons]
        return {
            "id": bid.id,
            "outcome": outcome,
            "reasons": reasons,
            "criteria": criteria,
            "total": None,
            "ranking_value": None,
            "rank": None,
            "tied": False,
            "advances": self.advances(bid.id),
            "trace": trace,
        }

    def advances(self, bid_id: str) -> bool | None:
        line = self.ranked.cut_off
        if line is None or bid_id in line.tied:
            return None
        return bid_id in line.advancing

    def criteria(self, results: Mapping[str, CriterionResult]) -> Json:
        return {
            criterion_id: {
                "score": None if result.score is None else self.known_number(result.score),
                "percentage": self.known_number(result.percentage),
                "points": self.known_number(result.points),
                "source": result.source,
            }
            for criterion_id, result in results.items()
        }

    def known_number(self, value: Fraction) -> dict[str, str]:
        number = self.known.get(id(value))
        if number is None:
            number = self.known[id(value)] = shown(value, self.decimals)
        return number

    def low_price(self) -> list[Json]:
        flagged = low_prices(self.ranked.contenders, self.evaluation.method)
        return [
            {"bid": found.bid_id, "detector": found.detector, "value": self.number(found.value)}
            for found in flagged
        ]

    def panel(self) -> Json:
        self.figures = figures = panel_figures(self.evaluation)
        return {
            "cells": [
                {
                    "bid": cell.bid_id,
                    "criterion": cell.criterion_id,
                    "spread": self.known_number(cell.spread),
                    "flagged": cell.flagged,
                }
                for cell in figures.cells
            ],
            "evaluators": [
                {"id": name, "difference": self.number(difference)}
                for name, difference in figures.evaluators
            ],
            "alpha": self.number(figures.alpha),
        }
