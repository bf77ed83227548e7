"""The award report says what is subcontracted, as the law asks."""

from dataclasses import replace

from bids.team.document import Subcontractor
from marketplace.core.regimes.book import ReportItem
from scoring.report.editions import public_edition
from scoring.report.others import others
from scoring.report.statutory import statutory_items
from tests.award_reports import full_report
from tests.unit.bids.test_team_document import PARTNER

CABLES, UNKNOWN = (
    Subcontractor("Specimen Cables", "", 10),
    Subcontractor("Specimen Wires", "", None),
)
ITEM = ReportItem("reg. 83(1)(d)", "What is subcontracted", "successful")


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
