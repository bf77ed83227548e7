"""Tells followers, bidders and those who asked of live sessions."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenges import hooks, telling
from challenges.asking.queries import askers
from challenges.following.letters import tell_followers
from challenges.live.models import LiveSession
from challenges.models import Challenge
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock
from marketplace.core.dates import format_instant


def tell_announced(
    session: Session, challenge: Challenge, meeting: LiveSession, clock: Clock
) -> None:
    """Tell that there will be a session."""
    subject = _("A live session: %(title)s", title=challenge.title)
    _tell(session, challenge, meeting, subject, "", clock)


def tell_changed(
    session: Session, challenge: Challenge, meeting: LiveSession, clock: Clock
) -> None:
    """Tell that a session changed."""
    subject = _("A live session changed: %(title)s", title=challenge.title)
    _tell(session, challenge, meeting, subject, "", clock)


def tell_cancelled(
    session: Session, challenge: Challenge, meeting: LiveSession, clock: Clock
) -> None:
    """Tell that a session will not be held, and why."""
    subject = _("A live session is cancelled: %(title)s", title=challenge.title)
    reason = _("Reason: %(reason)s", reason=meeting.cancelled_because)
    _tell(session, challenge, meeting, subject, reason, clock)


def tell_recorded(
    session: Session, challenge: Challenge, meeting: LiveSession, clock: Clock
) -> None:
    """Tell that what was said can be heard or read."""
    subject = _("What was said in the live session: %(title)s", title=challenge.title)
    _tell(session, challenge, meeting, subject, _("The recording or notes are there now."), clock)


def _tell(
    session: Session,
    challenge: Challenge,
    meeting: LiveSession,
    subject: str,
    text: str,
    clock: Clock,
) -> None:
    concerned = {
        *hooks.of_bids().bidders(session, challenge),
        *askers(session, challenge),
    }
    base = f"{current_settings().public_url}/challenges/{challenge.reference}/sessions"
    parts = [
        f"{meeting.title}\n{format_instant(meeting.starts_at)}",
        *([text] if text else []),
        f"{base}/{meeting.id}",
    ]
    telling.queue(
        session,
        telling.people(session, concerned),
        subject=subject,
        parts=[challenge.title, *parts],
        clock=clock,
    )
    # Followers who are nothing else can stop these messages.
    tell_followers(
        session,
        challenge,
        subject=subject,
        text="\n\n".join(parts),
        besides=concerned,
        clock=clock,
    )
