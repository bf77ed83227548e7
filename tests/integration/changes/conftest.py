"""A published challenge with bids, drafts and followers, whose officers can change it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import service as bids
from bids.models import Bid
from challenges import service as challenges
from challenges.changing import service
from challenges.changing.models import Addendum
from challenges.kinds import PriceModel
from challenges.models import Challenge
from challenges.sections import Outcome, Section
from challenges.service import read
from marketplace.core import jobs
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Actor, Role
from tests.conftest import NOW
from tests.factories import (
    PASSPHRASE,
    a_declaration,
    a_person,
    a_supplier,
    actor_for,
    record_publication,
)
from tests.integration.bids.conftest import Scene, build_scene
from tests.integration.challenges.browser import Browser
from tests.scenes import KeptScene, Scenes

WHY = "A bidder asked, and the answer helps all."


@dataclass
class Published:
    """A challenge that stands in the log as published, with its people."""

    scene: Scene
    session: Session
    clock: FixedClock

    @property
    def reference(self) -> str:
        return self.scene.challenge.reference

    @property
    def challenge(self) -> Challenge:
        """Read the challenge afresh."""
        self.session.rollback()
        return self.session.scalars(
            select(Challenge).where(Challenge.reference == self.reference)
        ).one()

    @property
    def lead(self) -> Actor:
        return actor_for(self.scene.lead)

    def officer(self, number: int = 0) -> Actor:
        return self.scene.officer(number)

    def write(self, outcome: str = "People find a warm and dry place.") -> None:
        """Have the lead change a text."""
        present = read(self.challenge, Section.OUTCOME)
        assert isinstance(present, Outcome)
        service.save_section(
            self.reference,
            Outcome(**{**vars(present), "outcome": outcome}),
            actor=self.lead,
            clock=self.clock,
        )

    def weigh(self, solves: str = "50") -> None:
        """Have the lead change the weights, and so the plan."""
        weights = {"solves": Decimal(solves), "team": 100 - Decimal(solves)}
        service.arrange(self.reference, weights, actor=self.lead, clock=self.clock)

    def hand_over(self, *, confirm: bool = False) -> None:
        service.hand_over(
            self.reference, reason=WHY, confirm=confirm, actor=self.lead, clock=self.clock
        )

    def publish(self, *, confirm: bool = False) -> Addendum:
        """Hand the change in hand over, and have the first officer publish it."""
        self.hand_over(confirm=confirm)
        made = service.publish(self.reference, actor=self.officer(), clock=self.clock)
        self.clock.instant += timedelta(minutes=1)
        return made

    def a_rival(self, name: str) -> tuple[Organisation, User]:
        """Add a supplier that may bid, with its administrator."""
        supplier = a_supplier(self.session, NOW, name)
        person = a_person(self.session, NOW, supplier, Role.SUPPLIER_ADMIN, name=name)
        a_declaration(self.session, NOW, supplier, person)
        self.session.commit()
        return supplier, person

    def a_bid_of(self, person: User, *, submitted: bool = True) -> str:
        """Write a bid of a supplier's administrator, and submit it."""
        actor = actor_for(person)
        bid = bids.start_bid(self.reference, actor=actor, clock=self.clock).reference
        for key in ("solves", "team"):
            bids.save_answer(bid, key, f"Ask {person.name}", actor=actor, clock=self.clock)
        bids.save_terms(
            bid,
            contract_accepted=True,
            contract_points="",
            ai_statement="",
            actor=actor,
            clock=self.clock,
        )
        if submitted:
            self.submit(bid, actor)
        return bid

    def submit(self, bid: str, actor: Actor) -> None:
        bids.submit_bid(bid, actor=actor, arrived=self.clock.now(), clock=self.clock)
        self.clock.instant += timedelta(minutes=1)

    def move(self, closes_to: datetime) -> None:
        """Have two officers move the closing instant."""
        change = challenges.propose_deadline(
            self.reference,
            closes_to=closes_to,
            reason=WHY,
            actor=self.officer(0),
            clock=self.clock,
        )
        challenges.confirm_deadline(
            self.reference, change.id, actor=self.officer(1), clock=self.clock
        )

    def close(self) -> None:
        """Let the closing pass, and what is due then be done."""
        self.clock.instant = self.scene.closes_at + timedelta(minutes=2)
        self.work()

    def open(self) -> None:
        """Close, and have two officers open the bids."""
        self.close()
        for number in range(2):
            bids.confirm_opening(
                self.reference,
                passphrase=PASSPHRASE,
                second_factor=True,
                actor=self.officer(number),
                clock=self.clock,
            )
        self.work()

    def work(self) -> None:
        while jobs.run_due(self.clock):
            pass
        db.session.rollback()

    def bid(self, reference: str) -> Bid:
        self.session.rollback()
        return self.session.scalars(select(Bid).where(Bid.reference == reference)).one()

    def letters(self) -> list[Notice]:
        self.session.rollback()
        return list(self.session.scalars(select(Notice).order_by(Notice.id)))


def _published(session: Session, clock: FixedClock) -> Published:
    scene = build_scene(session, PriceModel.FIXED_BUDGET)
    record_publication(session, NOW, scene.challenge, *scene.officers)
    session.commit()
    clock.instant += timedelta(minutes=10)
    return Published(scene, session, clock)


@pytest.fixture
def kept_scene(scenes: Scenes) -> KeptScene[Published]:
    """Keep a challenge that was published."""
    return scenes.keep("changes", _published)


@pytest.fixture
def published(kept_scene: KeptScene[Published], session: Session, clock: FixedClock) -> Published:
    """Give a challenge with a fixed budget that was published ten minutes ago by the clock."""
    return kept_scene.give(session, clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser whose requests share nothing with the test but cookies and the database."""
    app.config["WTF_CSRF_ENABLED"] = False
    app.test_client_class = Browser
    return app.test_client()
