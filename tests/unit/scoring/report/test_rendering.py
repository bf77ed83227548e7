"""The finished PDF, read back as anybody could: text, attachments, metadata, bytes."""

import io
import json
from dataclasses import replace
from typing import Any

import pypdf
import pytest

from marketplace.core.audit.findings import Status
from marketplace.core.colours import Brand
from scoring.engine import evaluate_document, render
from scoring.report import wording
from scoring.report.check import ReportDiffersError
from scoring.report.editions import public_edition
from scoring.report.facts import (
    AwardReport,
    Bid,
    Recomputed,
)
from scoring.report.rendering import make_report, report_html
from scoring.report.values import Edition, Money, WhyAgain
from scoring.report.verifying import files, printed
from tests.award_reports import Shape, environment, evidence, full_report

SMALL = Shape(bids=3, quality=2, reason="Shown, <b>tried</b> & changed.")


# What every edition carries, as far as it may show it.
SHOWN_TO_ALL = [
    *("bids.json", "evaluation.json", "events.jsonl", "manifest.json", "plan.json"),
    *("proofs.json", "release.json", "report.json", "result.json"),
]


def made(edition: Edition, report: AwardReport | None = None, **changes: Any) -> bytes:
    return make_report(
        report or full_report(SMALL),
        evidence=evidence(),
        edition=edition,
        environment=environment(),
        evaluate=evaluate_document,
        **changes,
    )


@pytest.fixture(scope="module")
def full_pdf() -> bytes:
    return made(Edition.FULL)


@pytest.fixture(scope="module")
def public_pdf() -> bytes:
    return made(Edition.PUBLIC)


def everything_in(pdf: bytes) -> str:
    """All that a reader or a search engine could find: pages, bookmarks, files, metadata, alts."""
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    parts = [page.extract_text() for page in reader.pages]
    parts += [content.decode() for files in reader.attachments.values() for content in files]
    parts.append(str(reader.metadata))
    parts.append(str(reader.xmp_metadata.stream.get_data()) if reader.xmp_metadata else "")
    # Strings outside content streams: bookmarks, alternative texts, descriptions, ids.
    for number in range(1, int(str(reader.trailer["/Size"]))):
        found = reader.get_object(number)
        if type(found) is pypdf.generic.DictionaryObject:
            parts.append(str(found))
    return "\n".join(parts)


def words(pdf: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_public_pdf_gives_away_nothing_that_is_withheld(public_pdf: bytes) -> None:
    full = full_report(SMALL)
    inside = everything_in(public_pdf)
    losing = [bid for bid in full.deciding_stage.bids if bid.reference != full.decision.recommended]
    forbidden = ["Unrepeatable answer", "evaluation/1", "set up in law"]
    forbidden += ["Fankle", "Dunnage", "Quaich", "Crannog"]
    forbidden += [str(bid.supplier) for bid in losing]
    for bid in losing:
        if isinstance(bid.price, Money):
            whole = bid.price.minor // 100
            forbidden += [str(bid.price.minor), str(whole), f"{whole:,}"]
    assert [marker for marker in forbidden if marker in inside] == []


def test_full_pdf_would_be_caught_by_the_same_search(full_pdf: bytes) -> None:
    inside = everything_in(full_pdf)
    for marker in ("Unrepeatable answer", "evaluation/1", "Crannog", "Marrow & Thistle", "48,000"):
        assert marker in inside


def test_public_pdf_says_what_is_withheld_and_on_which_ground(public_pdf: bytes) -> None:
    text = words(public_pdf)
    assert "The answers in the bids" in text
    assert "section 33(1)(b)" in text
    assert "Quillfeather Systems Limited" in text


def test_full_pdf_carries_the_evaluation_document_byte_for_byte(full_pdf: bytes) -> None:
    attached = pypdf.PdfReader(io.BytesIO(full_pdf)).attachments
    assert sorted(attached) == [*SHOWN_TO_ALL, "salts.json", "scores.csv"]
    assert attached["evaluation.json"][0].decode() == full_report(SMALL).deciding_stage.evaluation


def test_full_pdf_carries_the_result_that_its_document_gives(full_pdf: bytes) -> None:
    attached = pypdf.PdfReader(io.BytesIO(full_pdf)).attachments
    computed = evaluate_document(json.loads(attached["evaluation.json"][0]))
    assert attached["result.json"][0] == render(computed)


def test_full_pdf_carries_facts_from_which_it_can_be_made_again(full_pdf: bytes) -> None:
    attached = pypdf.PdfReader(io.BytesIO(full_pdf)).attachments
    facts = AwardReport.from_json(json.loads(attached["report.json"][0]))
    assert made(Edition.FULL, facts) == full_pdf


def test_public_pdf_carries_its_own_facts_only(public_pdf: bytes) -> None:
    attached = pypdf.PdfReader(io.BytesIO(public_pdf)).attachments
    assert sorted(attached) == [*SHOWN_TO_ALL, "scores.csv"]
    assert json.loads(attached["report.json"][0])["edition"] == "public"


def test_report_made_twice_has_the_same_bytes(public_pdf: bytes) -> None:
    assert made(Edition.PUBLIC) == public_pdf


def test_report_whose_result_was_changed_is_not_made() -> None:
    report = full_report(SMALL)
    stage = report.deciding_stage
    wrong = replace(stage, result=stage.result | {"winners": ["B-003"]})
    for edition in Edition:
        with pytest.raises(ReportDiffersError):
            made(edition, replace(report, stages=(wrong,)))


def test_report_shows_every_bid_with_every_reason_as_it_was_written(full_pdf: bytes) -> None:
    text = words(full_pdf)
    # Three bids, two criteria: an agreed reason and three evaluators' for each.
    assert text.count("Shown, <b>tried</b> & changed.") == 3 * 2 * (1 + 3)


def test_report_with_a_price_per_bid_shows_total_rank_and_price(full_pdf: bytes) -> None:
    report = full_report(SMALL)
    text = words(full_pdf)
    for entry in report.deciding_stage.result["bids"]:
        if entry["rank"]:
            assert f"Rank {entry['rank']} · total {entry['total']['display']}" in text


def test_pages_show_what_the_files_hold_of_bids_that_did_not_count(full_pdf: bytes) -> None:
    findings = list(printed.check(full_pdf, files.read(files.take_out(full_pdf))))

    assert [(finding.status, finding.where) for finding in findings] == [(Status.PROVEN, "pages")]
    assert "£12,345.67" in words(full_pdf)


def test_report_before_signing_says_intention_and_never_awarded() -> None:
    text = words(made(Edition.PUBLIC, full_report(replace(SMALL, signed=False))))
    assert "intends to award a contract to" in text
    assert "This report shows an intention, not an award." in text
    assert "Contract signed" not in text


def test_report_numbers_its_pages_and_names_itself(full_pdf: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(full_pdf))
    count = len(reader.pages)
    assert f"Page {count} of {count}" in " ".join(reader.pages[-1].extract_text().split())
    assert reader.metadata is not None
    assert reader.metadata.title == (
        "Award report AR-2026-0007: How can technology help people know which walking routes are "
        "safe today?"
    )


def test_report_of_one_fixed_fee_bid_and_no_rejections_is_made() -> None:
    shape = Shape(bids=1, quality=1, formula=None, rejected=False, answers=False)
    text = words(made(Edition.FULL, full_report(shape)))
    assert "One bid counted." in text
    assert "The fee is fixed and published" in text
    assert "none was withdrawn" in text


def test_report_takes_name_and_colour_from_the_brand() -> None:
    html = report_html(
        full_report(SMALL),
        environment=environment(),
        brand=Brand(name="Crossing", colour="#7a1f3d"),
    )
    assert "--brand: #7a1f3d" in html
    assert "Crossing" in html
    assert "Fairway" not in html


def test_report_escapes_what_people_wrote() -> None:
    html = report_html(full_report(SMALL), environment=environment(), brand=Brand())
    assert "<b>tried</b>" not in html
    assert "&lt;b&gt;tried&lt;/b&gt;" in html


def test_every_header_cell_of_a_report_has_a_scope() -> None:
    html = report_html(full_report(SMALL), environment=environment(), brand=Brand())
    assert html.count("<th ") == html.count("<th scope=")
    assert "<th>" not in html


def test_every_table_of_a_report_has_a_caption() -> None:
    html = report_html(full_report(SMALL), environment=environment(), brand=Brand())
    assert html.count("<caption>") == html.count("<table")


def test_report_with_unusual_letters_shows_them_or_their_numbers() -> None:
    report = full_report(SMALL)
    first: Bid = report.deciding_stage.bids[0]
    named = replace(first, supplier="Łódź \U0001f6b6 Gàidhlig")
    stage = replace(report.deciding_stage, bids=(named, *report.deciding_stage.bids[1:]))
    assert "Łódź [U+1F6B6] Gàidhlig" in words(made(Edition.FULL, replace(report, stages=(stage,))))


def test_report_of_a_result_computed_again_says_why_to_auditors_and_when_to_all() -> None:
    report = full_report(SMALL)
    stage = report.deciding_stage
    first = stage.bids[0].reference
    made_again = Recomputed(
        at=report.frozen_at,
        why=WhyAgain.INTEREST,
        bid=first,
        reason="A sister works there.",
        before_sha256="0" * 64,
        after_sha256="1" * 64,
        first_before=(first,),
        first=(),
    )
    report = replace(report, stages=(replace(stage, recomputed=(made_again,)),))

    full, public = (
        report_html(each, environment=environment(), brand=Brand(), translate=str)
        for each in (report, public_edition(report))
    )

    assert "An interest of a member of the panel was found later" in full
    assert "A sister works there." in full
    assert "0" * 64 in full
    assert "An interest of a member of the panel was found later" in public
    assert "A sister works there." not in public
    assert "0" * 64 not in public


def test_sums_follow_the_order_of_the_criteria_in_the_report() -> None:
    full = full_report(SMALL)
    stage = full.deciding_stage
    bid = next(each for each in stage.result["bids"] if each["rank"] == 1)
    backwards = sorted(stage.criteria, key=lambda each: each.id, reverse=True)
    steps = wording.working(bid, backwards)
    assert sorted(steps[: len(backwards)]) == sorted(bid["trace"][: len(backwards)])
    for step, criterion in zip(steps, backwards, strict=False):
        assert step.startswith(f"{criterion.title}: ")
    points = steps[len(backwards)].removeprefix("Total: ").split(" = ")[0].split(" + ")
    said = [bid["criteria"][each.id]["points"]["exact"] for each in backwards]
    assert [each.split(" ")[0] for each in points] == said
