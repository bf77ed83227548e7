"""Adds criteria from packs to a stage of a draft."""

import uuid
from collections.abc import Collection

from challenges.kinds import CriterionKind
from challenges.models import Criterion
from challenges.sections import CRITERIA_MOST, tidied
from challenges.service.contents import next_ordinal
from challenges.service.criteria import put_question
from challenges.stages import library
from challenges.stages.queries import judged_stage
from challenges.stages.service.steps import draft
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.permissions import Actor
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


def add_from_packs(
    reference: str,
    keys: Collection[str],
    *,
    actor: Actor,
    clock: Clock,
    stage_id: uuid.UUID | None = None,
) -> int:
    """Add criteria of packs to a stage, the first where none is named, and tell how many are new.

    A criterion that the stage has already is left as it is.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to write, or not now; or there is
            no such criterion.
        Invalid: none is chosen, or there would be too many.
    """
    if not keys:
        message = N_("Choose at least one criterion.")
        raise Invalid(message, fields={"keys": message})
    if not set(keys) <= set(library.pack_criteria()):
        raise NotFound(N_("There is no such criterion."))
    with transaction() as session:
        challenge = draft(session, reference, actor, clock)
        criteria = judged_stage(challenge, stage_id).criteria
        present = {criterion.key for criterion in criteria}
        new = [
            asked
            for key, asked in library.pack_criteria().items()
            if key in keys and key not in present
        ]
        if len(criteria) + len(new) > CRITERIA_MOST:
            raise Invalid(N_("A challenge has at most 30 criteria."))
        # Price stays last.
        price = next((each for each in criteria if each.kind is CriterionKind.PRICE), None)
        for asked in new:
            criterion = Criterion(
                ordinal=next_ordinal(criteria), key=asked.key, kind=CriterionKind.QUALITY
            )
            put_question(criterion, tidied(asked.content()))
            criteria.append(criterion)
            if price is not None:
                price.ordinal, criterion.ordinal = criterion.ordinal, price.ordinal
    return len(new)
