"""Carries what bids reached in an earlier stage into a later one, as a criterion with a weight."""

import uuid
from decimal import Decimal

from challenges.kinds import CriterionKind
from challenges.models import Criterion
from challenges.sections.base import TOO_LONG, weight_fault
from challenges.sections.criteria import CRITERION_TITLE_MOST
from challenges.service.criteria import append, slug
from challenges.stages.carrying import sources
from challenges.stages.queries import judged_stage
from challenges.stages.service.steps import draft
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Actor
from marketplace.core.text import N_, on_one_line
from marketplace.core.transaction import transaction


def carry(
    reference: str,
    stage_id: uuid.UUID,
    source: str,
    *,
    weight: Decimal,
    title: str = "",
    actor: Actor,
    clock: Clock,
) -> str:
    """Add to a later stage of a draft what bids reached in an earlier one, and give its key.

    `source` is a `Source.value`. Without a title it has that of what is carried.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to write, or not now; or nothing is
            judged in the stage.
        Invalid: there is nothing like it to carry, it is carried already, or there are too many
            criteria; the weight is out of range or the title too long. Fields: `source`, `weight`,
            `title`.
    """
    title = on_one_line(title)
    with transaction() as session:
        stage = judged_stage(draft(session, reference, actor, clock), stage_id)
        chosen = next((each for each in sources(stage) if each.value == source), None)
        key = chosen.criterion.key if chosen is not None and chosen.criterion is not None else None
        faults = {}
        if chosen is None:
            faults["source"] = N_("Choose what is carried.")
        elif any(
            (each.carried_stage, each.carried_key) == (chosen.stage.ordinal, key)
            for each in stage.criteria
        ):
            faults["source"] = N_("This is carried already.")
        if fault := weight_fault(weight):
            faults["weight"] = fault
        if len(title) > CRITERION_TITLE_MOST:
            faults["title"] = TOO_LONG[CRITERION_TITLE_MOST]
        if faults or chosen is None:
            raise Invalid(N_("Something needs to be put right."), faults)
        title = title or chosen.title
        return append(
            stage,
            Criterion(
                key=slug(title),
                kind=CriterionKind.CARRIED,
                title=title,
                weight=weight,
                carried_stage=chosen.stage.ordinal,
                carried_key=key,
            ),
        ).key
