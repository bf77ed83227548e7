"""Which kinds of messages people do without."""

import uuid
from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from marketplace.core.notices.models import Kind, Unwanted


def unwanted_by(session: Session, person: uuid.UUID) -> set[Kind]:
    """Give the kinds that a person does without."""
    return set(session.scalars(select(Unwanted.kind).where(Unwanted.user_id == person)))


def who_wants(session: Session, people: Collection[uuid.UUID], kind: Kind) -> set[uuid.UUID]:
    """Give those of `people` who have not switched messages of `kind` off."""
    without = session.scalars(
        select(Unwanted.user_id).where(Unwanted.kind == kind, Unwanted.user_id.in_(people))
    )
    return set(people) - set(without)


def choose(session: Session, person: uuid.UUID, wanted: Collection[Kind]) -> None:
    """Keep which kinds a person wants, in the caller's transaction."""
    session.execute(delete(Unwanted).where(Unwanted.user_id == person))
    session.add_all(Unwanted(user_id=person, kind=kind) for kind in Kind if kind not in wanted)


def do_without(session: Session, person: uuid.UUID, kind: Kind) -> None:
    """Switch messages of one kind off, in the caller's transaction; again it does nothing."""
    if session.get(Unwanted, (person, kind)) is None:
        session.add(Unwanted(user_id=person, kind=kind))
