"""Reads of live sessions."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.live.models import LiveSession
from challenges.models import Challenge
from marketplace.core.errors import NotFound
from marketplace.core.text import N_


def sessions(session: Session, challenge: Challenge) -> Sequence[LiveSession]:
    """Give the sessions of a challenge in the order of time, cancelled ones too."""
    return session.scalars(
        select(LiveSession)
        .where(LiveSession.challenge_id == challenge.id)
        .order_by(LiveSession.starts_at, LiveSession.id)
    ).all()


def session_of(session: Session, challenge: Challenge, session_id: uuid.UUID) -> LiveSession:
    """Give a session of a challenge.

    Raises:
        NotFound: there is none with this id.
    """
    found = session.get(LiveSession, session_id)
    if found is None or found.challenge_id != challenge.id:
        raise NotFound(N_("There is no such session."))
    return found
