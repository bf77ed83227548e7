"""A challenge open for bids, and a supplier that is ready to answer it."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids import queries, service
from bids.documents import Content
from bids.drafts import content_of
from bids.models import Bid
from challenges.kinds import PriceModel
from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit.log import chain_entries
from marketplace.core.clock import Clock, FixedClock
from marketplace.core.permissions import Actor, Role
from tests.conftest import NOW
from tests.factories import (
    a_body,
    a_challenge,
    a_declaration,
    a_person,
    a_supplier,
    actor_for,
    give_opening_key,
    name_openers,
)
from tests.integration.challenges.browser import Browser
from tests.scenes import KeptScene, Scenes

# What no page may show to anybody else before the opening.
MARKER = "Quokkaproof lanterns"


@dataclass
class ListedClock:
    """A clock that gives listed instants one after another, and then the last for good."""

    instants: list[datetime]
    given: list[datetime] = field(default_factory=list)

    def now(self) -> datetime:
        """Return the next instant."""
        instant = self.instants.pop(0) if len(self.instants) > 1 else self.instants[0]
        self.given.append(instant)
        return instant


@dataclass
class Scene:
    """People and things of one challenge; `closes_at` is its closing instant."""

    body: Organisation
    lead: User
    officers: list[User]
    challenge: Challenge
    supplier: Organisation
    admin_user: User
    contributor_user: User

    @property
    def closes_at(self) -> datetime:
        """Give the closing instant."""
        closes_at = self.challenge.stage.closes_at
        assert closes_at is not None
        return closes_at

    @property
    def admin(self) -> Actor:
        """Give the supplier's administrator."""
        return actor_for(self.admin_user)

    @property
    def contributor(self) -> Actor:
        """Give the supplier's contributor."""
        return actor_for(self.contributor_user)

    def officer(self, number: int) -> Actor:
        """Give one of the three officers named to open the bids."""
        return actor_for(self.officers[number])

    def written_bid(self, clock: Clock, text: str = MARKER) -> str:
        """Write a bid that is ready to submit, and give its reference."""
        reference = service.start_bid(
            self.challenge.reference, actor=self.contributor, clock=clock
        ).reference
        for key in ("solves", "team"):
            service.save_answer(
                reference, key, f"{text} ({key})", actor=self.contributor, clock=clock
            )
        service.save_terms(
            reference,
            contract_accepted=True,
            contract_points="",
            ai_statement="We used none.",
            actor=self.contributor,
            clock=clock,
        )
        return reference


@pytest.fixture
def kept_scene(scenes: Scenes) -> KeptScene[Scene]:
    """Keep a fixed-budget challenge that is open, its body, and a supplier."""
    return scenes.keep("bids", lambda session, _: build_scene(session, PriceModel.FIXED_BUDGET))


@pytest.fixture
def scene(kept_scene: KeptScene[Scene], session: Session, clock: FixedClock) -> Scene:
    """Give the challenge and its people."""
    return kept_scene.give(session, clock)


def build_scene(session: Session, price_model: PriceModel) -> Scene:
    """Build a challenge that is open, its body, and a supplier that declared its eligibility."""
    body = a_body(session, NOW)
    lead = a_person(session, NOW, body, Role.CHALLENGE_LEAD)
    officers = [a_person(session, NOW, body, Role.PROCUREMENT_OFFICER) for _ in range(3)]
    challenge = a_challenge(session, NOW, body, lead, State.OPEN, price_model=price_model)
    name_openers(session, NOW, challenge, *officers)
    give_opening_key(session, NOW, *officers)
    supplier = a_supplier(session, NOW, "Specimen Fictional Lanterns Ltd")
    admin = a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN)
    contributor = a_person(session, NOW, supplier, Role.SUPPLIER_CONTRIBUTOR)
    a_declaration(session, NOW, supplier, admin)
    session.commit()
    return Scene(body, lead, officers, challenge, supplier, admin, contributor)


def the_bid(session: Session, reference: str) -> Bid:
    """Read a bid afresh."""
    session.rollback()
    return session.query(Bid).filter_by(reference=reference).one()


def stored(app: Flask) -> set[str]:
    """Name all files in the store."""
    folder: Path = app.extensions["files"].folder
    return {path.name for path in folder.rglob("*") if path.is_file()}


def draft_of(session: Session, scene: Scene, reference: str) -> Content:
    """Read what a draft says now."""
    session.rollback()
    return content_of(session, queries.own_bid(session, reference, scene.admin))


def actions(session: Session, scene: Scene) -> list[str]:
    """Name what the challenge's chain of the log records."""
    session.rollback()
    return [entry.action for entry in chain_entries(session, scene.challenge.reference)]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()
