"""What the public edition shows of a result that is carried from an earlier stage."""

import json
from dataclasses import replace
from typing import Any

import pytest

from marketplace.core.regimes.book import ReportItem
from scoring import engine
from scoring.report.editions import public_edition
from scoring.report.facts import (
    AwardReport,
    Criterion,
    GoingOn,
    Stage,
)
from scoring.report.statutory import statutory_items
from scoring.report.values import BidStatus, CriterionKind
from scoring.report.wording import is_withheld, quality_points
from tests.award_reports import full_report

CRITERIA = (
    Criterion("talk", "Talk", CriterionKind.QUALITY, "60", "5"),
    Criterion("before", "The sift", CriterionKind.CARRIED, "40"),
)


def carried_on(*, priced: bool) -> AwardReport:
    """Give a report whose last stage takes over the result of one before, with a price or none."""
    report = full_report()
    first = report.deciding_stage
    if not priced:
        kept = tuple(c for c in first.criteria if c.kind is not CriterionKind.PRICE)
        first = replace(first, criteria=kept)
    document: dict[str, Any] = {
        "format": "evaluation/1",
        "criteria": [
            {"id": "talk", "title": "Talk", "kind": "quality", "weight": "60", "max_score": "5"},
            {"id": "before", "title": "The sift", "kind": "carried", "weight": "40"},
        ],
        "method": {"combine": "mean"},
        "bids": [
            {
                "id": bid.reference,
                "scores": {"talk": {"by_evaluator": {"E1": "0" if place else "4"}}},
                "carried": {"before": "75.5"},
            }
            for place, bid in enumerate(report.deciding_stage.bids)
        ],
    }
    last = replace(
        report.deciding_stage,
        id="stage-2",
        criteria=CRITERIA,
        evaluation=json.dumps(document),
        result=engine.evaluate_document(document),
    )
    return replace(report, stages=(first, last))


def rows(stage: Stage) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in stage.result["bids"]}


@pytest.mark.parametrize("priced", [True, False])
def test_carried_result_is_withheld_where_it_would_tell_a_price(priced: bool) -> None:
    report = carried_on(priced=priced)
    public = public_edition(report).deciding_stage
    losing = next(row for ref, row in rows(public).items() if ref != report.decision.recommended)

    assert is_withheld(losing["criteria"]["before"]["points"]) is priced
    assert is_withheld(losing["total"]) is priced
    assert not is_withheld(losing["criteria"]["talk"]["points"])
    assert (quality_points(losing, public.criteria) is None) is priced


def test_law_is_answered_over_all_stages() -> None:
    report = carried_on(priced=True)
    first, last = report.stages
    rejected = sum(bid.status is not BidStatus.VALID for bid in first.bids)
    going_on = GoingOn((first.bids[0].reference,), "Best.", report.decision.intention_at)
    staged = replace(
        report,
        stages=(
            replace(
                first,
                going_on=going_on,
                result={**first.result, "low_price": [{"bid": first.bids[0].reference}]},
            ),
            replace(last, bids=last.bids[:1]),
        ),
    )
    items = ("selected", "rejected", "low_price")
    asked = [ReportItem("reg. 83", each, each, bands=()) for each in items]

    selected, refused, low_price = (
        each.answer for each in statutory_items(staged, asked).statutory
    )

    assert rejected
    valid = len(first.bids) - rejected
    assert selected.startswith(f"{valid} of {len(first.bids)} bids met the requirements")
    assert f" 1 went on from the stage “{first.name}”" in selected
    assert refused.startswith(f"{rejected};")
    assert low_price.startswith("1 prices were flagged")
