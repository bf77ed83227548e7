"""Reads bids from elsewhere: what waits, what is wrong with it, and those that were brought in."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer, joinedload

from bids import unsealed
from bids.documents import Content, DamagedDocument
from bids.drafts import asked_of
from bids.elsewhere import document
from bids.elsewhere.checking import Check, Known, Packed, check
from bids.elsewhere.lifecycle import BringingState
from bids.elsewhere.models import Bringing, BroughtBid, BroughtSupplier
from bids.elsewhere.policy import Moment
from bids.elsewhere.rows import Row
from bids.models import Bid
from bids.team.document import Subcontractor
from bids.unsealed import Unsealed
from challenges.models import Challenge
from challenges.stages.kinds import Source
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import Clock


def moment_of(challenge: Challenge, clock: Clock) -> Moment:
    """Give what decides whether bids of a challenge can be brought now."""
    return Moment(challenge.bids_elsewhere, challenge.state, challenge.stage.closes_at, clock.now())


def waiting_of(session: Session, stage_id: uuid.UUID, *, lock: bool = False) -> Bringing | None:
    """Give what waits to be brought in for a stage, if anything."""
    query = select(Bringing).where(
        Bringing.stage_id == stage_id, Bringing.state == BringingState.WAITING
    )
    return session.scalar(query.with_for_update() if lock else query)


def writers_of(bringing: Bringing) -> list[uuid.UUID]:
    """Give the identifiers of those who put down what waits or took of it, in order."""
    return [uuid.UUID(each) for each in bringing.writers]


def people_of(session: Session, bringing: Bringing) -> Sequence[str]:
    """Name those who put down what waits."""
    return session.scalars(
        select(User.name).where(User.id.in_(writers_of(bringing))).order_by(User.name, User.id)
    ).all()


def check_of(session: Session, challenge: Challenge, bringing: Bringing, clock: Clock) -> Check:
    """Check all that waits, against what the challenge asks and whom its body knows.

    Raises:
        LookupError: the challenge has no closing instant.
    """
    closes_at = challenge.stage.closes_at
    if closes_at is None:
        raise LookupError(f"{challenge.reference} does not close")
    return check(
        [Row.of(each) for each in bringing.rows],
        [Packed.of(each) for each in bringing.packed],
        asked_of(challenge.stage),
        _known(session, challenge.buyer_id),
        closes_at=closes_at,
        now=clock.now(),
    )


def _known(session: Session, body_id: uuid.UUID) -> list[Known]:
    rows = session.execute(
        select(BroughtSupplier.organisation_id, Organisation.name, BroughtSupplier.number)
        .join(Organisation, Organisation.id == BroughtSupplier.organisation_id)
        .where(BroughtSupplier.body_id == body_id)
        .order_by(Organisation.created_at, Organisation.id)
    )
    return [Known(str(identifier), name, number) for identifier, name, number in rows]


def brought_suppliers(session: Session, bids: Sequence[Bid]) -> set[uuid.UUID]:
    """Give of the suppliers of bids those for whom nobody acts here, by their identifiers."""
    return set(
        session.scalars(
            select(BroughtSupplier.organisation_id).where(
                BroughtSupplier.organisation_id.in_([bid.supplier_id for bid in bids])
            )
        )
    )


@dataclass(frozen=True)
class Brought:
    """How many bids were brought in for a stage, when, and by which two officers."""

    count: int
    at: datetime
    first_id: uuid.UUID
    first: str
    second_id: uuid.UUID
    second: str


def brought_of(session: Session, stage_id: uuid.UUID) -> Brought | None:
    """Say how bids were brought in for a stage: all of them came at once."""
    rows = session.execute(
        select(BroughtBid, LogEntry.at)
        .join(Bid, Bid.id == BroughtBid.bid_id)
        .join(LogEntry, LogEntry.n == BroughtBid.entry_n)
        .where(Bid.stage_id == stage_id)
        .options(
            defer(BroughtBid.document),
            joinedload(BroughtBid.brought_by),
            joinedload(BroughtBid.confirmed_by),
        )
    ).all()
    if not rows:
        return None
    held, at = rows[0]
    first, second = held.brought_by, held.confirmed_by
    return Brought(len(rows), at, first.id, first.name, second.id, second.name)


def _read(session: Session, bids: Sequence[Bid]) -> Mapping[uuid.UUID, Unsealed]:
    """Give what is known of bids that were brought in.

    Raises:
        DamagedDocument: what is kept of one is not what was brought in.
    """
    held = {
        row.bid_id: row
        for row in session.scalars(
            select(BroughtBid).where(BroughtBid.bid_id.in_([bid.id for bid in bids]))
        )
    }
    return {bid.id: _unsealed(bid, held[bid.id]) for bid in bids}


def _unsealed(bid: Bid, held: BroughtBid) -> Unsealed:
    if held.document == b"":
        # What it said was erased when the time to keep it was over.
        return Unsealed(bid.supplier.name, received_at=held.received_at, erased=True)
    found = document.read(held.document)
    if (found.bid, found.supplier_id) != (bid.reference, str(bid.supplier_id)):
        raise DamagedDocument(f"{bid.reference} holds another bid")
    return Unsealed(
        supplier_name=found.supplier_name,
        content=Content(
            answers=found.answers,
            price_minor=found.price_minor,
            contract_accepted=found.contract_accepted,
            contract_points=found.contract_points,
            ai_statement="",
            milestones=found.milestones,
            attachments=found.attachments,
            # What part each has was not told, so each counts as one with a main part.
            team=tuple(Subcontractor(name, "", None) for name in found.partners),
        ),
        sha256=held.sha256,
        size_class=found.size_class,
        received_at=found.received_at,
    )


unsealed.register(Source.ELSEWHERE, _read)
