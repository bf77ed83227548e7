"""What people do with interviews: each use case is one transaction."""

from scoring.panel.interviews import log_words
from scoring.panel.interviews.service.choosing import choose
from scoring.panel.interviews.service.offering import (
    Adjustment,
    Moved,
    move,
    offer,
    read_adjustments,
    withdraw,
)
from scoring.panel.interviews.service.recording import record

__all__ = [
    "Adjustment",
    "Moved",
    "choose",
    "log_words",
    "move",
    "offer",
    "read_adjustments",
    "record",
    "withdraw",
]
