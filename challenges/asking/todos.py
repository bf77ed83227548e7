"""Tells suppliers' dashboards of answers that came to their questions while bids are taken."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from challenges.asking import queries
from marketplace.core import todos
from marketplace.core.dates import format_date, format_instant
from marketplace.core.permissions import Actor, Permission
from marketplace.core.todos import Kind, Todo

# Nobody says that they have read an answer: after a week it stands among the questions alone.
FRESH = timedelta(days=7)


def answers_to_read(session: Session, actors: Sequence[Actor], now: datetime) -> Iterator[Todo]:
    """Give the questions of the suppliers that were answered in the last days."""
    suppliers = [each.organisation_id for each in actors if each.may(Permission.BID_DRAFT)]
    for asked in queries.asked_by(session, suppliers, now, answered_after=now - FRESH):
        if asked.answered_at is None:
            continue
        yield Todo(
            asked.supplier_id,
            Kind.ANSWER,
            _("Read the answer to your question"),
            *asked.page,
            about=asked.title,
            due=asked.closes_at,
            deadline=_(
                "Answered on %(day)s. The challenge closes at %(when)s.",
                day=format_date(asked.answered_at),
                when=format_instant(asked.closes_at),
            ),
        )


todos.register("challenges.asking", answers_to_read)
