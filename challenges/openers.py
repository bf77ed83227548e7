"""The officers named to open a stage's bids: at least three, of whom any two do."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges import letters, log_words
from challenges.models import Challenge, OpeningOfficer
from marketplace.core.accounts.models import Membership, MembershipRole, User
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Actor, Role
from marketplace.core.text import N_
from marketplace.core.vault.models import OfficerKey

FEWEST = 3


@dataclass(frozen=True)
class Candidate:
    """A procurement officer of the body who can be named.

    `key` is the public part of the key that their opening passphrase locks; None where they have
    set none yet.
    """

    user_id: uuid.UUID
    name: str
    email: str
    key: str | None


def candidates(session: Session, challenge: Challenge) -> Sequence[Candidate]:
    """Give all procurement officers of the challenge's body, by name."""
    found = session.execute(
        select(User.id, User.name, User.email, OfficerKey.verifier)
        .join(Membership, Membership.user_id == User.id)
        .join(MembershipRole)
        .outerjoin(OfficerKey, (OfficerKey.user_id == User.id) & OfficerKey.ended_at.is_(None))
        .where(
            Membership.organisation_id == challenge.buyer_id,
            Membership.ended_at.is_(None),
            MembershipRole.role == Role.PROCUREMENT_OFFICER,
            User.active,
        )
        .order_by(User.name, User.id)
    ).all()
    return [Candidate(*row) for row in found]


def chosen(
    session: Session, challenge: Challenge, wanted: Collection[uuid.UUID]
) -> Sequence[Candidate]:
    """Give the officers that were chosen.

    Raises:
        Invalid: they are fewer than three, or one is no procurement officer of the body.
    """
    named = [each for each in candidates(session, challenge) if each.user_id in set(wanted)]
    if len(named) < FEWEST or len(named) != len(set(wanted)):
        message = N_("Choose at least three procurement officers of your organisation")
        raise Invalid(message, {"openers": message})
    return named


def named(session: Session, challenge: Challenge) -> Sequence[uuid.UUID]:
    """Give who was named to open the bids of the challenge's stage."""
    return session.scalars(
        select(OpeningOfficer.officer_id).where(OpeningOfficer.stage_id == challenge.stage.id)
    ).all()


def record_named(
    session: Session, challenge: Challenge, officer: Candidate, actor: Actor, clock: Clock
) -> None:
    """Record in the challenge's log that an officer was named, and with what key they sign."""
    log.append(
        session,
        clock=clock,
        action=log_words.OPENER_NAMED,
        chain=challenge.reference,
        actor=actor,
        officer=officer.name,
        officer_id=str(officer.user_id),
        key=officer.key,
    )


def tell_named(
    session: Session, challenge: Challenge, officers: Sequence[Candidate], clock: Clock
) -> None:
    """Write to those who were named: what it means, and what to do before closing."""
    for officer in officers:
        letters.tell_opener(
            session, challenge, officer.user_id, has_key=officer.key is not None, clock=clock
        )
