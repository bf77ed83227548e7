"""A challenge whose bids were opened, the people of its body, and the way to each phase."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import g
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids.documents import Attachment
from bids.lifecycle import BidState
from challenges.kinds import PriceModel
from challenges.lifecycle import State
from challenges.models import Challenge
from challenges.stages.kinds import StageKind
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.clock import FixedClock
from marketplace.core.permissions import Actor, Role
from scoring.panel import declarations, queries, service
from scoring.panel.lifecycle import Interest, Measure
from scoring.panel.parties import key_of
from scoring.panel.service import Declaration, DraftCell
from tests.conftest import NOW, sign_in
from tests.factories import (
    a_bid,
    a_body,
    a_challenge,
    a_person,
    a_supplier,
    actor_for,
    an_opening,
)
from tests.scenes import KeptScene, Scenes

# What nobody may see too early: in every answer, every price, every reason of these tests.
ANSWER = "Quokkaproof lanterns"
PRICE = "£31,337.42"
PRICE_MINOR = 31_337_42


@dataclass
class Scene:
    """One challenge, its people as actors, and its bids by supplier's name."""

    session: Session
    clock: FixedClock
    reference: str
    body: Organisation
    challenge: Challenge
    users: dict[str, User]
    bids: dict[str, str] = field(default_factory=dict)

    def actor(self, who: str) -> Actor:
        """Give a person as an actor."""
        return actor_for(self.users[who])

    def label(self, who: str) -> str:
        """Give a member's label."""
        member = queries.member_of(self.session, self.challenge.stage.id, self.users[who].id)
        assert member is not None
        return member.label

    def name(self, evaluators: Sequence[str] = ("eva", "evan", "evie"), **more: object) -> None:
        """Name the panel, chaired by Cher."""
        observers = more.get("observers", ())
        assert isinstance(observers, Sequence)
        service.name_panel(
            self.reference,
            chair=self.users["cher"].id,
            evaluators=[self.users[who].id for who in evaluators],
            observers=[self.users[who].id for who in observers],
            actor=self.actor("olga"),
            clock=self.clock,
        )

    def members(self) -> list[str]:
        """Name those who sit."""
        panel = queries.meeting(self.session, self.reference, self.actor("olga"))
        ids = {member.user_id for member in panel.members}
        return [who for who, user in self.users.items() if user.id in ids]

    def brief(self, *who: str) -> None:
        """Have members accept the briefing."""
        for one in who:
            service.accept_briefing(self.reference, actor=self.actor(one), clock=self.clock)

    def declare(self, who: str, **interests: str) -> None:
        """Have a member declare: the statement by supplier's name, none for the others."""
        service.declare_interests(
            self.reference,
            {
                supplier: Declaration(Interest.DECLARED, interests[supplier])
                if supplier in interests
                else Declaration(Interest.NONE)
                for supplier in self.bids
            },
            actor=self.actor(who),
            clock=self.clock,
        )

    def decide(self, who: str, supplier: str, measure: Measure, by: str = "cher") -> None:
        """Decide about a declared interest."""
        service.decide_interest(
            self.reference,
            self.label(who),
            key_of(supplier),
            measure=measure,
            reason="They told us in time.",
            actor=self.actor(by),
            clock=self.clock,
        )

    def ready(self) -> None:
        """Have everybody who sits briefed and declared without an interest."""
        for who in self.members():
            self.brief(who)
            self.declare(who)

    def begin(self) -> None:
        """Begin scoring."""
        service.begin_scoring(self.reference, actor=self.actor("cher"), clock=self.clock)

    def draft(
        self, who: str, key: str, value: str | None = "3", reason: str = "", **values: str
    ) -> None:
        """Save a member's draft of one question: one value for all bids, or by supplier."""
        text = reason or f"Reason of {who}."
        service.save_draft(
            self.reference,
            key,
            {
                reference: DraftCell(
                    Decimal(values.get(supplier, value or "0")) if value is not None else None,
                    text,
                )
                for supplier, reference in self.bids.items()
                if supplier not in self.left_out(who)
            },
            actor=self.actor(who),
            clock=self.clock,
        )

    def left_out(self, who: str) -> set[str]:
        """Name the suppliers whose bids a member does not score."""
        member = queries.member_of(self.session, self.challenge.stage.id, self.users[who].id)
        assert member is not None
        apart = declarations.recusals(self.session, self.challenge.stage.id)
        bidders = queries.bidders(self.session, self.challenge.stage.id)
        return {
            bidder.supplier_name
            for bidder in bidders
            if (member.id, bidder.bid_id) in apart or bidder.state is not BidState.VALID
        }

    def submit(self, who: str, value: str = "3", **values: str) -> None:
        """Write and submit all scores of a member."""
        for key in ("solves", "team"):
            self.draft(who, key, value, **values)
        service.submit_scores(self.reference, actor=self.actor(who), clock=self.clock)

    def scored(self) -> None:
        """Bring the panel to where all have submitted."""
        self.name()
        self.ready()
        self.begin()
        for who, value in zip(("eva", "evan", "evie"), ("2", "3", "4"), strict=True):
            self.submit(who, value)

    def moderated(self) -> None:
        """Bring the panel to moderation."""
        self.scored()
        service.begin_moderation(self.reference, actor=self.actor("cher"), clock=self.clock)

    def agree(
        self,
        supplier: str,
        key: str,
        value: str = "3",
        reason: str = "All agreed.",
        by: str = "cher",
    ) -> None:
        """Record an agreed score."""
        service.record_consensus(
            self.reference,
            key,
            self.bids[supplier],
            value=Decimal(value),
            rationale=reason,
            present=[self.label("cher"), self.label("eva")],
            actor=self.actor(by),
            clock=self.clock,
        )

    def agree_all(self) -> None:
        """Agree every score."""
        for supplier, key in itertools.product(self.bids, ("solves", "team")):
            self.agree(supplier, key)


def build_scene(session: Session, clock: FixedClock, state: State = State.OPENED) -> Scene:
    """Add a challenge in `state` with three valid bids, and the people of its body."""
    body = a_body(session, NOW)
    users = {
        "lena": a_person(session, NOW, body, Role.CHALLENGE_LEAD, name="Lena Lead"),
        "olga": a_person(session, NOW, body, Role.PROCUREMENT_OFFICER, name="Olga Officer"),
        "otto": a_person(session, NOW, body, Role.PROCUREMENT_OFFICER, name="Otto Officer"),
        "cher": a_person(session, NOW, body, Role.CHAIR, name="Cher Chair"),
        "carl": a_person(session, NOW, body, Role.CHAIR, name="Carl Chair"),
        "eva": a_person(session, NOW, body, Role.EVALUATOR, name="Eva Evaluator"),
        "evan": a_person(session, NOW, body, Role.EVALUATOR, name="Evan Evaluator"),
        "evie": a_person(session, NOW, body, Role.EVALUATOR, name="Evie Evaluator"),
        "evo": a_person(session, NOW, body, Role.EVALUATOR, name="Evo Evaluator"),
        "abby": a_person(session, NOW, body, Role.APPROVER, name="Abby Approver"),
        "audrey": a_person(session, NOW, body, Role.AUDITOR, name="Audrey Auditor"),
    }
    challenge = a_challenge(
        session, NOW, body, users["lena"], state, price_model=PriceModel.FIXED_BOUNDS
    )
    scene = Scene(session, clock, challenge.reference, body, challenge, users)
    if state is State.OPENED:
        for name in ("Acorn", "Birch", "Cedar"):
            add_bid(scene, name)
        an_opening(session, NOW, challenge, users["olga"], users["otto"])
    session.commit()
    return scene


def add_bid(
    scene: Scene,
    name: str,
    state: BidState = BidState.VALID,
    attached: Sequence[tuple[Attachment, bytes]] = (),
) -> str:
    """Add a bid of a supplier of that name; return its reference."""
    supplier = a_supplier(scene.session, NOW, name)
    user = a_person(scene.session, NOW, supplier, Role.SUPPLIER_ADMIN)
    bid = a_bid(
        scene.session,
        NOW - timedelta(days=1),
        scene.challenge,
        supplier,
        user,
        state,
        price_minor=PRICE_MINOR,
        text=f"{ANSWER} of {name}",
        attached=attached,
    )
    scene.bids[name] = bid.reference
    scene.session.commit()
    return bid.reference


def enter(client: FlaskClient, user: User) -> None:
    """Sign in as somebody, forgetting whoever asked before within the test's own context."""
    for name in list(g):
        g.pop(name)
    sign_in(client, user)


def _that_scores(session: Session, clock: FixedClock) -> Scene:
    """Build a challenge whose panel scores."""
    scene = build_scene(session, clock)
    scene.name()
    scene.ready()
    scene.begin()
    return scene


def _that_hears(session: Session, clock: FixedClock) -> Scene:
    """Build a stage of interviews whose panel scores."""
    scene = build_scene(session, clock)
    scene.challenge.stage.kind = StageKind.INTERVIEW
    session.commit()
    scene.name()
    scene.ready()
    scene.begin()
    return scene


@pytest.fixture
def kept_scene(request: pytest.FixtureRequest, scenes: Scenes) -> KeptScene[Scene]:
    """Keep a challenge whose three bids were opened: with its panel if a test is of one."""
    if "scoring_panel" in request.fixturenames:
        return scenes.keep("panel that scores", _that_scores)
    if "hearing_panel" in request.fixturenames:
        return scenes.keep("panel that hears", _that_hears)
    return scenes.keep("panel", build_scene)


@pytest.fixture
def scene(kept_scene: KeptScene[Scene], session: Session, clock: FixedClock) -> Scene:
    """Give a challenge whose three bids were opened, without a panel."""
    return kept_scene.give(session, clock)


@pytest.fixture
def scoring_panel(scene: Scene) -> Scene:
    """Give the challenge with a panel that scores, to where it was brought when it was kept."""
    return scene


@pytest.fixture
def hearing_panel(scene: Scene) -> Scene:
    """Give a stage of interviews with a panel that scores, as above."""
    return scene
