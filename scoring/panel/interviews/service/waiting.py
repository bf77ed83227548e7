"""Has the scores of a panel wait for its interviews."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from marketplace.core.clock import Clock
from marketplace.core.errors import WrongMoment
from marketplace.core.text import N_
from scoring.panel.interviews import queries
from scoring.panel.queries import Bidder, Meeting

_FIRST = N_(
    "Interviews come first: %(bidders)s. Scores are submitted when each is held, or the chair has "
    "recorded that the panel goes on without it."
)


def wait_for_interviews(
    session: Session, found: Meeting, bidders: Sequence[Bidder], clock: Clock
) -> None:
    """Do nothing where the interview of each of these bidders is held or given up.

    What is said there is evidence like what was written, so no score is final before. Drafts are
    free: people prepare by them. A panel that offered no times here is not held up.

    Raises:
        WrongMoment: an interview comes first.
    """
    waiting = queries.outstanding(
        session, found.stage.id, list(dict.fromkeys(bidders)), clock.now()
    )
    if waiting:
        raise WrongMoment(_FIRST, bidders=", ".join(bidder.shown for bidder in waiting))
