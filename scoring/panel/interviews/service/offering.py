"""Offering times, and moving or withdrawing one."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from bids.log_words import READ
from bids.models import Bid
from bids.queries import opened_bids
from challenges.stages import recording
from challenges.stages.place import Where
from challenges.texts import refuse_all, text_faults
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.errors import StaleEdit, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.panel import queries as panels
from scoring.panel.interviews import letters, log_words, queries
from scoring.panel.interviews.lifecycle import (
    REASON_MOST,
    Offer,
    Span,
    Standing,
    move_faults,
    offer_faults,
    place_faults,
)
from scoring.panel.interviews.models import Interview, InterviewSlot
from scoring.panel.interviews.reminding import await_reminder
from scoring.panel.queries import Bidder, Meeting


@dataclass(frozen=True)
class Moved:
    """What a time becomes."""

    starts_at: datetime | None
    minutes: int | None
    place: str
    join_url: str
    remote: bool


@dataclass(frozen=True)
class Adjustment:
    """What a bidder asked for, so that it can take part."""

    bidder: Bidder
    text: str


def offer(at: Where, offered: Offer, *, actor: Actor, clock: Clock) -> int:
    """Offer times to all bidders whose bids count; tell those who have none. Give how many times.

    The same offer sent twice is one.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_offer`.
        Invalid: by `lifecycle.offer_faults`, in the fields that it names.
    """
    with transaction() as session:
        found = panels.meeting(session, at, actor, lock=True)
        ensure(queries.may_offer(found, actor))
        present = queries.slots(session, found.stage.id)
        times = {slot.starts_at: slot for slot in present}
        if offered.times and all(_same(times.get(at), offered) for at in offered.times):
            return len(offered.times)
        now = clock.now()
        refuse_all(offer_faults(offered, [slot.span for slot in present], now))
        assert offered.choose_by is not None  # refused before
        for starts_at in offered.times:
            session.add(
                InterviewSlot(
                    stage_id=found.stage.id,
                    starts_at=starts_at,
                    minutes=offered.minutes,
                    place=None if offered.remote else offered.place,
                    join_url=offered.join_url if offered.remote else None,
                    choose_by=offered.choose_by,
                    notice_hours=offered.notice,
                    offered_by_id=actor.user_id,
                    offered_at=now,
                )
            )
        session.flush()
        for bid_id in queries.without_time(session, found.stage.id, now):
            bid = session.get_one(Bid, bid_id)
            letters.tell_offered(session, bid, offered.choose_by, clock)
        recording.append(
            session,
            found.stage,
            clock=clock,
            action=log_words.OFFERED,
            actor=actor,
            times=len(offered.times),
            first=write_instant(offered.times[0]),
            choose_by=write_instant(offered.choose_by),
        )
        return len(offered.times)


def _same(slot: InterviewSlot | None, offered: Offer) -> bool:
    return slot is not None and (
        slot.minutes,
        slot.place or "",
        slot.join_url or "",
        slot.choose_by,
        slot.notice_hours,
    ) == (
        offered.minutes,
        "" if offered.remote else offered.place,
        offered.join_url if offered.remote else "",
        offered.choose_by,
        offered.notice,
    )


def move(
    at: Where,
    slot_id: uuid.UUID,
    to: Moved,
    *,
    reason: str,
    seen: int,
    actor: Actor,
    clock: Clock,
) -> None:
    """Change when or where an interview is, with the reason; whoever chose it and the panel are
    told.

    `seen` is the edition that the page showed.

    Raises:
        NotFound: the challenge is another body's, or its panel offers no such time.
        Forbidden, WrongMoment: by `policy.can_offer`; or it has begun.
        StaleEdit: somebody else changed it meanwhile.
        Invalid: something is missing, in the past, or overlaps. Fields: those of `Moved`, `reason`.
    """
    reason = reason.strip()
    with transaction() as session:
        found, slot, interview = _changeable(session, at, slot_id, actor, clock)
        if slot.edition != seen:
            raise StaleEdit(N_("Somebody else changed this time meanwhile. Look at it again."))
        others = [each.span for each in queries.slots(session, slot.stage_id) if each.id != slot.id]
        span = Span(to.starts_at, to.minutes or 0) if to.starts_at is not None else None
        missing = N_("Say why it is changed")
        refuse_all(
            {
                **move_faults(span, others, clock.now(), to.minutes),
                **place_faults(to.place, to.join_url, remote=to.remote),
                **text_faults(reason, "reason", missing, REASON_MOST),
            }
        )
        assert to.starts_at is not None  # refused before
        assert to.minutes is not None
        before = slot.starts_at
        slot.starts_at, slot.minutes = to.starts_at, to.minutes
        slot.place = None if to.remote else to.place
        slot.join_url = to.join_url if to.remote else None
        slot.edition += 1
        if interview is not None:
            interview.edition += 1
            interview.changed_at = clock.now()
            session.flush()
            letters.tell_moved(session, interview, reason, clock)
            await_reminder(session, interview, clock)
        recording.append(
            session,
            found.stage,
            clock=clock,
            action=log_words.MOVED,
            actor=actor,
            bid=interview.bid.reference if interview else None,
            before=write_instant(before),
            starts_at=write_instant(slot.starts_at),
            reason=reason,
        )


def withdraw(at: Where, slot_id: uuid.UUID, *, reason: str, actor: Actor, clock: Clock) -> None:
    """Withdraw a time, with the reason; whoever chose it and the panel are told.

    Raises:
        NotFound, Forbidden, WrongMoment: as for `move`.
        Invalid: there is no reason.
    """
    reason = reason.strip()
    with transaction() as session:
        found, slot, interview = _changeable(session, at, slot_id, actor, clock)
        missing = N_("Say why it is withdrawn")
        refuse_all(text_faults(reason, "reason", missing, REASON_MOST))
        before = letters.at(slot)
        slot.withdrawn_at, slot.withdrawn_because = clock.now(), reason
        slot.edition += 1
        if interview is not None:
            interview.slot_id = None
            interview.edition += 1
            interview.changed_at = clock.now()
            session.flush()
            letters.tell_withdrawn(session, interview, before, reason, clock)
        recording.append(
            session,
            found.stage,
            clock=clock,
            action=log_words.WITHDRAWN,
            actor=actor,
            bid=interview.bid.reference if interview else None,
            starts_at=write_instant(before.starts_at),
            reason=reason,
        )


def _changeable(
    session: Session, at: Where, slot_id: uuid.UUID, actor: Actor, clock: Clock
) -> tuple[Meeting, InterviewSlot, Interview | None]:
    """Give a time that the actor may change, with the interview at it; the challenge is held."""
    found = panels.meeting(session, at, actor, lock=True)
    ensure(queries.may_offer(found, actor))
    now = clock.now()
    time = queries.time_of(queries.board(session, found, now), slot_id)
    slot, interview = time.slot, time.row.interview if time.row else None
    standing = queries.standing_now(interview, now)
    if now >= slot.starts_at or standing not in (Standing.OPEN, Standing.CHOSEN):
        raise WrongMoment(N_("This time has begun or is over, so it stays as it is."))
    return found, slot, interview


def read_adjustments(at: Where, *, actor: Actor, clock: Clock) -> list[Adjustment]:
    """Give what bidders asked for so that they can take part, and record the reading of it.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_offer`.
    """
    with transaction() as session:
        found = panels.meeting(session, at, actor)
        ensure(queries.may_offer(found, actor))
        asked = _asked_for(session, found.stage.id)
        rows = [row for row in queries.board(session, found, clock.now()).rows if row.counts]
        told = [
            Adjustment(row.bidder, text) for row in rows if (text := asked.get(row.bidder.bid_id))
        ]
        if rows:
            # That a bid asks for nothing is told by it too.
            recording.append(
                session,
                found.stage,
                clock=clock,
                action=READ,
                actor=actor,
                bid=", ".join(sorted(row.bidder.reference for row in rows)),
                part="adjustments",
                label=found.member.label if found.member else None,
            )
    return told


def _asked_for(session: Session, stage_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Give what each bid asks for; one that says nothing itself, what the bid before it asked."""
    asked = {
        bid.bid_id: bid.adjustments.strip() if bid.intact else ""
        for bid in opened_bids(session, stage_id)
    }
    before = aliased(Bid)
    rows = session.execute(
        select(Bid.id, before.id, before.stage_id)
        .join(before, before.id == Bid.previous_id)
        .where(Bid.stage_id == stage_id)
    ).all()
    for earlier in {row[2] for row in rows}:
        said = _asked_for(session, earlier)
        for bid_id, before_id, _stage in rows:
            asked[bid_id] = asked.get(bid_id) or said.get(before_id, "")
    return asked
