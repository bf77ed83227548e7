"""Ends the messages that a signed link names. Doing it twice does nothing the second time."""

from sqlalchemy.orm import Session

from challenges.alerts.models import SavedSearch
from challenges.alerts.service import set_frequency
from challenges.alerts.timing import Frequency
from challenges.alerts.tokens import SEARCH, Stop
from challenges.following.service import stop as stop_following
from challenges.models import Challenge
from marketplace.core.clock import Clock
from marketplace.core.transaction import transaction


def say(session: Session, wanted: Stop) -> str:
    """Name what the link ends: a saved search or a challenge; empty where it is gone already."""
    if wanted.what == SEARCH:
        search = session.get(SavedSearch, wanted.thing)
        return search.name if search and search.user_id == wanted.person else ""
    challenge = session.get(Challenge, wanted.thing)
    return challenge.title if challenge and challenge.published_at else ""


def stop(wanted: Stop, *, clock: Clock) -> None:
    """Pause a saved search, or stop following a challenge."""
    with transaction() as session:
        if wanted.what == SEARCH:
            search = session.get(SavedSearch, wanted.thing)
            if search and search.user_id == wanted.person:
                set_frequency(session, search, Frequency.PAUSED, clock)
        else:
            stop_following(session, wanted.thing, wanted.person)
