"""Reads for the pages of bodies and rounds: what each has published, and what became of it."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from challenges.finding.choosing import FIRST_STAGE
from challenges.finding.queries import natural
from challenges.lifecycle import AWARDED, State
from challenges.models import Challenge, Stage
from marketplace.core.accounts.models import Organisation, OrganisationKind
from marketplace.core.errors import NotFound
from marketplace.core.text import N_

# Longer lists would need pages; a country has fewer bodies that buy this way.
MOST = 500


@dataclass(frozen=True)
class Tally:
    """A body or a round with how many of its challenges are where."""

    name: str
    key: str
    count: int
    open: int
    signed: int
    first: datetime | None
    last: datetime | None


def bodies(session: Session, now: datetime) -> Sequence[Tally]:
    """Give the bodies that have published a challenge, by name."""
    found = session.execute(
        select(Organisation.name, Organisation.id, *_tally(now))
        .join(Challenge, Challenge.buyer_id == Organisation.id)
        .outerjoin(Stage, FIRST_STAGE)
        .where(Challenge.published_at.is_not(None))
        .group_by(Organisation.name, Organisation.id)
        .order_by(Organisation.name, Organisation.id)
        .limit(MOST)
    )
    return [Tally(name, str(key), *rest) for name, key, *rest in found]


def body(session: Session, identifier: uuid.UUID) -> Organisation:
    """Give a public body.

    Raises:
        NotFound: there is none with this identifier.
    """
    found = session.scalar(
        select(Organisation).where(
            Organisation.id == identifier, Organisation.kind == OrganisationKind.BODY
        )
    )
    if found is None:
        raise NotFound(N_("There is no such public body."))
    return found


def rounds(session: Session, now: datetime) -> Sequence[Tally]:
    """Give the rounds that a published challenge belongs to, the latest first."""
    found = session.execute(
        select(Challenge.round, *_tally(now))
        .outerjoin(Stage, FIRST_STAGE)
        .where(Challenge.published_at.is_not(None), Challenge.round.is_not(None))
        .group_by(Challenge.round)
        .order_by(func.max(Challenge.published_at).desc(), Challenge.round)
        .limit(MOST)
    )
    tallies = [Tally(str(name), str(name), *rest) for name, *rest in found]
    # Rounds overlap, and a late challenge of an old one does not make it new.
    return sorted(tallies, key=lambda each: (each.first, natural(each.name)), reverse=True)


def round_(session: Session, name: str, now: datetime) -> Tally:
    """Give a round.

    Raises:
        NotFound: no published challenge belongs to it.
    """
    found = session.execute(
        select(Challenge.round, *_tally(now))
        .outerjoin(Stage, FIRST_STAGE)
        .where(Challenge.published_at.is_not(None), Challenge.round == name)
        .group_by(Challenge.round)
    ).one_or_none()
    if found is None:
        raise NotFound(N_("There is no such round."))
    _name, *rest = found
    return Tally(name, name, *rest)


def _tally(now: datetime) -> tuple[ColumnElement[Any], ...]:
    is_open = and_(
        Challenge.state == State.OPEN, Stage.closes_at > now, Challenge.bids_elsewhere.is_(False)
    )
    return (
        func.count(),
        func.count(case((is_open, 1))),
        func.count(case((Challenge.state.in_(sorted(AWARDED)), 1))),
        func.min(Challenge.published_at),
        func.max(Stage.closes_at),
    )
