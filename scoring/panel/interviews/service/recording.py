"""What the chair records of an interview, and decides about one that was missed."""

from sqlalchemy import select

from bids.models import Bid
from challenges.stages import recording
from challenges.stages.kinds import Source
from challenges.stages.place import Where
from challenges.stages.standing import source_of
from challenges.texts import refuse_all, text_faults
from marketplace.core.clock import Clock
from marketplace.core.errors import WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.panel import queries as panels
from scoring.panel.interviews import letters, log_words, queries
from scoring.panel.interviews.lifecycle import (
    REASON_MOST,
    REASONED,
    Outcome,
    Standing,
    Step,
    steps_from,
)
from scoring.panel.interviews.models import Interview

_ENTRIES = {
    Step.HELD: log_words.HELD,
    Step.MISSED: log_words.MISSED,
    Step.AGAIN: log_words.AGAIN,
    Step.WITHOUT: log_words.WITHOUT,
}
_REASONS = {
    Step.MISSED: N_("Say what happened: the bidder reads it"),
    Step.WITHOUT: N_("Say why the panel goes on without: the bidder reads it"),
}


def record(at: Where, handle: str, step: Step, *, reason: str, actor: Actor, clock: Clock) -> None:
    """Record that an interview was held or missed, or decide how to go on without one.

    The bidder is told of all but that it was held. Twice is once.

    Raises:
        NotFound: the challenge is another body's, or has no such bid that the actor may deal with.
        Forbidden: the actor does not chair the panel.
        WrongMoment: scoring has not begun or is over, this does not follow where it stands, or the
            panel would go on without hearing a supplier who wrote nothing.
        Invalid: the reason is missing or too long. Field: `reason`.
    """
    reason = reason.strip()
    with transaction() as session:
        found = panels.meeting(session, at, actor, lock=True)
        ensure(queries.may_record(found, actor))
        now = clock.now()
        row = queries.row_of(queries.board(session, found, now), handle)
        if step.value == row.standing.value or (
            step is Step.AGAIN and row.standing is Standing.OPEN
        ):
            return
        if step is Step.WITHOUT and source_of(found.stage) is Source.HEARD:
            raise WrongMoment(
                N_(
                    "This supplier wrote nothing, so without an interview there is nothing to "
                    "judge. Offer another time, or have a procurement officer decide that the bid "
                    "does not go on."
                )
            )
        if step not in steps_from(row.standing):
            raise WrongMoment(N_("Somebody has changed this interview. Look at it again."))
        if step in REASONED:
            refuse_all(text_faults(reason, "reason", _REASONS[step], REASON_MOST))
        bid = session.scalars(select(Bid).where(Bid.id == row.bidder.bid_id)).one()
        interview = row.interview
        if interview is None:
            interview = Interview(bid_id=bid.id, edition=0, changed_at=now, reason="")
            session.add(interview)
        if step is Step.AGAIN:
            interview.slot = None
            interview.edition += 1
            interview.changed_at = now
            interview.outcome = interview.recorded_at = interview.recorded_by_id = None
            interview.reason = ""
            letters.tell_again(session, bid, clock)
        else:
            interview.outcome = Outcome(step.value)
            interview.recorded_at, interview.recorded_by_id = now, actor.user_id
            interview.reason = reason
            if step is Step.MISSED:
                letters.tell_missed(session, bid, reason, clock)
            elif step is Step.WITHOUT:
                letters.tell_without(session, bid, reason, clock)
        session.flush()
        recording.append(
            session,
            found.stage,
            clock=clock,
            action=_ENTRIES[step],
            actor=actor,
            bid=bid.reference,
            **({"reason": reason} if reason else {}),
        )
