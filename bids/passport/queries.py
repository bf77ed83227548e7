"""Reads a supplier's passport: what it answered, and what it answered before."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from bids.passport.answers import Answer
from bids.passport.kinds import Subject
from bids.passport.models import PassportAnswer
from bids.passport.size import Size, size_of
from marketplace.core.accounts.models import Membership, Organisation, User
from marketplace.core.dates import PLACE
from marketplace.core.regimes.sizes import size_rules_on


@dataclass(frozen=True)
class Passport:
    """A supplier's newest answer to each subject that it has answered."""

    supplier_id: uuid.UUID
    answers: Mapping[Subject, Answer]


def passport_of(session: Session, supplier_id: uuid.UUID) -> Passport:
    """Give a supplier's passport: the newest answer to each subject, expired or not."""
    place = (
        func.row_number()
        .over(
            partition_by=PassportAnswer.subject,
            order_by=(PassportAnswer.answered_at.desc(), PassportAnswer.id.desc()),
        )
        .label("place")
    )
    newest = (
        select(PassportAnswer.id, place).where(PassportAnswer.supplier_id == supplier_id).subquery()
    )
    rows = session.scalars(
        select(PassportAnswer)
        .join(newest, newest.c.id == PassportAnswer.id)
        .where(newest.c.place == 1)
        .options(joinedload(PassportAnswer.answered_by))
    )
    found = {row.subject: answer_of(row) for row in rows}
    return Passport(supplier_id, {each: found[each] for each in Subject if each in found})


def current_size(session: Session, supplier_id: uuid.UUID, now: datetime) -> Size | None:
    """Give a supplier's size with those that hold a part of it, where its answer holds."""
    found = history(session, supplier_id, Subject.SIZE, 1)
    if not found or now >= found[0].expires_at:
        return None
    return size_of(found[0].values, size_rules_on(found[0].answered_at.astimezone(PLACE).date()))


def history(
    session: Session, supplier_id: uuid.UUID, subject: Subject, most: int = 20
) -> Sequence[PassportAnswer]:
    """Give a supplier's answers to a subject, the newest first."""
    return session.scalars(
        select(PassportAnswer)
        .where(PassportAnswer.supplier_id == supplier_id, PassportAnswer.subject == subject)
        .options(joinedload(PassportAnswer.answered_by))
        .order_by(PassportAnswer.answered_at.desc(), PassportAnswer.id.desc())
        .limit(most)
    ).all()


def known_identity(session: Session, supplier_id: uuid.UUID) -> dict[str, str]:
    """Give what registration told of a supplier, as the start of its answer on who it is.

    Whom to contact is the person who has acted for it longest, which is who registered it.
    """
    supplier, person = session.execute(
        select(Organisation, User)
        .join(Membership, Membership.organisation_id == Organisation.id)
        .join(User, User.id == Membership.user_id)
        .where(Organisation.id == supplier_id, Membership.ended_at.is_(None))
        .order_by(Membership.created_at, Membership.id)
        .limit(1)
    ).one()
    assert supplier.supplier_type is not None
    return {
        "kind": supplier.supplier_type.value,
        "legal_name": supplier.name,
        "contact": person.name,
        "email": person.email,
    }


def answer_of(row: PassportAnswer) -> Answer:
    """Give a row's answer."""
    return Answer(row.subject, row.values, row.answered_by.name, row.answered_at, row.expires_at)
