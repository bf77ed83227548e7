"""A difference stops everything: each kind of it, one at a time."""

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest

from scoring.engine import evaluate_document
from scoring.report.check import ReportDiffersError, check_report
from scoring.report.editions import public_edition
from scoring.report.facts import (
    AwardReport,
    Bid,
    Recomputed,
)
from scoring.report.values import Money, WhyAgain, Withheld
from tests.award_reports import full_report


@pytest.fixture
def full() -> AwardReport:
    return full_report()


def with_stage(report: AwardReport, **changes: Any) -> AwardReport:
    return replace(report, stages=(replace(report.deciding_stage, **changes),))


def with_bid(report: AwardReport, **changes: Any) -> AwardReport:
    first, *others = report.deciding_stage.bids
    return with_stage(report, bids=(replace(first, **changes), *others))


def differences(report: AwardReport) -> list[str]:
    with pytest.raises(ReportDiffersError) as caught:
        check_report(report, evaluate_document)
    return list(caught.value.differences)


def test_check_report_of_true_facts_passes(full: AwardReport) -> None:
    check_report(full, evaluate_document)


def test_check_report_with_another_trace_or_engine_version_passes(full: AwardReport) -> None:
    result = copy.deepcopy(full.deciding_stage.result)
    result["engine"]["version"] = "0.9"
    result["bids"][0]["trace"] = ["in other words"]
    check_report(with_stage(full, result=result), evaluate_document)


def test_check_report_with_a_changed_query_stops(full: AwardReport) -> None:
    first = full.deciding_stage.bids[0]
    assert not isinstance(first.queries, Withheld)
    query, back = first.queries
    where = f"stage-1: bids.{first.reference}.queries"

    def changed(**changes: Any) -> list[str]:
        return differences(with_bid(full, queries=(replace(query, **changes), back)))

    assert changed(text="Another") == [f"{where}.1.text: not what the log says was asked"]
    assert changed(answer="Another") == [f"{where}.1.answer: not what the log says was answered"]
    assert len(changed(answer=None)) == 2
    assert changed(reason="") == [
        f"{where}.1.outcome: what has ended has an instant and a reason, and nothing else has"
    ]
    assert differences(with_bid(full, queries=(back,))) == [
        f"{where}.2: not in the order of asking, or one is missing",
        "stage-1: queries_asked: not the number of the queries",
    ]
    held = differences(with_bid(full, queries=Withheld("x")))
    assert held[0] == f"{where}: withheld in a full edition"


def test_check_report_with_a_changed_total_stops(full: AwardReport) -> None:
    result = copy.deepcopy(full.deciding_stage.result)
    result["bids"][0]["total"]["exact"] = "99"
    (difference,) = differences(with_stage(full, result=result))
    assert difference.startswith("stage-1: result.bids[0].total.exact: '99' stored")


def test_check_report_with_a_missing_part_of_the_result_stops(full: AwardReport) -> None:
    result = copy.deepcopy(full.deciding_stage.result)
    del result["winners"]
    assert differences(with_stage(full, result=result)) == [
        "stage-1: result.winners: only in the computed result"
    ]


def test_check_report_with_a_score_changed_in_the_document_stops(full: AwardReport) -> None:
    document = json.loads(str(full.deciding_stage.evaluation))
    document["bids"][0]["scores"]["quality-1"]["consensus"] = "0"
    found = differences(with_stage(full, evaluation=json.dumps(document)))
    assert any("result.bids" in difference for difference in found)
    assert any("scores.quality-1.agreed" in difference for difference in found)


def test_check_report_printing_another_price_stops(full: AwardReport) -> None:
    assert differences(with_bid(full, price=Money(1, "GBP"))) == [
        "stage-1: bids.B-001.price: not that of the evaluation document"
    ]


def test_check_report_printing_another_individual_score_stops(full: AwardReport) -> None:
    bid: Bid = full.deciding_stage.bids[0]
    score = bid.scores[0]
    assert isinstance(score.individual, tuple)
    wrong = replace(
        score, individual=(replace(score.individual[0], value="0"), *score.individual[1:])
    )
    assert differences(with_bid(full, scores=(wrong, *bid.scores[1:]))) == [
        "stage-1: bids.B-001.scores.quality-1.individual: not that of the evaluation document"
    ]


def test_check_report_leaving_a_bid_out_stops(full: AwardReport) -> None:
    fewer = with_stage(full, bids=full.deciding_stage.bids[:-1])
    assert differences(fewer) == ["stage-1: bids: not those of the evaluation document"]


def test_check_report_printing_another_weight_stops(full: AwardReport) -> None:
    first, *others = full.deciding_stage.criteria
    wrong = with_stage(full, criteria=(replace(first, weight="99"), *others))
    assert differences(wrong) == [
        "stage-1: criteria.quality-1.weight: not that of the evaluation document"
    ]


def test_check_report_recommending_an_ineligible_bid_stops(full: AwardReport) -> None:
    wrong = replace(full, decision=replace(full.decision, recommended="B-901"))
    assert differences(wrong) == [
        "decision: the recommended bid is not a valid bid of the last stage"
    ]


def test_check_report_of_a_public_edition_is_refused(full: AwardReport) -> None:
    with pytest.raises(ValueError, match="full edition"):
        check_report(public_edition(full), evaluate_document)


def again(before: str, after: str) -> Recomputed:
    """Give a computing again from one document to another."""
    return Recomputed(
        at=datetime(2026, 12, 1, tzinfo=UTC),
        why=WhyAgain.INTEREST,
        bid="B-1",
        reason="Found later.",
        before_sha256=before,
        after_sha256=after,
        first_before=("B-1",),
        first=("B-1",),
    )


def test_check_report_follows_each_computing_again_to_the_document(full: AwardReport) -> None:
    held = full.stages[0].evaluation
    assert isinstance(held, str)
    last = sha256(held.encode()).hexdigest()

    def with_again(*made: Recomputed) -> AwardReport:
        return with_stage(full, recomputed=made)

    check_report(with_again(again("a", "b"), again("b", last)), evaluate_document)
    assert differences(with_again(again("a", "b"), again("c", last))) == [
        "stage-1: recomputed.2.before_sha256: not the document of the one before"
    ]
    assert differences(with_again(again("a", "b"))) == [
        "stage-1: recomputed: the last did not give the evaluation document"
    ]
    public = public_edition(with_again(again("a", last))).stages[0].recomputed[0]
    assert public.why is WhyAgain.INTEREST
    held_back = (public.bid, public.reason, public.before_sha256, public.after_sha256, public.first)
    assert all(isinstance(each, Withheld) for each in held_back)
