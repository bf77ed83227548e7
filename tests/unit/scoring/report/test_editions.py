"""What the public edition gives away: nothing that is withheld, and all that is promised."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from marketplace.core.colours import Brand
from scoring.engine.canonical import canonical
from scoring.report.decided import TakenBack
from scoring.report.editions import debrief_edition, public_edition, without_people
from scoring.report.facts import (
    AwardReport,
    Bid,
    Event,
    GoingOn,
    HeldBack,
    Mask,
    bid_of,
)
from scoring.report.rendering import report_html
from scoring.report.values import BidStatus, InterestDecision, Money, Withheld
from scoring.report.withholding import Disclosure
from scoring.report.wording import is_withheld
from tests.award_reports import Shape, environment, full_report


def text_of(report: AwardReport) -> str:
    return json.dumps(report.to_json(), ensure_ascii=False)


def losing(report: AwardReport) -> list[Bid]:
    return [
        bid for bid in report.deciding_stage.bids if bid.reference != report.decision.recommended
    ]


def row(report: AwardReport, reference: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = report.deciding_stage.result["bids"]
    return next(entry for entry in rows if entry["id"] == reference)


def test_public_edition_names_no_supplier_but_the_successful_one() -> None:
    full = full_report()
    text = text_of(public_edition(full))
    for bid in losing(full):
        assert isinstance(bid.supplier, str)
        assert bid.supplier not in text
    assert full.recommended_bid.supplier in text  # type: ignore[operator]  # a full edition: text


def test_public_edition_with_names_disclosed_names_every_supplier() -> None:
    full = full_report()
    text = text_of(public_edition(full, Disclosure(losing_names=True)))
    assert all(bid.supplier in text for bid in losing(full))  # type: ignore[operator]  # as above


def test_public_edition_holds_no_losing_price_in_any_form() -> None:
    full = full_report()
    text = text_of(public_edition(full))
    for bid in losing(full):
        if isinstance(bid.price, Money):
            whole = bid.price.minor // 100
            for form in (str(bid.price.minor), str(whole), f"{whole:,}"):
                assert form not in text


def test_words_that_were_masked_stand_in_the_full_edition_alone() -> None:
    full = full_report()
    stage = full.deciding_stage
    first, *others = stage.bids
    masks = (Mask("Unrepeatable name", "It names the bidder.", full.frozen_at),)
    masked = replace(stage, bids=(replace(first, masks=masks), *others))
    full = replace(full, stages=(masked,))
    assert AwardReport.from_json(full.to_json()) == full
    assert "Unrepeatable name" in report_html(full, environment=environment(), brand=Brand())
    public = public_edition(full)
    assert "Unrepeatable name" not in text_of(public)
    assert "Unrepeatable name" not in report_html(public, environment=environment(), brand=Brand())
    assert any("did not read" in each.what for each in public.redactions)


def test_public_edition_holds_no_answer_not_even_the_winners() -> None:
    assert "Unrepeatable answer" in text_of(full_report())
    assert "Unrepeatable answer" not in text_of(public_edition(full_report()))


def test_public_edition_tells_how_many_queries_there_were_and_nothing_of_them() -> None:
    public = public_edition(full_report())
    assert public.deciding_stage.queries_asked == 2
    for kept in ("Which of the two routes", "by the burn", "what the bid says", "by mistake"):
        assert kept not in text_of(public)
    asked = {isinstance(bid.queries, Withheld) for bid in public.deciding_stage.bids}
    assert asked == {True}  # of none can be told whether it was asked


def test_public_edition_replaces_withheld_people_by_role_and_number_everywhere() -> None:
    public = public_edition(full_report())
    text = text_of(public)
    assert [person.name for person in public.people] == [
        "Evaluator 1",
        "Evaluator 2",
        "Evaluator 3",
        "Chair",
        "Ruaridh Ben Vrackie",
    ]
    for name in ("Ishbel", "Fankle", "Dunnage", "Quaich", "Crannog"):
        assert name not in text
    assert public.person(public.decision.recommended_by).name == "Chair"


def test_public_edition_of_people_known_by_address_shows_no_id() -> None:
    full = full_report()
    known = replace(
        full,
        people=(replace(full.people[-1], id="ruaridh@body.example"), *full.people[:-1]),
        decision=replace(full.decision, approved_by="ruaridh@body.example"),
    )
    assert "@body.example" not in text_of(public_edition(known))


def test_public_edition_shows_that_an_interest_was_decided_and_not_what_it_was() -> None:
    interest = public_edition(full_report()).people[0].interests[0]
    assert interest.decision is InterestDecision.KEEP
    assert is_withheld(interest.about)
    assert is_withheld(interest.declared)


def test_public_edition_shows_agreed_scores_and_reasons_and_no_individual_ones() -> None:
    full = full_report()
    for before, after in zip(
        full.deciding_stage.bids, public_edition(full).deciding_stage.bids, strict=True
    ):
        for one, other in zip(before.scores, after.scores, strict=True):
            assert (other.agreed, other.reason) == (one.agreed, one.reason)
            assert is_withheld(other.individual)


def test_public_edition_with_reasons_closed_shows_the_winners_reasons_only() -> None:
    public = public_edition(full_report(), Disclosure(losing_reasons=False))
    for bid in public.deciding_stage.bids:
        hidden = {is_withheld(score.reason) for score in bid.scores}
        assert hidden <= {bid.reference != public.decision.recommended}


def test_public_edition_tells_that_a_bid_was_ineligible_and_not_why() -> None:
    full = full_report()
    public = public_edition(full)
    rejected = bid_of(public.deciding_stage, "B-901")
    assert rejected.status is BidStatus.INELIGIBLE
    assert is_withheld(rejected.status_reason)
    assert "set up in law" not in text_of(public)
    assert "set up in law" in text_of(public_edition(full, Disclosure(rejection_reasons=True)))


def test_public_edition_strikes_losing_names_and_prices_out_of_written_text() -> None:
    public = public_edition(full_report())
    assert public.decision.reason == (
        "Bid B-003 was close, at [price withheld]. Quillfeather Systems Limited came first by "
        "the published method and showed the most with real walkers."
    )


def test_public_edition_leaves_out_the_evaluation_document_and_its_digest() -> None:
    full = full_report()
    text = text_of(public_edition(full))
    assert isinstance(public_edition(full).deciding_stage.evaluation, Withheld)
    assert full.deciding_stage.result["input_sha256"] not in text
    for key in ("sensitivity", "panel", "low_price", "trace"):
        assert f'"{key}"' not in text


def test_public_edition_of_a_fixed_fee_shows_every_total() -> None:
    public = public_edition(full_report(Shape(formula=None)))
    totals = [entry["total"] for entry in public.deciding_stage.result["bids"] if entry["rank"]]
    assert totals
    assert not any(is_withheld(total) for total in totals)


def test_public_edition_with_fixed_bounds_shows_the_winners_total_and_no_other() -> None:
    public = public_edition(full_report(Shape(formula="fixed_bounds")))
    for entry in public.deciding_stage.result["bids"]:
        if entry["rank"]:
            first = entry["id"] == public.decision.recommended
            assert is_withheld(entry["total"]) is not first
            assert is_withheld(entry["criteria"]["price"]["points"]) is not first


@pytest.mark.parametrize(
    "formula", ["lowest_price_ratio", "deviation_from_lowest", "deviation_from_mean"]
)
def test_public_edition_with_a_relative_formula_lets_nobody_work_out_another_price(
    formula: str,
) -> None:
    full = full_report(Shape(formula=formula))
    public = public_edition(full)
    winner = row(full, full.decision.recommended)
    # The invented winner is not the cheapest, so its percentage would tell who is.
    assert Fraction(winner["criteria"]["price"]["percentage"]["exact"]) < 100
    shown = row(public, full.decision.recommended)
    assert is_withheld(shown["total"])
    assert is_withheld(shown["criteria"]["price"]["percentage"])
    assert not is_withheld(shown["criteria"]["quality-1"]["points"])


def test_public_edition_whose_winner_was_cheapest_shows_its_total() -> None:
    public = public_edition(full_report(Shape(formula="range_of_bids")))
    shown = row(public, public.decision.recommended)
    assert shown["criteria"]["price"]["percentage"]["exact"] == "100"
    assert not is_withheld(shown["total"])


def test_public_edition_names_a_known_ground_for_each_redaction() -> None:
    public = public_edition(full_report())
    grounds = {ground.id for ground in public.grounds}
    assert public.redactions
    assert {redaction.ground for redaction in public.redactions} <= grounds


def test_public_edition_of_a_public_edition_is_refused() -> None:
    with pytest.raises(ValueError, match="full one"):
        public_edition(public_edition(full_report()))


def test_editions_tell_how_far_bids_lie_apart_only_where_both_are_shown() -> None:
    full = full_report()
    stage = full.deciding_stage
    winner = full.recommended_bid
    assert isinstance(winner.price, Money)
    ranked = [bid for bid in losing(full) if row(full, bid.reference)["total"]]
    distance = {
        bid.reference: abs(bid.price.minor - winner.price.minor) / 100
        for bid in ranked
        if isinstance(bid.price, Money)
    }
    # The farthest: no other lies as far from any that is shown.
    other = max(ranked, key=lambda bid: distance[bid.reference])
    apart = distance[other.reference]
    total = row(full, other.reference)["total"]["display"]
    said = f"It differs by £{apart:,.2f} from one that has {total} points."
    # What another reached is the same for each of these texts: of the decision and of a score.
    full = replace(
        full,
        decision=replace(full.decision, reason=said, approval_reason=said),
        stages=(
            replace(
                stage,
                bids=tuple(
                    replace(bid, scores=tuple(replace(each, reason=said) for each in bid.scores))
                    for bid in stage.bids
                ),
            ),
        ),
    )
    public, own = public_edition(full), debrief_edition(full, other.reference)
    assert f"{apart:,.2f}" not in text_of(public)
    assert f"{total} points" not in text_of(public)
    assert own.decision.reason == said
    third = next(bid for bid in ranked if bid is not other)
    assert f"{apart:,.2f}" not in text_of(debrief_edition(full, third.reference))


def test_public_edition_strikes_names_out_of_events() -> None:
    full = full_report()
    moment = datetime(2026, 10, 2, tzinfo=UTC)
    said = "Dr Fankle and M. Quaich asked about marrow & thistle"
    event = Event(moment, said, "", said)
    public = public_edition(replace(full, timeline=(event,)))
    assert public.timeline[0].text == "Evaluator 1 and Evaluator 3 asked about Bid B-003"


def test_other_editions_say_of_an_event_what_the_log_says_to_everybody() -> None:
    full = full_report()
    event = Event(full.frozen_at, "It was returned: too dear", "", "It was returned: [withheld]")
    kept = Event(full.frozen_at, "An auditor looked", "")
    changed = replace(full, timeline=(event, kept))
    for edition in (public_edition(changed), debrief_edition(changed, losing(full)[0].reference)):
        assert [each.text for each in edition.timeline] == ["It was returned: [withheld]"]
        assert "too dear" not in text_of(edition)
        told = [each.what for each in edition.redactions]
        assert "What the log says to auditors alone of what happened" in told


def test_words_that_an_officer_withheld_are_in_the_full_edition_alone() -> None:
    full = full_report()
    stage = full.deciding_stage
    bid = next(each for each in stage.bids if each.reference not in full.decision.winners)
    reason = bid.scores[0].reason
    assert isinstance(reason, str)
    words = reason.split()[0]
    held = HeldBack(bid.reference, words, "personal", "It names a person.", full.frozen_at)
    changed = replace(full, stages=(replace(stage, held_back=(held,)),))

    shown = text_of(changed)
    public = public_edition(changed)
    found = next(each for each in public.deciding_stage.bids if each.reference == bid.reference)
    assert "It names a person." in shown
    assert "It names a person." not in text_of(public)
    assert str(found.scores[0].reason).startswith("[withheld: ")
    # What is withheld of one bid's reasons stays in those of the others.
    other = next(each for each in public.deciding_stage.bids if each is not found and each.scores)
    assert "[withheld: " not in str(other.scores[0].reason)


@pytest.mark.parametrize("of_a_bid", [True, False], ids=["of a bid", "of the decision"])
def test_no_text_about_several_bids_says_withheld_words_nor_does_what_an_erasure_leaves(
    of_a_bid: bool,
) -> None:
    words = "Once met at a wedding"
    full, stage = (found := full_report()), found.deciding_stage
    bid = losing(full)[0].reference if of_a_bid else ""
    held = HeldBack(bid, words, "personal", "It names a person.", full.frozen_at)
    said = f"Preferred all the same: once  MET at a wedding, {full.recommended_bid.reference}."
    at = full.frozen_at
    changed = replace(
        full,
        stages=(replace(stage, held_back=(held,), going_on=GoingOn(("B-001",), said, at)),),
        decision=replace(
            full.decision,
            reason=said,
            approval_reason=said,
            minute=said,
            others=said,
            taken_back=(TakenBack(("B-001",), said, at, at, at, "Found later."),),
        ),
    )

    left = without_people(canonical(changed.to_json()))
    decision = json.loads(left)["decision"]

    assert "wedding" not in left.decode()
    assert left == canonical(public_edition(changed).to_json())
    assert without_people(left) == left
    told = (decision["reason"], decision["approval_reason"], decision["taken_back"][0]["reason"])
    assert len(set(told)) == 1
    assert told[0].startswith("Preferred all the same: [withheld: ")
