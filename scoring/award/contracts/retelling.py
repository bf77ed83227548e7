"""Has the report of an award told anew after something came of its contracts."""

from sqlalchemy.orm import Session

from challenges.models import Challenge
from marketplace.core.clock import Clock
from scoring.award import hooks
from scoring.award.queries import deciding_stage


def retell(session: Session, challenge: Challenge, clock: Clock) -> None:
    """Have the award's report told anew where an award is announced."""
    stage = deciding_stage(session, challenge)
    if stage is not None:
        hooks.emit(session, stage, clock)
