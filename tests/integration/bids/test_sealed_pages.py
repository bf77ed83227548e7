"""A supplier's pages of a bid that it sealed: reading it, changing it, and what goes wrong."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids import service
from challenges.kinds import PriceModel
from marketplace.core.clock import FixedClock
from marketplace.core.vault.models import DraftKey
from tests.conftest import NOW, sign_in
from tests.integration.bids.conftest import MARKER, Scene, build_scene, the_bid
from tests.integration.challenges.browser import hidden_fields, send


@pytest.fixture
def sealed(scene: Scene, client: FlaskClient, clock: FixedClock) -> str:
    """Submit a bid, have its writer sign in, and give its reference."""
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    sign_in(client, scene.contributor_user)
    return reference


def test_saving_by_script_after_a_submission_is_refused_with_what_to_do(
    client: FlaskClient, sealed: str
) -> None:
    answer = client.post(
        f"/bids/{sealed}/answers/team",
        data={"text": "A late thought"},
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 409
    assert "first choose “Change this bid”" in answer.get_json()["message"]


@pytest.mark.parametrize(
    ("part", "typed", "shown"),
    [
        ("answers/team", {"text": "A late thought"}, "A late thought"),
        ("price", {"price": "1,250.50"}, "£1,250.50"),
        ("terms", {"contract": "no", "points": "Clause 12", "ai_statement": "Some"}, "Clause 12"),
    ],
)
def test_saving_after_a_submission_shows_what_was_typed_and_the_button_to_go_on(
    session: Session,
    client: FlaskClient,
    clock: FixedClock,
    part: str,
    typed: dict[str, str],
    shown: str,
) -> None:
    scene = build_scene(session, PriceModel.LOWEST_PRICE_RATIO)
    reference = scene.written_bid(clock)
    service.save_price(reference, 900_00, actor=scene.admin, clock=clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    sign_in(client, scene.contributor_user)

    answer = client.post(f"/bids/{reference}/{part}", data=typed)

    assert answer.status_code == 409
    assert shown in answer.text
    assert "This was not saved" in answer.text
    assert f'action="/bids/{reference}/change"' in answer.text
    assert the_bid(session, reference).draft_key_id is None


def test_changing_from_a_question_leads_back_to_it_ready_to_write(
    client: FlaskClient, sealed: str
) -> None:
    path = f"/bids/{sealed}/answers/team"
    assert "<textarea" not in client.get(path).text
    assert f"{MARKER} (team)" in client.get(path).text

    changed = send(client, path, {})

    assert changed.headers["Location"] == path
    page = client.get(path).text
    assert f"{MARKER} (team)" in page
    assert "<textarea" in page
    assert "Version 1 goes on counting until you submit again" in page


def test_giving_changes_up_asks_first_and_brings_back_what_was_submitted(
    scene: Scene, client: FlaskClient, clock: FixedClock, sealed: str
) -> None:
    service.change_bid(sealed, actor=scene.contributor, clock=clock)
    service.save_answer(sealed, "team", "Worse", actor=scene.contributor, clock=clock)
    asked = client.get(f"/bids/{sealed}/discard").text
    assert "Version 1 goes on counting" in asked
    assert "Worse" in client.get(f"/bids/{sealed}/answers/team").text

    given_up = send(client, f"/bids/{sealed}/discard", {})

    assert given_up.headers["Location"] == f"/bids/{sealed}"
    assert "Worse" not in client.get(f"/bids/{sealed}/answers/team").text
    assert "Change this bid" in client.get(f"/bids/{sealed}").text


def test_giving_up_where_nothing_was_changed_leads_to_the_bid(
    client: FlaskClient, sealed: str
) -> None:
    assert client.get(f"/bids/{sealed}/discard").headers["Location"] == f"/bids/{sealed}"


def test_a_withdrawn_bid_can_be_begun_again_from_what_was_submitted(
    scene: Scene, client: FlaskClient, clock: FixedClock, sealed: str
) -> None:
    service.withdraw_bid(sealed, actor=scene.admin, arrived=NOW, clock=clock)
    page = client.get(f"/bids/{sealed}").text
    assert "Nothing counts now" in page
    assert "Begin again from what you submitted" in page
    assert send(client, f"/bids/{sealed}", {}).status_code == 303
    assert f"{MARKER} (team)" in client.get(f"/bids/{sealed}/answers/team").text
    assert "Nothing counts now" in client.get(f"/bids/{sealed}").text


def test_after_closing_a_sealed_bid_can_be_read_and_not_changed(
    scene: Scene, client: FlaskClient, clock: FixedClock, sealed: str
) -> None:
    clock.instant = scene.closes_at
    sign_in(client, scene.contributor_user)
    page = client.get(f"/bids/{sealed}").text
    assert "Nobody at the public body can read it until two officers open the bids" in page
    assert "/change" not in page
    assert MARKER in client.get(f"/bids/{sealed}/receipts/1").text
    assert client.post(f"/bids/{sealed}/change").status_code == 409


def test_checking_what_was_submitted_leads_to_its_receipt(client: FlaskClient, sealed: str) -> None:
    answer = client.get(f"/bids/{sealed}/check")
    assert answer.headers["Location"] == f"/bids/{sealed}/receipts/1"


@pytest.mark.parametrize("page", ["check", "submit"])
def test_the_pages_before_submitting_say_what_sealing_does_and_name_the_plan(
    scene: Scene, client: FlaskClient, clock: FixedClock, page: str
) -> None:
    reference = scene.written_bid(clock)
    sign_in(client, scene.admin_user)
    text = client.get(f"/bids/{reference}/{page}").text
    assert scene.challenge.plan is not None
    assert scene.challenge.plan.sha256 in text
    assert "nobody at the public body can read it" in text
    assert "the people who run the service could open it" in text


def damage(app: Flask, session: Session, reference: str) -> None:
    """Change one byte of the envelope of a bid's first version."""
    path = app.extensions["files"].path(the_bid(session, reference).submissions[0].sha256)
    content = path.read_bytes()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


def test_a_damaged_copy_leaves_the_receipt_and_says_what_to_do(
    app: Flask, session: Session, client: FlaskClient, sealed: str
) -> None:
    damage(app, session, sealed)
    receipt = client.get(f"/bids/{sealed}/receipts/1")
    assert receipt.status_code == 200
    assert "Tell the service team" in receipt.text
    assert MARKER not in receipt.text
    assert client.get(f"/bids/{sealed}/receipts/1/file").status_code == 200
    assert client.get(f"/bids/{sealed}").status_code == 200


def test_a_damaged_copy_cannot_be_changed_and_can_be_begun_anew(
    app: Flask, session: Session, client: FlaskClient, sealed: str
) -> None:
    damage(app, session, sealed)
    refused = send(client, f"/bids/{sealed}", {})
    assert refused.status_code == 409
    assert "Tell the service team" in refused.text
    assert the_bid(session, sealed).draft_key_id is None

    begun = client.post(f"/bids/{sealed}/change", data=hidden_fields(refused.text))

    assert begun.status_code == 303
    assert "Version 1 is submitted and counts" in client.get(f"/bids/{sealed}").text
    assert MARKER not in client.get(f"/bids/{sealed}/answers/team").text


def test_a_draft_whose_key_is_not_at_hand_gives_a_page_that_says_what_to_do(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    session.execute(sa.update(DraftKey).values(wrapped=b"\x01" + b"?" * 68))
    session.commit()
    sign_in(client, scene.contributor_user)
    page = client.get(f"/bids/{reference}")
    assert page.status_code == 503
    assert "tell the service team" in page.text
    late = client.post(
        f"/bids/{reference}/answers/team",
        data={"text": "A long thought that nobody wants to type again."},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert late.status_code == 503
    assert "A long thought that nobody wants to type again." in late.text
