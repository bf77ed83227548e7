"""Reads of checked evidence: a body's own and what suppliers share with it; a supplier's own."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from bids.evidence.kinds import Evidence, Standing, standing
from bids.evidence.models import EvidenceCheck, EvidenceSharing
from bids.lifecycle import OPENED_STATES, BidState
from bids.models import Bid
from bids.opened import is_opened
from challenges.lifecycle import State
from challenges.queries import own_challenge
from challenges.stages.standing import said
from marketplace.core.dates import PLACE
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor
from marketplace.core.text import N_

_NO_SUCH_BID = N_("There is no such bid.")


@dataclass(frozen=True)
class Bidder:
    """A bidder after the opening: whose bid, how it stands, and in which challenge.

    `said` is how the log tells the bid's stage.
    """

    challenge: str
    title: str
    state: State
    opened: bool
    bid_id: uuid.UUID
    bid: str
    bid_state: BidState
    supplier_id: uuid.UUID
    supplier: str
    said: Mapping[str, Any]


@dataclass(frozen=True)
class Check:
    """One check as its reader sees it.

    `own` tells that the reader's body made it. Who at another body checked is not told, only which
    body did: `checked_by` is empty then.
    """

    id: uuid.UUID
    kind: Evidence
    document: str
    seen: str
    valid_until: date | None
    file_sha256: str | None
    body: str
    checked_by: str
    checked_at: datetime
    standing: Standing
    withdrawn_because: str
    withdrawn_at: datetime | None
    shared: bool
    own: bool


def bidder(session: Session, reference: str, bid_reference: str, actor: Actor) -> Bidder:
    """Give a bidder of a challenge of the actor's own body.

    Raises:
        NotFound: there is no such challenge of the actor's body, or no such opened bid.
    """
    challenge = own_challenge(session, reference, actor)
    bid = session.scalar(
        select(Bid)
        .where(
            Bid.challenge_id == challenge.id,
            Bid.reference == bid_reference,
            Bid.state.in_(OPENED_STATES),
        )
        .options(joinedload(Bid.supplier), joinedload(Bid.stage))
    )
    # Before the opening an officer is told nothing, not even that a bid is there.
    if bid is None or not is_opened(session, bid.stage_id):
        raise NotFound(_NO_SUCH_BID)
    return Bidder(
        challenge=challenge.reference,
        title=challenge.title,
        state=bid.standing,
        opened=True,
        bid_id=bid.id,
        bid=bid.reference,
        bid_state=bid.state,
        supplier_id=bid.supplier_id,
        supplier=bid.supplier.name,
        said=said(bid.stage),
    )


def seen_by_body(
    session: Session, supplier_id: uuid.UUID, body_id: uuid.UUID, now: datetime
) -> list[Check]:
    """Give the checks about a supplier that a body sees: its own, and those that are shared.

    The newest first.
    """
    wanted = and_(
        EvidenceCheck.supplier_id == supplier_id,
        or_(EvidenceCheck.body_id == body_id, _is_shared()),
    )
    return [_check(row, shared, now, body_id) for row, shared in _read(session, wanted)]


def seen_by_supplier(session: Session, actor: Actor, now: datetime) -> list[Check]:
    """Give the checks about the actor's own organisation, the newest first."""
    wanted = EvidenceCheck.supplier_id == actor.organisation_id
    return [_check(row, shared, now, None) for row, shared in _read(session, wanted)]


def own_check(session: Session, check_id: uuid.UUID, bidder: Bidder, actor: Actor) -> EvidenceCheck:
    """Give a check that the actor's body made about a bidder, in this challenge or another.

    Raises:
        NotFound: there is no such check of this body.
    """
    found = session.scalar(
        select(EvidenceCheck)
        .where(
            EvidenceCheck.id == check_id,
            EvidenceCheck.body_id == actor.organisation_id,
            EvidenceCheck.supplier_id == bidder.supplier_id,
        )
        .options(
            joinedload(EvidenceCheck.withdrawal),
            joinedload(EvidenceCheck.bid).joinedload(Bid.challenge),
        )
    )
    if found is None:
        raise NotFound(N_("There is no such check."))
    return found


def is_shared(session: Session, check_id: uuid.UUID) -> bool:
    """Tell whether a supplier lets other bodies see a check."""
    return bool(
        session.scalar(select(EvidenceCheck.id).where(EvidenceCheck.id == check_id, _is_shared()))
    )


def _read(session: Session, wanted: ColumnElement[bool]) -> Iterable[tuple[EvidenceCheck, bool]]:
    rows: Sequence[tuple[EvidenceCheck, bool]] = (
        session.execute(
            select(EvidenceCheck, _is_shared().label("shared"))
            .where(wanted)
            .options(
                joinedload(EvidenceCheck.body),
                joinedload(EvidenceCheck.checked_by),
                joinedload(EvidenceCheck.withdrawal),
            )
            .order_by(EvidenceCheck.checked_at.desc(), EvidenceCheck.id.desc())
        )
        .tuples()
        .all()
    )
    return rows


def _is_shared() -> ColumnElement[bool]:
    """Tell in SQL whether the latest word of the supplier about a check is that it is shared."""
    later = aliased(EvidenceSharing)
    follows = or_(
        later.at > EvidenceSharing.at,
        and_(later.at == EvidenceSharing.at, later.id > EvidenceSharing.id),
    )
    return exists().where(
        EvidenceSharing.check_id == EvidenceCheck.id,
        EvidenceSharing.shared,
        ~exists().where(later.check_id == EvidenceCheck.id, follows),
    )


def _check(row: EvidenceCheck, shared: bool, now: datetime, body_id: uuid.UUID | None) -> Check:
    gone, own = row.withdrawal, row.body_id == body_id
    return Check(
        id=row.id,
        kind=row.kind,
        document=row.document,
        seen=row.seen,
        valid_until=row.valid_until,
        file_sha256=row.file_sha256,
        body=row.body.name,
        checked_by=row.checked_by.name if own else "",
        checked_at=row.checked_at,
        standing=standing(
            row.valid_until, withdrawn=gone is not None, today=now.astimezone(PLACE).date()
        ),
        withdrawn_because=gone.reason if gone else "",
        withdrawn_at=gone.withdrawn_at if gone else None,
        shared=shared,
        own=own,
    )
