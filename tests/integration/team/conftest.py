"""A bidder with a draft, and another supplier that it asks to be its partner."""

import uuid
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from bids import queries as bids
from bids.team import queries, service
from bids.team.document import Subcontractor
from bids.team.queries import Team
from challenges.kinds import PriceModel
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.clock import FixedClock
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Actor, Role
from tests.conftest import NOW
from tests.factories import a_declaration, a_person, a_supplier, actor_for
from tests.integration.bids.conftest import Scene, build_scene, client
from tests.scenes import KeptScene, Scenes

__all__ = ["client"]

# What the partner must never see of the bid, and the body nothing of the partner before opening.
PART = "Wattlebird soldering"


@dataclass
class Partnership:
    """A scene with a draft, and the people of the supplier that may become a partner."""

    scene: Scene
    session: Session
    clock: FixedClock
    reference: str
    partner: Organisation
    person: User

    @property
    def admin(self) -> Actor:
        """Give the partner's administrator."""
        return actor_for(self.person)

    def invite(self, share: int | None = 30, email: str = "", does: str = PART) -> uuid.UUID:
        """Ask the partner's administrator to join."""
        return service.invite(
            self.reference,
            email=email or self.person.email,
            name="Partner as we call it",
            does=does,
            share_percent=share,
            actor=self.scene.contributor,
            clock=self.clock,
        )

    def accept(self, invitation: uuid.UUID) -> None:
        """Accept for the partner."""
        service.accept(invitation, user_id=self.person.id, actor=self.admin, clock=self.clock)

    def add(self, name: str = "Specimen Cables", share: int | None = None) -> None:
        """Add a subcontractor."""
        told = Subcontractor(name, "Lays cables.", share)
        service.add_subcontractor(
            self.reference, told, actor=self.scene.contributor, clock=self.clock
        )

    def team(self) -> Team:
        """Read the team afresh."""
        self.session.rollback()
        return queries.team_of(
            self.session, bids.own_bid(self.session, self.reference, self.scene.admin)
        )

    def letters(self, words: str) -> list[str]:
        """Give to whom a message with these words in its subject went."""
        self.session.rollback()
        found = self.session.query(Notice).filter(Notice.subject.contains(words))
        return sorted(notice.to_email for notice in found)


def _team(session: Session, clock: FixedClock) -> Partnership:
    scene = build_scene(session, PriceModel.FIXED_BUDGET)
    partner = a_supplier(session, NOW, "Specimen Fictional Partner Ltd")
    person = a_person(session, NOW, partner, Role.SUPPLIER_ADMIN)
    a_declaration(session, NOW, partner, person)
    session.commit()
    return Partnership(scene, session, clock, scene.written_bid(clock), partner, person)


@pytest.fixture
def kept_scene(scenes: Scenes) -> KeptScene[Partnership]:
    """Keep a bid with those who may become partners."""
    return scenes.keep("team", _team)


@pytest.fixture
def team(kept_scene: KeptScene[Partnership], session: Session, clock: FixedClock) -> Partnership:
    """Give a bid that is ready to submit, and a supplier that has declared its eligibility."""
    return kept_scene.give(session, clock)


@pytest.fixture
def scene(team: Partnership) -> Scene:
    """Give the challenge of the bid."""
    return team.scene
