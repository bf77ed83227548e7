"""What travels inside a report: all of it named, the editions alike where they show the same."""

import csv
import hashlib
import io
import json
from dataclasses import replace
from typing import Any

import pytest

from scoring.engine import evaluate_document
from scoring.engine.canonical import canonical
from scoring.report.assembling import Evidence, Recorded, Sealed, pieces_of
from scoring.report.bundle import Shown, redact_evaluation
from scoring.report.decided import TakenBack
from scoring.report.editions import debrief_edition, edition_of
from scoring.report.facts import (
    AwardReport,
    Event,
    HeldBack,
    IndividualScore,
)
from scoring.report.values import Edition, Money, Withheld
from scoring.report.withholding import Disclosure
from tests.award_reports import Shape, evidence, full_report

SHAPE = Shape(bids=4, quality=2)


@pytest.fixture(scope="module")
def full() -> AwardReport:
    return full_report(SHAPE)


def loser(full: AwardReport) -> str:
    return next(
        bid.reference
        for bid in full.deciding_stage.bids
        if bid.reference not in full.decision.winners and isinstance(bid.price, Money)
    )


def files(
    full: AwardReport, edition: Edition, about: str = "", proof: Evidence | None = None
) -> dict[str, bytes]:
    shown = edition_of(full, edition, about)
    return {each.name: each.content for each in pieces_of(shown, full, proof or evidence())}


def sealed(full: AwardReport) -> list[Sealed]:
    found = []
    for place, bid in enumerate(full.received):
        price = str(bid.price.minor) if isinstance(bid.price, Money) else None
        values: dict[str, Any] = {"currency": "GBP", "price_minor": price, "adjustments": "A ramp."}
        shown = {name: Shown(bytes([place]) * 32, value) for name, value in values.items()}
        digests = {
            name: hashlib.sha256(each.salt + canonical(each.value)).digest()
            for name, each in shown.items()
        }
        found.append(Sealed(1, bid.reference, 1, place, shown, digests))
    return found


def test_manifest_names_every_other_file_by_its_digest(full: AwardReport) -> None:
    for edition in (Edition.FULL, Edition.PUBLIC):
        found = files(full, edition)
        manifest = json.loads(found.pop("manifest.json"))
        assert {each["name"]: each["sha256"] for each in manifest["files"]} == {
            name: hashlib.sha256(content).hexdigest() for name, content in found.items()
        }
        assert manifest["edition"] == edition.value


def test_manifest_of_what_is_withheld_gives_no_digest_to_guess_by(full: AwardReport) -> None:
    manifest = json.loads(files(full, Edition.PUBLIC)["manifest.json"])
    assert manifest["withheld"]
    assert all(set(each) == {"name", "ground"} for each in manifest["withheld"])
    whole = full.deciding_stage.evaluation
    assert isinstance(whole, str)
    digest = hashlib.sha256(whole.encode()).hexdigest()
    assert all(digest.encode() not in each for each in files(full, Edition.PUBLIC).values())


def test_public_evaluation_can_be_matched_with_the_full_one(full: AwardReport) -> None:
    whole = files(full, Edition.FULL)
    salts = json.loads(whole["salts.json"])["files"]["evaluation.json"]
    for edition, about in ((Edition.PUBLIC, ""), (Edition.DEBRIEF, loser(full))):
        shown = json.loads(files(full, edition, about)["evaluation.json"])
        matched = 0

        def match(was: Any, is_now: Any, pointer: str) -> None:
            nonlocal matched
            if isinstance(is_now, dict) and set(is_now) == {"withheld", "sha256"}:
                made = hashlib.sha256(bytes.fromhex(salts[pointer]) + canonical(was))
                assert made.hexdigest() == is_now["sha256"]
                matched += 1
            elif isinstance(was, dict):
                assert set(was) == set(is_now)
                for key in was:
                    if pointer or key != "format":
                        match(was[key], is_now[key], f"{pointer}/{key}")
            elif isinstance(was, list):
                assert len(was) == len(is_now)
                for place, (before, now) in enumerate(zip(was, is_now, strict=True)):
                    match(before, now, f"{pointer}/{place}")
            else:
                assert was == is_now

        match(json.loads(whole["evaluation.json"]), shown, "")
        assert matched > 0
        assert shown["format"] == "evaluation-redacted/1"


def test_losing_price_is_in_no_file_but_those_of_auditors_and_its_own_supplier(
    full: AwardReport,
) -> None:
    own = loser(full)
    price = next(bid.price for bid in full.received if bid.reference == own)
    assert isinstance(price, Money)
    proof = replace(evidence(), sealed=sealed(full))
    written = b'"price_minor":{"salt":'

    def tells(found: dict[str, bytes]) -> bool:
        bids = json.loads(found["bids.json"])["bids"]
        shown = next(each["shown"] for each in bids if each["bid"] == own)
        return "price_minor" in shown

    assert written in files(full, Edition.FULL, proof=proof)["bids.json"]
    assert tells(files(full, Edition.FULL, proof=proof))
    assert not tells(files(full, Edition.PUBLIC, proof=proof))
    assert tells(files(full, Edition.DEBRIEF, own, proof=proof))
    others = [bid.reference for bid in full.received if bid.reference != own]
    assert not any(tells(files(full, Edition.DEBRIEF, each, proof=proof)) for each in others)


def test_no_edition_shows_what_a_bidder_asked_for_itself(full: AwardReport) -> None:
    proof = replace(evidence(), sealed=sealed(full))
    for edition, about in (
        (Edition.FULL, ""),
        (Edition.PUBLIC, ""),
        (Edition.DEBRIEF, loser(full)),
    ):
        assert b"A ramp." not in files(full, edition, about, proof)["bids.json"]


def test_others_than_auditors_see_the_public_fields_of_an_entry_and_no_more(
    full: AwardReport,
) -> None:
    fields = {name: Shown(bytes(32), f"value of {name}") for name in ("open", "kept")}
    entry = Recorded(7, b"{}", fields, frozenset({"open"}), [])
    proof = replace(evidence(), entries=[entry])

    def shown(edition: Edition, about: str = "") -> set[str]:
        (line,) = files(full, edition, about, proof)["events.jsonl"].splitlines()
        return set(json.loads(line)["disclosed"])

    assert shown(Edition.FULL) == {"open", "kept"}
    assert shown(Edition.PUBLIC) == shown(Edition.DEBRIEF, loser(full)) == {"open"}


def test_debrief_tells_a_bidder_its_own_figures_and_nothing_more_of_others(
    full: AwardReport,
) -> None:
    own = loser(full)
    found = debrief_edition(full, own)
    bids = {bid.reference: bid for bid in found.deciding_stage.bids}
    was = {bid.reference: bid for bid in full.deciding_stage.bids}
    assert bids[own].price == was[own].price
    assert bids[own].supplier == was[own].supplier
    others = [bids[each] for each in bids if each not in (own, *full.decision.winners)]
    assert others
    assert all(isinstance(each.supplier, Withheld) for each in others)
    assert all(isinstance(each.price, Withheld) for each in others if each.price is not None)
    assert all(isinstance(score.individual, Withheld) for score in bids[own].scores)
    rows = {row["id"]: row for row in found.deciding_stage.result["bids"]}
    full_rows = {row["id"]: row for row in full.deciding_stage.result["bids"]}
    assert rows[own]["total"] == full_rows[own]["total"]
    assert rows[own]["criteria"]["price"]["points"] == full_rows[own]["criteria"]["price"]["points"]


def test_debrief_shows_scores_and_reasons_of_nobody_but_the_winner_and_its_own_bidder() -> None:
    full = full_report(replace(SHAPE, reason="Shown to whom it is about."))
    own = loser(full)
    told = {own, *full.decision.winners}
    found = files(full, Edition.DEBRIEF, own)

    scores = {each["bid"] for each in csv.DictReader(io.StringIO(found["scores.csv"].decode()))}
    assert scores == told
    bids = json.loads(found["report.json"])["stages"][0]["bids"]
    reasons = {bid["reference"] for bid in bids if "Shown to whom" in json.dumps(bid)}
    assert reasons == told
    evaluation = json.loads(found["evaluation.json"])["bids"]
    agreed = {
        bid["id"]
        for bid in evaluation
        if any(isinstance(cell["consensus"], str) for cell in bid.get("scores", {}).values())
    }
    assert agreed == told
    rows = json.loads(found["result.json"])["bids"]
    figures = {
        row["id"] for row in rows if '"exact"' in json.dumps([row["criteria"], row["total"]])
    }
    assert figures == told
    ranks = {row["id"]: row["rank"] for row in full.deciding_stage.result["bids"]}
    assert {row["id"]: row["rank"] for row in rows} == ranks
    # The public edition comes later and shows every bid's agreed scores.
    public = list(csv.DictReader(io.StringIO(files(full, Edition.PUBLIC)["scores.csv"].decode())))
    assert {each["bid"] for each in public} > told


def test_withheld_words_are_in_no_file_but_those_of_auditors() -> None:
    full = full_report(SHAPE)
    stage, decision, at = full.deciding_stage, full.decision, full.frozen_at
    held = (
        HeldBack("B-901", "set up in law", "personal", "It tells of a person.", at),
        HeldBack("", "with real walkers", "commercial", "It tells how.", at),
    )
    said = "It showed the most with real walkers."
    document = json.loads(str(stage.evaluation))
    rejected = next(bid for bid in document["bids"] if bid["id"] == "B-901")
    rejected["reason"] = "It has not been set up in law."
    back = TakenBack((loser(full),), said, at, at, at, "A slip.")
    changed = replace(
        full,
        stages=(
            replace(
                stage,
                held_back=held,
                evaluation=json.dumps(document),
                result=evaluate_document(document),
            ),
        ),
        decision=replace(decision, reason=said, approval_reason=said, taken_back=(back,)),
        timeline=(Event(at, said, "", said),),
    )
    words = [each.words for each in held]

    whole = b"".join(files(changed, Edition.FULL).values()).decode()
    assert all(whole.count(each) > 3 for each in words)
    for edition, about in (
        (Edition.PUBLIC, ""),
        *((Edition.DEBRIEF, each) for each in ("B-901", *decision.winners)),
    ):
        for rules in (Disclosure(), Disclosure(losing_names=True, rejection_reasons=True)):
            shown = edition_of(changed, edition, about, rules)
            for each in pieces_of(shown, changed, evidence(), rules):
                assert not [word for word in words if word in each.content.decode()], each.name
    own = files(changed, Edition.DEBRIEF, "B-901")
    assert b"has not been [withheld: " in own["report.json"]
    assert b"has not been [withheld: " in own["result.json"]


def test_debrief_of_a_bid_that_is_not_there_is_refused(full: AwardReport) -> None:
    with pytest.raises(KeyError):
        debrief_edition(full, "B-NOBODY")
    with pytest.raises(ValueError, match="full edition"):
        debrief_edition(edition_of(full, Edition.PUBLIC), loser(full))


def test_scores_are_a_line_each_and_no_cell_is_a_formula(full: AwardReport) -> None:
    stage = full.deciding_stage
    bid = stage.bids[0]
    score = bid.scores[0]
    evil = replace(
        score, individual=(IndividualScore("E1", "4", "=HYPERLINK(1)"),), reason="+1 for all"
    )
    changed = replace(stage, bids=(replace(bid, scores=(evil,)), *stage.bids[1:]))
    found = files(replace(full, stages=(changed,)), Edition.FULL)["scores.csv"]

    rows = list(csv.DictReader(io.StringIO(found.decode("utf-8-sig"))))
    assert [(each["kind"], each["evaluator"], each["reason"]) for each in rows[:2]] == [
        ("individual", "E1", "'=HYPERLINK(1)"),
        ("agreed", "", "'+1 for all"),
    ]


def test_withheld_value_has_a_salt_of_its_own_in_each_report() -> None:
    document = {"format": "evaluation/1", "bids": [{"id": "B", "price": "1"}]}
    hidden: dict[tuple[str, ...], str] = {("bids", "0", "price"): "commercial"}
    one, _salts = redact_evaluation(document, hidden, b"a" * 32)
    other, _salts = redact_evaluation(document, hidden, b"b" * 32)
    assert one["bids"][0]["price"]["sha256"] != other["bids"][0]["price"]["sha256"]
    assert document["bids"] == [{"id": "B", "price": "1"}]
