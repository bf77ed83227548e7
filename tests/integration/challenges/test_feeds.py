"""Feeds and calendars as readers of them meet them; following; pages of bodies and rounds."""

import re
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar
from sqlalchemy.orm import Session

from challenges import log_words
from challenges.closing_models import DeadlineChange
from challenges.following.queries import followers
from challenges.kinds import DeadlineOutcome
from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit import log
from marketplace.core.clock import FixedClock
from tests.conftest import NOW, sign_in
from tests.factories import a_challenge, a_person, actor_for

ATOM = "{http://www.w3.org/2005/Atom}"


def check_atom(content: str) -> list[dict[str, str]]:
    """Hold a feed against what RFC 4287 requires of it, and give its entries."""
    feed = ET.fromstring(content)  # noqa: S314  (our own)
    assert feed.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated"):
        assert len(feed.findall(f"{ATOM}{name}")) == 1, name
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    relations = {link.get("rel") for link in feed.findall(f"{ATOM}link")}
    assert relations == {"self", "alternate"}
    entries = []
    for entry in feed.findall(f"{ATOM}entry"):
        found = {name: entry.findtext(f"{ATOM}{name}") or "" for name in ("id", "title", "updated")}
        assert all(found.values())
        assert datetime.fromisoformat(found["updated"]).tzinfo is not None
        entries.append(found)
    assert len({entry["id"] for entry in entries}) == len(entries)
    return entries


def test_feed_of_a_search_holds_what_answers_it_newest_first(
    client: FlaskClient, session: Session, body: Organisation, lead: User
) -> None:
    for title, region in (("First & <b>?", "tayside"), ("Second?", "tayside"), ("Else?", "south")):
        challenge = a_challenge(session, NOW, body, lead, State.OPEN, title=title)
        challenge.region = region
        challenge.published_at = NOW - timedelta(days=3 if title.startswith("First") else 2)
    session.commit()

    answer = client.get("/challenges.atom?region=tayside")

    assert answer.content_type == "application/atom+xml; charset=utf-8"
    assert [entry["title"] for entry in check_atom(answer.text)] == ["Second?", "First & <b>?"]


def test_feed_without_entries_is_a_feed(client: FlaskClient) -> None:
    assert check_atom(client.get("/challenges.atom?q=zebra").text) == []


@pytest.mark.parametrize(
    "path", ["/challenges.atom", "/challenges.ics", "/challenges/{}/feed.atom"]
)
def test_reader_that_has_the_feed_is_told_so_until_it_changes(
    client: FlaskClient, session: Session, body: Organisation, lead: User, path: str
) -> None:
    challenge = a_challenge(session, NOW, body, lead, State.OPEN)
    session.commit()
    path = path.format(challenge.reference)
    had = client.get(path).headers["ETag"]

    assert client.get(path, headers={"If-None-Match": had}).status_code == 304

    challenge.title = "How can it be warmer?"
    challenge.published_at = NOW
    session.commit()
    assert client.get(path, headers={"If-None-Match": had}).status_code == 200


def test_calendar_holds_closing_times_that_calendars_can_read(
    client: FlaskClient, session: Session, body: Organisation, lead: User
) -> None:
    closes_at = datetime(2027, 6, 15, 11, 0, tzinfo=UTC)
    title = "Where is it warm; or, cold,\u2028really? " + "ä" * 80
    challenge = a_challenge(session, NOW, body, lead, State.OPEN, title=title, closes_at=closes_at)
    a_challenge(session, NOW, body, lead, State.CLOSED)
    session.commit()

    answer = client.get("/challenges.ics")
    own = client.get(f"/challenges/{challenge.reference}/calendar.ics")

    for each in (answer, own):
        assert each.content_type == "text/calendar; charset=utf-8"
        assert max(len(line.encode()) for line in each.text.split("\r\n")) <= 75
        events = Calendar.from_ical(each.text).walk("VEVENT")
        (event,) = [event for event in events if str(event["uid"]).startswith("closes-")]
        assert event.decoded("dtstart") == closes_at
        assert title in str(event["summary"])
        assert str(event["uid"]) == f"closes-{challenge.reference}@127.0.0.1"


def test_planned_days_and_the_last_time_for_questions_are_told_until_they_are_over(
    client: FlaskClient, session: Session, body: Organisation, lead: User, clock: FixedClock
) -> None:
    challenge = a_challenge(session, NOW, body, lead, State.OPEN)
    challenge.stage.questions_until = NOW + timedelta(days=5)
    challenge.interviews_on = (NOW + timedelta(days=30)).date()
    session.commit()
    page, calendar = (f"/challenges/{challenge.reference}{end}" for end in ("", "/calendar.ics"))

    assert "<strong>Questions until</strong>" in client.get(page).text
    assert "<strong>Interviews planned</strong>" in client.get(page).text
    events = Calendar.from_ical(client.get(calendar).text).walk("VEVENT")
    assert {event.decoded("dtstart") for event in events} == {
        challenge.stage.closes_at,
        challenge.stage.questions_until,
        challenge.interviews_on,
    }

    clock.instant = NOW + timedelta(days=40)
    assert "<strong>Last day for questions</strong>" in client.get(page).text
    assert "<strong>Interviews planned</strong>" not in client.get(page).text


def test_draft_has_no_feed_and_no_calendar(client: FlaskClient, draft: Challenge) -> None:
    for path in ("feed.atom", "calendar.ics", "follow"):
        answer = client.get(f"/challenges/{draft.reference}/{path}")
        assert answer.status_code in (302, 404), path


def test_person_follows_and_stops_with_one_button_each(
    client: FlaskClient, session: Session, body: Organisation, lead: User
) -> None:
    challenge = a_challenge(session, NOW, body, lead, State.OPEN)
    reader = a_person(session, NOW, None)
    session.commit()
    page = f"/challenges/{challenge.reference}"
    assert client.get(f"{page}/follow").location.startswith("/sign-in?next=")
    sign_in(client, reader)

    for _twice in range(2):
        client.post(f"{page}/follow")
    assert list(followers(session, challenge)) == [reader.id]
    assert "Stop following" in client.get(page).text

    for _twice in range(2):
        client.post(f"{page}/unfollow")
    assert list(followers(session, challenge)) == []


def test_page_of_a_challenge_tells_what_happened_and_what_comes(
    client: FlaskClient, session: Session, body: Organisation, lead: User, clock: FixedClock
) -> None:
    challenge = a_challenge(session, NOW, body, lead, State.OPEN)
    session.commit()
    path = f"/challenges/{challenge.reference}"
    assert "Closes to bids</strong> <time" in client.get(path).text

    clock.instant = NOW + timedelta(days=15)
    page = client.get(path).text

    assert "Closes to bids</strong> <time" not in page
    steps = re.findall(r"<strong>([^<]+)</strong> <time", page)
    assert steps == ["Published", "Last day for questions", "Closed to bids"]


def test_change_is_a_step_with_its_number_on_the_page_and_in_the_feed(
    client: FlaskClient, session: Session, body: Organisation, lead: User, clock: FixedClock
) -> None:
    challenge = a_challenge(session, NOW, body, lead, State.OPEN)
    for number in (1, 2):
        log.append(
            session,
            clock=clock,
            action=log_words.CHANGED,
            chain=challenge.reference,
            actor=actor_for(lead),
            number=number,
            reason="A word was missing.",
            confirm=False,
            plan="0" * 64,
            before="1" * 64,
            after="2" * 64,
        )
    session.commit()
    path = f"/challenges/{challenge.reference}"

    page, feed = client.get(path).text, client.get(f"{path}/feed.atom").text

    for number in (1, 2):
        assert f'href="{path}/changes/{number}">Change {number} published</a>' in page
        assert f"{path}/changes/{number}" in feed
    titles = [entry["title"] for entry in check_atom(feed)]
    assert {"Change 1 published", "Change 2 published"} <= set(titles)


def test_calendar_takes_back_the_closing_of_what_was_cancelled_before(
    client: FlaskClient, session: Session, body: Organisation, lead: User
) -> None:
    challenge = a_challenge(session, NOW, body, lead, State.CANCELLED)
    challenge.stage.closes_at = NOW + timedelta(days=9)
    challenge.ended_at = NOW - timedelta(days=1)
    session.commit()

    answer = client.get(f"/challenges/{challenge.reference}/calendar.ics")

    events = Calendar.from_ical(answer.text).walk("VEVENT")
    (event,) = [event for event in events if str(event["uid"]).startswith("closes-")]
    assert str(event["status"]) == "CANCELLED"
    assert "Bids close" not in answer.text
    assert event.decoded("dtstamp") == challenge.ended_at
    assert event["sequence"] == 1


def test_calendar_gives_a_moved_closing_as_a_later_edition(
    client: FlaskClient, session: Session, body: Organisation, lead: User
) -> None:
    challenge = a_challenge(session, NOW, body, lead, State.OPEN)
    second = a_person(session, NOW, body)
    closes_at = challenge.stage.closes_at
    assert closes_at is not None
    for days in (1, 2):
        session.add(
            DeadlineChange(
                stage_id=challenge.stage.id,
                closes_from=closes_at + timedelta(days=days - 1),
                closes_to=closes_at + timedelta(days=days),
                after_closing=False,
                reason="A holiday",
                proposed_by_id=lead.id,
                proposed_at=NOW,
                decided_by_id=second.id,
                decided_at=NOW + timedelta(days=days),
                outcome=DeadlineOutcome.CONFIRMED,
            )
        )
    session.commit()

    for path in ("/challenges.ics", f"/challenges/{challenge.reference}/calendar.ics"):
        events = Calendar.from_ical(client.get(path).text).walk("VEVENT")
        assert {event["sequence"] for event in events} == {2}, path
        assert {event.decoded("dtstamp") for event in events} == {NOW + timedelta(days=2)}


def test_time_for_questions_is_the_one_that_holds_where_none_was_chosen(
    client: FlaskClient, session: Session, body: Organisation, lead: User
) -> None:
    closes_at = datetime(2027, 6, 15, 11, 0, tzinfo=UTC)
    challenge = a_challenge(session, NOW, body, lead, State.OPEN, closes_at=closes_at)
    session.commit()

    page = client.get(f"/challenges/{challenge.reference}").text

    assert 'Questions until</strong> <time datetime="2027-06-08' in page


def test_bodies_and_rounds_list_what_is_published_and_nothing_else(
    client: FlaskClient, session: Session, body: Organisation, lead: User
) -> None:
    signed = a_challenge(session, NOW, body, lead, State.SIGNED, title="Is it signed?")
    for challenge in (signed, a_challenge(session, NOW, body, lead, State.DRAFT, title="Draft?")):
        challenge.round = "CivTech 9/10"
    hidden = a_challenge(session, NOW, body, lead, State.DRAFT)
    hidden.round = "Not yet"
    session.commit()

    for path in ("/bodies", f"/bodies/{body.id}", "/rounds", "/rounds/CivTech%209/10"):
        page = client.get(path)
        assert page.status_code == 200, path
        assert "Draft?" not in page.text
        assert "Not yet" not in page.text
    assert "Is it signed?" in client.get(f"/bodies/{body.id}").text
    assert "/awards/" in client.get("/rounds/CivTech%209/10").text
    assert client.get("/rounds/Not%20yet").status_code == 404
    assert client.get(f"/bodies/{lead.id}").status_code == 404
