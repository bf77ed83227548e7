"""A register is asked for one number, for seconds at most, and believed in what it says alone."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from bids.passport import registers
from bids.passport.compared import (
    OFFICER_WORDS,
    OWN_WORDS,
    STATUS_WORDS,
    Difference,
    Outcome,
    Reading,
    Register,
    Status,
    differences,
    elsewhere,
)
from bids.passport.registers import CompaniesHouse
from marketplace.core.clock import FixedClock
from tests import companies_house
from tests.companies_house import KEY, PROFILE

CLOCK = FixedClock(datetime(2026, 12, 1, 9, 30, tzinfo=UTC))
VALUES = {"legal_name": "Made-up Lanterns Ltd", "address": "1 Fictional Street\nDundee\ndd11aa"}
FOUND = Reading(
    Register.COMPANIES_HOUSE,
    "SC123456",
    Outcome.FOUND,
    CLOCK.now(),
    "MADE-UP LANTERNS LIMITED",
    Status.ACTIVE,
    "1 Fictional Street\nDundee\nDD1 1AA",
)


@pytest.fixture(scope="module")
def server() -> Iterator[companies_house.CompaniesHouse]:
    with companies_house.standing_in() as running:
        yield running


@pytest.fixture
def house(server: companies_house.CompaniesHouse) -> companies_house.CompaniesHouse:
    server.says = server.location = None
    server.profiles = {"SC123456": dict(PROFILE)}
    server.asked.clear()
    return server


def ask(house: companies_house.CompaniesHouse, number: str = "SC123456", key: str = KEY) -> Reading:
    return CompaniesHouse(key, house.at).look_up(number, CLOCK)


def test_company_that_the_register_knows_is_read(house: companies_house.CompaniesHouse) -> None:
    assert ask(house) == FOUND
    # The number leaves the service and nothing else.
    assert house.asked == ["/company/SC123456"]


def test_number_that_it_does_not_know_is_not_found(house: companies_house.CompaniesHouse) -> None:
    assert ask(house, "01234567").outcome is Outcome.NOT_FOUND


@pytest.mark.parametrize(
    ("given", "status"),
    [("active", Status.ACTIVE), ("liquidation", Status.INSOLVENCY), ("dissolved", Status.DISSOLVED),
     ("converted-closed", Status.DISSOLVED), ("invented", Status.OTHER), (None, Status.OTHER)],
)  # fmt: skip
def test_status_is_read_in_our_words(
    house: companies_house.CompaniesHouse, given: str | None, status: Status
) -> None:
    house.profiles["SC123456"]["company_status"] = given
    assert ask(house).status is status


@pytest.mark.parametrize(
    "says",
    [
        (500, b""),
        (429, b"{}"),
        (401, b"{}"),
        (204, b""),
        (200, b"<html>"),
        (200, b"[]"),
        (200, b"\xff\xfe"),
        (200, b"[" * 100_000),
        (200, b" " * 200_001),
        (200, json.dumps(PROFILE | {"company_number": "SC654321"}).encode()),
        (200, json.dumps(PROFILE | {"company_name": ["x"]}).encode()),
    ],
)
def test_answer_that_says_nothing_of_the_company_is_none(
    house: companies_house.CompaniesHouse, says: tuple[int, bytes]
) -> None:
    house.says = says
    assert ask(house).outcome is Outcome.UNAVAILABLE


def test_register_follows_nowhere_else_with_the_key(house: companies_house.CompaniesHouse) -> None:
    house.says, house.location = (302, b""), f"{house.at}/elsewhere"
    assert ask(house).outcome is Outcome.UNAVAILABLE
    assert house.asked == ["/company/SC123456"]


def test_register_that_is_not_there_or_too_slow_is_away(
    house: companies_house.CompaniesHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CompaniesHouse(KEY, "http://127.0.0.1:9").look_up("SC1", CLOCK).name == ""
    monkeypatch.setattr(registers, "_WHOLE", -1)
    assert ask(house).outcome is Outcome.UNAVAILABLE


def test_hostile_profile_is_text_of_one_line_and_no_longer_than_it_may_be(
    house: companies_house.CompaniesHouse,
) -> None:
    office: dict[str, Any] = {
        "address_line_1": "<script>alert(1)</script>\u202e\n" + "x" * 20_000,
        "locality": {"a": 1},
        "premises": 7,
    }
    house.profiles["SC123456"] |= {
        "company_name": "A\x00B\n" + "🏮" * 500,
        "registered_office_address": office,
    }
    said = ask(house)
    assert said.name.startswith("A B 🏮")
    assert len(said.name) == 200
    assert said.address.startswith("<script>")
    assert (len(said.address), "\n" in said.address) == (100, False)
    house.profiles["SC123456"]["registered_office_address"] = "somewhere"
    assert ask(house).address == ""


@pytest.mark.parametrize(
    ("typed", "registered"),
    [
        ("Made-up Lanterns Ltd", "MADE-UP LANTERNS LIMITED"),
        ("made up  lanterns ltd.", "MADE-UP LANTERNS LIMITED"),
        ("Lamps & Sons plc", "LAMPS AND SONS PUBLIC LIMITED COMPANY"),
        ("The Lamp Makers LLP", "LAMP MAKERS LIMITED LIABILITY PARTNERSHIP"),
        ("Ｌamps Ltd", "LAMPS LTD"),
    ],
)
def test_same_name_written_otherwise_is_no_difference(typed: str, registered: str) -> None:
    assert differences({"legal_name": typed}, replace(FOUND, name=registered)) == []


@pytest.mark.parametrize(
    ("reading", "found"),
    [
        (FOUND, []),
        (replace(FOUND, name="OTHER LANTERNS LIMITED"), [Difference.NAME]),
        (replace(FOUND, status=Status.DISSOLVED), [Difference.DISSOLVED]),
        (replace(FOUND, status=Status.INSOLVENCY, name="X"),
         [Difference.INSOLVENCY, Difference.NAME]),
        (replace(FOUND, status=Status.OTHER), []),
        (replace(FOUND, outcome=Outcome.NOT_FOUND), [Difference.NOT_FOUND]),
        (replace(FOUND, outcome=Outcome.UNAVAILABLE, name=""), []),
    ],
)  # fmt: skip
def test_what_should_be_looked_at_is_told_in_the_order_of_its_weight(
    reading: Reading, found: list[Difference]
) -> None:
    assert differences(VALUES, reading) == found


@pytest.mark.parametrize(
    ("office", "away"),
    [
        ("1 Fictional Street\nDundee\nDD1 1AA", False),
        ("Unit 3, Fictional House\nDundee\nDD1 1AA", False),
        ("1 Fictional Street\nDundee\nDD1 1AB", True),
        ("1 Fictional Street\nDundee", False),
        ("2 Fictional Street", True),
        ("", False),
    ],
)
def test_registered_office_is_elsewhere_by_its_postcode_or_its_words(
    office: str, away: bool
) -> None:
    assert elsewhere(VALUES, replace(FOUND, address=office)) is away


def test_every_difference_and_status_has_words_for_those_who_read_it() -> None:
    assert set(OWN_WORDS) == set(OFFICER_WORDS) == set(Difference)
    assert set(STATUS_WORDS) == set(Status)
