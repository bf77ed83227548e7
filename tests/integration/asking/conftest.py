"""An open challenge, and the questions and answers about it."""

import uuid
from collections.abc import Callable, Sequence

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.asking import service
from challenges.topics import Topic
from marketplace.core.accounts.models import User
from marketplace.core.clock import FixedClock
from marketplace.core.notices.models import Notice
from tests.integration.challenges.browser import Browser
from tests.journeys import Journey, an_open_journey
from tests.scenes import KeptScene, Scenes

Asking = Callable[..., uuid.UUID]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()


@pytest.fixture
def kept_scene(scenes: Scenes) -> KeptScene[Journey]:
    """Keep a challenge that takes bids."""
    return scenes.keep("open journey", an_open_journey)


@pytest.fixture
def journey(kept_scene: KeptScene[Journey], session: Session, clock: FixedClock) -> Journey:
    """Publish a challenge that takes bids."""
    return kept_scene.give(session, clock)


@pytest.fixture
def ask(journey: Journey) -> Asking:
    """Give the way to ask; by the supplier's administrator unless somebody else is named."""

    def put(text: str, by: User | None = None, **more: bool) -> uuid.UUID:
        return service.ask(
            journey.reference,
            topic=Topic.PROBLEM,
            text=text,
            actor=journey.actor(by or journey.cast.supplier_admin),
            clock=journey.clock,
            **more,
        ).id

    return put


@pytest.fixture
def answer(journey: Journey) -> Asking:
    """Give the way to answer questions to all, or privately with a reason; gives an id."""

    def put(questions: Sequence[uuid.UUID], text: str, because: str | None = None) -> uuid.UUID:
        officer = journey.actor(journey.cast.officer)
        kept = service.save_answer(
            journey.reference,
            questions=questions,
            text=text,
            private_because=because,
            actor=officer,
            clock=journey.clock,
        )
        service.publish_answer(journey.reference, kept, actor=officer, clock=journey.clock)
        return kept

    return put


def leave(client: FlaskClient) -> None:
    """Be a visitor from now on."""
    with client.session_transaction() as held:
        held.clear()


def letters(session: Session) -> list[tuple[str, str, str]]:
    """Give every message so far: to whom, its subject, its text."""
    session.rollback()
    found = session.scalars(select(Notice).order_by(Notice.id))
    return [(notice.to_email, notice.subject, notice.text) for notice in found]
