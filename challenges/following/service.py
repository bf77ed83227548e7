"""Writes of who follows a challenge. Doing either twice does nothing the second time."""

import uuid

from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from challenges.following.models import Follow
from challenges.queries import public_challenge
from marketplace.core.clock import Clock
from marketplace.core.transaction import transaction


def follow(reference: str, *, person: uuid.UUID, clock: Clock) -> None:
    """Have a person hear of changes to a published challenge.

    Raises:
        NotFound: there is no such challenge, or it is not public.
    """
    with transaction() as session:
        challenge = public_challenge(session, reference)
        insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        # Two clicks at once are one: whichever comes second does nothing.
        session.execute(
            insert(Follow)
            .values(challenge_id=challenge.id, user_id=person, since=clock.now())
            .on_conflict_do_nothing()
        )


def unfollow(reference: str, *, person: uuid.UUID) -> None:
    """Have a person hear no more of a challenge.

    Raises:
        NotFound: there is no such challenge, or it is not public.
    """
    with transaction() as session:
        stop(session, public_challenge(session, reference).id, person)


def stop(session: Session, challenge_id: uuid.UUID, person: uuid.UUID) -> None:
    """Take a person from those who follow, in the caller's transaction."""
    session.execute(
        delete(Follow).where(Follow.challenge_id == challenge_id, Follow.user_id == person)
    )
