"""Which announced intentions to award count: all that were not withdrawn."""

import uuid

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from challenges.models import Challenge, Stage
from scoring.award.models import Intention, IntentionWithdrawal


def intention_stands() -> ColumnElement[bool]:
    """Give the condition that an intention was not withdrawn, for a statement that reads it."""
    return ~exists().where(IntentionWithdrawal.recommendation_id == Intention.recommendation_id)


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
