"""Reads until when suppliers' declarations hold, and which answers of their passports end soon."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bids.models import EligibilityDeclaration
from bids.passport.kinds import Subject
from bids.passport.models import PassportAnswer


@dataclass(frozen=True)
class Expiring:
    """A supplier's newest answer to a subject of its passport, and when it expires or did."""

    supplier_id: uuid.UUID
    subject: Subject
    expires_at: datetime


def declared_until(
    session: Session, suppliers: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, datetime]:
    """Give until when the latest declaration of each supplier holds or held, where it has one."""
    if not suppliers:
        return {}
    place = (
        func.row_number()
        .over(
            partition_by=EligibilityDeclaration.supplier_id,
            order_by=(EligibilityDeclaration.declared_at.desc(), EligibilityDeclaration.id.desc()),
        )
        .label("place")
    )
    newest = (
        select(EligibilityDeclaration.supplier_id, EligibilityDeclaration.expires_at, place)
        .where(EligibilityDeclaration.supplier_id.in_(suppliers))
        .subquery()
    )
    found = session.execute(
        select(newest.c.supplier_id, newest.c.expires_at).where(newest.c.place == 1)
    )
    return dict(found.tuples().all())


def passport_answers(
    session: Session, suppliers: Collection[uuid.UUID], before: datetime
) -> Sequence[Expiring]:
    """Give the newest answers that expire before an instant or have expired, the first first."""
    place = (
        func.row_number()
        .over(
            partition_by=(PassportAnswer.supplier_id, PassportAnswer.subject),
            order_by=(PassportAnswer.answered_at.desc(), PassportAnswer.id.desc()),
        )
        .label("place")
    )
    newest = (
        select(PassportAnswer.supplier_id, PassportAnswer.subject, PassportAnswer.expires_at, place)
        .where(PassportAnswer.supplier_id.in_(suppliers))
        .subquery()
    )
    found = session.execute(
        select(newest.c.supplier_id, newest.c.subject, newest.c.expires_at).where(
            newest.c.place == 1, newest.c.expires_at < before
        )
    )
    order = list(Subject)
    return sorted(
        (Expiring(*row) for row in found),
        key=lambda each: (each.expires_at, order.index(each.subject)),
    )
