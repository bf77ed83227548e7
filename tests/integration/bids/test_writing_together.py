"""Two people write one bid, and how an answer will be read: pages that work without script."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids import queries, service
from bids.drafts import content_of
from marketplace.core.clock import FixedClock
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_person, a_supplier
from tests.integration.bids.conftest import Scene

JSON = {"Accept": "application/json"}
THEIRS, MINE = "We ask people first.\n\nThen we build.", "We ask people twice.\n\nThen we build."


@pytest.fixture
def path(scene: Scene, client: FlaskClient, clock: FixedClock) -> str:
    """Have a colleague save an answer after the signed-in person opened its page."""
    bid = service.start_bid(scene.challenge.reference, actor=scene.admin, clock=clock)
    reference = bid.reference
    service.save_answer(reference, "team", THEIRS, actor=scene.contributor, clock=clock)
    sign_in(client, scene.admin_user)
    return f"/bids/{reference}/answers/team"


def answered(session: Session, scene: Scene, path: str) -> str:
    """Give what the draft answers."""
    session.expire_all()
    bid = queries.own_bid(session, path.split("/")[2], scene.admin)
    return content_of(session, bid).answers["team"]


def test_second_of_two_editors_sees_the_words_that_differ_and_what_they_can_do(
    path: str, client: FlaskClient
) -> None:
    page = client.post(path, data={"text": MINE, "seen": "0" * 16})

    assert page.status_code == 409
    assert "<del>" in page.text
    assert "twice" in page.text
    for choice in ("Save yours in place", "Put both below one another", "Leave yours and take"):
        assert choice in page.text


def test_both_versions_come_below_one_another_and_nothing_is_saved_until_the_writer_does(
    scene: Scene, session: Session, path: str, client: FlaskClient
) -> None:
    merged = client.post(path, data={"text": MINE, "seen": "0" * 16, "then": "both"})

    assert merged.status_code == 200
    assert f"{THEIRS}\n\n{MINE}" in merged.text.replace("\r\n", "\n")
    assert answered(session, scene, path) == THEIRS
    seen = merged.text.split('name="seen"')[1].split('value="')[1].split('"')[0]
    kept = client.post(path, data={"text": f"{THEIRS}\n\n{MINE}", "seen": seen})
    assert kept.status_code == 303
    assert answered(session, scene, path) == f"{THEIRS}\n\n{MINE}"


def test_preview_renders_safely_and_saves_nothing(
    scene: Scene, session: Session, path: str, client: FlaskClient
) -> None:
    hostile = (
        "# Plan\n\n* **one**\nnext\n\n<script>x</script> [a](javascript:alert(1)) "
        "[b](https://example.com) ![c](https://example.com/c.png)"
    )
    shown = client.post(path, data={"text": hostile, "then": "preview"}, headers=JSON)
    html = shown.get_json()["html"]
    assert "<h3>Plan</h3>" in html
    assert "<strong>one</strong><br>" in html.replace("<br />", "<br>")
    assert '<a href="https://example.com" rel="nofollow noopener noreferrer">b</a>' in html
    for bad in ("<script", 'href="javascript', "<img"):
        assert bad not in html

    page = client.post(path, data={"text": hostile, "then": "preview"})
    assert page.status_code == 200
    assert "<strong>one</strong>" in page.text
    assert "# Plan" in page.text
    assert answered(session, scene, path) == THEIRS


def test_preview_of_another_suppliers_bid_is_not_found(
    session: Session, path: str, client: FlaskClient
) -> None:
    rival = a_person(session, NOW, a_supplier(session, NOW), Role.SUPPLIER_ADMIN)
    session.commit()
    sign_in(client, rival)
    for headers in ({}, JSON):
        data = {"text": "Mine", "then": "preview"}
        assert client.post(path, data=data, headers=headers).status_code == 404


def test_save_by_the_script_with_an_ended_session_says_so_and_the_next_one_is_told_as_saved(
    path: str, client: FlaskClient, clock: FixedClock, scene: Scene
) -> None:
    done = client.post(path, data={"text": MINE, "kept_as": "bid:team#7"})
    assert done.status_code == 303
    assert 'data-kept-done="bid:team#7"' in client.get(done.location).text
    assert "data-kept-done" not in client.get(done.location).text
    refused = client.post(path, data={"text": "x", "seen": "0" * 16, "kept_as": "bid:team#7"})
    assert refused.status_code == 409
    assert "data-kept-done" not in client.get(path).text

    clock.instant += timedelta(hours=9)
    ended = client.post(path, data={"text": MINE}, headers=JSON)
    assert ended.status_code == 401
    assert "signed out" in ended.get_json()["message"]


def test_terms_and_price_saved_by_the_script_say_what_is_wrong(
    path: str, client: FlaskClient
) -> None:
    terms = path.rsplit("/", 2)[0] + "/terms"
    missing = client.post(terms, data={"contract": "no", "points": ""}, headers=JSON)
    assert missing.status_code == 422
    assert "Say which points" in missing.get_json()["message"]
    saved = client.post(terms, data={"contract": "no", "points": "Clause 9"}, headers=JSON)
    assert saved.get_json()["message"].startswith("Saved at")
    stale = {"contract": "no", "points": "Clause 4", "seen": "0" * 16}
    assert client.post(terms, data=stale, headers=JSON).status_code == 409
    both = client.post(terms, data={**stale, "then": "both"})
    assert "Clause 9\n\nClause 4" in both.text.replace("\r\n", "\n")
