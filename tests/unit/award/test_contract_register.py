"""The line of a contracts register: all that the law asks, or what of it is missing."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

import pytest

from bids.models import Bid
from challenges.law import Law
from challenges.models import Challenge
from marketplace.core.accounts.models import Organisation
from marketplace.core.regimes.book import regime_on
from scoring.award.contracts.changing import ChangeKind
from scoring.award.contracts.models import ContractChange
from scoring.award.contracts.queries import Kept
from scoring.award.contracts.register import Line, line_of
from scoring.award.models import Contract

REGIME = regime_on("scotland", date(2026, 12, 1))
CHALLENGE = Challenge(title="Where can people wait in the warm?")


def a_contract(**changes: object) -> Contract:
    bid = Bid(supplier=Organisation(name="Acorn"))
    told = {
        "value_minor": 50_000_00,
        "signed_at": datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
        "starts_on": date(2027, 2, 1),
        "ends_on": date(2028, 1, 31),
        "extensions_most": 2,
        "extension_months": 6,
        **changes,
    }
    found = Contract(**told)
    # The relation is read-only in the tables' own description.
    found.__dict__["bid"] = bid
    return found


def line(
    contract: Contract, band: str = "regulated", changes: Sequence[ContractChange] = ()
) -> Line:
    law = Law(REGIME, REGIME.band(band))
    return line_of(CHALLENGE, Kept(contract, changes, [], 1), law)


def values(contract: Contract, changes: Sequence[ContractChange] = ()) -> dict[str, str]:
    return {each.key: each.value for each in line(contract, changes=changes).items}


def test_line_tells_all_that_is_asked() -> None:
    assert values(a_contract()) == {
        "awarded": "31 December 2026",
        "contractor": "Acorn",
        "subject": "Where can people wait in the warm?",
        "value": "£50,000",
        "starts": "1 February 2027",
        "ends": "31 January 2028",
        "extension": "2 × 6 months",
    }


def test_line_tells_a_contract_as_it_stands_after_its_changes() -> None:
    other = Organisation(name="Birch")
    changes = [
        ContractChange(
            kind=ChangeKind.EXTENSION,
            value_after_minor=60_000_00,
            ends_on=date(2028, 7, 31),
            uses_option=True,
            awaits=False,
            supplier=other,
        ),
        ContractChange(kind=ChangeKind.VALUE, value_after_minor=1, uses_option=False, awaits=True),
    ]
    found = values(a_contract(), changes=changes)
    assert (found["contractor"], found["value"]) == ("Birch", "£60,000")
    assert (found["ends"], found["ends_now"]) == ("31 January 2028", "31 July 2028")
    assert found["extension"] == "1 × 6 months"


def test_line_names_what_is_missing_and_takes_what_ends_a_contract() -> None:
    bare = a_contract(starts_on=None, ends_on=None, extensions_most=None)
    assert {each.key for each in line(bare).missing} == {"starts", "ends", "extension"}
    found = values(a_contract(ends_on=None, ends_when=" When it is built. ", extensions_most=0))
    assert (found["ends"], found["extension"]) == ("When it is built.", "Not at all")


@pytest.mark.parametrize(
    ("band", "value", "required", "report"),
    [
        ("regulated", 50_000_00, True, True),
        ("regulated", 49_999_99, False, True),
        ("below_act", 50_000_00, False, False),
    ],
)
def test_entry_is_asked_from_the_value_that_the_law_names(
    band: str, value: int, required: bool, report: bool
) -> None:
    found = line(a_contract(value_minor=value), band)
    assert (found.required, found.in_report) == (required, report)
    assert bool(found.provision) is (band == "regulated")
