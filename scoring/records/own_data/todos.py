"""Tells those who run the service of people who wait for an answer about their data."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from marketplace.core import todos
from marketplace.core.permissions import Actor, Permission
from marketplace.core.todos import Kind, Todo
from scoring.records.own_data import queries


def requests_to_decide(session: Session, actors: Sequence[Actor], _now: datetime) -> Iterator[Todo]:
    """Tell once, however many ask: by their names nobody is told on a dashboard."""
    actor = next((each for each in actors if each.may(Permission.PERSON_ERASE)), None)
    if actor is None:
        return
    if count := queries.waiting_count(session, actor.user_id):
        yield Todo(
            actor.organisation_id,
            Kind.RECORDS,
            _("Decide who has their personal data erased"),
            "own_data.requests",
            about=ngettext("%(num)d person waits", "%(num)d people wait", count),
        )


todos.register("scoring.records.own_data", requests_to_decide)
