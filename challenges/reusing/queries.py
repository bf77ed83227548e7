"""Reads of who adopts the result of a challenge, and of what a draft was copied from."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, joinedload

from challenges.lifecycle import State
from challenges.models import Challenge
from challenges.reusing.models import Adoption, ContactMessage, DrawnFrom
from marketplace.core.permissions import Actor

# More than anybody writes in a day by hand, few enough that nobody is flooded.
MESSAGES_A_DAY = 10
ADOPTERS_MOST = 200


def adopters(session: Session, challenge: Challenge) -> Sequence[Adoption]:
    """Give the bodies that want to use the result, the first first."""
    return session.scalars(
        select(Adoption)
        .where(Adoption.challenge_id == challenge.id)
        .options(joinedload(Adoption.body))
        .order_by(Adoption.registered_at, Adoption.body_id)
        .limit(ADOPTERS_MOST)
    ).all()


def adoption(session: Session, challenge: Challenge, body_id: uuid.UUID) -> Adoption | None:
    """Give a body's own, if it wants to use the result."""
    return session.get(Adoption, (challenge.id, body_id))


def source(session: Session, challenge: Challenge) -> Challenge | None:
    """Give the challenge that a draft began as a copy of, if it did."""
    return session.scalar(
        select(Challenge)
        .join(DrawnFrom, DrawnFrom.source_id == Challenge.id)
        .where(DrawnFrom.challenge_id == challenge.id)
        .options(joinedload(Challenge.buyer))
    )


def copied_since(session: Session, source: Challenge, actor: Actor, start: datetime) -> str | None:
    """Give the reference of a draft that the person began as a copy of `source` after `start`."""
    return session.scalar(
        select(Challenge.reference)
        .join(DrawnFrom, DrawnFrom.challenge_id == Challenge.id)
        .where(
            DrawnFrom.source_id == source.id,
            Challenge.owner_id == actor.user_id,
            Challenge.buyer_id == actor.organisation_id,
            Challenge.state == State.DRAFT,
            Challenge.created_at > start,
        )
        .limit(1)
    )


def sent_since(
    session: Session, challenge: Challenge, user_id: uuid.UUID, text: str, start: datetime
) -> bool:
    """Tell whether somebody sent this text about a challenge after `start`."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    ContactMessage.challenge_id == challenge.id,
                    ContactMessage.sent_by_id == user_id,
                    ContactMessage.text == text,
                    ContactMessage.sent_at > start,
                )
            )
        )
    )


def messages_since(session: Session, user_id: uuid.UUID, now: datetime) -> int:
    """Count the messages that somebody sent within a day."""
    return (
        session.scalar(
            select(func.count())
            .select_from(ContactMessage)
            .where(
                ContactMessage.sent_by_id == user_id,
                ContactMessage.sent_at > now - timedelta(days=1),
            )
        )
        or 0
    )
