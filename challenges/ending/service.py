"""Ends a published challenge without a contract, with the reason that the law asks for."""

from sqlalchemy.orm import Session

from challenges import hooks, log_words
from challenges.ending import letters, policy
from challenges.lifecycle import Event, NoAward
from challenges.models import Challenge
from challenges.policy import current_state
from challenges.queries import own_challenge
from challenges.service.review import advance, told
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


def end_without_contract(
    reference: str, *, why: NoAward | None, reason: str, actor: Actor, clock: Clock
) -> None:
    """End a published challenge because no contract comes of it, and tell everybody concerned.

    Bids stay as they are: what is sealed is not opened, and nothing of the record is deleted.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to end, or not now.
        Invalid: it is not said why, or so that it cannot be known yet; `fields` says what is wrong.
    """
    message = N_("Say in your own words why no contract comes of it. Every bidder reads it.")
    if why is None:
        choose = N_("Choose why no contract comes of it.")
        raise Invalid(choose, fields={"why": choose})
    reason = told(reason, "reason", message)
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        now = clock.now()
        ensure(policy.can_end(actor, challenge, now))
        if why not in policy.reasons_at(current_state(challenge, now)):
            unknown = N_("This reason does not fit now. Choose another one.")
            raise Invalid(unknown, fields={"why": unknown})
        challenge.cancelled_because, challenge.no_award = reason, why
        advance(session, challenge, Event.CANCEL, clock=clock)
        hooks.emit_end(session, challenge, clock)
        letters.tell_ended(session, challenge, actor, clock)
        _record(session, challenge, actor, clock)


def _record(session: Session, challenge: Challenge, actor: Actor, clock: Clock) -> None:
    log.append(
        session,
        clock=clock,
        action=log_words.NOT_AWARDED,
        chain=challenge.reference,
        actor=actor,
        category=challenge.no_award.value if challenge.no_award else None,
        reason=challenge.cancelled_because,
    )
