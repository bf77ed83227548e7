"""Tells suppliers' dashboards of the queries about their bids that wait for an answer."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy.orm import Session

from bids.asking import policy, queries
from marketplace.core import todos
from marketplace.core.dates import format_instant, time_left
from marketplace.core.permissions import Actor
from marketplace.core.todos import Kind, Todo


def queries_to_answer(session: Session, actors: Sequence[Actor], now: datetime) -> Iterator[Todo]:
    """Give the queries that a person can still write an answer to."""
    acting = {actor.organisation_id: actor for actor in actors}
    for query in queries.waiting_of_suppliers(session, acting.keys(), now):
        bid = query.bid
        actor, state = acting[bid.supplier_id], bid.standing
        if not policy.can_write(actor, state, query, now).allowed:
            continue
        sends = policy.can_send(actor, state, query, now).allowed
        yield Todo(
            bid.supplier_id,
            Kind.QUERY,
            _("Answer a query about your bid"),
            "bids.query",
            {"reference": bid.reference, "number": query.number},
            about=bid.challenge.title,
            due=query.answer_by,
            deadline=_(
                "Before %(when)s: %(left)s left.",
                when=format_instant(query.answer_by),
                left=time_left(now, query.answer_by),
            ),
            note="" if sends else _("You can write the answer. An administrator sends it."),
        )


todos.register("bids.asking", queries_to_answer)
