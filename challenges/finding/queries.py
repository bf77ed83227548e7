"""Reads of what challenges can be found by: the bodies and rounds that have published any."""

import re
import uuid
from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from challenges.models import Challenge
from marketplace.core.accounts.models import Organisation, OrganisationKind

# More than fit into a list to choose from; pages of their own hold all.
OFFERED_MOST = 500


def public_bodies(session: Session) -> Sequence[tuple[uuid.UUID, str]]:
    """Give the bodies that have published a challenge, by name."""
    published = exists().where(
        Challenge.buyer_id == Organisation.id, Challenge.published_at.is_not(None)
    )
    found = session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.kind == OrganisationKind.BODY, published)
        .order_by(Organisation.name, Organisation.id)
        .limit(OFFERED_MOST)
    )
    return [(key, name) for key, name in found]


def public_rounds(session: Session) -> Sequence[str]:
    """Give the rounds that a published challenge belongs to, the last name first.

    Each round costs one look into the index, however many challenges it has.
    """
    last = (
        select(Challenge.round)
        .where(Challenge.published_at.is_not(None), Challenge.round.is_not(None))
        .order_by(Challenge.round.desc())
        .limit(1)
    )
    rounds = select(last.scalar_subquery().label("round")).cte("rounds", recursive=True)
    before = (
        select(Challenge.round)
        .where(Challenge.published_at.is_not(None), Challenge.round < rounds.c.round)
        .order_by(Challenge.round.desc())
        .limit(1)
        .correlate(rounds)
    )
    rounds = rounds.union_all(select(before.scalar_subquery()).where(rounds.c.round.is_not(None)))
    found = session.scalars(
        select(rounds.c.round).where(rounds.c.round.is_not(None)).limit(OFFERED_MOST)
    )
    return sorted((str(each) for each in found), key=natural, reverse=True)


def natural(name: str) -> list[tuple[int, str]]:
    """Order "Round 9" before "Round 10"."""
    parts = re.split(r"([0-9]+)", name[:60])
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]
