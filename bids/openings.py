"""Reads of how far an opening has come: who was named, who has confirmed, what is read already."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bids import opened, receipts
from bids.lifecycle import BidState
from bids.models import (
    Bid,
    OpenedSubmission,
    Opening,
    OpeningConfirmation,
    OpeningRehearsal,
    Submission,
)
from bids.renewing import queries as renewals
from challenges.closing_models import OpeningOfficer
from challenges.log_words import CLOSED
from challenges.models import Stage
from challenges.stages.running import last_entry
from marketplace.core.accounts.models import Membership, MembershipRole, User
from marketplace.core.audit import log
from marketplace.core.audit.entries import write_instant
from marketplace.core.audit.models import LogEntry
from marketplace.core.audit.stages import of_stage
from marketplace.core.jobs import Job
from marketplace.core.permissions import Role
from marketplace.core.vault import sealing, statements
from marketplace.core.vault.models import OfficerKey
from marketplace.core.vault.statements import Statement

# The job that opens the envelopes, once two have confirmed.
OPEN = "bids.open"


@dataclass(frozen=True)
class Officer:
    """One of those named to open a stage's bids, and how far they have come.

    `stands` tells whether they still are a procurement officer of the body; `key_at` is when they
    set the opening passphrase they have now, `confirmed_at` when they confirmed this opening.
    """

    officer_id: uuid.UUID
    name: str
    stands: bool
    key_at: datetime | None
    rehearsed_at: datetime | None
    confirmed_at: datetime | None


@dataclass(frozen=True)
class OpeningStatus:
    """How far the opening of a stage's bids has come.

    `read` of `count` envelopes were opened and compared so far; `opened_at` is None until all are,
    and until then nobody sees what they hold. `statement` is what an officer signs, None before the
    closing stands in the log and once two have. `stopped` tells that the last try to open the
    envelopes failed, and that the next is still to come.
    """

    officers: Sequence[Officer]
    count: int
    read: int
    opened_at: datetime | None
    statement: str | None
    stopped: bool

    @property
    def opened(self) -> bool:
        """Tell whether the bids were opened."""
        return self.opened_at is not None

    @property
    def confirmed(self) -> Sequence[Officer]:
        """Give those who have confirmed, the first one first."""
        return sorted(
            (officer for officer in self.officers if officer.confirmed_at is not None),
            key=lambda officer: (officer.confirmed_at, officer.officer_id),
        )

    @property
    def able(self) -> int:
        """Count those who could sign: they are officers of the body and have a passphrase."""
        return sum(officer.stands and officer.key_at is not None for officer in self.officers)

    def officer(self, officer_id: uuid.UUID) -> Officer | None:
        """Give one of those named, by who they are."""
        return next((each for each in self.officers if each.officer_id == officer_id), None)

    @property
    def under_way(self) -> bool:
        """Tell whether two have confirmed and the service is opening the envelopes now."""
        return len(self.confirmed) > 1 and not self.opened


def opening_status(session: Session, stage: Stage) -> OpeningStatus:
    """Give how far the opening of a stage's bids has come."""
    closing = closing_that_holds(session, stage)
    opening = session.get(Opening, stage.id)
    status = OpeningStatus(
        officers=_officers(session, stage, closing.n if closing else None),
        count=0,
        read=0,
        opened_at=opening.opened_at if opening else None,
        statement=None,
        stopped=False,
    )
    if closing is not None and not status.opened and not status.under_way:
        signed = statement_for(session, stage, closing, receipts.origin(session))
        return replace(status, count=signed.count, statement=statements.write(signed))
    status = replace(status, count=opened.bid_counts(session, [stage.id])[stage.id])
    if closing is None or status.opened:
        return status
    return replace(
        status,
        read=_read(session, stage, closing.n),
        stopped=is_stopped(session, stage),
    )


def _officers(session: Session, stage: Stage, closed_n: int | None) -> Sequence[Officer]:
    """Give those named to open, by name; `closed_n` is the closing that they confirm."""
    standing = (
        select(Membership.user_id)
        .join(MembershipRole)
        .where(
            Membership.organisation_id == stage.challenge.buyer_id,
            Membership.ended_at.is_(None),
            MembershipRole.role == Role.PROCUREMENT_OFFICER,
        )
    )
    rehearsed = (
        select(OpeningRehearsal.officer_id, func.max(OpeningRehearsal.rehearsed_at).label("at"))
        .where(OpeningRehearsal.stage_id == stage.id)
        .group_by(OpeningRehearsal.officer_id)
        .subquery()
    )
    found = session.execute(
        select(
            User.id,
            User.name,
            (User.active & User.id.in_(standing)).label("stands"),
            OfficerKey.made_at,
            rehearsed.c.at,
            OpeningConfirmation.confirmed_at,
        )
        .join(OpeningOfficer, OpeningOfficer.officer_id == User.id)
        .outerjoin(OfficerKey, (OfficerKey.user_id == User.id) & OfficerKey.ended_at.is_(None))
        .outerjoin(rehearsed, rehearsed.c.officer_id == User.id)
        .outerjoin(
            OpeningConfirmation,
            (OpeningConfirmation.officer_id == User.id)
            & (OpeningConfirmation.stage_id == stage.id)
            & (OpeningConfirmation.closed_n == closed_n),
        )
        .where(OpeningOfficer.stage_id == stage.id)
        .order_by(User.name, User.id)
    ).all()
    return [Officer(*row) for row in found]


def key_since(session: Session, officer_id: uuid.UUID) -> datetime | None:
    """Give when an officer set the opening passphrase they have now; None where they have none."""
    return session.scalar(
        select(OfficerKey.made_at).where(
            OfficerKey.user_id == officer_id, OfficerKey.ended_at.is_(None)
        )
    )


def is_named(session: Session, stage_id: uuid.UUID, officer_id: uuid.UUID) -> bool:
    """Tell whether a person was named as one of those who open a stage's bids."""
    return session.get(OpeningOfficer, (stage_id, officer_id)) is not None


def closing_that_holds(session: Session, stage: Stage) -> LogEntry | None:
    """Give the closing that the log has of a stage, at the instant that holds now.

    None where it is not recorded yet: one before bids were taken again is over.
    """
    last = last_entry(session, stage, CLOSED)
    if last is None or stage.closes_at is None:
        return None
    return last if last.fields.get("closes_at") == write_instant(stage.closes_at) else None


def confirmations(session: Session, stage: Stage, closed_n: int) -> Sequence[OpeningConfirmation]:
    """Give who has confirmed the opening after a closing, the first one first."""
    return session.scalars(
        select(OpeningConfirmation)
        .where(OpeningConfirmation.stage_id == stage.id, OpeningConfirmation.closed_n == closed_n)
        .order_by(OpeningConfirmation.confirmed_at, OpeningConfirmation.officer_id)
    ).all()


def under_way(session: Session, stage: Stage) -> bool:
    """Tell whether two officers have confirmed, or the bids are open: nothing can be moved then."""
    closing = closing_that_holds(session, stage)
    return closing is not None and len(confirmations(session, stage, closing.n)) > 1


def submitted(session: Session, stage: Stage) -> Sequence[tuple[Bid, Submission]]:
    """Give the bids of a stage that are to be opened, each with the version that counts.

    One that a change asked to confirm, and that was not, is not among them.
    """
    return session.execute(_submitted(stage)).tuples().all()


def unread(session: Session, stage: Stage, limit: int) -> Sequence[tuple[Bid, Submission]]:
    """Give at most `limit` of those whose envelopes were not opened yet."""
    read = select(OpenedSubmission.submission_id)
    some = _submitted(stage).where(Submission.id.not_in(read)).limit(limit)
    return session.execute(some).tuples().all()


def _submitted(stage: Stage) -> Select[Bid, Submission]:
    return (
        select(Bid, Submission)
        .join(
            Submission,
            (Submission.bid_id == Bid.id) & (Submission.version == Bid.current_version),
        )
        .where(Bid.stage_id == stage.id, Bid.state == BidState.SUBMITTED, renewals.counts())
        .order_by(Bid.reference)
    )


def statement_for(session: Session, stage: Stage, closing: LogEntry, origin: str) -> Statement:
    """Give what both officers sign: which bids the log says were submitted before this closing."""
    challenge, plan = stage.challenge, stage.challenge.plan
    bids = submitted(session, stage)
    logged = log.fields_of(session, [found.entry_n for _bid, found in bids])
    said = [
        (str(fields["bid"]), int(fields["version"]), str(fields["envelope"]))
        for fields in logged.values()
    ]
    if stage.sealing_key_id is None or plan is None:
        raise LookupError(f"{challenge.reference} has no key or no plan")
    return Statement(
        origin=origin,
        challenge=challenge.reference,
        stage=stage.ordinal,
        plan=bytes.fromhex(plan.sha256),
        closed=closing.n,
        leaf=closing.leaf,
        count=len(said),
        bids=statements.digest_of(said),
        key=sealing.recipient(session, stage.sealing_key_id),
    )


def is_stopped(session: Session, stage: Stage) -> bool:
    """Tell whether the last try to open a stage's envelopes failed, and none has worked since.

    An opening is tried again until it is done, so this ends by itself once the cause is mended.
    """
    failed = session.scalars(
        select(Job).where(
            Job.kind == OPEN,
            Job.payload["challenge"].as_string() == stage.challenge.reference,
            Job.done_at.is_(None),
            Job.error.is_not(None),
        )
    )
    return any(of_stage(job.payload, stage.ordinal) for job in failed)


def _read(session: Session, stage: Stage, closed_n: int) -> int:
    """Count the envelopes of a stage that were opened so far after a closing."""
    return (
        session.scalar(
            select(func.count())
            .select_from(OpenedSubmission)
            .join(Submission, Submission.id == OpenedSubmission.submission_id)
            .join(Bid, Bid.id == Submission.bid_id)
            .where(Bid.stage_id == stage.id, OpenedSubmission.closed_n == closed_n)
        )
        or 0
    )
