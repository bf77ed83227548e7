"""What people do about debrief meetings: ask, offer times, choose one, record it, be reminded."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.models import Bid
from challenges.stages import recording
from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from challenges.texts import refuse_all, text_faults
from marketplace.core import jobs
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.award.complaints.queries import held_stage, told_to
from scoring.award.debriefs import letters, log_words, policy, queries
from scoring.award.debriefs.lifecycle import TEXT_MOST, USUAL_MINUTES, offer_faults
from scoring.award.debriefs.models import Debrief, DebriefTime
from scoring.panel.interviews.lifecycle import reminder_at

REMIND = "debriefs.remind"

_GONE = N_("This time is not offered any more. Choose another one.")


@dataclass(frozen=True)
class Offer:
    """Times that an officer offers, and where one meets."""

    times: Sequence[datetime]
    minutes: int | None
    place: str
    join_url: str
    remote: bool


def ask(bid_reference: str, *, wishes: str, actor: Actor, clock: Clock) -> None:
    """Ask the body to explain its decision on the own bid in a meeting.

    Raises:
        NotFound: the bid is another supplier's.
        Forbidden, WrongMoment: by `policy.can_ask`.
        Invalid: the wishes are too long. Field: `wishes`.
    """
    with transaction() as session:
        found = queries.own(session, bid_reference, actor, clock.now())
        held_stage(session, found.bid)
        ensure(queries.own(session, bid_reference, actor, clock.now()).may_ask)
        told = told_to(session, found.bid)
        assert told is not None  # the policy has said so
        if wishes.strip():
            refuse_all(text_faults(wishes.strip(), "wishes", "", TEXT_MOST))
        row = Debrief(
            bid_id=found.bid.id,
            decided_at=told.at,
            wishes=wishes.strip(),
            asked_by_id=actor.user_id,
            asked_at=clock.now(),
            minutes=USUAL_MINUTES,
            edition=0,
            changed_at=clock.now(),
            attended="",
            notes="",
        )
        session.add(row)
        session.flush()
        _record(session, row, log_words.ASKED, actor, clock)
        letters.tell_asked(session, row, clock)


def offer(at: Where, debrief_id: uuid.UUID, offered: Offer, *, actor: Actor, clock: Clock) -> None:
    """Offer times, in the place of those that were offered or agreed before; the bidder is told.

    Raises:
        NotFound: the challenge is another body's, or has no such meeting.
        Forbidden, WrongMoment: by `policy.can_offer`.
        Invalid: by `lifecycle.offer_faults`.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor, lock=True)
        now = clock.now()
        found = queries.meeting(session, stage, debrief_id, now)
        row = found.row
        ensure(policy.can_offer(actor, found.standing))
        refuse_all(
            offer_faults(
                offered.times,
                offered.minutes,
                place=offered.place.strip(),
                join_url=offered.join_url.strip(),
                remote=offered.remote,
                now=now,
            )
        )
        assert offered.minutes is not None  # refused before
        instead = row.starts_at is not None
        row.times = [DebriefTime(starts_at=each) for each in sorted(set(offered.times))]
        row.minutes, row.starts_at = offered.minutes, None
        row.place = None if offered.remote else offered.place.strip()
        row.join_url = offered.join_url.strip() if offered.remote else None
        row.edition += 1
        row.changed_at = now
        session.flush()
        _record(
            session,
            row,
            log_words.OFFERED,
            actor,
            clock,
            times=[write_instant(each.starts_at) for each in row.times],
        )
        letters.tell_offered(session, row, clock, instead=instead)


def choose(
    bid_reference: str, starts_at: datetime | None, *, words: str, actor: Actor, clock: Clock
) -> None:
    """Choose one of the times that are offered, or say with some words that none suits (None).

    Raises:
        NotFound: the bid is another supplier's, or it has asked for no meeting.
        Forbidden, WrongMoment: by `policy.can_choose`.
        Invalid: the time is not offered any more, or the words are too long. Fields: `time`,
            `words`.
    """
    with transaction() as session:
        found = queries.own(session, bid_reference, actor, clock.now())
        held_stage(session, found.bid)
        now = clock.now()
        meeting = queries.own_meeting(queries.own(session, bid_reference, actor, now))
        row = meeting.row
        if starts_at is not None and row.starts_at == starts_at:
            return
        ensure(policy.can_choose(actor, meeting.standing))
        if words.strip():
            refuse_all(text_faults(words.strip(), "words", "", TEXT_MOST))
        row.edition += 1
        row.changed_at = now
        if starts_at is None:
            row.times = []
            session.flush()
            _record(session, row, log_words.DECLINED, actor, clock)
            letters.tell_declined(session, row, words.strip(), clock)
            return
        if starts_at not in meeting.free:
            raise Invalid(_GONE, {"time": _GONE})
        row.starts_at = starts_at
        session.flush()
        _record(session, row, log_words.CHOSEN, actor, clock, starts_at=write_instant(starts_at))
        letters.tell_chosen(session, row, clock)
        due_at = reminder_at(starts_at, now)
        if due_at is not None:
            jobs.enqueue(
                session,
                REMIND,
                clock=clock,
                due_at=due_at,
                debrief=str(row.id),
                edition=row.edition,
            )


def record(
    at: Where, debrief_id: uuid.UUID, *, attended: str, notes: str, actor: Actor, clock: Clock
) -> None:
    """Record who was at a meeting and what was said; the bidder reads both.

    Raises:
        NotFound: the challenge is another body's, or has no such meeting.
        Forbidden, WrongMoment: by `policy.can_record`.
        Invalid: something is missing. Fields: `attended`, `notes`.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor, lock=True)
        found = queries.meeting(session, stage, debrief_id, clock.now())
        row = found.row
        ensure(policy.can_record(actor, found.standing))
        refuse_all(
            {
                **text_faults(attended.strip(), "attended", N_("Say who was there"), TEXT_MOST),
                **text_faults(notes.strip(), "notes", N_("Write what was said"), TEXT_MOST),
            }
        )
        row.attended, row.notes = attended.strip(), notes.strip()
        row.recorded_by_id, row.recorded_at = actor.user_id, clock.now()
        session.flush()
        _record(session, row, log_words.RECORDED, actor, clock)
        letters.tell_recorded(session, row, clock)


@jobs.handles(REMIND)
def remind(payload: dict[str, Any], clock: Clock) -> None:
    """Remind both sides of a meeting, unless it was changed since or is over."""
    with transaction() as session:
        row = session.scalars(
            select(Debrief).where(Debrief.id == uuid.UUID(payload["debrief"])).with_for_update()
        ).one()
        edition = payload["edition"]
        if row.edition != edition or row.reminded_edition == edition or row.starts_at is None:
            return
        if row.recorded_at is None and clock.now() < row.starts_at:
            letters.tell_chosen(session, row, clock, reminded=True)
        row.reminded_edition = edition


def _record(
    session: Session, row: Debrief, action: str, actor: Actor, clock: Clock, **fields: object
) -> None:
    bid = session.get_one(Bid, row.bid_id)
    recording.append(
        session, bid.stage, clock=clock, action=action, actor=actor, bid=bid.reference, **fields
    )
