"""A challenge being scored, whose bidders an officer may ask about their bids."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids.asking import service
from bids.asking.lifecycle import QueryPart, earliest_limit
from bids.asking.service import Concern
from marketplace.core.clock import FixedClock
from tests.integration.challenges.browser import Browser
from tests.journeys import QUESTIONS, Journey, Step, an_open_journey
from tests.scenes import KeptScene, Scenes

TEXT = "Which Numbatwise lamp do you mean?"
ANSWER = "The Bilbybright lamp of our section two."
ABOUT_QUESTION = Concern(QueryPart.ANSWER, QUESTIONS[0])
Asking = Callable[..., int]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()


@pytest.fixture
def kept_scene(scenes: Scenes) -> KeptScene[Journey]:
    """Keep a challenge whose panel scores."""
    return scenes.keep(
        "scoring journey",
        lambda session, clock: an_open_journey(session, clock).to(Step.SCORING),
    )


@pytest.fixture
def journey(kept_scene: KeptScene[Journey], session: Session, clock: FixedClock) -> Journey:
    """Give a challenge whose panel scores."""
    return kept_scene.give(session, clock)


@pytest.fixture
def ask(journey: Journey) -> Asking:
    """Give the way to ask the own supplier; gives the query's number."""

    def put(concern: Concern = ABOUT_QUESTION, text: str = TEXT) -> int:
        return service.ask(
            journey.reference,
            journey.own_bid,
            concern=concern,
            text=text,
            answer_by=earliest_limit(journey.clock.now()) + timedelta(hours=1),
            changes_nothing=True,
            actor=journey.actor(journey.cast.officer),
            clock=journey.clock,
        )

    return put


@pytest.fixture
def reply(journey: Journey) -> Callable[..., None]:
    """Give the way to answer a query as the supplier's administrator."""

    def put(number: int, text: str = ANSWER) -> None:
        admin, now = journey.actor(journey.cast.supplier_admin), journey.clock.now()
        service.save_draft(
            journey.own_bid, number, text=text, actor=admin, arrived=now, clock=journey.clock
        )
        service.send_answer(journey.own_bid, number, actor=admin, arrived=now, clock=journey.clock)

    return put
