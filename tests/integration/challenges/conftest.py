"""A body with a challenge lead and a procurement officer, and a browser for each request anew."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.permissions import Role
from tests.conftest import NOW
from tests.factories import a_body, a_challenge, a_person, give_opening_key
from tests.integration.challenges.browser import Browser

ALL_STATES = [
    State.OPEN,
    State.CLOSED,
    State.OPENED,
    State.EVALUATING,
    State.INTENTION,
    State.SIGNED,
    State.STOPPED,
    State.CANCELLED,
    State.DRAFT,
    State.IN_REVIEW,
    State.READY,
    State.DELIVERING,
    State.FINISHED,
]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()


@pytest.fixture
def body(session: Session) -> Organisation:
    return a_body(session, NOW)


@pytest.fixture
def lead(session: Session, body: Organisation) -> User:
    person = a_person(session, NOW, body, Role.CHALLENGE_LEAD, name="Lena Lead")
    session.commit()
    return person


@pytest.fixture
def officer(session: Session, body: Organisation) -> User:
    person = a_person(session, NOW, body, Role.PROCUREMENT_OFFICER, name="Oona Officer")
    session.commit()
    return person


@pytest.fixture
def officers(session: Session, body: Organisation, officer: User) -> list[User]:
    """Give three procurement officers, of whom the last has set an opening passphrase."""
    others = [
        a_person(session, NOW, body, Role.PROCUREMENT_OFFICER, name=name)
        for name in ("Omar Officer", "Orla Officer")
    ]
    give_opening_key(session, NOW, others[-1])
    session.commit()
    return [officer, *others]


@pytest.fixture
def draft(session: Session, body: Organisation, lead: User) -> Challenge:
    challenge = a_challenge(session, NOW, body, lead)
    session.commit()
    return challenge


@pytest.fixture
def one_of_each(session: Session, body: Organisation, lead: User) -> list[Challenge]:
    """Add a challenge in every state, titled by it."""
    made = [
        a_challenge(session, NOW, body, lead, state, title=f"Is it {state.name}?")
        for state in ALL_STATES
    ]
    session.commit()
    return made


@pytest.fixture
def many(session: Session, body: Organisation, lead: User) -> list[Challenge]:
    """Add 50 open challenges, many of them published at the same instant."""
    made = []
    for number in range(50):
        challenge = a_challenge(
            session,
            NOW,
            body,
            lead,
            State.OPEN,
            title=f"Number {number:02d}?",
            closes_at=NOW + timedelta(days=1 + number % 7),
        )
        challenge.published_at = NOW - timedelta(hours=number % 5)
        challenge.value_minor = 1_000_00 * (1 + number % 3)
        made.append(challenge)
    session.commit()
    return made
