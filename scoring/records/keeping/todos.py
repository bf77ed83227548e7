"""Tells approvers' dashboards of erasures that wait for their answer."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.models import Challenge
from marketplace.core import todos
from marketplace.core.permissions import Actor, Permission
from marketplace.core.todos import Kind, Todo
from scoring.records.keeping.models import Erasure, ErasureAnswer


def erasures_to_answer(session: Session, actors: Sequence[Actor], _now: datetime) -> Iterator[Todo]:
    """Give the proposals to erase records that another person of the same body made."""
    approvers = {
        each.organisation_id: each for each in actors if each.may(Permission.AWARD_APPROVE)
    }
    if not approvers:
        return
    rows = session.execute(
        select(Challenge.buyer_id, Challenge.reference, Challenge.title)
        .join(Erasure, Erasure.challenge_id == Challenge.id)
        .outerjoin(ErasureAnswer, ErasureAnswer.erasure_id == Erasure.id)
        .where(
            Challenge.buyer_id.in_(approvers),
            ErasureAnswer.erasure_id.is_(None),
            # Whoever proposed it is the same person at each body they act for.
            Erasure.proposed_by_id != next(iter(approvers.values())).user_id,
        )
        .order_by(Erasure.proposed_at, Erasure.id)
    )
    for buyer_id, reference, title in rows:
        yield Todo(
            buyer_id,
            Kind.RECORDS,
            _("Answer a proposal to erase records"),
            "keeping.show",
            {"reference": reference},
            about=title,
        )


todos.register("scoring.records.keeping", erasures_to_answer)
