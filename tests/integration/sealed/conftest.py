"""A challenge that takes sealed bids, three officers who may open them, and some suppliers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import service
from bids.models import Bid, Flaw, OpenedSubmission, Submission
from challenges.kinds import PriceModel
from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core import jobs
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit import verifying
from marketplace.core.audit.models import LogEntry
from marketplace.core.audit.verifying.command import one_instant
from marketplace.core.clock import Clock, FixedClock
from marketplace.core.database import db
from marketplace.core.permissions import Actor, Role
from tests.conftest import NOW
from tests.factories import (
    PASSPHRASE,
    a_body,
    a_challenge,
    a_declaration,
    a_person,
    a_supplier,
    actor_for,
    give_opening_key,
    name_openers,
    record_publication,
)


@dataclass
class Market:
    """A body with its officers, a challenge that is open, and who may bid for it."""

    session: Session
    body: Organisation
    officers: Sequence[User]
    challenge: Challenge
    admins: Sequence[User]

    @property
    def reference(self) -> str:
        """Give the challenge's reference."""
        return self.challenge.reference

    @property
    def closes_at(self) -> datetime:
        """Give the closing instant."""
        closes_at = self.challenge.stage.closes_at
        assert closes_at is not None
        return closes_at

    def actor(self, number: int) -> Actor:
        """Give the administrator of one of the suppliers."""
        return actor_for(self.admins[number])

    def submitted(self, number: int, clock: Clock, text: str = "We would ask first.") -> str:
        """Have a supplier write and submit its bid, and give its reference."""
        reference = written(self.reference, self.actor(number), clock, text)
        service.submit_bid(reference, actor=self.actor(number), arrived=clock.now(), clock=clock)
        return reference

    def confirm(self, clock: FixedClock, *numbers: int) -> None:
        """Have officers confirm the opening, after the minute that follows closing."""
        clock.instant = max(clock.instant, self.closes_at + timedelta(minutes=2))
        for number in numbers:
            service.confirm_opening(
                self.reference,
                passphrase=PASSPHRASE,
                second_factor=True,
                actor=actor_for(self.officers[number]),
                clock=clock,
            )

    def open(self, clock: FixedClock) -> None:
        """Have two officers confirm and the service open the bids."""
        self.confirm(clock, 0, 1)
        jobs.run_due(clock)

    def found(self) -> dict[str, OpenedSubmission]:
        """Give what each envelope held, by the bid's reference."""
        self.session.rollback()
        rows = self.session.execute(
            select(Bid.reference, OpenedSubmission)
            .join(Submission, Submission.bid_id == Bid.id)
            .join(OpenedSubmission, OpenedSubmission.submission_id == Submission.id)
            .where(Bid.challenge_id == self.challenge.id)
        ).tuples()
        return dict(rows.all())

    def flaws(self) -> dict[str, Flaw]:
        """Give the bids that were flagged at the opening."""
        return {bid: row.flaw for bid, row in self.found().items() if row.flaw is not None}

    def entries(self, action: str) -> Sequence[LogEntry]:
        """Give the entries of an action in the challenge's chain."""
        self.session.rollback()
        return self.session.scalars(
            select(LogEntry)
            .where(LogEntry.chain == self.reference, LogEntry.action == action)
            .order_by(LogEntry.n)
        ).all()


def a_market(
    session: Session,
    suppliers: int,
    *,
    price_model: PriceModel = PriceModel.FIXED_BUDGET,
    body: Organisation | None = None,
    officers: Sequence[User] = (),
) -> Market:
    """Build a market with some suppliers, each ready to bid; commit it."""
    body = body or a_body(session, NOW)
    lead = a_person(session, NOW, body, Role.CHALLENGE_LEAD)
    challenge = a_challenge(session, NOW, body, lead, State.OPEN, price_model=price_model)
    if not officers:
        officers = [a_person(session, NOW, body, Role.PROCUREMENT_OFFICER) for _ in range(3)]
        give_opening_key(session, NOW, *officers)
    name_openers(session, NOW, challenge, *officers)
    record_publication(session, NOW, challenge, *officers)
    admins = []
    for _ in range(suppliers):
        supplier = a_supplier(session, NOW)
        admins.append(a_person(session, NOW, supplier, Role.SUPPLIER_ADMIN))
        a_declaration(session, NOW, supplier, admins[-1])
    session.commit()
    return Market(session, body, officers, challenge, admins)


def written(
    challenge: str,
    actor: Actor,
    clock: Clock,
    text: str,
    price_minor: int | None = None,
    *,
    points: str = "",
    statement: str = "We used none.",
) -> str:
    """Write a bid that is ready to submit, and give its reference."""
    reference = service.start_bid(challenge, actor=actor, clock=clock).reference
    for key in ("solves", "team"):
        service.save_answer(reference, key, f"{text} ({key})", actor=actor, clock=clock)
    if price_minor is not None:
        service.save_price(reference, price_minor, actor=actor, clock=clock)
    service.save_terms(
        reference,
        contract_accepted=not points,
        contract_points=points,
        ai_statement=statement,
        actor=actor,
        clock=clock,
    )
    return reference


def damage() -> list[str]:
    """Give all that a check of the whole log finds wrong."""
    with one_instant(db.engine) as connection:
        return [str(found) for found in verifying.Verification(connection).run()]


@pytest.fixture
def market(session: Session) -> Market:
    """Build a market with four suppliers."""
    return a_market(session, 4)
