"""A report of a real journey is proven, and each forgery of it is found by its name."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from marketplace.core.audit import trust
from marketplace.core.audit.findings import Status
from marketplace.core.audit.receipt_check import Newer, Verdict
from scoring.engine.canonical import canonical
from scoring.report.values import Edition
from scoring.report.verifying import files, report
from scoring.report.verifying.report import Checked
from tests import forging
from tests.databases import Databases, Kept
from tests.forging import Content
from tests.integration.report import forgeries
from tests.integration.report.printing import Printed, print_reports
from tests.journeys import OWN_PRICE, Step


@pytest.fixture(scope="module")
def printed(
    kept_databases: Mapping[Step, Kept],
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Printed:
    """Give the reports of the signed award."""
    return print_reports(kept_databases, databases, tmp_path_factory)


@pytest.fixture(scope="module")
def full(printed: Printed) -> Content:
    """Give the files of the full edition."""
    return files.take_out(printed.editions[Edition.FULL])


def check(printed: Printed, content: Content, **more: Any) -> Checked:
    return report.check_files(content, trust.read_keys(printed.keys), **more)


def wrong(checked: Checked) -> str:
    """Give what failed, in the words that a reader gets."""
    return "\n".join(str(each) for each in checked.findings if each.status is Status.FAILED)


@pytest.mark.parametrize("edition", Edition)
def test_report_of_a_journey_is_proven_with_its_receipt(printed: Printed, edition: Edition) -> None:
    checked = report.check(
        printed.editions[edition],
        trust.read_keys(printed.keys),
        receipt=printed.receipt,
        copy=printed.log,
    )

    assert wrong(checked) == ""
    assert checked.verdict is Verdict.PROVEN
    assert checked.edition == edition.value
    withheld = any(each.status is Status.WITHHELD for each in checked.findings)
    assert withheld == (edition is not Edition.FULL)


def test_report_without_trusted_keys_agrees_and_its_signer_is_unknown(printed: Printed) -> None:
    checked = report.check(printed.editions[Edition.FULL], [])

    assert checked.verdict is Verdict.SIGNER_UNKNOWN


@pytest.mark.parametrize(
    ("how", "named"),
    [
        (forgeries.higher_score, "The score of the panel is"),
        (forgeries.lower_price, "The price is 12345 here; sealed was"),
        (forgeries.another_weight, "The weight is"),
        (forgeries.another_name, "The supplier is Somebody Else Ltd here; sealed was"),
        (forgeries.one_bid_less, "was opened and is missing here"),
        (
            forgeries.a_bid_more,
            "bid B-FORGED: No entry says that this bid came in before the closing",
        ),
    ],
)
def test_forged_evaluation_from_which_all_else_follows_is_named(
    printed: Printed, full: Content, how: Callable[[Any], None], named: str
) -> None:
    found = wrong(check(printed, forging.judge_again(full, how)))

    assert named in found
    assert "not the document from which the recorded result came" in found
    assert "not those that were frozen" in found


@pytest.mark.parametrize(
    ("forge", "named"),
    [
        (
            forgeries.facts(forgeries.a_reason),
            "The reason of the panel is not the one that was recorded",
        ),
        (forgeries.facts(forgeries.an_own_reason), "is not the one that was recorded"),
        (
            forgeries.facts(forgeries.a_date),
            "report.json, approved_at: It is 2026-01-01T00:00:00.000000Z here",
        ),
        (
            forgeries.facts(forgeries.a_standstill),
            "The standstill ends 2026-01-02T00:00:00.000000Z here",
        ),
        (forgeries.facts(forgeries.a_value), "Its value is"),
        (
            forgeries.facts(forgeries.why_preferred),
            "report.json, reason: The reason is not the one",
        ),
        (forgeries.result(forgeries.a_rank), "The rank is"),
        (forgeries.result(forgeries.a_total), "The total is 99; computed again it is"),
        (forgeries.result(forgeries.a_point), "The points for"),
        (forgeries.plan(lambda found: found.update(version=2)), "The plan is not the one"),
        (forgeries.swapped, "plan.json: This file is another one than the manifest names"),
        (forgeries.added, "letter.json: This file is not named in the manifest"),
        (forgeries.removed, "scores.csv: The manifest names this file, and it is not there"),
        (forgeries.without_an_event, "entries are missing"),
        (
            lambda content: forging.without_entry(content, "challenge.closed"),
            "an early read of a bid may have been left out",
        ),
        (forgeries.reordered, "It does not refer to the entry before it"),
        (forgeries.doubled, "It has number"),
        (forgeries.cut_off, "The chain does not end with the entry that froze this report"),
        (forgeries.another_value, "The value of “score” is not the one that was recorded"),
    ],
)
def test_forgery_is_found_by_its_name(
    printed: Printed, full: Content, forge: Callable[[Content], Content], named: str
) -> None:
    checked = check(printed, forge(full))

    assert named in wrong(checked)
    assert checked.verdict is Verdict.FAILED


def test_files_of_another_report_are_not_taken_for_this_one(
    printed: Printed, full: Content
) -> None:
    other = forging.change(full, "manifest.json", lambda found: found.update(report="CH-OTHER/1"))

    assert "The entry that froze the report names" in wrong(check(printed, other))


def test_report_that_somebody_made_with_keys_of_their_own_is_found_by_those_who_trust_the_log(
    printed: Printed, full: Content
) -> None:
    forger = forging.a_signer("market.example/log")
    forged = forging.rewritten(full, forger)

    # With their own key given out as the log's everything fits; with the true one nothing does.
    assert report.check_files(forged, [forger.verifier]).verdict is Verdict.PROVEN
    checked = check(printed, forged)
    assert "somebody else made it" in wrong(checked)
    assert checked.verdict is Verdict.FAILED


def later_score(found: list[dict[str, Any]]) -> None:
    """Have the log say from the beginning what was wanted afterwards."""
    line = found[forging.place_of(found, "bid.submitted")]
    line["disclosed"]["arrived"]["value"] = "2026-12-01T00:00:00.000000Z"


def _to_one_bidder_twice(found: list[dict[str, Any]]) -> None:
    first, second = _letters(found)[:2]
    second["disclosed"]["bid"]["value"] = first["disclosed"]["bid"]["value"]


def _to_one_bidder_never(found: list[dict[str, Any]]) -> None:
    found.remove(_letters(found)[-1])


def _before_it_was_announced(found: list[dict[str, Any]]) -> None:
    place = forging.place_of(found, "intention.announced")
    both = found[place : place + 2]
    announced, letter = (json.loads(each["entry"]) for each in both)
    announced["n"], letter["n"] = letter["n"], announced["n"]
    for line, entry in zip(both, (announced, letter), strict=True):
        line["entry"] = json.dumps(entry)
    found[place : place + 2] = both[::-1]


def _letters(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each for each in found if json.loads(each["entry"])["action"] == "letter.sent"]


@pytest.mark.parametrize(
    ("how", "named"),
    [
        (_to_one_bidder_twice, "had its letter of this decision before"),
        (_to_one_bidder_never, "no letter went to the bidders of"),
        (_before_it_was_announced, "had not been announced"),
    ],
)
def test_log_written_anew_with_other_letters_does_not_hold_together(
    full: Content, how: Callable[[list[dict[str, Any]]], None], named: str
) -> None:
    operator = forging.a_signer("market.example/log")
    anew = forging.rewritten(full, operator, how)
    assert named in wrong(report.check_files(anew, [operator.verifier]))


def test_log_written_anew_by_who_runs_it_is_found_by_a_receipt_or_a_checkpoint(
    printed: Printed, full: Content
) -> None:
    operator = forging.a_signer("market.example/log")
    anew = forging.rewritten(full, operator, later_score)
    known = [operator.verifier, *trust.read_keys(printed.keys)]

    alone = report.check_files(anew, known)
    by_receipt = report.check_files(anew, known, receipt=printed.receipt)
    by_checkpoint = report.check_files(anew, known, newer=Newer(printed.checkpoint))

    assert "written anew" not in wrong(alone)
    assert "this log does not have" in wrong(by_receipt)
    assert "one was written anew" in wrong(by_checkpoint)


def test_checkpoint_that_somebody_kept_agrees_with_the_true_report(
    printed: Printed, full: Content
) -> None:
    same = json.loads(full["proofs.json"])["checkpoint"]
    assert wrong(check(printed, full, newer=Newer(same))) == ""
    # Another size needs the proof between the two; without it no more is claimed.
    checked = check(printed, full, newer=Newer(printed.checkpoint))
    assert checked.verdict is Verdict.PROVEN


def test_copy_of_the_chain_agrees_with_the_true_report_and_names_what_is_left_out_of_another(
    printed: Printed, full: Content
) -> None:
    def copy(content: Content, chain: str = "") -> bytes:
        proofs = json.loads(content["proofs.json"])
        entries = [
            {**each, "proof": proof}
            for each, proof in zip(forging.lines(content), proofs["inclusion"], strict=True)
        ]
        found = {"chain": chain or proofs["chain"], "checkpoint": proofs["checkpoint"]}
        return canonical({**found, "entries": entries, "v": "chain/1"})

    cut = forging.without_entry(full, "consensus.recorded")
    agrees = check(printed, full, copy=copy(full))
    assert agrees.verdict is Verdict.PROVEN
    assert "nothing was left out" in "\n".join(map(str, agrees.findings))
    for given, other, said in (
        (cut, copy(full), "the copy of the chain has it, consensus.recorded"),
        (full, copy(cut), "The chain given is not whole itself"),
        (full, copy(full, "CH-9"), "The chain given is of another log or challenge"),
        (full, b"{}", "The chain given cannot be used"),
    ):
        assert said in wrong(check(printed, given, copy=other))


def test_pages_that_show_another_figure_than_the_files_are_found(printed: Printed) -> None:
    full_pdf = printed.editions[Edition.FULL]
    content = files.take_out(full_pdf)
    changed = forging.change(content, "report.json", forgeries.a_value)

    checked = report.check_files(changed, trust.read_keys(printed.keys), pdf=full_pdf)

    assert "No page shows it: £20,001" in wrong(checked)
    assert OWN_PRICE == 20_000_00


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7 and no more", b"receipt/1\n"],
    ids=["nothing", "broken", "another file"],
)
def test_file_that_is_no_report_is_said_to_be_none(content: bytes) -> None:
    checked = report.check(content, [])

    assert checked.verdict is Verdict.FAILED
    assert "This is not an award report with its evidence" in str(checked.findings[0])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("manifest.json", b"[]"),
        ("proofs.json", b"{}\n"),
        ("proofs.json", b"not JSON"),
        ("events.jsonl", b"{}\n" * 3),
        ("report.json", b'{"format":"award-report/1","stages":[]}\n'),
        ("evaluation.json", b"[1]\n"),
        ("bids.json", b'{"v":"report-bids/1","bids":[{}]}\n'),
        ("plan.json", b"[[" * 5000),
    ],
)
def test_file_of_another_shape_fails_and_never_crashes(
    printed: Printed, full: Content, name: str, content: bytes
) -> None:
    changed = {**full, name: content}
    if name != "manifest.json":
        changed = forging.cover(changed)

    assert check(printed, changed).verdict is Verdict.FAILED
