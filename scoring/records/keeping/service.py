"""Sets times and holds, and erases what is due once another person has confirmed it."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.models import Challenge
from challenges.queries import own_challenge
from marketplace.core import jobs
from marketplace.core.accounts.models import Organisation
from marketplace.core.audit import log
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.dates import PLACE, format_date
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.regimes.shapes import Kept
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.records import log_words
from scoring.records.casefile.words import KEPT_WORDS
from scoring.records.keeping import erasing, policy, queries
from scoring.records.keeping.clocks import Clock as KeepingClock
from scoring.records.keeping.models import (
    Erasure,
    ErasureAnswer,
    ErasureRun,
    HoldLift,
    KeepingTime,
    LegalHold,
)
from scoring.records.own_data.models import FOLLOW_UP

ERASE = "records.erase"
YEARS_MOST = 100


def set_time(kind: Kept, years: int | None, *, actor: Actor, clock: Clock) -> None:
    """Set for how many years the body keeps a kind of record by its own schedule.

    Raises:
        Forbidden: by `policy.can_set`.
        Invalid: the years are none that can be kept.
    """
    ensure(policy.can_set(actor))
    if years is None or not 1 <= years <= YEARS_MOST:
        raise Invalid(
            N_("Check the years."), {"years": N_("Enter a whole number of years, from 1 to 100")}
        )
    with transaction() as session:
        session.add(
            KeepingTime(
                body_id=actor.organisation_id,
                kind=kind,
                years=years,
                set_by_id=actor.user_id,
                set_at=clock.now(),
            )
        )
        body = session.scalar(
            select(Organisation.name).where(Organisation.id == actor.organisation_id)
        )
        log.append(
            session,
            clock=clock,
            action=log_words.TIME_SET,
            actor=actor,
            body=body,
            kind=KEPT_WORDS[kind],
            years=years,
        )


def hold(reference: str, *, reason: str, actor: Actor, clock: Clock) -> None:
    """Keep everything of a challenge until another person lifts this.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_hold`.
        Invalid: there is no reason.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_hold(actor, queries.line_of(session, challenge).keeps))
        _ensure_reason(reason, N_("Say why everything is to be kept"))
        session.add(
            LegalHold(
                challenge_id=challenge.id,
                reason=reason.strip(),
                set_by_id=actor.user_id,
                set_at=clock.now(),
            )
        )
        session.flush()
        _record(session, challenge, log_words.HELD, actor, clock, reason=reason.strip())


def lift(reference: str, hold_id: uuid.UUID, *, reason: str, actor: Actor, clock: Clock) -> None:
    """Lift a hold.

    Raises:
        NotFound: the challenge is another body's, or has no such hold.
        Forbidden, WrongMoment: by `policy.can_lift`.
        Invalid: there is no reason.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        found = session.get(LegalHold, hold_id)
        if found is None or found.challenge_id != challenge.id:
            raise NotFound(N_("There is no such hold."))
        ensure(policy.can_lift(actor, found.set_by_id, lifted=found.lifted is not None))
        _ensure_reason(reason, N_("Say why it is no longer needed"))
        session.add(
            HoldLift(
                hold_id=found.id,
                set_by_id=found.set_by_id,
                reason=reason.strip(),
                lifted_by_id=actor.user_id,
                lifted_at=clock.now(),
            )
        )
        session.flush()
        _record(session, challenge, log_words.HOLD_LIFTED, actor, clock, reason=reason.strip())


def propose(reference: str, *, actor: Actor, clock: Clock) -> None:
    """Propose to erase what a challenge's records hold of people.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_propose`.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        line = queries.line_of(session, challenge)
        today = clock.now().astimezone(PLACE).date()
        ensure(policy.can_propose(actor, line.keeps, today))
        assert line.keeps.due_on is not None  # the policy has said so
        row = Erasure(
            challenge_id=challenge.id,
            rule=_rule(line.clocks),
            due_on=line.keeps.due_on,
            proposed_by_id=actor.user_id,
            proposed_at=clock.now(),
        )
        session.add(row)
        session.flush()
        _record(session, challenge, log_words.ERASURE_PROPOSED, actor, clock, rule=row.rule)


def _rule(found: Sequence[KeepingClock]) -> str:
    """Say which times are over, for people who read it years later: in the language of the law."""
    return "; ".join(
        f"{KEPT_WORDS[each.kind]}: {each.years} years, over on {format_date(each.due_on)}"
        f" ({'the body’s own schedule' if each.own else each.provision})"
        for each in found
        if each.due_on is not None
    )


def answer(
    reference: str,
    erasure_id: uuid.UUID,
    *,
    confirmed: bool,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Confirm or refuse a proposed erasure; where it is confirmed, a job does it.

    Raises:
        NotFound: the challenge is another body's, or has no such proposal.
        Forbidden, WrongMoment: by `policy.can_answer`.
        Invalid: there is no reason.
    """
    with transaction(taken=WrongMoment(N_("It is answered already."))) as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        found = session.get(Erasure, erasure_id)
        if found is None or found.challenge_id != challenge.id:
            raise NotFound(N_("There is no such proposal."))
        keeps = queries.line_of(session, challenge).keeps
        today = clock.now().astimezone(PLACE).date()
        ensure(policy.can_answer(actor, found.proposed_by_id, keeps, today, confirms=confirmed))
        _ensure_reason(reason, N_("Give the reason for your answer"))
        session.add(
            ErasureAnswer(
                erasure_id=found.id,
                proposed_by_id=found.proposed_by_id,
                decided_by_id=actor.user_id,
                confirmed=confirmed,
                reason=reason.strip(),
                decided_at=clock.now(),
            )
        )
        session.flush()
        if not confirmed:
            said = reason.strip()
            _record(session, challenge, log_words.ERASURE_REFUSED, actor, clock, reason=said)
            return
        entry = _record(
            session, challenge, log_words.ERASURE_CONFIRMED, actor, clock, rule=found.rule
        )
        session.add(ErasureRun(erasure_id=found.id, entry_n=entry.n))
        session.flush()
        jobs.enqueue(session, ERASE, clock=clock, erasure=str(found.id))


@jobs.handles(ERASE, insists=True)
def erase(payload: dict[str, Any], clock: Clock) -> None:
    """Erase what was confirmed; broken off, it goes on where it was."""
    session: Session = db.session()
    erasure_id = uuid.UUID(payload["erasure"])
    run = session.get_one(ErasureRun, erasure_id)
    found = session.get_one(Erasure, erasure_id)
    challenge_id, reference, entry_n = found.challenge_id, found.challenge.reference, run.entry_n
    done = run.done_at is not None
    session.rollback()
    if done:
        return
    erasing.erase(erasure_id, challenge_id, reference, entry_n, clock)
    with transaction() as session:
        run = session.get_one(ErasureRun, erasure_id)
        run.done_at = clock.now()
        log.append(
            session,
            clock=clock,
            action=log_words.ERASED,
            chain=reference,
            leave=entry_n,
            rows=run.rows,
            files=run.files,
        )
        jobs.enqueue(session, FOLLOW_UP, clock=clock)


def _record(
    session: Session,
    challenge: Challenge,
    action: str,
    actor: Actor,
    clock: Clock,
    **fields: object,
) -> LogEntry:
    return log.append(
        session, clock=clock, action=action, chain=challenge.reference, actor=actor, **fields
    )


def _ensure_reason(reason: str, words: str) -> None:
    if not reason.strip():
        raise Invalid(N_("Give the reason."), {"reason": words})
