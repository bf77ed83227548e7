"""Begins a challenge and saves its sections."""

import secrets
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges import (
    log_words,  # noqa: F401  (importing it registers the words)
    policy,
)
from challenges.drafting.queries import colleagues
from challenges.kinds import PriceModel
from challenges.models import Challenge, Stage
from challenges.queries import own_challenge
from challenges.sections import (
    LEAD_ONLY,
    Content,
    Part,
    Problem,
    Team,
    edition,
    tidied,
)
from challenges.service.contents import put, read
from challenges.similar.vectors import await_vector
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, StaleEdit
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction

# Crockford's base32: no I, L, O or U, so that a reference survives being read aloud.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def create(
    *,
    actor: Actor,
    clock: Clock,
    title: str,
    reference: str | None = None,
    fill: Callable[[Challenge], None] | None = None,
) -> str:
    """Begin a challenge of the actor's organisation as a draft and return its reference.

    The reference is made up unless one is given; `fill` puts something into the draft beforehand.

    Raises:
        Forbidden: the actor's role does not write challenges.
        Invalid: the title is empty or too long, or the reference is taken.
    """
    ensure(policy.can_create(actor))
    content = tidied(Problem(title=title))
    refuse_faults(content)
    with transaction() as session:
        if reference is not None and _taken(session, reference):
            raise Invalid(N_("There is a challenge with this reference already."))
        now = clock.now()
        challenge = Challenge(
            reference=reference or new_reference(session),
            buyer_id=actor.organisation_id,
            title=content.title,
            created_at=now,
            owner_id=actor.user_id,
            stages=[Stage(price_model=PriceModel.FIXED_BUDGET)],
        )
        session.add(challenge)
        session.flush()
        if fill is not None:
            fill(challenge)
        made = challenge.reference
        log.append(
            session,
            clock=clock,
            action="challenge.created",
            chain=made,
            actor=actor,
            title=content.title,
        )
        await_vector(session, challenge, clock)
    return made


def save(
    reference: str, content: Content, *, actor: Actor, clock: Clock, seen: str | None = None
) -> None:
    """Save one section of a draft, whole.

    `seen` is the edition that the writer began from; without it nothing is compared.

    Raises:
        NotFound: there is no such challenge in the actor's organisation.
        Forbidden, WrongMoment: the actor may not write it, or not now.
        Invalid: something is too long or contradictory; `fields` says what.
        StaleEdit: the section was changed since, to something else than is saved now.
    """
    content = tidied(content)
    refuse_faults(content)
    with transaction() as session:
        jointly = content.section not in LEAD_ONLY
        challenge = own_challenge(session, reference, actor, lock=True, whole=True, jointly=jointly)
        ensure(policy.can_write(actor, challenge, clock.now()))
        refuse_stale(edition(read(challenge, content.section)), edition(content), seen)
        if isinstance(content, Team):
            _refuse_strangers(session, challenge, content)
        put(challenge, content)
        if isinstance(content, Problem):
            await_vector(session, challenge, clock)


def refuse_faults(content: Part) -> None:
    """Refuse what cannot be kept.

    Raises:
        Invalid: with the fault of each field.
    """
    if faults := content.faults():
        raise Invalid(N_("Something needs to be put right."), fields=faults)


def refuse_stale(present: str, wanted: str, seen: str | None) -> None:
    """Refuse to overwrite what the writer has not seen; writing the same again harms nobody.

    Raises:
        StaleEdit: the present edition is neither the one seen nor the one wanted.
    """
    if seen is not None and present not in (seen, wanted):
        raise StaleEdit(
            N_(
                "This was changed and saved elsewhere while you were writing. Nothing was "
                "overwritten. Compare your text with what is saved now, then save again."
            )
        )


def _refuse_strangers(session: Session, challenge: Challenge, team: Team) -> None:
    """Refuse to give a duty to somebody who does not act for the body, and did not have it.

    Who left since stays named until somebody else is.
    """
    known = {each.user_id for each in colleagues(session, challenge.buyer_id)}
    known |= {each.user_id for each in challenge.team if each.user_id is not None}
    message = N_("Choose one of the people of your organisation.")
    faults = {
        str(each.duty): message
        for each in team.members
        if each.user_id is not None and each.user_id not in known
    }
    if faults:
        raise Invalid(message, fields=faults)


def new_reference(session: Session) -> str:
    """Make up a reference that no challenge has."""
    while _taken(session, made := "CH-" + "".join(secrets.choice(ALPHABET) for _ in range(6))):
        pass
    return made


def _taken(session: Session, reference: str) -> bool:
    return session.scalar(select(Challenge.id).where(Challenge.reference == reference)) is not None
