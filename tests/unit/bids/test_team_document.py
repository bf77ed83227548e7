"""Who does the work, as a `bid/1` document says it."""

import json
from dataclasses import replace

import pytest

from bids.documents import DamagedDocument, read, salted, write
from bids.team.document import Member, Partner, Subcontractor, concerned
from tests.unit.bids.test_documents import DOCUMENT, ELIGIBILITY

CLEAN = replace(ELIGIBILITY, grounds=())
PARTNER = Partner("Specimen Partner", "Radios", 30, "0190a000-0000-7000-8000-000000000002", CLEAN)
TEAM = (PARTNER, Subcontractor("Specimen Cables", "Cables", None), Subcontractor("A", "B", 5))
TOGETHER = salted(replace(DOCUMENT, further=True, content=replace(DOCUMENT.content, team=TEAM)))


def test_a_team_reads_back_as_it_was_written() -> None:
    assert read(write(TOGETHER)) == TOGETHER


def test_a_partner_has_its_own_declaration_in_the_shape_of_the_bidders() -> None:
    facts = json.loads(write(TOGETHER))

    assert facts["team"][0]["eligibility"].keys() == facts["eligibility"].keys()
    assert facts["team"][1] == {
        "kind": "subcontractor",
        "name": "Specimen Cables",
        "does": "Cables",
        "share_percent": None,
    }
    assert "team" in facts["salts"]


def test_a_bid_without_the_further_keys_has_no_team() -> None:
    with pytest.raises(ValueError, match="keys"):
        write(salted(replace(TOGETHER, further=False)))


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "friend"},
        {"share_percent": "30"},
        {"share_percent": True},
        {"organisation_id": None},
        {"extra": 1},
        {"kind": "subcontractor"},
    ],
)
def test_anything_else_is_no_team(change: dict[str, object]) -> None:
    facts = json.loads(write(TOGETHER))
    facts["team"][0] |= change

    with pytest.raises(DamagedDocument):
        read(json.dumps(facts, separators=(",", ":"), sort_keys=True).encode())


def test_a_ground_that_a_partner_declared_is_a_ground_of_the_bid() -> None:
    clean = replace(TOGETHER, eligibility=CLEAN)
    guilty = replace(PARTNER, eligibility=ELIGIBILITY)

    assert not clean.declares_a_ground
    assert replace(clean, content=replace(clean.content, team=(guilty,))).declares_a_ground


def test_judges_are_told_of_partners_and_of_those_with_a_large_or_unknown_part() -> None:
    team: list[Member] = [
        Subcontractor("zebra", "", 20),
        Subcontractor("Small", "", 19),
        *TEAM,
        Subcontractor("zebra", "", None),
    ]

    assert concerned(team) == ["Specimen Cables", "Specimen Partner", "zebra"]
