"""What the decision tells other rooms, inside its own transaction."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from challenges.models import Stage
from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor

# The stage is the one that decides.
Hook = Callable[[Session, Stage, Clock], None]

_after_decision: dict[str, Hook] = {}

# What is not signed of the stage's decision ended without award, for the reason given; the
# challenge's row is held locked.
RestHook = Callable[[Session, Stage, str, Actor, Clock], None]
after_rest: dict[str, RestHook] = {}


def register(room: str, hook: Hook) -> None:
    """Have a room be told from now on, once, however often it registers.

    It is told after the intention to award is announced, and again after a contract is signed.
    """
    _after_decision[room] = hook


def emit(session: Session, stage: Stage, clock: Clock) -> None:
    """Call every hook in the order of registration."""
    for hook in _after_decision.values():
        hook(session, stage, clock)
