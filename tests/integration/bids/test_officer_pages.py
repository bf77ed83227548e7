"""The officers' pages: nothing before the opening, two confirmations, every reading recorded."""

import html
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import service
from bids.lifecycle import BidState
from bids.models import OpeningConfirmation
from challenges.kinds import PriceModel
from challenges.lifecycle import State
from challenges.service import close as closing
from marketplace.config import Settings
from marketplace.core import jobs
from marketplace.core.accounts.models import User
from marketplace.core.audit.log import chain_entries
from marketplace.core.clock import FixedClock
from marketplace.core.permissions import Role
from tests.conftest import NOW, count_statements, sign_in
from tests.factories import PASSPHRASE, a_bid, a_body, a_person, a_supplier, name_openers
from tests.integration.bids.conftest import MARKER, Scene, build_scene, the_bid
from tests.integration.challenges.browser import send
from tests.journeys import confirm, open_the_bids


@pytest.fixture
def bid(scene: Scene, clock: FixedClock) -> str:
    """Submit the supplier's bid."""
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    return reference


def at(scene: Scene, page: str = "") -> str:
    return f"/work/challenges/{scene.challenge.reference}{page}"


def close(scene: Scene, clock: FixedClock) -> None:
    clock.instant = scene.closes_at + timedelta(minutes=1)


def open_bids(scene: Scene, clock: FixedClock) -> None:
    close(scene, clock)
    open_the_bids(scene.challenge.reference, scene.officer(0), scene.officer(1), clock=clock)


def readings(session: Session, scene: Scene) -> list[str | None]:
    session.rollback()
    entries = chain_entries(session, scene.challenge.reference)
    return [entry.actor_name for entry in entries if entry.action == "bid.read"]


def test_the_opening_page_before_closing_tells_neither_number_nor_supplier(
    scene: Scene, client: FlaskClient, bid: str
) -> None:
    sign_in(client, scene.officers[0])
    page = client.get(at(scene, "/opening")).text
    assert "Bids close in" in page
    assert "Bids submitted" not in page
    assert "Sign as first officer" not in page
    for secret in (bid, MARKER, scene.supplier.name, scene.admin_user.name):
        assert secret not in page


def test_the_opening_page_after_closing_tells_the_number_and_nothing_else(
    scene: Scene, client: FlaskClient, clock: FixedClock, bid: str
) -> None:
    close(scene, clock)
    sign_in(client, scene.officers[0])
    page = client.get(at(scene, "/opening")).text
    assert "Bids submitted" in page
    assert "Sign as first officer" in page
    for secret in (bid, MARKER, scene.supplier.name, scene.admin_user.name):
        assert secret not in page


@pytest.mark.parametrize("page", ["/bids", "/bids/{bid}", "/bids/{bid}/eligibility"])
def test_pages_of_bids_before_the_opening_show_nothing(
    scene: Scene, client: FlaskClient, clock: FixedClock, bid: str, page: str
) -> None:
    close(scene, clock)
    sign_in(client, scene.officers[0])
    answer = client.get(at(scene, page.format(bid=bid)))
    assert answer.status_code == 409
    for secret in (MARKER, scene.supplier.name, scene.admin_user.name):
        assert secret not in answer.text


def test_a_bid_that_is_there_and_one_that_is_not_look_the_same_before_the_opening(
    scene: Scene, client: FlaskClient, clock: FixedClock, bid: str
) -> None:
    close(scene, clock)
    sign_in(client, scene.officers[0])
    answers = [client.get(at(scene, f"/bids/{found}")) for found in (bid, "B-ABCDEFGH")]
    assert [answer.status_code for answer in answers] == [409, 409]


TYPED = {"passphrase": PASSPHRASE}


def test_two_officers_open_the_bids_from_their_pages(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock, bid: str
) -> None:
    close(scene, clock)
    sign_in(client, scene.officers[0])
    assert send(client, at(scene, "/opening"), TYPED).headers["Location"] == at(scene, "/opening")
    page = client.get(at(scene, "/opening")).text
    assert "You have confirmed already" in page
    assert scene.officers[1].name in page
    sign_in(client, scene.officers[1])
    assert "Sign as second officer and open the bids" in client.get(at(scene, "/opening")).text
    assert send(client, at(scene, "/opening"), TYPED).headers["Location"] == at(scene, "/opening")
    page = client.get(at(scene, "/opening")).text
    assert "0 of 1 bid opened" in page
    assert "Check again" in page
    assert client.get(at(scene, "/bids")).status_code == 409
    jobs.run_due(clock)
    assert "1 bid was opened" in client.get(at(scene, "/opening")).text
    assert scene.supplier.name in client.get(at(scene, "/bids")).text
    assert the_bid(session, bid).state is BidState.VALID


def test_what_an_officer_signs_is_on_the_page_word_for_word(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock, bid: str
) -> None:
    close(scene, clock)
    sign_in(client, scene.officers[0])
    client.post(at(scene, "/opening"), data=TYPED)
    sign_in(client, scene.officers[1])
    page = html.unescape(client.get(at(scene, "/opening")).text)
    session.rollback()
    (given,) = session.scalars(select(OpeningConfirmation.statement))
    assert given.partition("\n\n")[0] in page


def test_confirming_twice_by_one_officer_says_that_another_must(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock, bid: str
) -> None:
    close(scene, clock)
    sign_in(client, scene.officers[0])
    client.post(at(scene, "/opening"), data=TYPED)
    answer = client.post(at(scene, "/opening"), data=TYPED)
    assert answer.status_code == 409
    assert "A second procurement officer must confirm too" in answer.text
    assert the_bid(session, bid).state is BidState.SUBMITTED


@pytest.mark.parametrize("data", [TYPED, {}])
def test_confirming_before_closing_is_refused(
    scene: Scene, client: FlaskClient, bid: str, data: dict[str, str]
) -> None:
    sign_in(client, scene.officers[0])
    assert client.post(at(scene, "/opening"), data=data).status_code == 409


def test_confirming_with_a_wrong_passphrase_signs_nothing_and_does_not_show_it_again(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock, bid: str
) -> None:
    close(scene, clock)
    sign_in(client, scene.officers[0])
    answer = client.post(at(scene, "/opening"), data={"passphrase": "some other words than those"})
    assert answer.status_code == 422
    assert "This is not your opening passphrase" in answer.text
    assert "some other words" not in answer.text
    session.rollback()
    assert session.query(OpeningConfirmation).count() == 0
    assert "Wrong opening passphrase" in client.get("/account").text


def test_confirming_with_a_wrong_passphrase_ten_times_in_an_hour_is_the_end_of_trying(
    scene: Scene, client: FlaskClient, clock: FixedClock, bid: str
) -> None:
    close(scene, clock)
    sign_in(client, scene.officers[0])
    wrong = {"passphrase": "some other words than those"}
    answers = [client.post(at(scene, "/opening"), data=wrong).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]
    assert client.post(at(scene, "/opening"), data=TYPED).status_code == 429
    sign_in(client, scene.officers[1])
    assert client.post(at(scene, "/opening"), data=TYPED).status_code == 303


def test_confirming_without_the_second_step_is_refused_and_says_what_to_do(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock, bid: str
) -> None:
    close(scene, clock)
    sign_in(client, scene.officers[0], second_factor=False)
    assert "Sign in again with your second step" in client.get(at(scene, "/opening")).text
    answer = client.post(at(scene, "/opening"), data=TYPED)
    assert answer.status_code == 403
    assert "Sign in again with your second step" in answer.text
    session.rollback()
    assert session.query(OpeningConfirmation).count() == 0


def test_confirming_long_after_the_password_was_given_asks_for_it_again(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock, bid: str
) -> None:
    close(scene, clock)
    sign_in(client, scene.officers[0])
    with client.session_transaction() as held:
        held["fs_paa"] = held["fs_paa"] - 3600
    for page in (at(scene, "/opening"), at(scene, "/opening/test"), "/work/opening-passphrase"):
        answer = client.post(page, data=TYPED)
        assert answer.headers["Location"].startswith("/account/check")
    session.rollback()
    assert session.query(OpeningConfirmation).count() == 0


def test_the_opening_page_says_who_set_a_passphrase_and_who_tested(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    fourth = a_person(session, NOW, scene.body, Role.PROCUREMENT_OFFICER, name="Nora Newcomer")
    name_openers(session, NOW, scene.challenge, fourth)
    session.commit()
    sign_in(client, scene.officers[0])
    answer = client.post(at(scene, "/opening/test"), data=TYPED)
    assert answer.headers["Location"] == at(scene, "/opening")
    page = " ".join(client.get(at(scene, "/opening")).text.split())
    assert page.count("No passphrase") == 1
    assert page.count("Passphrase set") == 3
    assert page.count("Has not tested yet") == 3
    assert page.count("Tested at 9:30am on Tuesday 1 December 2026") == 1
    assert "It works" in page


def test_the_opening_page_leads_an_officer_without_a_passphrase_to_set_one(
    scene: Scene, session: Session, client: FlaskClient
) -> None:
    fourth = a_person(session, NOW, scene.body, Role.PROCUREMENT_OFFICER)
    name_openers(session, NOW, scene.challenge, fourth)
    session.commit()
    sign_in(client, fourth)
    page = client.get(at(scene, "/opening")).text
    assert "First set your opening passphrase" in page
    assert "Test that I can open" not in page


@pytest.mark.parametrize("closed", [False, True])
def test_the_opening_page_tells_an_officer_who_is_not_named_to_ask(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock, closed: bool
) -> None:
    other = a_person(session, NOW, scene.body, Role.PROCUREMENT_OFFICER)
    session.commit()
    if closed:
        close(scene, clock)
    sign_in(client, other)
    page = client.get(at(scene, "/opening")).text
    assert "You are not one of the officers named" in page
    assert 'name="passphrase"' not in page


def test_the_opening_page_says_that_the_opening_has_stopped_and_whom_to_tell(
    scene: Scene,
    session: Session,
    client: FlaskClient,
    clock: FixedClock,
    settings: Settings,
    bid: str,
) -> None:
    close(scene, clock)
    for number in (0, 1):
        confirm(scene.challenge.reference, scene.officer(number), clock=clock)
    away = settings.master_key_path.rename(settings.data / "away")
    jobs.run_due(clock)
    sign_in(client, scene.officers[2])
    page = client.get(at(scene, "/opening")).text
    assert "The opening has stopped. Tell the service team" in page
    assert MARKER not in page
    away.rename(settings.master_key_path)
    clock.instant += timedelta(minutes=5)
    jobs.run_due(clock)
    assert "1 bid was opened" in client.get(at(scene, "/opening")).text


def test_a_bid_that_is_not_as_submitted_is_marked_in_plain_words(
    scene: Scene, client: FlaskClient, clock: FixedClock, app: Flask, session: Session, bid: str
) -> None:
    envelope = app.extensions["files"].path(the_bid(session, bid).submissions[0].sha256)
    envelope.unlink()
    open_bids(scene, clock)
    sign_in(client, scene.officers[0])
    for page in ("/bids", f"/bids/{bid}", f"/bids/{bid}/eligibility"):
        answer = client.get(at(scene, page))
        assert "The sealed envelope is missing." in answer.text
        assert "Tell the service team before you go on." in answer.text
    assert "1 bid is not as it was submitted" in client.get(at(scene, "/bids")).text


def test_confirming_by_an_officer_of_another_body_finds_nothing(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock, bid: str
) -> None:
    other = a_body(session, NOW, "Another Example Council")
    officer = a_person(session, NOW, other, Role.PROCUREMENT_OFFICER)
    session.commit()
    close(scene, clock)
    sign_in(client, officer)
    assert client.get(at(scene, "/opening")).status_code == 404
    assert client.post(at(scene, "/opening")).status_code == 404


def test_reading_a_bid_is_recorded_before_it_is_shown(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock, bid: str
) -> None:
    open_bids(scene, clock)
    sign_in(client, scene.lead)
    assert client.get(at(scene, "/bids")).status_code == 200
    assert readings(session, scene) == []
    assert MARKER in client.get(at(scene, f"/bids/{bid}")).text
    assert readings(session, scene) == [scene.lead.name]


@pytest.mark.parametrize(("who", "shown"), [("officer", True), ("lead", False)])
def test_the_price_of_an_opened_bid_is_shown_to_officers_only(
    session: Session, client: FlaskClient, clock: FixedClock, who: str, shown: bool
) -> None:
    scene = build_scene(session, PriceModel.FIXED_BOUNDS)
    reference = scene.written_bid(clock)
    service.save_price(reference, 4_321_00, actor=scene.contributor, clock=clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    open_bids(scene, clock)
    user: User = scene.officers[0] if who == "officer" else scene.lead
    sign_in(client, user)
    page = client.get(at(scene, f"/bids/{reference}")).text
    assert ("£4,321" in page) is shown
    assert "£4,321" not in client.get(at(scene, "/bids")).text


@pytest.mark.parametrize("role", [Role.EVALUATOR, Role.CHAIR, Role.APPROVER])
def test_opened_bids_are_closed_to_those_who_score_or_sign_off(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock, bid: str, role: Role
) -> None:
    person = a_person(session, NOW, scene.body, role)
    session.commit()
    open_bids(scene, clock)
    sign_in(client, person)
    assert client.get(at(scene, "/bids")).status_code == 403
    assert client.get(at(scene, f"/bids/{bid}")).status_code == 403
    assert readings(session, scene) == []


def test_deciding_needs_a_reason_and_keeps_the_choice(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock, bid: str
) -> None:
    open_bids(scene, clock)
    sign_in(client, scene.officers[0])
    path = at(scene, f"/bids/{bid}/eligibility")
    refused = send(client, path, {"finding": "excluded", "reason": " "})
    assert refused.status_code == 422
    assert 'value="excluded" checked' in refused.text
    excluding = {"finding": "excluded", "reason": "Fraud, not put right."}
    refused = send(client, path, excluding)
    assert "Say which ground applies" in refused.text
    lost = send(client, path, {**excluding, "other_reason": "It is in the register."})
    assert "Choose the ground that this is about" in lost.text
    excluding |= {"other": f"{scene.supplier.id}:fraud", "other_reason": "It is in the register."}
    assert send(client, path, excluding).status_code == 303
    assert the_bid(session, bid).state is BidState.EXCLUDED
    page = client.get(at(scene, f"/bids/{bid}")).text
    assert "Fraud, not put right." in page
    assert "It is in the register." in page


def test_deciding_after_the_sign_off_is_refused_and_keeps_the_reason(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock, bid: str
) -> None:
    open_bids(scene, clock)
    scene.challenge.state = State.INTENTION
    session.commit()
    sign_in(client, scene.officers[0])
    answer = client.post(
        at(scene, f"/bids/{bid}/eligibility"),
        data={"finding": "excluded", "reason": "A reason that took an hour to write."},
    )
    assert answer.status_code == 409
    assert "A reason that took an hour to write." in answer.text


def test_the_list_of_50_opened_bids_takes_at_most_12_statements(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    for _ in range(50):
        supplier = a_supplier(session, NOW)
        person = a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN)
        a_bid(session, NOW, scene.challenge, supplier, person, BidState.SUBMITTED)
    session.commit()
    open_bids(scene, clock)
    sign_in(client, scene.officers[0])
    with count_statements(session) as statements:
        page = client.get(at(scene, "/bids")).text
    assert page.count("Decide<") == 50
    assert len(statements) <= 12, "\n".join(statements.statements)


@pytest.mark.parametrize("confirmed", [0, 1, 2])
def test_the_opening_page_takes_at_most_12_statements_however_far_it_has_come(
    scene: Scene,
    session: Session,
    client: FlaskClient,
    clock: FixedClock,
    bid: str,
    confirmed: int,
) -> None:
    for _ in range(10):
        supplier = a_supplier(session, NOW)
        person = a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN)
        a_bid(session, NOW, scene.challenge, supplier, person, BidState.SUBMITTED)
    session.commit()
    close(scene, clock)
    closing({"challenge": scene.challenge.reference}, clock)
    for number in range(confirmed):
        confirm(scene.challenge.reference, scene.officer(number), clock=clock)
    sign_in(client, scene.officers[2])
    path = at(scene, "/opening")
    with count_statements(session) as statements:
        page = client.get(path).text
    assert ("What you sign, word for word" in page) is (confirmed < 2)
    assert len(statements) <= 12, "\n".join(statements.statements)


@pytest.mark.parametrize("page", ["/opening", "/bids/{bid}", "/bids/{bid}/eligibility"])
def test_an_officers_page_takes_few_statements_with_the_entry_of_its_reading(
    scene: Scene, session: Session, client: FlaskClient, clock: FixedClock, bid: str, page: str
) -> None:
    open_bids(scene, clock)
    sign_in(client, scene.officers[0])
    path = at(scene, page.format(bid=bid))
    with count_statements(session) as statements:
        assert client.get(path).status_code == 200
    # One of them asks which rules administrators have set since the service began.
    assert len(statements) <= 13, "\n".join(statements.statements)
