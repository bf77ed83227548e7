"""Officers sign for the opening of a stage's bids, and test before closing that they can."""

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import log_words, opened, openings, policy, receipts
from bids.models import OpeningConfirmation, OpeningRehearsal
from bids.service.loading import locked_bids
from challenges.frozen import ensure_as_logged
from challenges.models import Stage
from challenges.queries import own_challenge
from challenges.service import record_closing
from challenges.stages.standing import said, stage_at, stored_state
from marketplace.core import jobs
from marketplace.core.accounts.models import User
from marketplace.core.audit import log
from marketplace.core.audit.signing import Signer
from marketplace.core.audit.stages import FIRST
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Actor, Answer, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from marketplace.core.vault import officers, sealing, statements
from marketplace.core.vault.envelopes import DamagedEnvelope
from marketplace.core.vault.keyring import LostKey
from marketplace.core.vault.models import OfficerKey

service_log = structlog.get_logger()

_NOT_YOURS = N_("This is not your opening passphrase")


class WrongPassphrase(Invalid):
    """What an officer typed does not unlock their key."""


def confirm_opening(
    reference: str,
    *,
    passphrase: str,
    second_factor: bool,
    actor: Actor,
    clock: Clock,
    stage: int = FIRST,
) -> bool:
    """Sign for the opening of a stage's bids; the second officer's signature begins it.

    `second_factor` tells whether this sign-in was made with one. Gives whether two have signed now.
    A stage without bids is opened all the same, so that the record says that there were none.

    Raises:
        NotFound: there is no such challenge of the actor's body.
        Forbidden, WrongMoment: by `policy.can_confirm_opening`; or the service cannot use the
            officer's stored key now.
        WrongPassphrase: the passphrase is not the officer's.
        Invalid: they have set none.
    """
    session: Session = db.session()
    at = stage_at(own_challenge(session, reference, actor), stage)
    ensure(_may_confirm(session, at, actor, second_factor, clock))
    key, signer = _unlock(session, actor, passphrase)
    origin = receipts.origin(session)
    with transaction() as session:
        at = stage_at(own_challenge(session, reference, actor, lock=True), stage)
        # Before the log's lock, like everywhere: a submission under way is waited for here.
        locked_bids(session, at)
        ensure(_may_confirm(session, at, actor, second_factor, clock))
        _hold_key(session, key, actor)
        ensure_as_logged(session, at)
        # Nothing opens before its closing stands in the log; the sweeper may not have come yet.
        record_closing(session, at, clock)
        closing = openings.closing_that_holds(session, at)
        if closing is None:
            raise WrongMoment(N_("The closing is not recorded yet. Try again in a moment."))
        before = openings.confirmations(session, at, closing.n)
        statement = openings.statement_for(session, at, closing, origin)
        note = signer.sign(statements.write(statement))
        now = clock.now()
        session.add(
            OpeningConfirmation(
                stage_id=at.id,
                closed_n=closing.n,
                officer_id=actor.user_id,
                confirmed_at=now,
                officer_key_id=key.id,
                statement=note,
            )
        )
        session.flush()
        log.append(
            session,
            clock=clock,
            action=log_words.CONFIRMED,
            chain=reference,
            actor=actor,
            **said(at),
            place=len(before) + 1,
            key=key.verifier,
            statement=note,
        )
        if before:
            jobs.enqueue(session, openings.OPEN, clock=clock, challenge=reference, **said(at))
    return bool(before)


def rehearse_opening(
    reference: str, *, passphrase: str, actor: Actor, clock: Clock, stage: int = FIRST
) -> None:
    """Test before closing that an officer can open: with a test envelope, never with a bid.

    Raises:
        NotFound: there is no such challenge of the actor's body.
        Forbidden, WrongMoment: by `policy.can_rehearse`; or the service cannot use a key, which is
            what the test is there to find out.
        WrongPassphrase: the passphrase is not the officer's.
        Invalid: they have set none.
    """
    session: Session = db.session()
    at = stage_at(own_challenge(session, reference, actor), stage)
    ensure(_may_rehearse(session, at, actor, clock))
    key, signer = _unlock(session, actor, passphrase)
    # Signing itself is tested too: a statement about nothing, which is thrown away.
    statements.signed_text(signer.sign("rehearsal\n"), key.verifier)
    if at.sealing_key_id is None:
        raise LookupError(f"{reference} has no key to seal bids to")
    try:
        sealing.rehearse(session, at.sealing_key_id)
    except (LostKey, DamagedEnvelope) as error:
        service_log.error("opening_test_failed", challenge=reference, exc_info=error)
        raise WrongMoment(
            N_(
                "The test did not work: the service cannot use the key to which these bids are "
                "sealed. Tell the service team now, before bids close."
            )
        ) from error
    with transaction() as session:
        at = stage_at(own_challenge(session, reference, actor, lock=True), stage)
        # Unlocking took a while; a test that stands in the log after closing would prove nothing.
        ensure(_may_rehearse(session, at, actor, clock))
        session.add(
            OpeningRehearsal(stage_id=at.id, officer_id=actor.user_id, rehearsed_at=clock.now())
        )
        session.flush()
        log.append(
            session,
            clock=clock,
            action=log_words.REHEARSED,
            chain=reference,
            actor=actor,
            **said(at),
        )


def _may_rehearse(session: Session, stage: Stage, actor: Actor, clock: Clock) -> Answer:
    return policy.can_rehearse(
        actor,
        state=stored_state(stage.challenge, stage),
        closes_at=stage.closes_at,
        now=clock.now(),
        named=openings.is_named(session, stage.id, actor.user_id),
    )


def _hold_key(session: Session, key: OfficerKey, actor: Actor) -> None:
    """Keep the officer's key in use until the transaction ends; nobody sets another meanwhile.

    Raises:
        WrongPassphrase: another was set while this one was being unlocked.
    """
    session.execute(select(User.id).where(User.id == actor.user_id).with_for_update(read=True))
    session.refresh(key)
    if key.ended_at is not None:
        raise WrongPassphrase(_NOT_YOURS, {"passphrase": _NOT_YOURS})


def _may_confirm(
    session: Session, stage: Stage, actor: Actor, second_factor: bool, clock: Clock
) -> Answer:
    closing = openings.closing_that_holds(session, stage)
    given = openings.confirmations(session, stage, closing.n) if closing else []
    return policy.can_confirm_opening(
        actor,
        verified=stage.challenge.buyer.verified_at is not None,
        state=stored_state(stage.challenge, stage),
        closes_at=stage.closes_at,
        now=clock.now(),
        named=openings.is_named(session, stage.id, actor.user_id),
        second_factor=second_factor,
        opened=opened.is_opened(session, stage.id),
        confirmed=[each.officer_id for each in given],
    )


def _unlock(session: Session, actor: Actor, passphrase: str) -> tuple[OfficerKey, Signer]:
    key = officers.in_use(session, actor.user_id)
    if key is None:
        message = N_("Set your opening passphrase first")
        raise Invalid(message, {"passphrase": message})
    try:
        return key, officers.unlock(key, passphrase)
    except officers.WrongPassphrase as error:
        raise WrongPassphrase(error.message, {"passphrase": error.message}) from error
    except LostKey as error:
        service_log.error("officer_key_lost", key=key.verifier, exc_info=error)
        raise WrongMoment(
            N_("The service cannot use your stored key now. Tell the service team.")
        ) from error
