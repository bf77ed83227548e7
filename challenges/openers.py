"""The officers named to open a stage's bids: at least three, of whom any two do."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from challenges import letters, log_words
from challenges.closing_models import OpeningOfficer
from challenges.models import Challenge, Stage
from challenges.stages.standing import said
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


@dataclass(frozen=True)
class Named:
    """One of those named. `stands` tells whether they still are a procurement officer of the body.

    `has_key` tells whether they have set an opening passphrase.
    """

    user_id: uuid.UUID
    name: str
    stands: bool
    has_key: bool
    named_at: datetime


def candidates(session: Session, challenge: Challenge) -> Sequence[Candidate]:
    """Give all procurement officers of the challenge's body, by name."""
    found = session.execute(
        select(User.id, User.name, User.email, OfficerKey.verifier)
        .outerjoin(OfficerKey, (OfficerKey.user_id == User.id) & OfficerKey.ended_at.is_(None))
        .where(User.active, User.id.in_(_standing(challenge)))
        .order_by(User.name, User.id)
    ).all()
    return [Candidate(*row) for row in found]


def count(session: Session, challenge: Challenge) -> int:
    """Count the procurement officers of the challenge's body who can be named."""
    return session.scalars(
        select(func.count()).select_from(User).where(User.active, User.id.in_(_standing(challenge)))
    ).one()


def chosen(
    session: Session, challenge: Challenge, wanted: Collection[uuid.UUID]
) -> Sequence[Candidate]:
    """Give the officers that were chosen at publication.

    Raises:
        Invalid: they are fewer than three, or one is no procurement officer of the body.
    """
    found = _offered(session, challenge, wanted)
    if len(found) < FEWEST:
        message = N_("Choose at least three procurement officers")
        raise Invalid(message, {"openers": message})
    return found


def further(session: Session, stage: Stage, wanted: Collection[uuid.UUID]) -> Sequence[Candidate]:
    """Give those of the officers chosen after publication who are not named yet.

    Raises:
        Invalid: nobody is chosen, or one is no procurement officer of the body.
    """
    if not wanted:
        message = N_("Choose who else may open the bids")
        raise Invalid(message, {"openers": message})
    return _offered(session, stage.challenge, set(wanted) - set(named(session, stage)))


def named(session: Session, stage: Stage) -> Sequence[uuid.UUID]:
    """Give who was named to open the bids of a stage."""
    return session.scalars(
        select(OpeningOfficer.officer_id).where(OpeningOfficer.stage_id == stage.id)
    ).all()


def named_officers(session: Session, stage: Stage) -> Sequence[Named]:
    """Give who was named, by name, and whether each can still open."""
    found = session.execute(
        select(
            User.id,
            User.name,
            (User.active & User.id.in_(_standing(stage.challenge))).label("stands"),
            OfficerKey.verifier.is_not(None).label("has_key"),
            OpeningOfficer.named_at,
        )
        .join(OpeningOfficer, OpeningOfficer.officer_id == User.id)
        .outerjoin(OfficerKey, (OfficerKey.user_id == User.id) & OfficerKey.ended_at.is_(None))
        .where(OpeningOfficer.stage_id == stage.id)
        .order_by(User.name, User.id)
    ).all()
    return [Named(*row) for row in found]


def name(
    session: Session,
    stage: Stage,
    officers: Sequence[Candidate],
    actor: Actor,
    clock: Clock,
) -> None:
    """Name officers in the caller's transaction: kept, recorded with their keys, and told.

    Those named before are told too: who adds an account of their own could open the bids alone,
    and nobody would notice it sooner.
    """
    challenge, now = stage.challenge, clock.now()
    before = [each.user_id for each in named_officers(session, stage) if each.stands]
    session.add_all(
        OpeningOfficer(
            stage_id=stage.id,
            officer_id=each.user_id,
            named_by_id=actor.user_id,
            named_at=now,
        )
        for each in officers
    )
    session.flush()
    for each in officers:
        letters.tell_opener(session, stage, each.user_id, has_key=each.key is not None, clock=clock)
    if officers:
        names = [each.name for each in officers]
        letters.tell_openers_added(session, stage, before, names, actor, clock)
    for each in officers:
        log.append(
            session,
            clock=clock,
            action=log_words.OPENER_NAMED,
            chain=challenge.reference,
            actor=actor,
            **said(stage),
            officer=each.name,
            officer_id=str(each.user_id),
            key=each.key,
        )


def _standing(challenge: Challenge) -> Select[uuid.UUID]:
    """Select who is a procurement officer of the challenge's body now."""
    return (
        select(Membership.user_id)
        .join(MembershipRole)
        .where(
            Membership.organisation_id == challenge.buyer_id,
            Membership.ended_at.is_(None),
            MembershipRole.role == Role.PROCUREMENT_OFFICER,
        )
    )


def _offered(
    session: Session, challenge: Challenge, wanted: Collection[uuid.UUID]
) -> Sequence[Candidate]:
    """Give the officers that were chosen.

    Raises:
        Invalid: one is no procurement officer of the body, or is so no longer.
    """
    # A passphrase that is being set this very moment is waited for, so that its key is named here;
    # one that is set later finds the officer named.
    session.execute(
        select(User.id).where(User.id.in_(wanted)).order_by(User.id).with_for_update(read=True)
    )
    found = [each for each in candidates(session, challenge) if each.user_id in set(wanted)]
    if len(found) != len(set(wanted)):
        message = N_(
            "Somebody you chose is not, or no longer, a procurement officer of your organisation. "
            "Choose again."
        )
        raise Invalid(message, {"openers": message})
    return found
