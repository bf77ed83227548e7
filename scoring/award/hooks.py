"""What the decision tells the rooms above it, inside its own transaction."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from challenges.models import Stage
from marketplace.core.clock import Clock

# The stage is the one that decides.
Hook = Callable[[Session, Stage, Clock], None]

# Called after the intention to award is announced, and again after a contract is signed.
after_decision: list[Hook] = []


def emit(session: Session, stage: Stage, clock: Clock) -> None:
    """Call every hook in the order of registration."""
    for hook in after_decision:
        hook(session, stage, clock)
