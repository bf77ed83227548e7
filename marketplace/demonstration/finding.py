"""Has the founder of the example save searches and follow challenges, as somebody would who bids.

Saved before the youngest challenges were published, so one of the searches has written already.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from challenges.alerts import service as alerts
from challenges.alerts import telling
from challenges.alerts.timing import Frequency
from challenges.following import service as following
from challenges.hooks import ON_PUBLICATION
from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.demonstration.cast import Cast

# The founder's account, by its key in the content.
FOUNDER = "ciara-inventown"
SAVED = timedelta(days=30)
FOLLOWED_MOST = 2

# The kind of job that is done here in place of the sweeper.
DONE = ON_PUBLICATION


def save_and_follow(players: Cast, now: datetime) -> None:
    """Save two searches, have one of them write, and follow the challenges that close last."""
    person = players.user_ids[FOUNDER]
    then = FixedClock(now - SAVED)
    alerts.save(
        "Open now, up to £200,000",
        {"state": "open", "most": "200000"},
        Frequency.AT_ONCE,
        person=person,
        clock=then,
    )
    alerts.save(
        "Environment, every Monday",
        {"sector": "environment"},
        Frequency.WEEKLY,
        person=person,
        clock=FixedClock(now),
    )
    telling.tell_at_once({}, FixedClock(now))
    session = db.session()
    references = session.scalars(
        select(Challenge.reference)
        .where(Challenge.state == State.OPEN)
        .order_by(Challenge.published_at.desc(), Challenge.id)
        .limit(FOLLOWED_MOST)
    ).all()
    session.rollback()
    for reference in references:
        following.follow(reference, person=person, clock=FixedClock(now))
