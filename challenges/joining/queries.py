"""Reads of bodies that join in challenges, scoped by the body that asks."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from challenges.joining.lifecycle import STANDING, Joining, Measure, Shares
from challenges.joining.models import CostShare, JointSponsor
from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.accounts.models import Organisation, OrganisationKind
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor, Permission
from marketplace.core.text import N_

_NO_SUCH = N_("There is no such challenge that you could join in.")
# A site has a few hundred bodies; beyond this the list of all would not be read anyway.
BODIES_MOST = 1_000
BOARD_ROWS = 50


@dataclass(frozen=True)
class Joined:
    """One challenge of another body on a person's board."""

    reference: str
    title: str
    lead: str
    joining: Joining
    state: State
    published: bool


def sponsors(session: Session, challenge: Challenge) -> Sequence[JointSponsor]:
    """Give all who joined, were invited or asked, or did and left; in the order of beginning."""
    return session.scalars(
        select(JointSponsor)
        .where(JointSponsor.challenge_id == challenge.id)
        .options(joinedload(JointSponsor.body), joinedload(JointSponsor.begun_by))
        .order_by(JointSponsor.begun_at, JointSponsor.id)
    ).all()


def find(session: Session, challenge: Challenge, entry_id: uuid.UUID) -> JointSponsor:
    """Give one of them.

    Raises:
        NotFound: there is none of this challenge.
    """
    entry = session.get(JointSponsor, entry_id)
    if entry is None or entry.challenge_id != challenge.id:
        raise NotFound(N_("There is no such joint sponsor."))
    return entry


def partner_challenge(
    session: Session, reference: str, actor: Actor, *, lock: bool = False
) -> tuple[Challenge, JointSponsor]:
    """Give another body's challenge that the actor's own joins in, is invited to or asks to join.

    Raises:
        NotFound: there is none.
    """
    query = (
        select(Challenge)
        .join(JointSponsor, JointSponsor.challenge_id == Challenge.id)
        .where(
            Challenge.reference == reference,
            JointSponsor.body_id == actor.organisation_id,
            JointSponsor.joining.in_(STANDING),
        )
        .options(joinedload(Challenge.buyer, innerjoin=True), selectinload(Challenge.stages))
    )
    if lock:
        query = query.with_for_update(of=Challenge).execution_options(populate_existing=True)
    challenge = session.scalar(query)
    if challenge is None:
        raise NotFound(_NO_SUCH)
    entry = session.scalars(
        select(JointSponsor)
        .where(
            JointSponsor.challenge_id == challenge.id,
            JointSponsor.body_id == actor.organisation_id,
            JointSponsor.joining.in_(STANDING),
        )
        .options(joinedload(JointSponsor.body))
        .execution_options(populate_existing=True)
    ).one()
    return challenge, entry


def draft_to_join(session: Session, reference: str) -> Challenge | None:
    """Give a draft by its reference, which only those know whom its body has told it."""
    return session.scalar(
        select(Challenge)
        .where(Challenge.reference == reference, Challenge.state == State.DRAFT)
        .options(joinedload(Challenge.buyer, innerjoin=True))
        .with_for_update(of=Challenge)
    )


def bodies(session: Session, *, besides: uuid.UUID) -> Sequence[Organisation]:
    """Give all other verified public bodies by name."""
    return session.scalars(
        select(Organisation)
        .where(
            Organisation.kind == OrganisationKind.BODY,
            Organisation.verified_at.is_not(None),
            Organisation.id != besides,
        )
        .order_by(Organisation.name, Organisation.id)
        .limit(BODIES_MOST)
    ).all()


def begun_since(session: Session, user_id: uuid.UUID, start: datetime) -> int:
    """Count how often somebody invited a body or asked to join after `start`."""
    return (
        session.scalar(
            select(func.count())
            .select_from(JointSponsor)
            .where(JointSponsor.begun_by_id == user_id, JointSponsor.begun_at > start)
        )
        or 0
    )


def shares(session: Session, challenge: Challenge) -> Shares | None:
    """Give who pays what, None before anything was set."""
    rows = session.scalars(select(CostShare).where(CostShare.challenge_id == challenge.id)).all()
    if not rows:
        return None
    if rows[0].percent is not None:
        return Shares(Measure.PERCENT, {r.body_id: r.percent or Decimal(0) for r in rows})
    found: Mapping[uuid.UUID, Decimal] = {
        row.body_id: Decimal(row.amount_minor or 0) / 100 for row in rows
    }
    return Shares(Measure.POUNDS, found)


def of_body(session: Session, actor: Actor) -> Sequence[Joined]:
    """Give the challenges of others that the actor's body sponsors or is asked to, latest first."""
    if not actor.may(Permission.CHALLENGE_WRITE):
        return []
    rows = session.execute(
        select(
            Challenge.reference,
            Challenge.title,
            Organisation.name,
            JointSponsor.joining,
            Challenge.state,
            Challenge.published_at.is_not(None),
        )
        .join(JointSponsor, JointSponsor.challenge_id == Challenge.id)
        .join(Organisation, Organisation.id == Challenge.buyer_id)
        .where(JointSponsor.body_id == actor.organisation_id, JointSponsor.joining.in_(STANDING))
        .order_by(JointSponsor.begun_at.desc(), JointSponsor.id)
        .limit(BOARD_ROWS)
    )
    return [Joined(*row) for row in rows]
