"""Chooses how price and quality make the result of a draft's stage."""

import uuid

from challenges import policy
from challenges.method import stored
from challenges.method.choice import Method
from challenges.method.rules import BY_CRITERION, Step
from challenges.models import Stage
from challenges.queries import own_challenge
from challenges.sections import edition
from challenges.service.drafts import refuse_faults, refuse_stale
from challenges.stages.queries import judged_stage
from marketplace.core.clock import Clock
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


def read_method(stage: Stage) -> Method:
    """Give what a stage's method is now."""
    return stored.read(stage)


def choose_method(
    reference: str,
    method: Method,
    *,
    actor: Actor,
    clock: Clock,
    seen: str | None = None,
    stage_id: uuid.UUID | None = None,
) -> None:
    """Save the method of a draft's stage, whole. What its price model has no use for is left out.

    It is that of the first stage, or of the one named. `seen` is the edition that the writer began
    from; without it nothing is compared.

    Raises:
        NotFound: there is no such challenge in the actor's organisation, it has no such stage, or
            the method names a criterion that the stage does not have.
        Forbidden, WrongMoment: the actor may not write it, or not now.
        Invalid: something is out of range or contradictory; `fields` says what.
        StaleEdit: the method was changed since, to something else than is saved now.
    """
    method = method.kept()
    refuse_faults(method)
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True, whole=True)
        ensure(policy.can_write(actor, challenge, clock.now()))
        stage = judged_stage(challenge, stage_id)
        refuse_stale(edition(stored.read(stage)), edition(method), seen)
        _refuse_unknown(stage, method)
        stored.put(stage, method)


def _refuse_unknown(stage: Stage, method: Method) -> None:
    """Refuse to name criteria that are not there, such as one that was deleted meanwhile.

    Raises:
        NotFound: the method does.
    """
    keys = {criterion.key for criterion in stage.criteria}
    steps = {*Step, *(f"{BY_CRITERION}{key}" for key in keys)}
    if not set(method.tie_break or ()) <= steps or not {k for k, _ in method.point_values} <= keys:
        raise NotFound(N_("There is no such criterion."))
