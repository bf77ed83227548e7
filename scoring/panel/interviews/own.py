"""Reads a bidder's own interview."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from bids.models import Bid
from bids.queries import own_bid
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor, Answer
from scoring.panel import queries as panels
from scoring.panel.interviews import policy, queries
from scoring.panel.interviews.lifecycle import Standing, free_until
from scoring.panel.interviews.models import Interview, InterviewSlot


@dataclass(frozen=True)
class OwnInterview:
    """A bidder's own interview: the time that stands, and those it can choose instead."""

    bid: Bid
    interview: Interview | None
    standing: Standing
    free: Sequence[InterviewSlot]
    may_choose: Answer

    @property
    def slot(self) -> InterviewSlot | None:
        """Give the time that stands."""
        return self.interview.slot if self.interview else None

    @property
    def choose_by(self) -> datetime | None:
        """Give by when the bidder is asked to choose, by the times that are free."""
        return max((slot.choose_by for slot in self.free), default=None)

    @property
    def changeable_until(self) -> datetime | None:
        """Give until when another time can be chosen."""
        return free_until(self.slot.starts_at, self.slot.notice_hours) if self.slot else None


def own_interview(session: Session, reference: str, actor: Actor, now: datetime) -> OwnInterview:
    """Give the interview about a bid of the actor's organisation.

    Raises:
        NotFound: the bid is another supplier's, or nobody is invited to an interview about it.
    """
    bid = own_bid(session, reference, actor)
    interview = queries.interview_of(session, bid.id)
    counts = bid.state is BidState.VALID
    if interview is None and not (counts and queries.is_offered(session, bid.stage_id)):
        raise NotFound(queries.NO_INTERVIEW)
    standing = queries.standing_now(interview, now)
    phase = panels.meeting_of(session, bid.stage, actor).phase
    may_choose = policy.can_choose(
        actor,
        standing,
        phase,
        interview.slot if interview else None,
        now,
        counts=counts,
        running=queries.is_running(bid.challenge, bid.stage),
    )
    taken = {each.slot_id for each in queries.interviews(session, bid.stage_id).values()}
    return OwnInterview(
        bid=bid,
        interview=interview,
        standing=standing,
        free=[
            slot
            for slot in queries.slots(session, bid.stage_id)
            if policy.is_free(slot, now, taken=slot.id in taken)
        ]
        if may_choose.allowed
        else [],
        may_choose=may_choose,
    )
