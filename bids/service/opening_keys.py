"""Officers' opening passphrases: each locks a signing key of the officer's own."""

from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, contains_eager

from bids import letters, log_words, policy, receipts
from bids.models import Opening
from challenges.closing_models import OpeningOfficer
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from challenges.stages.standing import said, stored_state
from marketplace.config import DEMONSTRATION_PASSPHRASE
from marketplace.core.access import current_settings
from marketplace.core.accounts.models import User
from marketplace.core.accounts.policy import is_made_of
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import Invalid
from marketplace.core.notices import post
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from marketplace.core.vault import officers
from marketplace.core.vault.models import OfficerKey

# Four words of a list, or a short sentence: Argon2id makes each guess dear, so this is enough.
SHORTEST = 16
LONGEST = 200


def set_opening_passphrase(passphrase: str, *, actor: Actor, clock: Clock) -> OfficerKey:
    """Make a new signing key for an officer, locked by `passphrase`; the one before ends.

    The site's log names the new key, and so does that of each challenge whose bids the officer may
    still open: a key that is named there before closing proves who signed.

    The officer is told by e-mail, so that nobody does this for them unseen.

    Raises:
        Forbidden: the actor opens no bids.
        Invalid: the passphrase is too short, too long or easy to guess.
    """
    ensure(policy.can_set_passphrase(actor))
    _refuse_weak(passphrase, db.session().get_one(User, actor.user_id))
    signer, locked = officers.prepare(receipts.origin(db.session()), passphrase)
    with transaction() as session:
        # Two tabs set one key after the other; whoever names this officer waits, or was waited for.
        # Rows that only refer to the person are let through: one who writes them may hold the log.
        session.execute(
            select(User.id).where(User.id == actor.user_id).with_for_update(key_share=True)
        )
        key, former = officers.keep(session, actor.user_id, signer, locked, clock)
        for chain, stage in ((log.SITE, {}), *_still_to_open(session, actor)):
            log.append(
                session,
                clock=clock,
                action=log_words.KEY_SET,
                chain=chain,
                actor=actor,
                **stage,
                key=key.verifier,
                former=former.verifier if former else None,
            )
        _tell(session, actor, key, changed=former is not None, clock=clock)
    return key


def _tell(session: Session, actor: Actor, key: OfficerKey, *, changed: bool, clock: Clock) -> None:
    subject, text = letters.passphrase_set(
        at=key.made_at,
        changed=changed,
        address=f"{current_settings().public_url}/work/opening-passphrase",
    )
    post.queue(
        session,
        to_email=session.get_one(User, actor.user_id).email,
        user_id=actor.user_id,
        subject=subject,
        text=text,
        clock=clock,
    )


def _still_to_open(session: Session, actor: Actor) -> list[tuple[str, dict[str, Any]]]:
    """Give the challenges and stages whose bids the actor is named to open, and that are sealed."""
    stages = session.scalars(
        select(Stage)
        .join(Challenge, Challenge.id == Stage.challenge_id)
        .join(OpeningOfficer, OpeningOfficer.stage_id == Stage.id)
        .where(
            OpeningOfficer.officer_id == actor.user_id,
            Challenge.state.in_({State.OPEN, State.EVALUATING}),
            ~exists().where(Opening.stage_id == Stage.id),
        )
        .options(contains_eager(Stage.challenge))
        .order_by(Challenge.reference, Stage.ordinal)
    )
    return [
        (stage.challenge.reference, said(stage))
        for stage in stages
        if stored_state(stage.challenge, stage) is State.OPEN
    ]


def _refuse_weak(passphrase: str, person: User) -> None:
    text = passphrase.strip()
    message = None
    if len(text) < SHORTEST:
        message = N_("Use at least 16 characters: four words, or a short sentence")
    elif len(text) > LONGEST:
        message = N_("Use at most 200 characters")
    elif is_made_of(text, (person.name, person.email.partition("@")[0])):
        message = N_("Choose words that are harder to guess, without your name or e-mail address")
    elif len(set(text.lower())) < 6 or _is_public(text):
        message = N_("Choose words that are harder to guess")
    if message:
        raise Invalid(message, {"passphrase": message})


def _is_public(text: str) -> bool:
    """Tell whether this is what every demonstration shows, typed where bids are real."""
    return not current_settings().demonstration and (
        text.casefold().split() == DEMONSTRATION_PASSPHRASE.split()
    )
