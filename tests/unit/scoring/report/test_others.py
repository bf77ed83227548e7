"""The award report says what is subcontracted, as the law asks."""

from dataclasses import replace
from datetime import timedelta

from bids.team.document import Subcontractor
from marketplace.core.colours import Brand
from marketplace.core.regimes.book import ReportItem
from scoring.report.decided import Contract
from scoring.report.editions import public_edition
from scoring.report.facts import AwardReport
from scoring.report.others import others
from scoring.report.rendering import report_html
from scoring.report.statutory import statutory_items
from scoring.report.values import Money
from tests.award_reports import environment, full_report
from tests.unit.bids.test_team_document import PARTNER

CABLES, UNKNOWN = (
    Subcontractor("Specimen Cables", "", 10),
    Subcontractor("Specimen Wires", "", None),
)
ITEM = ReportItem("reg. 83(1)(d)", "What is subcontracted", "successful", bands=())


def test_partners_and_subcontractors_are_named_with_their_shares() -> None:
    assert others([PARTNER, CABLES, UNKNOWN]) == (
        "It bids with Specimen Partner (30%). "
        "Subcontracted: Specimen Cables (10%), Specimen Wires (share not known)."
    )
    assert others([PARTNER]).endswith("No subcontracting was declared.")
    assert others([]) == ""


def test_what_the_law_asks_is_answered_by_what_the_bid_said() -> None:
    report = full_report()
    named = replace(report, decision=replace(report.decision, others=others([CABLES])))

    (alone,) = statutory_items(report, [ITEM]).statutory
    (answered,) = statutory_items(named, [ITEM]).statutory

    assert alone.answer.endswith("No subcontracting was declared.")
    assert answered.answer.endswith("Subcontracted: Specimen Cables (10%).")
    assert public_edition(named).decision.others == "Subcontracted: Specimen Cables (10%)."


def test_value_is_that_of_the_contract_once_there_is_one() -> None:
    report = replace(full_report(), decision=replace(full_report().decision, contract=None))
    asked = [ReportItem("reg. 83(1)(a)", "Body, subject and value", "subject", bands=())]

    (intended,) = statutory_items(report, asked).statutory
    (one,) = statutory_items(two_winners(1), asked).statutory
    (both,) = statutory_items(two_winners(2), asked).statutory

    assert "no contract is signed yet; value as published £650,000" in intended.answer
    assert "value of the contract £100 without VAT; as published £650,000." in one.answer
    assert "value of the 2 contracts together £300 without VAT" in both.answer


def two_winners(signed: int) -> AwardReport:
    """Give a report of two who win, of whom so many have signed."""
    report = full_report()
    decision = report.decision
    second = next(
        row["id"]
        for row in report.deciding_stage.result["bids"]
        if row["rank"] is not None and row["id"] != decision.recommended
    )
    contracts = [
        Contract(f"C-{place}", Money(place * 100_00, "GBP"), decision.intention_at, bid)
        for place, bid in enumerate((decision.recommended, second), start=1)
    ]
    contracts[1] = replace(contracts[1], signed_at=decision.intention_at + timedelta(days=40))
    return replace(
        report,
        decision=replace(
            decision,
            also_recommended=(second,),
            contract=contracts[0] if signed else None,
            further_contracts=tuple(contracts[1:signed]),
        ),
    )


def test_report_tells_of_two_who_win_who_has_signed_and_what_all_is_worth() -> None:
    report = two_winners(signed=1)
    first, second = (str(bid.supplier) for bid, _contract in report.awards)
    none, one, both = (
        " ".join(
            report_html(two_winners(each), environment=environment(), brand=Brand())
            .split('id="summary"')[1]
            .split("</section>")[0]
            .split()
        )
        for each in (0, 1, 2)
    )

    assert f"intends to award contracts to {first}, {second}." in none
    assert f"has signed a contract with {first}." in one
    assert f"intends to award a contract to {second} too" in one
    assert "£100" in one
    assert f"has signed contracts with {first}, {second}." in both
    assert "£300" in both
    (answered,) = statutory_items(report, [ITEM]).statutory
    assert answered.answer.startswith(f"Bids {', '.join(report.decision.winners)}.")
