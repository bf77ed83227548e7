"""Writes about milestones, one function per use case, gathered under one name."""

from scoring.award.delivery.milestones.service.planning import plan
from scoring.award.delivery.milestones.service.reaching import (
    NOTE_MOST,
    REFERENCE_MOST,
    Party,
    answer,
    pay,
    report,
)

__all__ = ["NOTE_MOST", "REFERENCE_MOST", "Party", "answer", "pay", "plan", "report"]
