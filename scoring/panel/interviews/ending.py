"""Takes interviews that are ahead out of calendars when their challenge ends."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenges import hooks
from challenges.models import Challenge
from marketplace.core.clock import Clock
from scoring.panel.interviews import letters, queries
from scoring.panel.interviews.lifecycle import Standing


def take_back(session: Session, challenge: Challenge, clock: Clock) -> None:
    """Free the times that are chosen and still to come, and tell both sides."""
    now = clock.now()
    for stage in challenge.stages:
        for interview in queries.interviews(session, stage.id).values():
            if queries.standing_now(interview, now) is not Standing.CHOSEN or not interview.slot:
                continue
            before = letters.at(interview.slot)
            interview.slot = None
            interview.edition += 1
            interview.changed_at = now
            session.flush()
            reason = _("The challenge has ended.")
            letters.tell_withdrawn(session, interview, before, reason, clock, again=False)


hooks.after_end.append(take_back)
