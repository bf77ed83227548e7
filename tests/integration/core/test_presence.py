"""People who write the same page are told of each other, and nobody else is."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bids import service as bids
from marketplace.core.accounts.models import User
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import FixedClock
from marketplace.core.presence.models import Presence
from tests.conftest import NOW, sign_in
from tests.integration.challenges.browser import Browser
from tests.journeys import Journey, Step, a_cast, a_journey


@pytest.fixture
def journey(session: Session, clock: FixedClock) -> Journey:
    """Give an open challenge."""
    return a_journey(session, clock, a_cast(session, NOW)).to(Step.OPEN)


@pytest.fixture
def path(journey: Journey) -> str:
    """Begin a bid, and give the page of an answer in it."""
    author = journey.actor(journey.cast.supplier_admin)
    bid = bids.start_bid(journey.reference, actor=author, clock=journey.clock)
    return f"/bids/{bid.reference}/answers/solves"


def opened(client: FlaskClient, user: User, path: str) -> tuple[str, str]:
    """Open a page as somebody, and give it and the token of its script."""
    sign_in(client, user, user.memberships[0].organisation_id)
    page = client.get(path).text
    found = re.search(r'data-presence="([^"]+)"', page)
    assert found
    return page, found[1]


def test_second_of_two_writers_is_told_of_the_first_until_they_have_gone(
    app: Flask, session: Session, journey: Journey, path: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    admin, colleague = journey.cast.supplier_admin, journey.cast.contributor
    entries = session.scalar(select(func.count()).select_from(LogEntry))
    first, second = app.test_client(), app.test_client()
    alone, token = opened(first, admin, path)
    assert "data-presence-told hidden" in alone
    assert session.scalar(select(func.count()).select_from(Presence)) == 0, "a page never writes"
    assert first.post("/presence", data={"token": token}).get_json() == {"present": []}

    journey.clock.instant += timedelta(minutes=2)
    page, own = opened(second, colleague, path)
    told = f"{admin.name} opened this page 2 minutes ago."
    assert told in page
    assert "data-presence-told hidden" not in page
    assert second.post("/presence", data={"token": own}).get_json() == {"present": [told]}
    elsewhere, _token = opened(second, colleague, path.replace("solves", "team"))
    assert told not in elsewhere

    first.post("/presence", data={"token": token, "left": "1"})
    assert second.post("/presence", data={"token": own}).get_json() == {"present": []}
    journey.clock.instant += timedelta(minutes=4)
    assert first.post("/presence", data={"token": token}).get_json() == {"present": []}
    journey.clock.instant += timedelta(minutes=61)
    first.post("/presence", data={"token": token})
    session.expire_all()
    assert [row.user_id for row in session.scalars(select(Presence))] == [admin.id]
    assert session.scalar(select(func.count()).select_from(LogEntry)) == entries


def test_token_of_a_page_tells_nothing_to_somebody_else_nor_after_a_working_day(
    app: Flask, journey: Journey, path: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    client = app.test_client()
    _page, token = opened(client, journey.cast.supplier_admin, path)
    sign_in(client, journey.cast.lead)
    assert client.post("/presence", data={"token": token}).status_code == 404
    assert client.post("/presence", data={"token": token + "x"}).status_code == 404
    assert client.post("/presence").status_code == 404
    journey.clock.instant += timedelta(hours=9)
    sign_in(client, journey.cast.supplier_admin)
    assert client.post("/presence", data={"token": token}).status_code == 404
