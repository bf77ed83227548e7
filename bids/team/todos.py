"""Tells dashboards of the bids that a person is asked to join as a partner."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bids import policy
from bids.team import queries
from marketplace.core import todos
from marketplace.core.dates import format_instant, time_left
from marketplace.core.permissions import Actor
from marketplace.core.todos import Kind, Todo


def invitations_to_answer(
    session: Session, actors: Sequence[Actor], now: datetime
) -> Iterator[Todo]:
    """Give the invitations that wait for a person.

    They came to the person and not to an organisation, so they are told where the person is now.
    """
    if not actors:
        return
    for each in queries.invitations_for(session, actors[0].user_id, now):
        closes_at = each.bid.stage.closes_at
        assert closes_at is not None  # a challenge that takes bids has one
        yield Todo(
            actors[0].organisation_id,
            Kind.INVITATION,
            _("Join a bid of %(lead)s as a partner, or decline", lead=each.bid.supplier.name),
            "team.partnership",
            {"partnership_id": each.id},
            about=each.bid.challenge.title,
            due=closes_at,
            deadline=_(
                "Answer before %(when)s: %(left)s left.",
                when=format_instant(closes_at),
                left=time_left(now, closes_at),
            ),
        )


def bids_that_a_partner_left(
    session: Session, actors: Sequence[Actor], now: datetime
) -> Iterator[Todo]:
    """Give the submitted bids that still name a partner who has left since."""
    if not actors:
        return
    may = {actor.organisation_id: policy.can_submit(actor).allowed for actor in actors}
    for supplier, reference, title, closes_at in queries.left_since_submitted(
        session, list(may), now
    ):
        yield Todo(
            supplier,
            Kind.CONFIRMATION,
            _("A partner has left a bid that you submitted: change it and submit it again"),
            "team.index",
            {"reference": reference},
            about=title,
            due=closes_at,
            deadline=_(
                "Closes at %(when)s: %(left)s left.",
                when=format_instant(closes_at),
                left=time_left(now, closes_at),
            ),
            note="" if may[supplier] else _("You can write. An administrator submits."),
        )


todos.register("bids.team", invitations_to_answer)
todos.register("bids.team.left", bids_that_a_partner_left)
