"""Reads of interviews: a panel's, and those that its scores wait for."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from bids.lifecycle import BidState
from bids.models import Bid
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from challenges.stages.kinds import StageKind
from challenges.stages.running import stored_state
from marketplace.core.dates import PLACE, format_day, format_time
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor, Answer
from marketplace.core.text import N_
from scoring.panel import declarations, queries
from scoring.panel.interviews import policy
from scoring.panel.interviews.lifecycle import (
    SETTLED,
    Outcome,
    Standing,
    holds_interviews,
    standing_of,
    too_few,
)
from scoring.panel.interviews.models import Interview, InterviewSlot
from scoring.panel.models import Panel
from scoring.panel.queries import Bidder, Meeting

# From the opening of bids until it is decided who is preferred.
RUNNING = frozenset({State.OPENED, State.EVALUATING})
NO_INTERVIEW = N_("There is no interview about this bid.")


@dataclass(frozen=True)
class Row:
    """A bidder with its interview, if it has chosen a time or something came of it."""

    bidder: Bidder
    interview: Interview | None
    standing: Standing

    @property
    def slot(self) -> InterviewSlot | None:
        """Give the time that stands."""
        return self.interview.slot if self.interview else None

    @property
    def counts(self) -> bool:
        """Tell whether the bid counts."""
        return self.bidder.state is BidState.VALID


@dataclass(frozen=True)
class Time:
    """An offered time with whoever comes.

    `hidden` says that it is taken by a bidder whom the person must not deal with.
    """

    slot: InterviewSlot
    row: Row | None
    hidden: bool
    free: bool

    @property
    def clock(self) -> str:
        """Say at what time of the day it begins, with the zone: "9:30am GMT"."""
        local = self.slot.starts_at.astimezone(PLACE)
        return f"{format_time(local)} {local.tzname()}"


@dataclass(frozen=True)
class Board:
    """A panel's interviews in the order of time, and each bidder's standing."""

    times: Sequence[Time]
    rows: Sequence[Row]
    now: datetime

    @property
    def days(self) -> list[tuple[str, list[Time]]]:
        """Give the times day by day, each day with its name."""
        parts = groupby(self.times, key=lambda time: time.slot.starts_at.astimezone(PLACE).date())
        return [(format_day(day), list(times)) for day, times in parts]

    @property
    def waiting(self) -> list[Row]:
        """Give the bidders who have no time."""
        return [row for row in self.rows if row.counts and row.standing is Standing.OPEN]

    @property
    def unsettled(self) -> list[Row]:
        """Give the bidders whose interview must be held, recorded or given up before scores are
        submitted."""
        return [row for row in self.rows if row.counts and row.standing not in SETTLED]

    @property
    def to_record(self) -> list[Row]:
        """Give those whose interview is over and not recorded, or missed and not decided."""
        due = (Standing.OVER, Standing.MISSED)
        return [row for row in self.rows if row.standing in due]

    @property
    def free(self) -> int:
        """Count the times that can still be chosen."""
        return sum(time.free for time in self.times)

    @property
    def lacking(self) -> int:
        """Count the bidders who would find no time."""
        return too_few(len(self.waiting), self.free)

    @property
    def next(self) -> Time | None:
        """Give the interview that comes next."""
        ahead = (time for time in self.times if time.row and time.row.standing is Standing.CHOSEN)
        return next(ahead, None)


def has_interviews(challenge: Challenge, stage: Stage) -> bool:
    """Tell whether a stage has interviews, by `lifecycle.holds_interviews`."""
    if stage.kind is StageKind.INTERVIEW:
        return True
    planned = challenge.interviews_on is not None
    return holds_interviews(
        is_interview=False,
        planned=planned,
        elsewhere=planned and any(each.kind is StageKind.INTERVIEW for each in challenge.stages),
    )


def is_running(challenge: Challenge, stage: Stage) -> bool:
    """Tell whether a stage is between the opening of its bids and what follows from them."""
    return stored_state(challenge, stage) in RUNNING


def may_see(found: Meeting, actor: Actor) -> Answer:
    """Answer by `policy.can_see`."""
    return policy.can_see(actor, found.member, found.phase, withheld=found.stage.names_withheld)


def may_offer(found: Meeting, actor: Actor) -> Answer:
    """Answer by `policy.can_offer` for the panel's stage as it is."""
    return policy.can_offer(
        actor,
        found.member,
        found.phase,
        holds=has_interviews(found.challenge, found.stage),
        withheld=found.stage.names_withheld,
        running=is_running(found.challenge, found.stage),
    )


def may_record(found: Meeting, actor: Actor) -> Answer:
    """Answer by `policy.can_record`."""
    running = is_running(found.challenge, found.stage)
    return policy.can_record(actor, found.member, found.phase, running=running)


def slots(session: Session, stage_id: uuid.UUID) -> Sequence[InterviewSlot]:
    """Give the times that a panel offers, in order; those that were withdrawn are left out."""
    return session.scalars(
        select(InterviewSlot)
        .where(InterviewSlot.stage_id == stage_id, InterviewSlot.withdrawn_at.is_(None))
        .order_by(InterviewSlot.starts_at)
        .execution_options(populate_existing=True)
    ).all()


def interviews(session: Session, stage_id: uuid.UUID) -> Mapping[uuid.UUID, Interview]:
    """Give the interviews of a stage by bid, as they are now."""
    found = session.scalars(
        select(Interview)
        .join(Bid, Bid.id == Interview.bid_id)
        .where(Bid.stage_id == stage_id)
        .options(joinedload(Interview.slot))
        .execution_options(populate_existing=True)
    )
    return {each.bid_id: each for each in found}


def interview_of(session: Session, bid_id: uuid.UUID) -> Interview | None:
    """Give a bid's interview as it is now."""
    return session.scalar(
        select(Interview)
        .where(Interview.bid_id == bid_id)
        .options(joinedload(Interview.slot))
        .execution_options(populate_existing=True)
    )


def standing_now(interview: Interview | None, now: datetime) -> Standing:
    """Say where an interview stands."""
    if interview is None:
        return Standing.OPEN
    return standing_of(interview.outcome, interview.slot.starts_at if interview.slot else None, now)


def board(
    session: Session, found: Meeting, now: datetime, bidders: Sequence[Bidder] | None = None
) -> Board:
    """Give a panel's interviews as the actor may see them; `bidders` where they are read already.

    Of bidders whom the actor must not deal with nothing is given but that a time is taken.
    """
    stage_id = found.stage.id
    known = queries.bidders(session, stage_id) if bidders is None else bidders
    held = interviews(session, stage_id)
    apart: Collection[uuid.UUID] = ()
    if found.member is not None:
        pairs = declarations.recusals(session, stage_id)
        apart = {bid_id for member_id, bid_id in pairs if member_id == found.member.id}
    rows = [
        Row(bidder, held.get(bidder.bid_id), standing_now(held.get(bidder.bid_id), now))
        for bidder in known
        if (bidder.state is BidState.VALID or bidder.bid_id in held) and bidder.bid_id not in apart
    ]
    at = {row.interview.slot_id: row for row in rows if row.interview}
    taken = {each.slot_id for each in held.values()}
    return Board(
        times=[
            Time(
                slot,
                at.get(slot.id),
                hidden=slot.id in taken and slot.id not in at,
                free=policy.is_free(slot, now, taken=slot.id in taken),
            )
            for slot in slots(session, stage_id)
        ],
        rows=rows,
        now=now,
    )


def seen(
    session: Session, found: Meeting, actor: Actor, now: datetime, bidders: Sequence[Bidder]
) -> Board | None:
    """Give the panel's interviews where its stage has any and the actor may see them."""
    if not has_interviews(found.challenge, found.stage):
        return None
    if not may_see(found, actor).allowed:
        return None
    return board(session, found, now, bidders)


def row_of(found: Board, handle: str) -> Row:
    """Give the bidder whose bid has this handle.

    Raises:
        NotFound: there is none, or the actor must not deal with it.
    """
    for row in found.rows:
        if row.bidder.handle == handle:
            return row
    raise NotFound(NO_INTERVIEW)


def time_of(found: Board, slot_id: uuid.UUID) -> Time:
    """Give a time that a panel offers.

    Raises:
        NotFound: it offers none with this identifier, or no more; or the actor must not deal with
            whoever has chosen it.
    """
    for time in found.times:
        if time.slot.id == slot_id and not time.hidden:
            return time
    raise NotFound(N_("This time is not offered."))


def without_time(session: Session, stage_id: uuid.UUID, now: datetime) -> list[uuid.UUID]:
    """Give the bids that count and whose bidders may choose a time and have none."""
    held = interviews(session, stage_id)
    return [
        bidder.bid_id
        for bidder in queries.valid(queries.bidders(session, stage_id))
        if standing_now(held.get(bidder.bid_id), now) is Standing.OPEN
    ]


def is_offered(session: Session, stage_id: uuid.UUID) -> bool:
    """Tell whether a panel ever offered times: from then on the interviews are known here."""
    return bool(session.scalar(select(exists().where(InterviewSlot.stage_id == stage_id))))


def _known(session: Session, stage_id: uuid.UUID) -> Mapping[uuid.UUID, Interview] | None:
    """Give a stage's interviews by bid; None where its panel never offered times here.

    It may have met bidders in another way then. Pages have few statements to spend, so this is one.
    """
    offered = exists().where(InterviewSlot.stage_id == stage_id)
    rows = session.execute(
        select(Bid.id, Interview)
        .outerjoin(Interview, Interview.bid_id == Bid.id)
        .where(Bid.stage_id == stage_id, offered)
        .options(joinedload(Interview.slot))
        .execution_options(populate_existing=True)
    ).all()
    return {bid_id: each for bid_id, each in rows if each is not None} if rows else None


def outstanding(
    session: Session, stage_id: uuid.UUID, bidders: Sequence[Bidder], now: datetime
) -> list[Bidder]:
    """Give those of these bidders whose interview must come before their scores are submitted.

    A panel that offered no times here waits for nobody.
    """
    held = _known(session, stage_id)
    if held is None:
        return []
    waiting = [
        bidder
        for bidder in bidders
        if bidder.state is BidState.VALID
        and standing_now(held.get(bidder.bid_id), now) not in SETTLED
    ]
    return sorted(waiting, key=lambda bidder: bidder.shown.casefold())


@dataclass(frozen=True)
class Unmet:
    """A bidder whose interview is still to be held, and when it is, if a time is chosen."""

    starts_at: datetime | None


def unmet(
    session: Session, found: Meeting, bid_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, Unmet]:
    """Give which of these bids' interviews must come before their scores are submitted.

    A stage without interviews costs no statement.
    """
    if not has_interviews(found.challenge, found.stage):
        return {}
    held = _known(session, found.stage.id)
    if held is None:
        return {}
    settled = (Outcome.HELD, Outcome.WITHOUT)
    return {
        bid_id: Unmet(interview.slot.starts_at if interview and interview.slot else None)
        for bid_id in bid_ids
        if (interview := held.get(bid_id)) is None or interview.outcome not in settled
    }


def attending(session: Session, slot: InterviewSlot, bid_id: uuid.UUID) -> list[uuid.UUID]:
    """Give the people who are told of a bid's interview: whoever sits and may deal with the bid,
    and whoever offered the time."""
    panel = session.get_one(Panel, slot.stage_id)
    apart = declarations.recusals(session, slot.stage_id)
    members = [each for each in panel.members if (each.id, bid_id) not in apart]
    recused = {each.user_id for each in panel.members} - {each.user_id for each in members}
    found = {each.user_id for each in members} | {slot.offered_by_id}
    return sorted(found - recused)


def shown_of(session: Session, bid: Bid) -> str:
    """Give what the panel calls a bid that was opened."""
    known = queries.bidders(session, bid.stage_id)
    return next(bidder.shown for bidder in known if bidder.bid_id == bid.id)
