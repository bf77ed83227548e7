"""Records that an auditor reads how the work goes."""

from challenges.queries import own_challenge
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor, Permission
from marketplace.core.transaction import transaction
from scoring.award.delivery import log_words


def note(reference: str, *, actor: Actor, clock: Clock) -> None:
    """Record it; of others who may read it nothing is recorded.

    Raises:
        NotFound: the challenge is another body's.
    """
    if not actor.may(Permission.RECORD_AUDIT):
        return
    with transaction() as session:
        challenge = own_challenge(session, reference, actor)
        log.append(
            session, clock=clock, action=log_words.READ, chain=challenge.reference, actor=actor
        )
