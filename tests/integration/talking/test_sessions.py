"""Live sessions are announced, joined by those who may, and recorded for the others."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy.orm import Session

from challenges.following.models import Follow
from marketplace.core.notices.models import Kind, Unwanted
from tests.conftest import sign_in
from tests.factories import a_person
from tests.integration.asking.conftest import leave, letters
from tests.integration.challenges.browser import send
from tests.journeys import Journey

LINK = "https://meet.example.org/room?x=1&y=2"


def form(journey: Journey, **changes: object) -> dict[str, object]:
    """Give the form of a session in two days at half past ten."""
    day = journey.clock.now() + timedelta(days=2)
    when = [str(day.day), str(day.month), str(day.year), "10", "30"]
    facts = {"title": "Meet us", "about": "Ask **anything**.", "minutes": "45", "join_url": LINK}
    return {**facts, "starts_at": when, **changes}


def test_session_is_announced_joined_changed_and_recorded(
    client: FlaskClient, published: Journey, session: Session
) -> None:
    cast, at = published.cast, f"/challenges/{published.reference}"
    published.bid()
    since, challenge_id = published.clock.now(), published.challenge.id
    follower, deaf = (a_person(session, since, None) for _ in range(2))
    session.flush()
    for person, wanted in ((follower, True), (deaf, False)):
        session.add(Follow(challenge_id=challenge_id, user_id=person.id, since=since))
        if not wanted:
            session.add(Unwanted(user_id=person.id, kind=Kind.FOLLOWED))
    session.commit()
    before = len(letters(session))
    sign_in(client, cast.lead)
    answer = send(client, f"/work{at}/sessions/new", form(published))
    assert answer.status_code == 303
    page = answer.location
    assert {to for to, _s, _t in letters(session)[before:]} == {
        p.email for p in (cast.supplier_admin, cast.contributor, cast.rival_admin, follower)
    }

    # Whoever has not signed in is told of the session, and not where it is.
    leave(client)
    for path in (at, f"{at}/questions"):
        assert "Meet us" in client.get(path).text
    assert "meet.example.org" not in client.get(page).text
    calendar = client.get(f"{page}/calendar.ics")
    assert calendar.mimetype == "text/calendar"
    assert b"meet.example.org" not in calendar.data
    sign_in(client, cast.supplier_admin)
    assert "meet.example.org" in client.get(page).text
    event = Calendar.from_ical(client.get(f"{page}/calendar.ics").data).events[0]
    assert str(event["location"]) == LINK
    assert event.duration == timedelta(minutes=45)
    first = str(event["uid"])

    sign_in(client, cast.officer)
    assert send(client, f"/work{page}", form(published, minutes="60")).status_code == 303
    event = Calendar.from_ical(client.get(f"{page}/calendar.ics").data).events[0]
    assert (str(event["uid"]), event["sequence"], event.duration) == (
        first,
        1,
        timedelta(hours=1),
    )
    assert client.get(f"/work{page}/recording").status_code == 409
    published.clock.instant += timedelta(days=3)
    sign_in(client, cast.officer)
    assert client.get(f"/work{page}/cancel").status_code == 409
    wrong = send(client, f"/work{page}/recording", {"recording_url": "javascript:alert(1)"})
    assert wrong.status_code == 422
    recorded = {"recording_url": "https://video.example.org/7", "notes": "Ten benches."}
    assert send(client, f"/work{page}/recording", recorded).status_code == 303
    leave(client)
    shown = client.get(page).text
    assert "https://video.example.org/7" in shown
    assert "Ten benches." in shown
    assert "meet.example.org" not in shown


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"title": ""}, "Enter a title"),
        ({"starts_at": ["", "", "", "", ""]}, "Enter the day and the time"),
        ({"starts_at": ["1", "1", "2020", "10", "00"]}, "still to come"),
        ({"starts_at": ["1", "1", "2040", "10", "00"]}, "before bids close"),
        ({"minutes": "4"}, "from 5 to 480"),
        ({"join_url": "ftp://x"}, "begins with https"),
        ({"join_url": "https://x.example/" + "a" * 500}, "500 characters"),
    ],
)
def test_session_that_does_not_fit_is_refused_beside_its_field(
    client: FlaskClient, published: Journey, changes: dict[str, object], message: str
) -> None:
    sign_in(client, published.cast.lead)
    path = f"/work/challenges/{published.reference}/sessions/new"

    answer = send(client, path, form(published, **changes))

    assert answer.status_code == 422
    assert message in answer.text
    assert "Ask **anything**." in answer.text


def test_cancelling_needs_a_reason_and_calendars_hear_of_it(
    client: FlaskClient, published: Journey
) -> None:
    at = f"/work/challenges/{published.reference}/sessions"
    sign_in(client, published.cast.lead)
    page = send(client, f"{at}/new", form(published)).location
    assert send(client, f"/work{page}/cancel", {"reason": ""}).status_code == 422
    assert send(client, f"/work{page}/cancel", {"reason": "The room burst."}).status_code == 303

    event = Calendar.from_ical(client.get(f"{page}/calendar.ics").data).events[0]
    assert (str(event["status"]), event["sequence"]) == ("CANCELLED", 1)
    shown = client.get(page).text
    assert "The room burst." in shown
    assert "meet.example.org" not in shown
