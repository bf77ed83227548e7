"""The pages of a change, from the hub to the supplier's receipt, in a browser without script."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.core.accounts.models import User
from tests.conftest import count_statements, sign_in
from tests.integration.challenges.browser import hidden_fields, send
from tests.integration.changes.conftest import WHY, Published

HOSTILE = "<script>alert(1)</script> \u202eright to left\u202c 🦊 " + "x" * 19_000


@pytest.fixture
def mine(published: Published) -> str:
    """Submit the scene's own supplier's bid."""
    bid = published.scene.written_bid(published.clock)
    published.submit(bid, published.scene.admin)
    return bid


def enter(client: FlaskClient, person: User) -> None:
    sign_in(client, person)


def form_data(client: FlaskClient, path: str) -> dict[str, object]:
    """Give what the last form of a page would send, texts included; of an instant all its boxes."""
    page = client.get(path).text
    data: dict[str, object] = {**hidden_fields(page)}
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', page, re.S):
        data[name] = unescape(text).lstrip("\r\n")
    boxes: dict[str, list[str]] = {}
    for tag in re.findall(r'<input[^>]*type="text"[^>]*>', page):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name:
            boxes.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    return data | boxes


def test_change_goes_from_the_hub_to_the_public_page_in_a_browser(
    published: Published, client: FlaskClient
) -> None:
    at = f"/work/challenges/{published.reference}"
    enter(client, published.scene.lead)
    assert f"{at}/change" in client.get(at).text
    assert "As published" in client.get(f"{at}/change").text

    section = f"{at}/change/section/outcome"
    data = form_data(client, section)
    assert client.post(section, data={**data, "outcome": "Warm and dry."}).status_code == 303
    stale = client.post(section, data={**data, "outcome": "Another."})
    assert stale.status_code == 409
    assert "Another." in stale.text
    assert "Warm and dry." in stale.text
    page = client.get(f"{at}/change").text
    assert "<ins>" in page
    assert "<del>" in page
    assert send(client, f"{at}/change/finish", {"reason": "", "confirm": "no"}).status_code == 422
    assert send(client, f"{at}/change/finish", {"reason": WHY, "confirm": "no"}).status_code == 303
    assert "Only a procurement officer publishes a change" in client.get(f"{at}/change").text
    assert client.get(f"{at}/change/publish").status_code == 403

    enter(client, published.scene.officers[0])
    assert "Read a change to it" in client.get(at).text
    published_at = send(client, f"{at}/change/publish", {})
    assert published_at.status_code == 303
    assert published_at.location.endswith(f"/challenges/{published.reference}/changes/1")

    client.get("/sign-out")
    public = client.get(f"/challenges/{published.reference}").text
    assert "Changes to this challenge" in public
    change = client.get(f"/challenges/{published.reference}/changes/1").text
    assert WHY in change
    assert "Warm and dry." in change
    text = client.get(f"/challenges/{published.reference}/changes/1/after.json")
    assert text.mimetype == "application/json"
    assert "Warm and dry." in text.text
    for wrong in ("changes/2", "changes/99999999999", "changes/1/other.json", "plan/2.json"):
        assert client.get(f"/challenges/{published.reference}/{wrong}").status_code == 404


def test_weights_questions_and_their_removal_have_pages(
    published: Published, client: FlaskClient
) -> None:
    at = f"/work/challenges/{published.reference}/change"
    enter(client, published.scene.officers[1])
    weights = f"{at}/criteria"
    data = form_data(client, weights)
    names = [name for name in data if name not in ("csrf_token", "seen")]
    assert client.post(weights, data={**data, **dict.fromkeys(names, "0")}).status_code == 422
    assert client.post(weights, data={**data, **dict.fromkeys(names, "50")}).status_code == 303
    one = f"{at}/criteria/solves"
    asked = {**form_data(client, one), "question": "What would people see?"}
    assert client.post(one, data=asked).status_code == 303
    assert send(client, f"{at}/criteria/team/delete", {}).status_code == 303
    page = client.get(at).text
    assert "Criterion taken out: Criterion team" in page
    assert "What would people see?" in page
    assert "add up to 50" in page
    assert client.get(f"{at}/finish").status_code == 200
    assert send(client, f"{at}/discard", {}).status_code == 303
    assert "As published" in client.get(at).text
    assert client.get(f"{at}/section/record").status_code == 404


def test_money_that_changed_is_shown_as_money_and_by_what_was_asked(
    published: Published, client: FlaskClient
) -> None:
    at = f"/work/challenges/{published.reference}/change"
    enter(client, published.scene.lead)
    section = f"{at}/section/requirements"

    data = form_data(client, section)
    client.post(section, data={**data, "required_insurance_minor": "1500000"})

    page = client.get(at).text
    assert "£1,500,000" in page
    assert "Insurance that a bidder must have" in page
    assert "must have (optional)" not in page


def test_planned_days_can_change_and_the_closing_time_cannot(
    published: Published, client: FlaskClient
) -> None:
    section = f"/work/challenges/{published.reference}/change/section/timeline"
    enter(client, published.scene.lead)
    data = form_data(client, section)
    planned = {"decision_on": ["20", "1", "2027"]}

    moved = client.post(section, data={**data, "closes_at": ["25", "12", "2026", "12", "00"]})
    assert moved.status_code == 422
    assert "moved on a page of its own" in moved.text
    assert client.post(section, data={**data, **planned}).status_code == 303
    published.publish()

    assert str(published.challenge.decision_on) == "2027-01-20"


def test_hostile_texts_are_shown_as_they_were_typed(
    published: Published, client: FlaskClient
) -> None:
    at = f"/work/challenges/{published.reference}/change"
    enter(client, published.scene.lead)
    section = f"{at}/section/outcome"
    data = form_data(client, section)
    assert client.post(section, data={**data, "outcome": HOSTILE}).status_code == 303
    page = client.get(at).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    too_long = client.post(
        section, data={**form_data(client, section), "outcome": HOSTILE + "x" * 2_000}
    )
    assert too_long.status_code == 422
    assert "20,000 characters" in too_long.text


def test_supplier_is_led_from_the_dashboard_to_a_new_receipt(
    published: Published, client: FlaskClient, mine: str
) -> None:
    published.weigh()
    published.publish()
    enter(client, published.scene.admin_user)
    for path in ("/work", "/bids", f"/bids/{mine}"):
        assert "onfirm your bid" in client.get(path).text, path
    assert "does not count unless" in client.get(f"/bids/{mine}/receipts/1").text
    page = client.get(f"/bids/{mine}/confirm").text
    assert WHY in page
    assert "Weight" in page

    unticked = client.post(f"/bids/{mine}/confirm", data={"change": "1"})
    assert unticked.status_code == 422
    assert "Tick the box" in unticked.text
    answer = client.post(f"/bids/{mine}/confirm", data={"change": "1", "agreed": "y"})

    assert answer.status_code == 303
    assert answer.location.endswith("/receipts/2")
    assert "Bid submitted" in client.get(answer.location).text
    assert client.get(f"/bids/{mine}/confirm").status_code == 303


def test_after_closing_both_sides_read_that_the_bid_lapsed(
    published: Published, client: FlaskClient, mine: str
) -> None:
    published.weigh()
    published.publish()
    published.close()
    enter(client, published.scene.admin_user)
    for path in ("/work", f"/bids/{mine}", f"/bids/{mine}/confirm"):
        text = client.get(path).text
        assert "apsed" in text or "does not count" in text, path
    late = client.post(f"/bids/{mine}/confirm", data={"agreed": "y", "change": "1"})
    assert late.status_code == 409

    enter(client, published.scene.officers[0])
    hub = f"/work/challenges/{published.reference}"
    assert "Bids that lapsed" not in client.get(hub).text  # nobody sees how many before opening
    published.open()
    opened = client.get(hub).text
    assert "Bids that lapsed" in opened
    assert mine not in opened


def test_public_page_of_changes_takes_as_many_statements_for_many_as_for_one(
    published: Published, client: FlaskClient, session: Session
) -> None:
    counts = []
    for number in range(1, 4):
        published.write(f"Text {number}.")
        published.publish()
        with count_statements(session) as counter:
            client.get(f"/challenges/{published.reference}/changes")
        counts.append(len(counter))
    assert len(set(counts)) == 1
