"""Reads of who follows a challenge."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.following.models import Follow
from challenges.models import Challenge


def followers(session: Session, challenge: Challenge) -> Sequence[uuid.UUID]:
    """Give the people who follow the challenge."""
    return session.scalars(select(Follow.user_id).where(Follow.challenge_id == challenge.id)).all()
