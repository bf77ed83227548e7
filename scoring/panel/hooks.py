"""What the panel tells the rooms above it, inside its own transaction."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from challenges.models import Stage
from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor

# A stage, the bid's reference, and the reason of the recusal.
Hook = Callable[[Session, Stage, str, str, Actor, Clock], None]

# Called after a member's scores of a bid were set aside while quality stays locked.
after_recusal: list[Hook] = []


def emit_recusal(
    session: Session,
    stage: Stage,
    bid_reference: str,
    reason: str,
    actor: Actor,
    clock: Clock,
) -> None:
    """Call every hook in the order of registration."""
    for hook in after_recusal:
        hook(session, stage, bid_reference, reason, actor, clock)
