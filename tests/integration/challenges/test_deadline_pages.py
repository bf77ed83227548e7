"""Moving a closing time by the pages: the form, the wait, the second officer, the public page."""

import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from marketplace.core.clock import FixedClock
from tests.conftest import count_statements, sign_in
from tests.integration.challenges.browser import send
from tests.integration.challenges.deadlines import DAY, DOWN, WHY, closes_at, move, propose, said
from tests.journeys import Journey, an_open_journey
from tests.scenes import KeptScene, Scenes

# 9:30 in the morning of 20 December 2026, a Sunday, is when the journey closes.
MONDAY = ["21", "12", "2026", "12", "00"]
WORDS = "midday on Monday 21 December 2026 (GMT)"


@pytest.fixture
def kept_scene(scenes: Scenes) -> KeptScene[Journey]:
    """Keep a challenge that takes bids."""
    return scenes.keep("open journey", an_open_journey)


@pytest.fixture
def published(kept_scene: KeptScene[Journey], session: Session, clock: FixedClock) -> Journey:
    """Publish a challenge that takes bids."""
    return kept_scene.give(session, clock)


@pytest.fixture
def path(published: Journey) -> str:
    return f"/work/challenges/{published.reference}/closing-time"


def hub(journey: Journey, client: FlaskClient) -> str:
    return client.get(f"/work/challenges/{journey.reference}").text


def public(journey: Journey, client: FlaskClient) -> str:
    page = client.get(f"/challenges/{journey.reference}").text
    return re.sub(r"\s+", " ", page)


def test_officer_proposes_and_another_confirms(
    client: FlaskClient, published: Journey, path: str
) -> None:
    cast = published.cast
    sign_in(client, cast.officer)
    assert path in hub(published, client)

    proposed = send(client, path, {"closes_at": MONDAY, "reason": WHY})
    assert (proposed.status_code, proposed.location) == (303, path)
    waiting = client.get(path).text
    assert "another officer confirms or declines it" in waiting
    assert "ask another officer to decline this first" in waiting
    assert 'name="decision"' not in waiting
    assert "Choose a working day" not in waiting
    assert "waits for another officer to confirm it" in hub(published, client)

    sign_in(client, cast.second_officer)
    for page in (hub(published, client), client.get("/work").text):
        assert "Confirm or decline a later closing time" in page
    read = client.get(path).text
    for words in (WORDS, "9:30am on Sunday 20 December 2026 (GMT)", "1 day and 2 hours", WHY):
        assert words in read
    confirmed = send(client, path, {"decision": "confirm"})
    assert confirmed.status_code == 303

    assert said(published) == ["deadline.proposed", "deadline.extended"]
    assert WORDS in hub(published, client)
    assert "Confirm or decline" not in hub(published, client)


def test_both_officers_are_warned_of_a_closing_time_on_a_bank_holiday(
    client: FlaskClient, published: Journey, path: str
) -> None:
    holiday = ["28", "12", "2026", "12", "00"]  # in place of Boxing Day, which is a Saturday
    sign_in(client, published.cast.officer)
    send(client, path, {"closes_at": holiday, "reason": WHY})

    for officer in (published.cast.officer, published.cast.second_officer):
        sign_in(client, officer)
        assert "on a weekend or a bank holiday" in client.get(path).text


def test_officer_declines(client: FlaskClient, published: Journey, path: str) -> None:
    propose(published, published.closes_at + DAY)
    sign_in(client, published.cast.second_officer)

    assert send(client, path, {"decision": "decline"}).status_code == 303

    assert closes_at(published) == published.closes_at
    assert "Move the closing time" in client.get(path).text


def test_form_suggests_midday_on_a_working_day_a_week_later(
    client: FlaskClient, published: Journey, path: str
) -> None:
    sign_in(client, published.cast.officer)

    page = client.get(path).text

    # A week after the Sunday is the third day of Christmas, and Monday takes Saturday's holiday.
    parts = re.findall(r'name="closes_at"[^>]*value="(\d+)"', page)
    assert parts == ["29", "12", "2026", "12", "00"]


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ({"closes_at": MONDAY, "reason": ""}, "Say why bidders get more time"),
        (
            {"closes_at": ["20", "12", "2026", "09", "30"], "reason": WHY},
            "it is never brought forward",
        ),
        ({"closes_at": ["31", "2", "2027", "12", "00"], "reason": WHY}, "Enter a real date"),
        ({"closes_at": [""] * 5, "reason": WHY}, "Say when bidding should close"),
        ({"closes_at": ["28", "3", "2027", "01", "30"], "reason": WHY}, "does not exist"),
    ],
)
def test_faulty_proposal_keeps_what_was_typed_and_says_what_to_do(
    client: FlaskClient, published: Journey, path: str, sent: dict[str, object], expected: str
) -> None:
    sign_in(client, published.cast.officer)

    answer = send(client, path, sent)

    assert answer.status_code == 422
    assert expected in answer.text
    assert re.findall(r'name="closes_at"[^>]*value="(\d*)"', answer.text) == sent["closes_at"]
    assert str(sent["reason"]) in answer.text
    assert said(published) == []


def test_second_tab_that_proposes_too_keeps_its_text_and_shows_the_way(
    client: FlaskClient, published: Journey, path: str
) -> None:
    sign_in(client, published.cast.third_officer)
    assert client.get(path).status_code == 200
    propose(published, published.closes_at + DAY)

    answer = client.post(path, data={"closes_at": MONDAY, "reason": "A long reason of my own."})

    assert answer.status_code == 409
    assert "Oona Officer has proposed a closing time already" in answer.text
    assert "A long reason of my own." in answer.text
    assert "See the proposal that waits" in answer.text


def test_button_pressed_twice_confirms_once(
    client: FlaskClient, published: Journey, path: str
) -> None:
    change = propose(published, published.closes_at + DAY)
    sign_in(client, published.cast.second_officer)
    data = {"change": str(change.id), "decision": "confirm"}

    for _press in range(2):
        assert client.post(f"{path}/decision", data=data).status_code == 303

    assert said(published) == ["deadline.proposed", "deadline.extended"]
    # In a tab that was open since, the other button says that it is done.
    late = client.post(f"{path}/decision", data={**data, "decision": "decline"})
    assert late.status_code == 409
    assert "confirmed already" in late.text
    assert 'name="decision"' not in late.text


def test_confirming_what_waited_past_closing_says_so_and_offers_to_decline(
    client: FlaskClient, published: Journey, path: str
) -> None:
    change = propose(published, published.closes_at + DAY)
    published.clock.instant = published.closes_at
    sign_in(client, published.cast.second_officer)

    answer = client.post(f"{path}/decision", data={"change": str(change.id), "decision": "confirm"})

    assert answer.status_code == 409
    assert "Bids have closed while this proposal waited" in answer.text
    assert 'value="decline"' in answer.text
    assert 'value="confirm"' not in answer.text


@pytest.mark.parametrize(
    "data",
    [{}, {"change": "x", "decision": "confirm"}, {"decision": "confirm"}],
    ids=["nothing", "no such", "which"],
)
def test_decision_about_nothing_is_not_found(
    client: FlaskClient, published: Journey, path: str, data: dict[str, str]
) -> None:
    propose(published, published.closes_at + DAY)
    sign_in(client, published.cast.second_officer)

    assert client.post(f"{path}/decision", data=data).status_code == 404


def test_decision_that_no_button_sends_declines_nothing(
    client: FlaskClient, published: Journey, path: str
) -> None:
    change = propose(published, published.closes_at + DAY)
    sign_in(client, published.cast.second_officer)

    for decision in ("", "perhaps"):
        data = {"change": str(change.id), "decision": decision}
        assert client.post(f"{path}/decision", data=data).status_code == 404
    assert said(published) == ["deadline.proposed"]


def test_proposer_who_sends_the_decision_all_the_same_is_forbidden(
    client: FlaskClient, published: Journey, path: str
) -> None:
    change = propose(published, published.closes_at + DAY)
    sign_in(client, published.cast.officer)

    data = {"change": str(change.id), "decision": "confirm"}
    assert client.post(f"{path}/decision", data=data).status_code == 403


def test_pages_are_for_procurement_officers_of_the_body(
    client: FlaskClient, published: Journey, path: str
) -> None:
    cast = published.cast
    for person, status in ((cast.lead, 403), (cast.supplier_admin, 403), (cast.other_officer, 404)):
        sign_in(client, person)
        assert client.get(path).status_code == status
        assert client.post(path, data={"closes_at": MONDAY, "reason": WHY}).status_code == status
        assert path not in hub(published, client)


def test_reopening_by_the_pages_within_24_hours_and_not_after(
    client: FlaskClient, published: Journey, path: str
) -> None:
    cast, clock = published.cast, published.clock
    clock.instant = published.closes_at + timedelta(hours=23)
    sign_in(client, cast.officer)
    assert "Open for bids again, if the service was down" in hub(published, client)
    form = client.get(path).text
    assert "What was down, and from when to when?" in form
    assert "1 hour left" in form

    assert send(client, path, {"closes_at": MONDAY, "reason": DOWN}).status_code == 303
    sign_in(client, cast.second_officer)
    assert "Proposed: open the challenge for bids again" in client.get(path).text
    assert send(client, path, {"decision": "confirm"}).status_code == 303
    assert "Opened for bids again, for everybody." in public(published, client)

    clock.instant = closes_at(published) + DAY
    sign_in(client, cast.officer)
    assert client.get(path).status_code == 409
    assert path not in hub(published, client)


def test_public_page_shows_the_present_closing_and_every_change_with_its_reason(
    client: FlaskClient, published: Journey
) -> None:
    assert "Changes to the closing time" not in public(published, client)
    move(published, published.closes_at + DAY, reason="First <b>reason</b>.")
    published.clock.instant += DAY
    move(published, published.closes_at + 3 * DAY, reason="Second reason.")
    propose(published, published.closes_at + 9 * DAY, reason="Not confirmed yet.")

    page = public(published, client)

    assert "Closes at 9:30am on Wednesday 23 December 2026 (GMT):" in page
    assert "This is a new closing time." in page
    moved = "Moved from 9:30am on Sunday 20 December 2026 (GMT) to 9:30am on Monday 21 December"
    assert moved in page
    assert page.index("First &lt;b&gt;reason&lt;/b&gt;.") < page.index("Second reason.")
    assert "4 December 2026:" in page
    assert "5 December 2026:" in page
    # Neither who it was, nor what still waits for a second officer.
    for secret in ("Oona", "Omar", "Not confirmed yet."):
        assert secret not in page


def test_every_page_of_deadlines_takes_few_statements(
    client: FlaskClient, session: Session, published: Journey, path: str
) -> None:
    for days in (1, 2, 3):
        move(published, published.closes_at + days * DAY)
    sign_in(client, published.cast.second_officer)
    for waits in (False, True):
        if waits:
            propose(published, published.closes_at + 4 * DAY)
        for page, most in ((path, 14), (f"/challenges/{published.reference}", 20)):
            with count_statements(session) as counted:
                assert client.get(page).status_code == 200
            # One for each part of the public page, however many times the closing was moved.
            assert len(counted) <= most, page
