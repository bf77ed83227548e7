"""Ends the messages that a signed link names. Doing it twice does nothing the second time."""

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenges.alerts.models import SavedSearch
from challenges.alerts.service import set_frequency
from challenges.alerts.timing import Frequency
from challenges.alerts.tokens import CLOSING, SEARCH, Stop
from challenges.following.service import stop as stop_following
from challenges.models import Challenge
from marketplace.core.accounts.models import User
from marketplace.core.clock import Clock
from marketplace.core.notices import choices
from marketplace.core.notices.models import KIND_WORDS, Kind
from marketplace.core.transaction import transaction


def say(session: Session, wanted: Stop) -> str:
    """Name what the link ends: a search, a challenge, a kind; empty where it is gone already."""
    if wanted.what == CLOSING:
        return str(_(KIND_WORDS[Kind.CLOSING]))
    if wanted.what == SEARCH:
        search = session.get(SavedSearch, wanted.thing)
        return search.name if search and search.user_id == wanted.person else ""
    challenge = session.get(Challenge, wanted.thing)
    return challenge.title if challenge and challenge.published_at else ""


def stop(wanted: Stop, *, clock: Clock) -> None:
    """Pause a saved search, stop following a challenge, or switch off a kind of messages."""
    with transaction() as session:
        if wanted.what == CLOSING:
            if session.get(User, wanted.person) is not None:
                choices.do_without(session, wanted.person, Kind.CLOSING)
        elif wanted.what == SEARCH:
            search = session.get(SavedSearch, wanted.thing)
            if search and search.user_id == wanted.person:
                set_frequency(session, search, Frequency.PAUSED, clock)
        else:
            stop_following(session, wanted.thing, wanted.person)
