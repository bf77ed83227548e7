"""A bidder's choice of a time, and of another instead."""

import uuid

from sqlalchemy import select

from bids.queries import own_bid
from challenges.models import Challenge
from challenges.stages import recording
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.panel.interviews import letters, log_words
from scoring.panel.interviews.models import Interview
from scoring.panel.interviews.own import own_interview
from scoring.panel.interviews.reminding import await_reminder

_TAKEN = N_(
    "This time has just been taken or changed. Nothing else has changed for you. "
    "Choose another time."
)


def choose(
    bid_reference: str, slot_id: uuid.UUID, *, seen: int, actor: Actor, clock: Clock
) -> None:
    """Take a time for the interview about the own bid, and leave the one taken before.

    `seen` is the edition of the time that the page showed. The same time chosen twice is once.
    Of two bidders who take a time at once one has it; the other keeps what it had.

    Raises:
        NotFound: the bid is another supplier's, or nobody is invited to an interview about it.
        Forbidden, WrongMoment: by `policy.can_choose`.
        Invalid: the time is not free, or was changed since. Field: `time`.
    """
    with transaction() as session:
        bid = own_bid(session, bid_reference, actor)
        # Who chooses, offers or withdraws holds the challenge: they go one after the other.
        session.scalars(
            select(Challenge).where(Challenge.id == bid.challenge_id).with_for_update()
        ).one()
        own = own_interview(session, bid_reference, actor, clock.now())
        before = own.slot
        if before is not None and before.id == slot_id and before.edition == seen:
            return
        ensure(own.may_choose)
        slot = next((each for each in own.free if each.id == slot_id), None)
        if slot is None or slot.edition != seen:
            raise Invalid(_TAKEN, {"time": _TAKEN})
        left = letters.at(before) if before is not None else None
        interview = own.interview
        if interview is None:
            interview = Interview(bid_id=bid.id, edition=0, reason="")
            session.add(interview)
        else:
            interview.edition += 1
        interview.bid, interview.slot = bid, slot
        interview.changed_at = clock.now()
        session.flush()
        letters.tell_chosen(session, interview, left, clock)
        await_reminder(session, interview, clock)
        recording.append(
            session,
            bid.stage,
            clock=clock,
            action=log_words.CHOSEN if left is None else log_words.MOVED,
            actor=actor,
            bid=bid.reference,
            before=write_instant(left.starts_at) if left else None,
            starts_at=write_instant(slot.starts_at),
        )
