"""Whom a panel must have no interest in: each once, with every bid it has a part in."""

import uuid

from bids.team.document import Subcontractor
from scoring.panel.lifecycle import PartyRole
from scoring.panel.parties import key_of, of_bids

ACORN, BIRCH = uuid.UUID(int=1), uuid.UUID(int=2)


def test_bidders_and_main_subcontractors_stand_in_the_order_of_the_alphabet() -> None:
    found = of_bids(
        [
            (BIRCH, "birch Works", [Subcontractor("Zinnia", "Tests", 30)]),
            (ACORN, "Acorn Labs", [Subcontractor("Nettle", "Prints", 1)]),
        ]
    )
    assert [party.name for party in found] == ["Acorn Labs", "birch Works", "Zinnia"]
    assert [part.bidder for part in found[2].beside] == ["birch Works"]


def test_a_party_of_two_bids_is_one_whatever_case_and_spaces_its_name_has() -> None:
    found = of_bids(
        [
            (ACORN, "Acorn Labs", [Subcontractor(" birch  WORKS", "Tests", None)]),
            (BIRCH, "Birch Works", []),
        ]
    )
    (birch,) = [party for party in found if party.key == key_of("Birch Works")]
    assert [(part.bid_id, part.role) for part in birch.parts] == [
        (ACORN, PartyRole.SUBCONTRACTOR),
        (BIRCH, PartyRole.BIDDER),
    ]
    assert len(found) == 2


def test_a_bidder_named_in_its_own_team_has_one_part() -> None:
    (party,) = of_bids([(ACORN, "Acorn", [Subcontractor("ACORN", "Itself", 80)])])
    assert [part.role for part in party.parts] == [PartyRole.BIDDER]
