"""Announces, changes and cancels live sessions, and publishes what was said in them."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from challenges.live import letters, log_words, policy, queries
from challenges.live.models import LiveSession
from challenges.models import Challenge
from challenges.policy import current_state
from challenges.queries import own_challenge
from challenges.texts import refuse_long, refuse_text
from marketplace.core.audit import log
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, StaleEdit
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_, is_web_address
from marketplace.core.transaction import transaction

_NO_ADDRESS = N_("Enter a web address that begins with https://")


@dataclass(frozen=True)
class Meeting:
    """What is announced: when, for how many minutes, and where one joins.

    Only a demo day has a place; it may do without a link.
    """

    title: str
    starts_at: datetime | None
    minutes: int | None
    join_url: str
    about: str = ""
    join_for_all: bool = False
    place: str = ""


def announce(reference: str, meeting: Meeting, *, actor: Actor, clock: Clock) -> uuid.UUID:
    """Announce a session to everybody; give its id. The same one sent twice is one.

    Raises:
        NotFound: there is no such challenge of the actor's body.
        Forbidden, WrongMoment: by `policy.can_announce`.
        Invalid: something is missing, too long, in the past, or after bids close.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_announce(actor, challenge, clock.now()))
        _refuse_unfit(challenge, meeting, clock)
        present = queries.sessions(session, challenge)
        for each in present:
            if _same(each, meeting):
                return each.id
        if len(present) >= policy.SESSIONS_MOST:
            raise Invalid(N_("A challenge has at most 30 sessions."))
        now = clock.now()
        kept = LiveSession(
            challenge_id=challenge.id,
            demo_day=policy.is_demo_day(current_state(challenge, now)),
            edition=0,
            announced_by_id=actor.user_id,
            announced_at=now,
            changed_at=now,
        )
        _take_over(kept, meeting)
        session.add(kept)
        session.flush()
        letters.tell_announced(session, challenge, kept, clock)
        _record(session, challenge, kept, log_words.ANNOUNCED, actor, clock)
        return kept.id


def change(
    reference: str,
    session_id: uuid.UUID,
    meeting: Meeting,
    *,
    seen: int | None = None,
    actor: Actor,
    clock: Clock,
) -> None:
    """Change a session that is still to come, and tell everybody concerned.

    Raises:
        NotFound, Forbidden, WrongMoment, Invalid: as for `announce`, and by `policy.can_change`.
        StaleEdit: somebody else changed it since the version that was `seen`.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        kept = queries.session_of(session, challenge, session_id)
        ensure(policy.can_change(actor, challenge, kept, clock.now()))
        _refuse_unfit(challenge, meeting, clock)
        if _same(kept, meeting):
            return
        _refuse_stale(kept, seen)
        _take_over(kept, meeting)
        kept.edition += 1
        kept.changed_at = clock.now()
        session.flush()
        letters.tell_changed(session, challenge, kept, clock)
        _record(session, challenge, kept, log_words.CHANGED, actor, clock)


def cancel(
    reference: str, session_id: uuid.UUID, *, reason: str, actor: Actor, clock: Clock
) -> None:
    """Cancel a session that is still to come, with the reason, and tell everybody concerned.

    Raises:
        NotFound, Forbidden, WrongMoment: by `policy.can_change`.
        Invalid: there is no reason.
    """
    reason = reason.strip()
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        kept = queries.session_of(session, challenge, session_id)
        ensure(policy.can_change(actor, challenge, kept, clock.now()))
        missing = N_("Say why the session is cancelled.")
        refuse_text(reason, "reason", missing, policy.ABOUT_MOST)
        kept.cancelled_at = kept.changed_at = clock.now()
        kept.cancelled_because = reason
        kept.edition += 1
        session.flush()
        letters.tell_cancelled(session, challenge, kept, clock)
        _record(session, challenge, kept, log_words.CANCELLED, actor, clock, reason=reason)


def record(
    reference: str,
    session_id: uuid.UUID,
    *,
    recording_url: str,
    notes: str,
    seen: int | None = None,
    actor: Actor,
    clock: Clock,
) -> None:
    """Publish the recording, the notes, or both, for those who were not there.

    Raises:
        NotFound, Forbidden, WrongMoment: by `policy.can_record`.
        StaleEdit: as for `change`.
        Invalid: there is neither; or one is too long, or no address.
    """
    recording_url, notes = recording_url.strip(), notes.strip()
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        kept = queries.session_of(session, challenge, session_id)
        ensure(policy.can_record(actor, challenge, kept, clock.now()))
        if not recording_url and not notes:
            missing = N_("Enter the address of the recording, or notes.")
            raise Invalid(missing, {"recording_url": missing})
        if recording_url:
            _refuse_address(recording_url, "recording_url")
        refuse_long(notes, "notes", policy.NOTES_MOST)
        if (kept.recording_url or "", kept.notes or "") == (recording_url, notes):
            return
        _refuse_stale(kept, seen)
        kept.recording_url = recording_url or None
        kept.notes = notes or None
        kept.changed_at = clock.now()
        session.flush()
        letters.tell_recorded(session, challenge, kept, clock)
        _record(session, challenge, kept, log_words.RECORDED, actor, clock)


def _refuse_unfit(challenge: Challenge, meeting: Meeting, clock: Clock) -> None:
    missing = N_("Enter a title.")
    refuse_text(meeting.title.strip(), "title", missing, policy.TITLE_MOST)
    refuse_long(meeting.about.strip(), "about", policy.ABOUT_MOST)
    if meeting.starts_at is None:
        missing = N_("Enter the day and the time of the session.")
        raise Invalid(missing, {"starts_at": missing})
    if meeting.starts_at <= clock.now():
        past = N_("Enter a time that is still to come.")
        raise Invalid(past, {"starts_at": past})
    demo_day = policy.is_demo_day(current_state(challenge, clock.now()))
    closes_at = challenge.stage.closes_at
    if not demo_day and closes_at is not None and meeting.starts_at >= closes_at:
        late = N_("Hold the session before bids close.")
        raise Invalid(late, {"starts_at": late})
    if meeting.minutes is None or not policy.SHORTEST <= meeting.minutes <= policy.LONGEST:
        length = N_("Enter how many minutes it takes, from 5 to 480.")
        raise Invalid(length, {"minutes": length})
    refuse_long(meeting.place.strip(), "place", policy.PLACE_MOST)
    if demo_day and not meeting.join_url.strip():
        if not meeting.place.strip():
            nowhere = N_("Enter the place, or a link to join, or both.")
            raise Invalid(nowhere, {"place": nowhere})
        return
    _refuse_address(meeting.join_url.strip(), "join_url")


def _refuse_address(text: str, field: str) -> None:
    if not is_web_address(text, ("https",)):
        raise Invalid(_NO_ADDRESS, {field: _NO_ADDRESS})
    refuse_long(text, field, policy.ADDRESS_MOST)


def _refuse_stale(kept: LiveSession, seen: int | None) -> None:
    if seen is not None and kept.row_version != seen:
        raise StaleEdit(
            N_("Somebody else changed this session meanwhile. Look at it again, then save.")
        )


def _take_over(kept: LiveSession, meeting: Meeting) -> None:
    assert meeting.starts_at is not None  # refused before
    assert meeting.minutes is not None
    kept.title = meeting.title.strip()
    kept.about = meeting.about.strip()
    kept.starts_at = meeting.starts_at
    kept.minutes = meeting.minutes
    kept.join_url = meeting.join_url.strip()
    kept.join_for_all = meeting.join_for_all
    kept.place = meeting.place.strip() if kept.demo_day else ""


def _same(kept: LiveSession, meeting: Meeting) -> bool:
    held = (
        kept.title,
        kept.about,
        kept.starts_at,
        kept.minutes,
        kept.join_url,
        kept.join_for_all,
        kept.place,
    )
    return kept.cancelled_at is None and held == (
        meeting.title.strip(),
        meeting.about.strip(),
        meeting.starts_at,
        meeting.minutes,
        meeting.join_url.strip(),
        meeting.join_for_all,
        meeting.place.strip(),
    )


def _record(
    session: Session,
    challenge: Challenge,
    kept: LiveSession,
    action: str,
    actor: Actor,
    clock: Clock,
    **more: object,
) -> None:
    log.append(
        session,
        clock=clock,
        action=action,
        chain=challenge.reference,
        actor=actor,
        title=kept.title,
        starts_at=write_instant(kept.starts_at),
        **more,
    )
