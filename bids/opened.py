"""Reads of what the opening revealed, and of how far the opening has come.

Before it there is a number and nothing else. What is read here is the submission that counts,
from its own bytes; bytes whose digest is no longer the one in the log are flagged, never dropped.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from bids import documents
from bids.lifecycle import OPENED_STATES, BidState
from bids.models import (
    Bid,
    EligibilityDecision,
    Opening,
    OpeningConfirmation,
    Submission,
)
from challenges.models import Challenge
from marketplace.core.accounts.models import Membership, MembershipRole, Organisation, User
from marketplace.core.audit import log
from marketplace.core.errors import WrongMoment
from marketplace.core.permissions import Role
from marketplace.core.text import N_


@dataclass(frozen=True)
class Finding:
    """An officer's decision about a bid."""

    finding: str
    reason: str
    decided_by: str
    decided_at: datetime


@dataclass(frozen=True)
class OpenedBid:
    """One opened bid as it was submitted, and what an officer found about it.

    `reason` is the latest finding's, empty where none was made. `intact` tells whether the bytes
    still have the digest that the log holds; where they cannot be read at all, the answers are
    empty and `eligibility` is None. `size_class` is empty then too.
    """

    bid_id: uuid.UUID
    reference: str
    supplier_id: uuid.UUID
    supplier_name: str
    state: BidState
    reason: str
    price_minor: int | None
    answers: Mapping[str, str]
    contract_accepted: bool | None
    contract_points: str
    ai_statement: str
    size_class: str
    version: int
    sha256: str
    arrived_at: datetime
    recorded_at: datetime
    intact: bool
    eligibility: documents.Eligibility | None
    findings: Sequence[Finding]


@dataclass(frozen=True)
class Confirmed:
    """One officer's confirmation of an opening."""

    officer_id: uuid.UUID
    officer: str
    confirmed_at: datetime


@dataclass(frozen=True)
class OpeningStatus:
    """Who has confirmed the opening of a stage, who else could, and when it was opened."""

    confirmed: Sequence[Confirmed]
    others: Sequence[str]
    opened_at: datetime | None

    @property
    def opened(self) -> bool:
        """Tell whether the bids were opened."""
        return self.opened_at is not None


def is_opened(session: Session, stage_id: uuid.UUID) -> bool:
    """Tell whether a stage's bids were opened."""
    return session.get(Opening, stage_id) is not None


def bid_counts(session: Session, stage_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Count the submitted bids of each stage, opened or not; a stage without any counts 0."""
    wanted = list(stage_ids)
    rows = session.execute(
        select(Bid.stage_id, func.count())
        .where(Bid.stage_id.in_(wanted), Bid.current_version.is_not(None))
        .group_by(Bid.stage_id)
    ).tuples()
    return dict.fromkeys(wanted, 0) | dict(rows.all())


def opening_status(session: Session, challenge: Challenge) -> OpeningStatus:
    """Give how far the opening of a challenge's stage has come."""
    stage = challenge.stage
    confirmations = session.execute(
        select(OpeningConfirmation.officer_id, User.name, OpeningConfirmation.confirmed_at)
        .join(User, User.id == OpeningConfirmation.officer_id)
        .where(OpeningConfirmation.stage_id == stage.id)
        .order_by(OpeningConfirmation.confirmed_at)
    ).all()
    confirmed = [Confirmed(*row) for row in confirmations]
    others = session.scalars(
        select(User.name)
        .join(Membership, Membership.user_id == User.id)
        .join(MembershipRole)
        .where(
            Membership.organisation_id == challenge.buyer_id,
            Membership.ended_at.is_(None),
            MembershipRole.role == Role.PROCUREMENT_OFFICER,
            User.active,
            User.id.not_in([officer.officer_id for officer in confirmed]),
        )
        .order_by(User.name)
    ).all()
    opening = session.get(Opening, stage.id)
    return OpeningStatus(confirmed, others, opening.opened_at if opening else None)


def opened_bids(session: Session, stage_id: uuid.UUID) -> list[OpenedBid]:
    """Give all opened bids of a stage, alphabetical by supplier.

    Raises:
        WrongMoment: the stage's bids have not been opened.
    """
    if not is_opened(session, stage_id):
        raise WrongMoment(N_("The bids have not been opened."))
    return _read(session, stage_id, None)


def find_opened_bid(session: Session, stage_id: uuid.UUID, reference: str) -> OpenedBid | None:
    """Give one opened bid of a stage; nothing where there is none or before the opening."""
    found = _read(session, stage_id, reference)
    return found[0] if found else None


def _read(session: Session, stage_id: uuid.UUID, reference: str | None) -> list[OpenedBid]:
    """Read opened bids with all decisions about each, and what the log holds of each."""
    query = (
        select(
            Bid,
            Submission,
            Organisation.name,
            EligibilityDecision,
            User.name.label("decided_by"),
        )
        .join(Opening, Opening.stage_id == Bid.stage_id)
        .join(Organisation, Organisation.id == Bid.supplier_id)
        .join(
            Submission,
            and_(Submission.bid_id == Bid.id, Submission.version == Bid.current_version),
        )
        .outerjoin(EligibilityDecision, EligibilityDecision.bid_id == Bid.id)
        .outerjoin(User, User.id == EligibilityDecision.decided_by_id)
        .where(Bid.stage_id == stage_id, Bid.state.in_(OPENED_STATES))
        .order_by(
            func.lower(Organisation.name),
            Bid.id,
            EligibilityDecision.decided_at,
            EligibilityDecision.id,
        )
    )
    if reference is not None:
        query = query.where(Bid.reference == reference)
    found = []
    read = session.execute(query).all()
    logged = log.fields_of(session, [row.Submission.entry_n for row in read])
    for _, group in groupby(read, key=lambda row: row.Bid.id):
        rows = list(group)
        findings = [
            Finding(
                finding=row.EligibilityDecision.finding.value,
                reason=row.EligibilityDecision.reason,
                decided_by=row.decided_by,
                decided_at=row.EligibilityDecision.decided_at,
            )
            for row in rows
            if row.EligibilityDecision is not None
        ]
        found.append(
            _opened(
                rows[0].Bid,
                rows[0].Submission,
                logged[rows[0].Submission.entry_n],
                rows[0].name,
                findings,
            )
        )
    return found


def _opened(
    bid: Bid,
    submission: Submission,
    logged: Mapping[str, object],
    supplier_name: str,
    findings: Sequence[Finding],
) -> OpenedBid:
    try:
        document = documents.read(submission.content)
    except documents.DamagedDocument:
        document = None
    content = document.content if document else documents.Content({}, None, None, "", "")
    return OpenedBid(
        bid_id=bid.id,
        reference=bid.reference,
        supplier_id=bid.supplier_id,
        supplier_name=document.supplier_name if document else supplier_name,
        state=bid.state,
        reason=findings[-1].reason if findings else "",
        price_minor=content.price_minor,
        answers=content.answers,
        contract_accepted=content.contract_accepted,
        contract_points=content.contract_points,
        ai_statement=content.ai_statement,
        size_class=document.eligibility.size_class if document else "",
        version=submission.version,
        sha256=submission.sha256,
        arrived_at=submission.arrived_at,
        recorded_at=submission.recorded_at,
        intact=is_intact(submission, logged),
        eligibility=document.eligibility if document else None,
        findings=findings,
    )


def is_intact(submission: Submission, logged: Mapping[str, object]) -> bool:
    """Tell whether a submission's bytes have the digest that stands beside them and in the log."""
    found = documents.digest(submission.content)
    return found == submission.sha256 == logged.get("envelope")
