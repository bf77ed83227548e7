"""Reads of drafts that are open to partners: title, problem and contact, and nothing else."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from challenges.lifecycle import UNPUBLISHED
from challenges.models import Challenge
from challenges.partners.models import PartnerConnection, PartnerMessage
from marketplace.core.accounts.models import Organisation, OrganisationKind, User
from marketplace.core.accounts.rows import ensure_meets_bodies
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor
from marketplace.core.text import N_

LISTED_MOST = 200


@dataclass(frozen=True)
class Offered:
    """What people of other bodies may know of a draft."""

    reference: str
    title: str
    summary: str
    problem: str
    body: str
    lead: str
    lead_email: str


def offered(session: Session, actor: Actor) -> Sequence[Offered]:
    """Give the drafts that are open to partners, the latest first.

    Raises:
        Forbidden: nobody has verified the actor's body.
    """
    ensure_meets_bodies(session, actor)
    query = _offered().order_by(Challenge.created_at.desc(), Challenge.id.desc())
    return [Offered(*row) for row in session.execute(query.limit(LISTED_MOST))]


def offered_one(session: Session, reference: str, actor: Actor) -> tuple[Challenge, Offered]:
    """Give one such draft, and what may be known of it.

    Raises:
        Forbidden: nobody has verified the actor's body.
        NotFound: there is none, or it is not open to partners.
    """
    ensure_meets_bodies(session, actor)
    row = session.execute(_offered().where(Challenge.reference == reference)).one_or_none()
    if row is None:
        raise NotFound(N_("There is no such draft."))
    challenge = session.scalars(
        select(Challenge)
        .where(Challenge.reference == reference)
        .options(joinedload(Challenge.buyer, innerjoin=True))
    ).one()
    return challenge, Offered(*row)


def messages(session: Session, challenge: Challenge) -> Sequence[PartnerMessage]:
    """Give what other bodies wrote about a draft, the latest first."""
    return session.scalars(
        select(PartnerMessage)
        .where(PartnerMessage.challenge_id == challenge.id)
        .options(joinedload(PartnerMessage.by), joinedload(PartnerMessage.organisation))
        .order_by(PartnerMessage.at.desc(), PartnerMessage.id.desc())
        .limit(LISTED_MOST)
    ).all()


def connections(session: Session, challenge: Challenge) -> Sequence[PartnerConnection]:
    """Give the bodies that a facilitator connected with a draft's, by name."""
    return session.scalars(
        select(PartnerConnection)
        .join(Organisation, Organisation.id == PartnerConnection.organisation_id)
        .where(PartnerConnection.challenge_id == challenge.id)
        .options(joinedload(PartnerConnection.organisation))
        .order_by(Organisation.name)
    ).all()


def bodies(session: Session, besides: uuid.UUID) -> Sequence[tuple[uuid.UUID, str]]:
    """Give the verified public bodies but for one, by name."""
    rows = session.execute(
        select(Organisation.id, Organisation.name)
        .where(
            Organisation.kind == OrganisationKind.BODY,
            Organisation.verified_at.is_not(None),
            Organisation.id != besides,
        )
        .order_by(Organisation.name, Organisation.id)
    )
    return [(row[0], row[1]) for row in rows]


def _offered() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Challenge.reference,
            Challenge.title,
            Challenge.summary,
            Challenge.problem,
            Organisation.name,
            User.name,
            User.email,
        )
        .join(Organisation, Organisation.id == Challenge.buyer_id)
        .join(User, User.id == Challenge.owner_id)
        .where(Challenge.open_to_partners, Challenge.state.in_(UNPUBLISHED))
    )
