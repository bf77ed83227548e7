"""Has the letters of a decision go out, which announces the intention to award."""

import uuid
from datetime import datetime

from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, StaleEdit
from marketplace.core.permissions import Actor
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award import queries as awards
from scoring.award.announcing import announce, begin, record, standstill_end
from scoring.award.letters import policy
from scoring.award.letters.queries import ensure_sendable, held_until, letters_of


def send_now(
    at: Where, *, actor: Actor, clock: Clock, recommendation_id: uuid.UUID | None = None
) -> datetime | None:
    """Tell every bidder at once how it fared; give when the standstill ends, if there is one.

    Where bids were received elsewhere this records that the letters have gone out by e-mail now.
    `recommendation_id` is the one that the person saw, None where nobody looked.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_send`.
        StaleEdit: another recommendation stands now.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor, lock=True)
        found = awards.decision(session, stage)
        ensure_sendable(stage, found, actor)
        recommendation = found.recommendation
        assert recommendation is not None  # `ensure_sendable` has said so
        if recommendation_id not in (None, recommendation.id):
            raise StaleEdit(N_("Another recommendation stands now. Look at its letters."))
        if not stage.challenge.bids_elsewhere:
            sent_at = clock.now()
            return held_until(sent_at, announce(session, stage, recommendation, actor, clock))
    return record_sent(
        at,
        recommendation_id=recommendation.id,
        sent_at=clock.now(),
        electronic=True,
        actor=actor,
        clock=clock,
    )


def record_sent(
    at: Where,
    *,
    recommendation_id: uuid.UUID,
    sent_at: datetime | None,
    electronic: bool,
    actor: Actor,
    clock: Clock,
) -> datetime | None:
    """Record that every bidder was sent its letter; give when the standstill ends, if there is one.

    `sent_at` is when the last one went out, to the minute; `electronic` says that all went by
    e-mail or the like. `recommendation_id` is the one that the letters tell of.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_send`.
        StaleEdit: another recommendation stands now.
        Invalid: by `policy.sent_fault`.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor, lock=True)
        found = awards.decision(session, stage)
        ensure_sendable(stage, found, actor)
        recommendation, approval = found.recommendation, found.sign_off
        assert recommendation is not None  # `ensure_sendable` has said so
        assert approval is not None
        if recommendation.id != recommendation_id:
            raise StaleEdit(N_("Another recommendation stands now. Look at its letters."))
        fault = policy.sent_fault(sent_at, approved_at=approval.decided_at, now=clock.now())
        if fault is not None or sent_at is None:
            raise Invalid(N_("Check when the letters went out."), {"sent_at": fault or ""})
        sent_at = max(sent_at, approval.decided_at)
        ends = standstill_end(session, stage, sent_at, electronic=electronic)
        held = held_until(sent_at, ends)
        letters = letters_of(session, stage, found, held)
        begin(session, stage, recommendation, sent_at, ends, clock)
        record(
            session,
            stage,
            recommendation,
            ends,
            {each.bid_reference: (each.text, None) for each in letters},
            actor,
            clock,
            sent=write_instant(sent_at),
            way="electronic" if electronic else "other",
        )
    return held
