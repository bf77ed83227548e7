"""Records in a challenge's chain what happens at one of its stages."""

from sqlalchemy.orm import Session

from challenges.models import Stage
from challenges.stages.running import said
from marketplace.core.audit import log
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor


def append(
    session: Session,
    stage: Stage,
    *,
    clock: Clock,
    action: str,
    actor: Actor | None = None,
    **fields: object,
) -> LogEntry:
    """Append an entry about a stage, as `log.append` does.

    Entries of the first stage do not say which it is: most challenges have no other.
    """
    return log.append(
        session,
        clock=clock,
        action=action,
        chain=stage.challenge.reference,
        actor=actor,
        **said(stage),
        **fields,
    )
