"""Moves a closing instant to a later one: one officer proposes it, another confirms or declines.

Before closing that is an extension. Within 24 hours after it, where the service was down near
closing, the challenge is opened again for all alike. The sealing key and the plan stay as they are,
and so does every bid that was submitted.
"""

import uuid
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from challenges import deadlines, hooks, letters, log_words, policy
from challenges.changing import queries as changes
from challenges.closing_models import DeadlineChange
from challenges.kinds import DeadlineOutcome
from challenges.lifecycle import Move, closing_recorded_from, move_at
from challenges.models import Stage
from challenges.queries import own_challenge
from challenges.service.closing import await_closing, record_closing
from challenges.stages.standing import said, stage_at, stored_state
from marketplace.core.audit import log
from marketplace.core.audit.entries import write_instant
from marketplace.core.audit.stages import FIRST
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction

REASON_MOST = 2_000
# More than a slip of the keyboard in the year, less than any purchase waits.
LONGEST_MOVE = timedelta(days=366)


def propose_deadline(
    reference: str,
    *,
    closes_to: datetime | None,
    reason: str,
    actor: Actor,
    clock: Clock,
    stage: int = FIRST,
) -> DeadlineChange:
    """Propose a later closing instant of a stage, with the reason that everybody will read.

    The same proposal sent twice by one person is one.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to propose, or not now; another
            proposal waits; or the bids are being opened.
        Invalid: there is no later instant, or no reason.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        at = stage_at(challenge, stage)
        now = clock.now()
        began = deadlines.opening_began(session, at)
        ensure(policy.can_propose_deadline(actor, at, now, opening_began=began))
        move, closes_from = _present(at, now)
        # What moved elsewhere may have moved to an instant that is past by now.
        after = closes_from if challenge.bids_elsewhere else now
        reason = _checked(closes_to, reason, move, closes_from, after)
        waiting = deadlines.waiting(session, at)
        if waiting is not None:
            if _same(waiting, actor, closes_to, reason):
                return waiting
            raise WrongMoment(
                N_(
                    "%(name)s has proposed a closing time already. Another officer confirms or "
                    "declines it first."
                ),
                name=waiting.proposed_by.name,
            )
        change = DeadlineChange(
            stage_id=at.id,
            closes_from=closes_from,
            closes_to=closes_to,
            after_closing=move is Move.REOPEN,
            reason=reason,
            proposed_by_id=actor.user_id,
            proposed_at=now,
        )
        session.add(change)
        session.flush()
        letters.ask_to_confirm_deadline(session, at, change, actor, clock)
        _record(session, at, change, log_words.DEADLINE_PROPOSED, actor, clock)
    return change


def confirm_deadline(
    reference: str, change_id: uuid.UUID, *, actor: Actor, clock: Clock, stage: int = FIRST
) -> None:
    """Confirm another officer's proposal: bidding closes later, and everybody concerned is told.

    Confirming again what one has confirmed does nothing.

    Raises:
        NotFound: there is no such challenge of the actor's body, or no such proposal.
        Forbidden, WrongMoment: by `policy.can_confirm_deadline`; or the bids are being opened.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        at = stage_at(challenge, stage)
        change = deadlines.find(session, at, change_id)
        if _is_done(change, DeadlineOutcome.CONFIRMED, actor):
            return
        now = clock.now()
        began = deadlines.opening_began(session, at)
        ensure(policy.can_confirm_deadline(actor, at, change, now, opening_began=began))
        # Letters to all bidders take a while, and the log is locked from its first entry here on.
        parties = hooks.of_bids().parties(session, at)
        letters.tell_deadline_moved(session, at, change, parties, clock)
        if change.after_closing and now >= closing_recorded_from(change.closes_from):
            # The sweeper may not have come yet; what happened stands in the log in its order.
            record_closing(session, at, clock)
        _decide(change, DeadlineOutcome.CONFIRMED, actor, now)
        at.closes_at = change.closes_to
        session.flush()
        await_closing(session, at, clock)
        asking = changes.last_asking_number(session, challenge)
        if asking is not None and any(each.awaited for each in parties):
            hooks.of_bids().await_confirmation(session, challenge, asking, clock)
        action = log_words.REOPENED if change.after_closing else log_words.DEADLINE_EXTENDED
        _record(session, at, change, action, actor, clock)


def decline_deadline(
    reference: str, change_id: uuid.UUID, *, actor: Actor, clock: Clock, stage: int = FIRST
) -> None:
    """Decline another officer's proposal: the closing instant stays, and the proposer is told.

    Declining again what one has declined does nothing.

    Raises:
        NotFound: there is no such challenge of the actor's body, or no such proposal.
        Forbidden, WrongMoment: by `policy.can_decline_deadline`.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        at = stage_at(challenge, stage)
        change = deadlines.find(session, at, change_id)
        if _is_done(change, DeadlineOutcome.DECLINED, actor):
            return
        now = clock.now()
        ensure(policy.can_decline_deadline(actor, at, change, now))
        _decide(change, DeadlineOutcome.DECLINED, actor, now)
        session.flush()
        letters.tell_deadline_declined(session, at, change, actor, clock)
        _record(session, at, change, log_words.DEADLINE_DECLINED, actor, clock)


def _present(stage: Stage, now: datetime) -> tuple[Move, datetime]:
    """Give how the closing instant can be moved now, and that instant.

    Raises:
        LookupError: it cannot be moved, which the policy has ruled out.
    """
    closes_at = stage.closes_at
    elsewhere = stage.challenge.bids_elsewhere
    move = move_at(stored_state(stage.challenge, stage), closes_at, now, elsewhere=elsewhere)
    if move is None or closes_at is None:
        raise LookupError(f"the closing of {stage.challenge.reference} cannot be moved")
    return move, closes_at


def _checked(
    closes_to: datetime | None, reason: str, move: Move, closes_from: datetime, after: datetime
) -> str:
    """Give the tidied reason; the new instant comes after the present one, and `after` another.

    Raises:
        Invalid: there is no later instant, or no reason.
    """
    reason = reason.replace("\r\n", "\n").strip()
    faults = {}
    if closes_to is None:
        faults["closes_at"] = N_("Say when bidding should close")
    elif closes_to <= closes_from:
        faults["closes_at"] = N_(
            "Choose a time after the present closing time: it is never brought forward"
        )
    elif closes_to <= after:
        faults["closes_at"] = N_("Choose a time that is still to come")
    elif closes_to > closes_from + LONGEST_MOVE:
        faults["closes_at"] = N_("Choose a time within a year of the present closing time")
    if not reason:
        faults["reason"] = (
            N_("Say why bidders get more time")
            if move is Move.EXTEND
            else N_("Say what was down, and from when to when")
        )
    elif len(reason) > REASON_MOST:
        faults["reason"] = N_("Shorten the reason to 2,000 characters or fewer")
    if faults:
        raise Invalid(N_("Something needs to be put right."), fields=faults)
    return reason


def _same(waiting: DeadlineChange, actor: Actor, closes_to: datetime | None, reason: str) -> bool:
    return (waiting.proposed_by_id, waiting.closes_to, waiting.reason) == (
        actor.user_id,
        closes_to,
        reason,
    )


def _is_done(change: DeadlineChange, outcome: DeadlineOutcome, actor: Actor) -> bool:
    return change.outcome is outcome and change.decided_by_id == actor.user_id


def _decide(change: DeadlineChange, outcome: DeadlineOutcome, actor: Actor, now: datetime) -> None:
    change.outcome = outcome
    change.decided_by_id = actor.user_id
    change.decided_at = now


def _record(
    session: Session,
    stage: Stage,
    change: DeadlineChange,
    action: str,
    actor: Actor,
    clock: Clock,
) -> None:
    log.append(
        session,
        clock=clock,
        action=action,
        chain=stage.challenge.reference,
        actor=actor,
        **said(stage),
        former=write_instant(change.closes_from),
        closes_at=write_instant(change.closes_to),
        reason=change.reason,
        proposed_by=change.proposed_by.name,
        proposed_by_id=str(change.proposed_by_id),
    )
