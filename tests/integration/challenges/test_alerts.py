"""Saved searches and messages: who is told what, once, and how each ends it."""

import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges import hooks
from challenges.alerts import service, telling, tokens
from challenges.alerts.models import SavedSearch
from challenges.alerts.timing import Frequency
from challenges.following import letters as following
from challenges.following import service as follows
from challenges.following.models import Follow
from challenges.lifecycle import Event, State
from challenges.models import Challenge
from marketplace.core import jobs
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.clock import FixedClock
from marketplace.core.errors import NotFound
from marketplace.core.notices import post
from marketplace.core.notices.models import Kind, Notice
from marketplace.core.transaction import transaction
from tests.conftest import NOW, sign_in
from tests.factories import a_bid, a_challenge, a_person, a_supplier

Publish = Callable[..., Challenge]


@pytest.fixture
def reader(session: Session) -> User:
    person = a_person(session, NOW, None, name="Rhona Reader")
    session.commit()
    return person


@pytest.fixture
def publish(session: Session, body: Organisation, lead: User, clock: FixedClock) -> Publish:
    """Publish a challenge at the clock's instant, as the service does: with the job for it."""

    def now(title: str, region: str = "tayside") -> Challenge:
        challenge = a_challenge(session, clock.now(), body, lead, State.OPEN, title=title)
        challenge.published_at, challenge.region = clock.now(), region
        jobs.enqueue(session, hooks.ON_PUBLICATION, clock=clock)
        session.commit()
        return challenge

    return now


def save(
    reader: User, clock: FixedClock, frequency: Frequency, name: str = "Mine", **asked: str
) -> uuid.UUID:
    return service.save(name, asked, frequency, person=reader.id, clock=clock)


def letters(session: Session) -> list[tuple[str, str]]:
    found = session.execute(select(Notice.to_email, Notice.subject).order_by(Notice.id)).all()
    session.rollback()
    return [(to, subject) for to, subject in found]


def test_search_at_once_tells_each_new_challenge_that_answers_once(
    session: Session, clock: FixedClock, reader: User, publish: Publish
) -> None:
    publish("Before?")
    clock.instant += timedelta(minutes=1)
    save(reader, clock, Frequency.AT_ONCE, region="tayside")
    clock.instant += timedelta(minutes=1)
    publish("New?")
    publish("Elsewhere?", region="south")
    jobs.run_due(clock)
    for _again in range(2):
        telling.tell_at_once({}, clock)

    assert letters(session) == [(reader.email, "New: New?")]
    clock.instant += timedelta(days=3)
    publish("Newer?")
    jobs.run_due(clock)
    assert letters(session) == [(reader.email, "New: New?"), (reader.email, "New: Newer?")]


def test_daily_search_tells_all_of_a_day_in_one_message_and_is_silent_without_news(
    session: Session, clock: FixedClock, reader: User, publish: Publish
) -> None:
    save(reader, clock, Frequency.DAILY, q="ferry")
    clock.instant += timedelta(hours=1)
    publish("Is the ferry late?")
    publish("Are ferries full?")
    publish("Is the bus late?")
    jobs.run_due(clock)
    assert letters(session) == []

    for _day in range(3):
        clock.instant += timedelta(days=1)
        jobs.run_due(clock)

    assert letters(session) == [(reader.email, "2 new challenges: Mine")]
    text = session.scalars(select(Notice.text)).one()
    assert "Is the ferry late?" in text
    assert "/challenges?q=ferry" in text
    assert "bus" not in text


def test_publication_that_is_seen_late_is_told_all_the_same(
    session: Session, clock: FixedClock, reader: User, publish: Publish
) -> None:
    save(reader, clock, Frequency.AT_ONCE)
    late = publish("Late?")
    late.published_at = clock.now() + timedelta(seconds=1)
    session.commit()
    clock.instant += timedelta(minutes=30)
    publish("On time?")
    jobs.run_due(clock)
    publish("Later?")
    jobs.run_due(clock)

    assert [subject for _to, subject in letters(session)] == [
        "2 new challenges: Mine",
        "New: Later?",
    ]


def test_changed_paused_and_deleted_searches_leave_no_old_turn_behind(
    session: Session, clock: FixedClock, reader: User, publish: Publish
) -> None:
    kept = save(reader, clock, Frequency.DAILY)
    gone = save(reader, clock, Frequency.DAILY, name="Gone")
    service.change(kept, "Paused", Frequency.PAUSED, person=reader.id, clock=clock)
    service.delete_search(gone, person=reader.id)
    publish("Unheard?")
    clock.instant += timedelta(days=8)
    jobs.run_due(clock)
    service.change(kept, "On again", Frequency.WEEKLY, person=reader.id, clock=clock)
    clock.instant += timedelta(days=8)
    jobs.run_due(clock)

    assert letters(session) == []
    publish("Heard?")
    clock.instant += timedelta(days=8)
    jobs.run_due(clock)
    assert letters(session) == [(reader.email, "New: Heard?")]


@pytest.mark.parametrize("off", ["kind", "account"])
def test_nothing_goes_to_who_switched_it_off_or_has_gone(
    session: Session, clock: FixedClock, reader: User, publish: Publish, off: str
) -> None:
    save(reader, clock, Frequency.AT_ONCE)
    if off == "kind":
        service.choose_kinds({Kind.FOLLOWED}, person=reader.id)
    else:
        reader.active = False
        session.commit()
    publish("New?")
    jobs.run_due(clock)

    assert letters(session) == []


def test_person_saves_changes_and_deletes_a_search_from_the_list(
    client: FlaskClient, session: Session, reader: User
) -> None:
    at = "/searches/new?q=ferry&region=tayside&order=newest"
    assert client.get(at).location.startswith("/sign-in?next=/searches/new?q%3Dferry")
    sign_in(client, reader)
    assert "Words: ferry" in client.get(at).text

    assert client.post(at, data={"name": " ", "frequency": "daily"}).status_code == 422
    client.post(at, data={"name": "Ferries", "frequency": "daily"})
    (search,) = session.scalars(select(SavedSearch)).all()
    assert search.asked == {"q": "ferry", "region": "tayside", "order": "newest"}
    page = client.get("/searches").text
    assert 'href="/challenges?q=ferry&amp;region=tayside&amp;order=newest"' in page
    client.post(f"/searches/{search.id}", data={"name": "Boats", "frequency": "weekly"})
    session.expire_all()
    assert (search.name, search.frequency) == ("Boats", Frequency.WEEKLY)
    client.post(f"/searches/{search.id}/delete")
    assert "None yet. Search the" in client.get("/searches").text


def test_search_of_somebody_else_is_not_there(
    client: FlaskClient, clock: FixedClock, reader: User, lead: User
) -> None:
    theirs = save(reader, clock, Frequency.DAILY)
    sign_in(client, lead)

    assert client.get(f"/searches/{theirs}").status_code == 404
    assert client.post(f"/searches/{theirs}/delete").status_code == 404


def test_link_in_a_message_ends_it_only_when_a_button_is_pressed(
    client: FlaskClient, session: Session, clock: FixedClock, reader: User, publish: Publish
) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True
    search = save(reader, clock, Frequency.AT_ONCE)
    clock.instant += timedelta(minutes=1)
    publish("New?")
    jobs.run_due(clock)
    url = session.scalars(select(Notice.stop_url)).one()
    assert url is not None
    path = re.sub(r"^https?://[^/]+", "", url)

    # A scanner of links follows it and ends nothing; a form of somebody else's site neither.
    assert "Stop these e-mails?" in client.get(path).text
    assert client.post(path).status_code == 400
    assert session.get_one(SavedSearch, search).frequency is Frequency.AT_ONCE
    session.rollback()

    for _twice in range(2):
        answer = client.post(path, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
    assert session.get_one(SavedSearch, search).frequency is Frequency.PAUSED
    assert client.get(path[:-3] + "abc").status_code == 404


@pytest.mark.usefixtures("app")
def test_link_that_was_tampered_with_ends_nothing(reader: User) -> None:
    token = tokens.stop_url(tokens.SEARCH, reader.id, reader.id).rpartition("/")[2]

    assert tokens.read(token).person == reader.id
    for other in (token[:-1], token + "x", "", "é", "a.b.c"):
        with pytest.raises(NotFound):
            tokens.read(other)


@pytest.mark.usefixtures("app")
def test_message_offers_mail_programs_one_click(session: Session, reader: User) -> None:
    url = tokens.stop_url(tokens.SEARCH, reader.id, reader.id)
    notice = Notice(id=uuid.uuid4(), to_email="a@example.org", subject="x", text="x", stop_url=url)
    raw = post.Mailer(None, "no-reply@fairway.example").message(notice).as_bytes().decode()

    assert f"List-Unsubscribe: <{url}>\r\n" in raw
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


def test_followers_are_told_of_a_step_and_bidders_not_twice(
    session: Session, clock: FixedClock, body: Organisation, lead: User, reader: User
) -> None:
    challenge = a_challenge(session, NOW, body, lead, State.OPEN)
    supplier = a_supplier(session, NOW)
    bidder, gone, quiet = (a_person(session, NOW, supplier) for _number in range(3))
    a_bid(session, NOW, challenge, supplier, bidder)
    outside = a_person(session, NOW, None)
    session.commit()
    for person in (reader, bidder, gone, quiet, outside):
        follows.follow(challenge.reference, person=person.id, clock=clock)
    follows.unfollow(challenge.reference, person=outside.id)
    session.get_one(User, gone.id).active = False
    session.commit()
    service.choose_kinds(set(), person=quiet.id)

    with transaction() as inside:
        following.tell_step(inside, inside.get_one(Challenge, challenge.id), Event.OPEN_BIDS, clock)
        following.tell_step(
            inside, inside.get_one(Challenge, challenge.id), Event.BEGIN_EVALUATION, clock
        )

    assert letters(session) == [(reader.email, f"Bids opened: {challenge.title}")]


@pytest.mark.parametrize(
    "asked", [{"region": "atlantis"}, {"body": "nobody"}, {"state": "sold"}, {"gone": "1"}]
)
def test_search_that_cannot_be_read_tells_nothing_rather_than_everything(
    session: Session, clock: FixedClock, reader: User, publish: Publish, asked: dict[str, str]
) -> None:
    save(reader, clock, Frequency.AT_ONCE, **asked)
    publish("New?")
    jobs.run_due(clock)

    assert letters(session) == []


def test_search_for_a_body_and_a_round_that_no_list_offers_keeps_to_them(
    app: Flask, clock: FixedClock
) -> None:
    body = uuid.uuid4()
    with app.test_request_context():
        filters = telling.filters_of({"body": body.hex, "round": "Round 1,001"}, clock.now())

    assert filters is not None
    assert (filters.body, filters.round) == (body, "Round 1,001")


def test_part_of_a_search_that_nothing_new_answers_is_left_out_and_named(
    client: FlaskClient, session: Session, reader: User
) -> None:
    sign_in(client, reader)
    at = "/searches/new?q=ferry&state=awarded&within=7&by=24/12/2026"

    page = client.get(at).text
    client.post(at, data={"name": "Ferries", "frequency": "daily"})

    assert page.index("is left out") < page.index("Closes within 7 days")
    assert page.index("Words: ferry") < page.index("is left out")
    assert session.scalars(select(SavedSearch.asked)).one() == {"q": "ferry"}


def test_second_click_saves_and_follows_nothing_twice(
    session: Session, clock: FixedClock, reader: User, publish: Publish
) -> None:
    """Two clicks at the same moment: each in a connection of its own."""
    challenge = publish("New?")
    reference, app = challenge.reference, current_app._get_current_object()  # type: ignore[attr-defined]  # a proxy has it
    person = reader.id
    session.rollback()
    together = Barrier(2)

    def click() -> uuid.UUID:
        with app.app_context():
            together.wait()
            follows.follow(reference, person=person, clock=clock)
            together.wait()
            return service.save("Mine", {"q": "ferry"}, Frequency.DAILY, person=person, clock=clock)

    with ThreadPoolExecutor(2) as threads:
        saved = [each.result() for each in [threads.submit(click) for _ in range(2)]]

    assert saved[0] == saved[1]
    assert len(session.scalars(select(SavedSearch)).all()) == 1
    assert len(session.scalars(select(Follow)).all()) == 1
