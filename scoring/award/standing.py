"""Which announced intentions to award count: all that were not withdrawn."""

from sqlalchemy import ColumnElement, exists

from scoring.award.models import Intention, IntentionWithdrawal


def intention_stands() -> ColumnElement[bool]:
    """Give the condition that an intention was not withdrawn, for a statement that reads it."""
    return ~exists().where(IntentionWithdrawal.recommendation_id == Intention.recommendation_id)
