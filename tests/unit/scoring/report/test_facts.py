"""The facts survive JSON exactly, and nothing but the facts is read."""

import copy
import json
from typing import Any

import pytest

from scoring.report.codec import NotTheFactsError, encode
from scoring.report.editions import public_edition
from scoring.report.facts import (
    FORMAT,
    AwardReport,
)
from tests.award_reports import full_report


@pytest.fixture(scope="module")
def facts() -> AwardReport:
    return full_report()


def test_facts_written_and_read_again_are_the_same(facts: AwardReport) -> None:
    text = json.dumps(facts.to_json())
    assert AwardReport.from_json(json.loads(text)) == facts


def test_facts_of_the_public_edition_keep_what_is_withheld(facts: AwardReport) -> None:
    public = public_edition(facts)
    text = json.dumps(public.to_json())
    assert AwardReport.from_json(json.loads(text)) == public


def test_facts_say_their_format_first(facts: AwardReport) -> None:
    assert next(iter(facts.to_json().items())) == ("format", FORMAT)


def changed(facts: AwardReport, path: list[str | int], value: object) -> dict[str, Any]:
    document = copy.deepcopy(facts.to_json())
    place: Any = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return document


@pytest.mark.parametrize(
    ("path", "value", "named"),
    [
        (["format"], "award-report/2", "format"),
        (["surprise"], 1, "unknown surprise"),
        (["challenge", "surprise"], 1, r"\$\.challenge: unknown surprise"),
        (["edition"], "secret", r"\$\.edition"),
        (["generated_at"], "yesterday", r"\$\.generated_at"),
        (["generated_at"], "2026-11-22T09:00:00+00:00", r"\$\.generated_at"),
        (["challenge", "total_value", "minor"], 1.5, r"\$\.challenge\.total_value"),
        (["challenge", "total_value", "minor"], True, r"\$\.challenge\.total_value"),
        (["stages", 0, "bids", 0, "status"], "lost", r"\$\.stages\[0\]\.bids\[0\]\.status"),
        (["stages"], {}, r"\$\.stages"),
        (["people", 0, "name"], None, r"\$\.people\[0\]\.name"),
    ],
)
def test_facts_with_anything_else_are_refused_by_path(
    facts: AwardReport, path: list[str | int], value: object, named: str
) -> None:
    with pytest.raises(NotTheFactsError, match=named):
        AwardReport.from_json(changed(facts, path, value))


def test_report_from_before_a_fact_was_told_is_read_without_it(facts: AwardReport) -> None:
    document = facts.to_json()
    del document["stages"][0]["held_back"]
    assert AwardReport.from_json(document) == facts


def test_facts_with_a_missing_key_are_refused(facts: AwardReport) -> None:
    document = facts.to_json()
    del document["decision"]
    with pytest.raises(NotTheFactsError, match="missing decision"):
        AwardReport.from_json(document)


def test_encode_of_a_float_is_refused() -> None:
    with pytest.raises(TypeError):
        encode({"price": 0.1})
