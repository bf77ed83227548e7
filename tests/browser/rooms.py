"""One challenge on the site of a test, begun at a kept step and looked at as its own people."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy.orm import object_session

from marketplace.core.accounts.models import User
from marketplace.core.database import db
from tests.browser.looking import ROOMS, Looker, looker
from tests.browser.visits import Found
from tests.journeys import Journey, Step, recall
from tests.kept import database_url, kept_databases, step

__all__ = ["database_url", "kept_databases", "looker", "room", "step"]


@dataclass
class Room:
    """A challenge that services bring on, and whoever looks at its pages meanwhile."""

    looker: Looker
    journey: Journey

    def see(self, user: User, endpoint: str, *, empty: bool = False, **values: object) -> None:
        """Look at a page as somebody; with `empty`, then at what it says to an empty form.

        `values` are the parts of its address, but for the challenge's reference.
        """
        owner = user.memberships[0].organisation_id
        found = Found(user.id, owner, {"reference": self.journey.reference, **values})
        session = object_session(user)
        assert session is not None
        session.rollback()  # what the site writes meanwhile is read afresh
        self.looker.look(endpoint, found, send_empty=empty)

    def judge(self, name: str) -> None:
        """Fail with all that was found, or where a page of the group was not looked at."""
        self.looker.judge()
        assert self.looker.seen >= ROOMS[name]


@pytest.fixture
def room(looker: Looker, step: Step) -> Iterator[Room]:
    """Give the site with the challenge as it was at `step`."""
    site = looker.site
    with site.app.app_context():
        journey = recall(db.session(), site.clock)
        journey.at = step
        yield Room(looker, journey)
        db.session.remove()
