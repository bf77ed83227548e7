"""Reads of comments on a draft's sections."""

import uuid
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from challenges.models import Challenge
from challenges.reviewing.models import ReviewComment
from challenges.sections import Section
from marketplace.core.errors import NotFound
from marketplace.core.text import N_


def threads(session: Session, challenge: Challenge, section: Section) -> Sequence[ReviewComment]:
    """Give the threads of a section: what is open first, and then in the order of time."""
    return session.scalars(
        select(ReviewComment)
        .where(
            ReviewComment.challenge_id == challenge.id,
            ReviewComment.section == section.value,
            ReviewComment.parent_id.is_(None),
        )
        .options(
            joinedload(ReviewComment.by),
            joinedload(ReviewComment.resolved_by),
            selectinload(ReviewComment.replies).joinedload(ReviewComment.by),
        )
        .order_by(ReviewComment.resolved_at.is_not(None), ReviewComment.id)
    ).all()


def open_counts(session: Session, challenge: Challenge) -> Mapping[Section, int]:
    """Count the threads that are not resolved, by section, in the order of the sections."""
    rows = session.execute(
        select(ReviewComment.section, func.count())
        .where(
            ReviewComment.challenge_id == challenge.id,
            ReviewComment.parent_id.is_(None),
            ReviewComment.resolved_at.is_(None),
        )
        .group_by(ReviewComment.section)
    )
    counts: dict[str, int] = {row[0]: row[1] for row in rows}
    return {section: counts[section.value] for section in Section if section.value in counts}


def settled(session: Session, challenge: Challenge) -> frozenset[uuid.UUID]:
    """Give the threads of a draft that are resolved, by the id of their first comment."""
    found = session.scalars(
        select(ReviewComment.id).where(
            ReviewComment.challenge_id == challenge.id,
            ReviewComment.parent_id.is_(None),
            ReviewComment.resolved_at.is_not(None),
        )
    )
    return frozenset(found)


def thread_of(session: Session, challenge: Challenge, thread_id: uuid.UUID) -> ReviewComment:
    """Give the first comment of a thread.

    Raises:
        NotFound: there is none with this id.
    """
    found = session.get(ReviewComment, thread_id)
    if found is None or found.challenge_id != challenge.id or found.parent_id is not None:
        raise NotFound(N_("There is no such comment."))
    return found
