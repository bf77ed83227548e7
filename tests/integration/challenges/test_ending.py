"""How a challenge ends early: cancelled with a reason, stopped with lessons; and its clock."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from challenges import service
from challenges.lifecycle import Event, State
from challenges.models import (
    Challenge,
)
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.clock import FixedClock
from marketplace.core.errors import (
    WrongMoment,
)
from tests.conftest import NOW, sign_in
from tests.integration.challenges.browser import send
from tests.integration.challenges.states import in_state


def test_published_challenge_ends_with_a_reason_that_everybody_reads(
    client: FlaskClient, session: Session, body: Organisation, lead: User, officer: User
) -> None:
    challenge = in_state(session, body, lead, State.OPEN)
    sign_in(client, officer)
    hub = f"/work/challenges/{challenge.reference}"
    page = f"{hub}/end-without-contract"
    text = client.get(hub).text
    assert page in text
    assert f"{hub}/cancel" not in text  # it would ask for no reason that the law knows

    assert client.get(f"{hub}/cancel").location == page
    assert client.post(f"{hub}/cancel", data={"reason": "It was cut."}).location == page
    session.expire_all()
    assert challenge.state is State.OPEN
    reason = {"why": "no_money", "reason": "The budget was cut."}
    assert send(client, page, reason).status_code == 303

    session.expire_all()
    assert (challenge.state, challenge.ended_at) == (State.CANCELLED, NOW)
    public = client.get(f"/challenges/{challenge.reference}").text
    assert "The budget was cut." in public
    assert "Start a bid" not in public


def test_cancelling_a_draft_is_the_leads_and_stays_private(
    client: FlaskClient, session: Session, draft: Challenge, lead: User
) -> None:
    sign_in(client, lead)

    answer = send(client, f"/work/challenges/{draft.reference}/cancel", {"reason": "Not needed."})

    assert answer.status_code == 303
    session.expire_all()
    assert draft.state is State.CANCELLED
    assert client.get(f"/challenges/{draft.reference}").status_code == 404


def test_stopping_tells_the_lessons(
    client: FlaskClient, session: Session, body: Organisation, lead: User, officer: User
) -> None:
    challenge = in_state(session, body, lead, State.EVALUATING)
    sign_in(client, officer)
    path = f"/work/challenges/{challenge.reference}/stop"

    assert send(client, path, {"lessons": ""}).status_code == 422
    assert send(client, path, {"lessons": "Ask people *first*."}).status_code == 303

    session.expire_all()
    assert (challenge.state, challenge.ended_at) == (State.STOPPED, NOW)
    assert "Ask people <em>first</em>." in client.get(f"/challenges/{challenge.reference}").text


def test_stopping_an_open_challenge_is_the_wrong_moment(
    client: FlaskClient, session: Session, body: Organisation, lead: User, officer: User
) -> None:
    challenge = in_state(session, body, lead, State.OPEN)
    sign_in(client, officer)
    path = f"/work/challenges/{challenge.reference}/stop"

    assert client.get(path).status_code == 409
    answer = client.post(path, data={"lessons": "A long lesson that took an hour to write."})
    assert answer.status_code == 409
    assert "A long lesson that took an hour to write." in answer.text


def test_advancing_follows_the_clock_over_the_closing_instant(
    session: Session, body: Organisation, lead: User, clock: FixedClock
) -> None:
    challenge = in_state(session, body, lead, State.OPEN)
    closes_at = challenge.stage.closes_at
    assert closes_at is not None

    clock.instant = closes_at - timedelta(microseconds=1)
    with pytest.raises(WrongMoment):
        service.advance(session, challenge, Event.OPEN_BIDS, clock=clock)
    clock.instant = closes_at
    assert service.advance(session, challenge, Event.OPEN_BIDS, clock=clock) is State.OPENED
