"""Who may announce, change, cancel and record a live session, and when. Pure."""

from datetime import datetime
from typing import TYPE_CHECKING

from challenges import policy
from challenges.lifecycle import AWARDED, State
from marketplace.core.permissions import (
    ALLOWED,
    Actor,
    Answer,
    Permission,
    lacks_right,
    wrong_moment,
)
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.live.models import LiveSession
    from challenges.models import Challenge

TITLE_MOST = 200
ABOUT_MOST = 2_000
ADDRESS_MOST = 500
NOTES_MOST = 10_000
PLACE_MOST = 300
SHORTEST, LONGEST = 5, 480
# A challenge needs a few at most; the list is shown whole.
SESSIONS_MOST = 30


def can_announce(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may announce, change or cancel a session: while bids are taken.

    Once a contract is signed, it is the day on which what was made is shown.
    """
    return _of_the_body(actor, challenge, now, AWARDED | {State.OPEN})


def is_demo_day(state: State) -> bool:
    """Tell whether what is announced now is a day on which suppliers show what they have made."""
    return state in AWARDED


def can_change(
    actor: Actor, challenge: "Challenge", meeting: "LiveSession", now: datetime
) -> Answer:
    """Tell whether the actor may change or cancel a session that is still to come."""
    answer = can_announce(actor, challenge, now)
    if answer.allowed and (meeting.cancelled_at is not None or meeting.starts_at <= now):
        return wrong_moment(N_("This session has begun or was cancelled, so it stays as it is."))
    return answer


def can_record(
    actor: Actor, challenge: "Challenge", meeting: "LiveSession", now: datetime
) -> Answer:
    """Tell whether the actor may put the recording and notes: after it began, until opening; of a
    demo day at any time after it."""
    states = AWARDED | {State.STOPPED} if meeting.demo_day else {State.OPEN, State.CLOSED}
    answer = _of_the_body(actor, challenge, now, frozenset(states))
    if answer.allowed and (meeting.cancelled_at is not None or meeting.starts_at > now):
        return wrong_moment(N_("Add the recording and the notes after the session has begun."))
    return answer


def shows_link(meeting: "LiveSession", now: datetime, *, signed_in: bool) -> bool:
    """Tell whether a reader is given the link to join: until the session is over."""
    ended = (now - meeting.starts_at).total_seconds() > meeting.minutes * 60
    stands = meeting.cancelled_at is None and not ended
    return bool(meeting.join_url) and stands and (meeting.join_for_all or signed_in)


def _of_the_body(
    actor: Actor, challenge: "Challenge", now: datetime, states: frozenset[State]
) -> Answer:
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(N_("This challenge belongs to another organisation."))
    if not actor.may(Permission.CHALLENGE_WRITE):
        return lacks_right(N_("Only a challenge lead or a procurement officer holds sessions."))
    if policy.current_state(challenge, now) not in states:
        return wrong_moment(
            N_(
                "Sessions are held while the challenge is open for bids, and demo days once a "
                "contract is signed."
            )
        )
    return ALLOWED
