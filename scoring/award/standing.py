"""Which announced intentions to award count: all that were not withdrawn."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from challenges.models import Challenge, Stage
from scoring.award.models import Intention, IntentionWithdrawal, RestEnd


def intention_stands() -> ColumnElement[bool]:
    """Give the condition that an intention was not withdrawn, for a statement that reads it."""
    return ~exists().where(IntentionWithdrawal.recommendation_id == Intention.recommendation_id)


def rest_is_open() -> ColumnElement[bool]:
    """Give the condition that what is not signed of an intention’s decision did not end without
    award, for a statement that reads it."""
    return ~exists().where(RestEnd.recommendation_id == Intention.recommendation_id)


def rests_ended(session: Session, stages: Collection[uuid.UUID]) -> Sequence[RestEnd]:
    """Give where what was not signed of a decision about these stages ended without award."""
    return session.scalars(
        select(RestEnd)
        .where(
            exists().where(
                Intention.recommendation_id == RestEnd.recommendation_id,
                Intention.stage_id.in_(stages),
            )
        )
        .order_by(RestEnd.ended_at)
    ).all()


def was_taken_back(session: Session, reference: str, stage_id: uuid.UUID | None = None) -> bool:
    """Tell whether an announced intention about a challenge was withdrawn and none stands now; of
    one stage alone where `stage_id` is given."""
    announced = (
        select(func.count(), func.count().filter(intention_stands()))
        .select_from(Intention)
        .join(Stage, Stage.id == Intention.stage_id)
        .join(Challenge, Challenge.id == Stage.challenge_id)
        .where(
            Challenge.reference == reference,
            *([Stage.id == stage_id] if stage_id is not None else []),
        )
    )
    all_of_them, that_stand = session.execute(announced).one()
    return bool(all_of_them and not that_stand)
