"""Anybody can have a challenge as open data, and nothing that the public may not know yet."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.journeys import OWN_PRICE, RIVAL_PRICE, RIVAL_WORDS, Journey, Step


@pytest.fixture
def step() -> Step:
    """Begin when the contract is signed."""
    return Step.SIGNED


def release(client: FlaskClient, reference: str) -> dict[str, Any]:
    answer = client.get(f"/challenges/{reference}/ocds.json")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert "public" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    (found,) = json.loads(answer.data)["releases"]
    return dict(found)


def test_release_of_a_signed_award_names_supplier_value_and_bids(
    client: FlaskClient, journey: Journey
) -> None:
    found = release(client, journey.reference)

    winner = next(each for each in found["parties"] if "supplier" in each["roles"])
    assert winner["name"] == journey.cast.supplier.name
    (award,) = found["awards"]
    assert award["status"] == "active"
    (contract,) = found["contracts"]
    assert contract["awardID"] == award["id"]
    assert contract["value"]["amount"] == OWN_PRICE / 100
    assert found["tender"]["status"] == "complete"
    counted = {each["measure"]: each["value"] for each in found["bids"]["statistics"]}
    assert counted["bids"] == found["tender"]["numberOfTenderers"] == 2
    assert (
        f"/challenges/{journey.reference}/ocds.json"
        in client.get(f"/challenges/{journey.reference}").text
    )


def test_release_tells_nothing_of_who_lost(client: FlaskClient, journey: Journey) -> None:
    told = client.get(f"/challenges/{journey.reference}/ocds.json").text

    rival = journey.cast.rival
    for words in (rival.name, journey.rival_bid, RIVAL_WORDS, f'"amount": {RIVAL_PRICE // 100}'):
        assert words not in told


@pytest.mark.parametrize("step", [Step.OPENED, Step.RECOMMENDED])
def test_release_before_the_decision_is_out_counts_no_bids(
    client: FlaskClient, journey: Journey
) -> None:
    found = release(client, journey.reference)

    assert found["tender"]["status"] == "active"
    assert {"bids", "awards", "contracts"}.isdisjoint(found)
    assert "numberOfTenderers" not in found["tender"]
