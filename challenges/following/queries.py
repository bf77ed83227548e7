"""Reads of who follows a challenge, and which challenges somebody follows."""

import uuid
from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload, selectinload

from challenges.following.models import Follow
from challenges.models import Challenge

# More than anybody can read news of; following more goes on to work.
FOLLOWED_MOST = 200


def followers(session: Session, challenge: Challenge) -> Sequence[uuid.UUID]:
    """Give the people who follow the challenge."""
    return session.scalars(select(Follow.user_id).where(Follow.challenge_id == challenge.id)).all()


def is_following(session: Session, challenge: Challenge, person: uuid.UUID) -> bool:
    """Tell whether a person follows the challenge."""
    return bool(
        session.scalar(
            select(exists().where(Follow.challenge_id == challenge.id, Follow.user_id == person))
        )
    )


def followed(session: Session, person: uuid.UUID) -> Sequence[Challenge]:
    """Give the challenges that a person follows, the one followed last first."""
    return session.scalars(
        select(Challenge)
        .join(Follow, Follow.challenge_id == Challenge.id)
        .where(Follow.user_id == person, Challenge.published_at.is_not(None))
        .order_by(Follow.since.desc(), Challenge.id)
        .options(joinedload(Challenge.buyer), selectinload(Challenge.stages))
        .limit(FOLLOWED_MOST)
    ).all()
