"""A body's local holidays: named and taken back on a page, counted, and kept once they are past."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Role
from marketplace.core.regimes.holidays import queries, service
from tests.conftest import sign_in
from tests.factories import a_body, a_person, actor_for

SPRING = date(2027, 4, 19)
PAGE = "/organisation/holidays"
TYPED = {"day": ["19", "4", "2027"], "name": "Edinburgh Spring Holiday"}


def test_officer_names_a_day_and_takes_it_back_and_the_log_has_both(
    client: FlaskClient, session: Session, clock: FixedClock
) -> None:
    body = a_body(session, clock.now())
    officer = a_person(session, clock.now(), body, Role.PROCUREMENT_OFFICER)
    lead = a_person(session, clock.now(), body, Role.CHALLENGE_LEAD)
    elsewhere = a_body(session, clock.now(), "Another Council")
    session.commit()
    ours, theirs = body.id, elsewhere.id
    sign_in(client, officer)

    # Twice, as from two tabs: the second is told, and nothing is there twice.
    assert client.post(PAGE, data=TYPED).status_code == 303
    again = client.post(PAGE, data=TYPED)

    assert (again.status_code, "holiday already" in again.text) == (422, True)
    assert queries.local_holidays(session, ours, date(2026, 12, 1)) == {SPRING}
    assert queries.local_holidays(session, ours, SPRING + timedelta(days=1)) == frozenset()
    assert queries.local_holidays(session, theirs, date(2026, 12, 1)) == frozenset()
    page = client.get(PAGE).text
    assert "Edinburgh Spring Holiday" in page
    assert "2nd January" in page
    assert "Take it back" in client.get(f"{PAGE}/2027-04-19/take-back").text
    assert client.post(f"{PAGE}/2027-04-19/take-back").status_code == 303
    assert client.post(f"{PAGE}/2027-04-19/take-back").status_code == 404
    assert queries.local_holidays(session, ours, date(2026, 12, 1)) == frozenset()

    sign_in(client, lead)
    assert "Name this day" not in client.get(PAGE).text
    assert client.post(PAGE, data=TYPED).status_code == 403
    said = [
        (entry.action, entry.fields["day"], entry.fields["name"])
        for entry in session.scalars(select(LogEntry).order_by(LogEntry.n))
        if entry.action.startswith("holiday.")
    ]
    assert said == [
        ("holiday.named", "2027-04-19", "Edinburgh Spring Holiday"),
        ("holiday.taken_back", "2027-04-19", "Edinburgh Spring Holiday"),
    ]


def test_day_that_is_past_free_or_unreadable_is_refused_and_what_was_typed_stays(
    client: FlaskClient, session: Session, clock: FixedClock
) -> None:
    body = a_body(session, clock.now())
    officer = a_person(session, clock.now(), body, Role.PROCUREMENT_OFFICER)
    session.commit()
    actor = actor_for(officer)
    sign_in(client, officer)

    for day, said in (
        (["25", "12", "2026"], "no working day anyway"),
        (["5", "12", "2026"], "no working day anyway"),
        (["1", "12", "2026"], "come or gone"),
        (["1", "12", "2126"], "Check the year"),
        (["31", "2", "2027"], "Enter a real date"),
        (["", "", ""], "Enter the day"),
    ):
        page = client.post(PAGE, data={"day": day, "name": "<b>Fair</b> \U0001f389"})
        assert (page.status_code, said in page.text) == (422, True), day
        assert "&lt;b&gt;Fair&lt;/b&gt; \U0001f389" in page.text
    with pytest.raises(Invalid):
        service.name_holiday(SPRING, "x" * 101, actor=actor, clock=clock)
    with pytest.raises(NotFound):
        service.take_back(SPRING, actor=actor, clock=clock)
    assert client.get(f"{PAGE}/never/take-back").status_code == 404
    service.name_holiday(SPRING, "Spring", actor=actor, clock=clock)
    clock.instant = clock.now() + timedelta(days=200)
    with pytest.raises(WrongMoment):
        service.take_back(SPRING, actor=actor, clock=clock)
    sign_in(client, officer)
    assert "These stay as they are" in client.get(PAGE).text
    lead = a_person(session, clock.now(), body, Role.CHALLENGE_LEAD)
    session.commit()
    with pytest.raises(Forbidden):
        service.name_holiday(date(2027, 9, 20), "Autumn", actor=actor_for(lead), clock=clock)
