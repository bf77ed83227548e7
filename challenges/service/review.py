"""Moves a challenge through review, approval and publication, and ends it: each step recorded."""

import uuid
from collections.abc import Collection

from sqlalchemy.orm import Session

from challenges import (
    hooks,
    letters,
    lifecycle,
    log_words,
    openers,
    policy,
    readiness,
)
from challenges.drafting import approved
from challenges.ending import letters as ending
from challenges.following import letters as following
from challenges.law import law_of
from challenges.lifecycle import Event, State
from challenges.models import Challenge, Stage
from challenges.notices.rules import unannounced
from challenges.queries import own_challenge
from challenges.service.closing import await_closing
from challenges.service.freezing import freeze
from challenges.similar.vectors import await_vector
from challenges.stages.standing import stage_at, state_of
from marketplace.core import jobs
from marketplace.core.audit import log
from marketplace.core.audit.entries import write_instant
from marketplace.core.audit.stages import FIRST
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, StaleEdit
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from marketplace.core.vault import sealing

REASON_MOST = 5_000


def submit_for_review(reference: str, *, actor: Actor, clock: Clock) -> None:
    """Hand a draft to a procurement officer; from now on its text cannot be changed.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to submit, or not a draft.
        Invalid: something that every challenge needs is missing; `readiness` names it.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True, whole=True)
        ensure(policy.can_submit_for_review(actor, challenge, clock.now()))
        _refuse_unready(challenge, clock)
        challenge.submitted_by_id = actor.user_id
        challenge.submitted_at = clock.now()
        challenge.returned_because = None
        advance(session, challenge, Event.SUBMIT_FOR_REVIEW, clock=clock)
        letters.ask_for_review(session, challenge, actor, clock)
        _record(session, challenge, "challenge.submitted_for_review", actor, clock)


def return_to_draft(
    reference: str, *, reason: str, actor: Actor, clock: Clock, seen: int | None = None
) -> None:
    """Give a challenge that is in review or approved back to be worked on.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to return, or not now.
        StaleEdit: it has moved since the version that was `seen`.
        Invalid: there is no reason.
    """
    reason = told(reason, "reason", N_("Say what should be changed, so that one round is enough."))
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_return(actor, challenge, clock.now()))
        _refuse_moved(challenge, seen)
        challenge.returned_because = reason
        challenge.approved_by_id = challenge.approved_at = None
        advance(session, challenge, Event.RETURN_TO_DRAFT, clock=clock)
        letters.tell_returned(session, challenge, reason, actor, clock)
        _record(session, challenge, "challenge.returned", actor, clock, reason=reason)


def approve(
    reference: str, *, actor: Actor, clock: Clock, seen: int | None = None, because: str = ""
) -> None:
    """Approve a challenge for publication, as another person than wrote and submitted it.

    `because` says why it is approved although the check of its text warns; the log keeps it.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to approve, or not now.
        StaleEdit: it has moved since the version that was `seen`, which the officer read.
        Invalid: there are warnings and no reason, or it is too long.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True, whole=True)
        ensure(policy.can_approve(actor, challenge, clock.now()))
        _refuse_moved(challenge, seen)
        if warnings := readiness.warnings(challenge, clock.now()):
            message = N_("Say why you approve it although the check warns.")
            reason = told(because, "because", message)
            words = {"warnings": len(warnings), "reason": reason}
            _record(session, challenge, log_words.WARNINGS_ACCEPTED, actor, clock, **words)
        challenge.approved_by_id = actor.user_id
        challenge.approved_at = clock.now()
        advance(session, challenge, Event.APPROVE, clock=clock)
        letters.tell_approved(session, challenge, actor, clock)
        text = approved.keep(session, challenge, clock)
        _record(session, challenge, log_words.APPROVED, actor, clock, text=text)


def publish(
    reference: str,
    *,
    openers_named: Collection[uuid.UUID],
    actor: Actor,
    clock: Clock,
    seen: int | None = None,
) -> None:
    """Put an approved challenge before the public, freeze its plan and make the key it seals to.

    `openers_named` are the officers who may open the bids, at least three, any two of whom do.
    Where bids go elsewhere there is nothing to seal or to open: no key is made and nobody named.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to publish, or not now.
        StaleEdit: it has moved since the version that was `seen`.
        Invalid: it is no longer complete, as when its closing time has passed meanwhile; fewer
            than three officers are named; or the law wants its notice published elsewhere first.
        TextDiffers: its text is not the one that was approved.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True, whole=True)
        now = clock.now()
        ensure(policy.can_publish(actor, challenge, now))
        _refuse_moved(challenge, seen)
        _refuse_unready(challenge, clock)
        text = approved.ensure_same(session, challenge)
        _refuse_unannounced(challenge, clock)
        here = not challenge.bids_elsewhere
        named = openers.chosen(session, challenge, openers_named) if here else []
        challenge.published_at = now
        advance(session, challenge, Event.PUBLISH, clock=clock)
        stage = challenge.stage
        evaluation, plan = freeze(session, challenge, clock)
        key = sealing.new_closing(session, clock) if here else None
        stage.sealing_key_id = key.id if key else None
        await_closing(session, stage, clock)
        await_vector(session, challenge, clock)
        jobs.enqueue(session, hooks.ON_PUBLICATION, clock=clock)
        _record(
            session,
            challenge,
            log_words.PUBLISHED,
            actor,
            clock,
            plan=plan.sha256,
            text=text,
            closes_at=stage.closes_at and write_instant(stage.closes_at),
            **({"sealing_key": key.recipient} if key else {"elsewhere": _place_of(challenge)}),
            value_minor=challenge.value_minor,
            regime=evaluation.regime,
            regime_version=evaluation.regime_version,
            band=evaluation.band,
        )
        openers.name(session, stage, named, actor, clock)


def name_openers(
    reference: str,
    *,
    officers: Collection[uuid.UUID],
    actor: Actor,
    clock: Clock,
    stage: int = FIRST,
) -> int:
    """Name further officers who may open the bids of a stage; give how many are new.

    Whoever was named stays named: the log says so. Naming somebody again does nothing.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to name them, or not now.
        Invalid: nobody is chosen, or one is no procurement officer of the body.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        at = stage_at(challenge, stage)
        ensure(policy.can_name_openers(actor, at, clock.now()))
        new = openers.further(session, at, officers)
        openers.name(session, at, new, actor, clock)
    return len(new)


def cancel(reference: str, *, reason: str, actor: Actor, clock: Clock) -> None:
    """End a challenge that was never published, with the reason, which its body alone reads.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to cancel, it has ended, or it was
            published: see `challenges.ending`.
        Invalid: there is no reason.
    """
    reason = told(reason, "reason", N_("Say why the challenge is cancelled."))
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_cancel(actor, challenge, clock.now()))
        challenge.cancelled_because = reason
        advance(session, challenge, Event.CANCEL, clock=clock)
        _record(session, challenge, "challenge.cancelled", actor, clock, reason=reason)


def stop(reference: str, *, lessons: str, actor: Actor, clock: Clock) -> None:
    """End the work with what was learned, for others to build on.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to stop, or not now.
        Invalid: no lesson is told.
    """
    lessons = told(lessons, "lessons", N_("Say what was learned, so that others can use it."))
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_stop(actor, challenge, clock.now()))
        end_with_lessons(session, challenge, lessons, actor, clock)


def end_with_lessons(
    session: Session, challenge: Challenge, lessons: str, actor: Actor, clock: Clock
) -> None:
    """Stop a challenge whose row the caller holds locked, and has asked its own policy about.

    Raises:
        WrongMoment: it cannot be stopped in its state.
    """
    challenge.lessons = lessons
    advance(session, challenge, Event.STOP, clock=clock)
    hooks.emit_end(session, challenge, clock)
    ending.tell_ended(session, challenge, actor, clock)
    _record(session, challenge, "challenge.stopped", actor, clock, lessons=lessons)


def advance(session: Session, challenge: Challenge, event: Event, *, clock: Clock) -> State:
    """Move a challenge whose row the caller holds locked, and return its new state.

    The caller has asked its own policy, sets what the new state is tied to, and records the step.

    Raises:
        WrongMoment: the event has no place in the state at this instant.
    """
    now = clock.now()
    challenge.state = lifecycle.after(policy.current_state(challenge, now), event)
    if challenge.state in (State.STOPPED, State.CANCELLED):
        challenge.ended_at = now
    session.flush()
    following.tell_step(session, challenge, event, clock)
    return challenge.state


def advance_stage(session: Session, stage: Stage, event: Event, *, clock: Clock) -> State:
    """Move a stage whose challenge's row the caller holds locked, and return its new state.

    The first stage moves with its challenge; one that follows moves alone.

    Raises:
        WrongMoment: the event has no place in the state at this instant.
    """
    challenge = stage.challenge
    if stage.ordinal == 1:
        return advance(session, challenge, event, clock=clock)
    state = lifecycle.stage_after(state_of(challenge, stage, clock.now()), event)
    if stage.run is None:
        raise LookupError(f"stage {stage.ordinal} of {challenge.reference} has not begun")
    stage.run.state = state
    session.flush()
    return state


def _refuse_unready(challenge: Challenge, clock: Clock) -> None:
    findings = readiness.needed(challenge, clock.now())
    if findings:
        raise Invalid(findings[0].message, None, **findings[0].data)


def _refuse_unannounced(challenge: Challenge, clock: Clock) -> None:
    now = clock.now()
    if message := unannounced(law_of(challenge, now), challenge.notices, now):
        raise Invalid(message)


def _place_of(challenge: Challenge) -> dict[str, str]:
    """Give what the log says of the place where bids go."""
    return {"reference": challenge.elsewhere_reference, "link": challenge.elsewhere_link}


def _refuse_moved(challenge: Challenge, seen: int | None) -> None:
    if seen is not None and challenge.row_version != seen:
        raise StaleEdit(
            N_("The challenge has changed since you opened this page. Read it again first.")
        )


def told(text: str, field: str, message: str) -> str:
    """Give a reason tidied.

    Raises:
        Invalid: there is none, with `message` at its `field`; or it is too long.
    """
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Invalid(message, fields={field: message})
    if len(text) > REASON_MOST:
        too_long = N_("Shorten this to 5,000 characters or fewer.")
        raise Invalid(too_long, fields={field: too_long})
    return text


def _record(
    session: Session,
    challenge: Challenge,
    action: str,
    actor: Actor,
    clock: Clock,
    **fields: object,
) -> None:
    log.append(
        session, clock=clock, action=action, chain=challenge.reference, actor=actor, **fields
    )
