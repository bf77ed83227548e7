"""Reads of drafts under public comment."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from challenges.consulting.models import Consultation, DraftComment
from challenges.lifecycle import UNPUBLISHED
from challenges.models import Challenge, Criterion, Stage
from marketplace.core.errors import NotFound
from marketplace.core.text import N_

PAGE = 50


def drafts(session: Session, now: datetime) -> Sequence[tuple[Challenge, Consultation]]:
    """Give the drafts that can be commented on now, those first that end soonest."""
    rows = session.execute(
        select(Challenge, Consultation)
        .join(Consultation, Consultation.challenge_id == Challenge.id)
        .where(Consultation.ends_at > now, Challenge.state.in_(UNPUBLISHED))
        .options(joinedload(Challenge.buyer, innerjoin=True))
        .order_by(Consultation.ends_at, Challenge.id)
        .limit(100)
    )
    return [(row[0], row[1]) for row in rows]


def draft(session: Session, reference: str) -> tuple[Challenge, Consultation]:
    """Give a challenge that is or was open for comment as a draft, whole.

    Raises:
        NotFound: there is none.
    """
    row = session.execute(
        select(Challenge, Consultation)
        .join(Consultation, Consultation.challenge_id == Challenge.id)
        .where(Challenge.reference == reference)
        .options(
            joinedload(Challenge.buyer, innerjoin=True),
            selectinload(Challenge.co_sponsors),
            selectinload(Challenge.stages)
            .selectinload(Stage.criteria)
            .selectinload(Criterion.descriptors),
        )
    ).one_or_none()
    if row is None:
        raise NotFound(N_("There is no draft with this reference."))
    return row[0], row[1]


def consultation_of(session: Session, challenge: Challenge) -> Consultation | None:
    """Give a challenge's time of public comment, if it had one."""
    return session.get(Consultation, challenge.id)


def comments(
    session: Session,
    challenge: Challenge,
    *,
    hidden: bool = False,
    after: uuid.UUID | None = None,
    size: int = PAGE,
) -> tuple[Sequence[DraftComment], uuid.UUID | None]:
    """Give a page of comments in the order of time, and the key after which the next begins.

    With `hidden` those that the body has hidden are among them.
    """
    query = (
        select(DraftComment)
        .where(DraftComment.challenge_id == challenge.id)
        .options(joinedload(DraftComment.by), joinedload(DraftComment.organisation))
        .order_by(DraftComment.id)
        .limit(size + 1)
    )
    if not hidden:
        query = query.where(DraftComment.hidden_at.is_(None))
    if after is not None:
        query = query.where(DraftComment.id > after)
    found = session.scalars(query).all()
    return found[:size], found[size - 1].id if len(found) > size else None


def count(session: Session, challenge: Challenge) -> int | None:
    """Count the comments everybody can read; None where the draft was never open for any."""
    query = (
        select(func.count(DraftComment.id))
        .select_from(Consultation)
        .outerjoin(
            DraftComment,
            (DraftComment.challenge_id == Consultation.challenge_id)
            & DraftComment.hidden_at.is_(None),
        )
        .where(Consultation.challenge_id == challenge.id)
        .group_by(Consultation.challenge_id)
    )
    return session.scalar(query)


def comment_of(session: Session, challenge: Challenge, comment_id: uuid.UUID) -> DraftComment:
    """Give a comment on a draft.

    Raises:
        NotFound: there is none with this id.
    """
    found = session.get(DraftComment, comment_id)
    if found is None or found.challenge_id != challenge.id:
        raise NotFound(N_("There is no such comment."))
    return found
