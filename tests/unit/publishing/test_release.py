"""A release package tells what the standard has a place for, and leaves out what is not known."""

from dataclasses import replace
from typing import Any

from marketplace.publishing.ocds import facts
from marketplace.publishing.ocds.release import ocid, package
from tests.open_data import CHALLENGE, PUBLISHER


def release(number: int = 1, challenge: facts.Challenge = CHALLENGE) -> dict[str, Any]:
    releases = package(challenge, PUBLISHER)["releases"]
    return dict(releases[number - 1])


def test_each_stage_is_a_process_that_names_the_one_before_it() -> None:
    assert ocid("CH-7", 1, "ocds-abc123") == "ocds-abc123-CH-7"
    assert "relatedProcesses" not in release(1)
    (prior,) = release(2)["relatedProcesses"]
    assert prior["relationship"] == ["prior"]
    assert prior["identifier"] == release(1)["ocid"]
    assert release(2)["tender"]["procurementMethod"] == "selective"


def test_money_and_weights_are_numbers_to_the_penny() -> None:
    assert release()["tender"]["value"] == {"amount": 50_000, "currency": "GBP"}
    assert release()["contracts"][0]["value"]["amount"] == 49_999.99
    first, second = release()["tender"]["lots"][0]["awardCriteria"]["criteria"]
    assert first["numbers"] == [
        {"number": 62.5, "weight": "percentageExact"},
        {"number": 2, "threshold": "minimumScore"},
    ]
    assert second["type"] == "price"


def test_days_begin_at_midnight_where_the_buyer_is() -> None:
    # In July clocks in the United Kingdom are an hour ahead.
    assert release()["tender"]["contractPeriod"]["startDate"] == "2026-06-30T23:00:00Z"


def test_every_named_organisation_is_a_party_with_its_roles() -> None:
    parties = {each["id"]: each for each in release()["parties"]}
    assert parties["org-body"]["roles"] == ["buyer", "procuringEntity"]
    assert parties["org-firm"]["roles"] == ["supplier", "tenderer"]
    assert parties["org-firm"]["details"] == {"scale": "sme"}
    assert release()["awards"][0]["suppliers"] == [{"id": "org-firm", "name": "Example Firm"}]


def test_questions_tell_nobody_who_asked() -> None:
    (enquiry,) = release()["tender"]["enquiries"]
    assert "author" not in enquiry
    assert enquiry["answer"] == "Nobody is told."
    assert release()["tender"]["hasEnquiries"] is True


def test_what_is_not_known_is_left_out() -> None:
    def empty(value: object) -> bool:
        if isinstance(value, dict):
            return not value or any(empty(each) for each in value.values())
        if isinstance(value, list):
            return not value or any(empty(each) for each in value)
        return value is None or value == ""

    assert not empty(package(CHALLENGE, PUBLISHER))
    assert "bids" not in release(2)
    bare = replace(CHALLENGE, value=None, codes=(), starts_on=None, enquiries=())
    tender = release(1, bare)["tender"]
    assert {"value", "items", "contractPeriod", "enquiries"}.isdisjoint(tender)
    assert tender["hasEnquiries"] is False


def test_tags_tell_how_far_it_has_come() -> None:
    assert release(1)["tag"] == ["planning", "tender", "award", "contract", "implementation"]
    assert release(2)["tag"] == ["tender"]
