"""Adds, changes, moves and deletes the stages of a draft, and says what may be bought later."""

import uuid
from collections.abc import Sequence

from sqlalchemy.orm import Session

from challenges import policy
from challenges.kinds import PriceModel
from challenges.models import Challenge, Stage
from challenges.queries import own_challenge
from challenges.sections import STAGES_MOST, Later, Step, edition, tidied
from challenges.service.criteria import Move
from challenges.service.drafts import refuse_faults, refuse_stale
from challenges.stages.filling import put_later, put_step
from challenges.stages.kinds import KIND_WORDS, StageKind
from challenges.stages.queries import find_stage
from challenges.stages.terms import read_later, read_step
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


def add_stage(reference: str, kind: StageKind, *, actor: Actor, clock: Clock) -> uuid.UUID:
    """Add a stage of this kind at the end, named for its kind, and give its identifier.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to write, or not now.
        Invalid: there are as many stages as a challenge can have.
    """
    with transaction() as session:
        challenge = draft(session, reference, actor, clock)
        if len(challenge.stages) >= STAGES_MOST:
            raise Invalid(N_("A challenge has at most 12 stages."))
        stage = Stage(
            ordinal=len(challenge.stages) + 1,
            kind=kind,
            name=KIND_WORDS[kind],
            price_model=PriceModel.FIXED_BUDGET,
        )
        challenge.stages.append(stage)
        session.flush()
        return stage.id


def change_stage(
    reference: str,
    stage_id: uuid.UUID,
    content: Step,
    *,
    actor: Actor,
    clock: Clock,
    seen: str | None = None,
) -> None:
    """Change what a stage of a draft is, whole, but for its kind, which stays.

    Raises:
        NotFound, Forbidden, WrongMoment, Invalid, StaleEdit: as for `challenges.service.save`.
    """
    content = tidied(content)
    refuse_faults(content)
    with transaction() as session:
        challenge = draft(session, reference, actor, clock)
        stage = find_stage(challenge, stage_id)
        refuse_stale(edition(read_step(stage)), edition(content), seen)
        put_step(stage, content)


def move_stage(
    reference: str, stage_id: uuid.UUID, move: Move, *, actor: Actor, clock: Clock
) -> None:
    """Move a stage of a draft one step up or down; at the end of the list nothing moves.

    The first stage stays where it is: it is the one that bids are written for.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to write, or not now; or it is the
            first stage.
    """
    with transaction() as session:
        challenge = draft(session, reference, actor, clock)
        stage = find_stage(challenge, stage_id)
        _refuse_first(challenge, stage)
        order = list(challenge.stages)
        place = order.index(stage)
        other = place - 1 if move is Move.UP else place + 1
        if 1 <= other < len(order):
            order[place], order[other] = order[other], order[place]
        _number(session, order)


def delete_stage(reference: str, stage_id: uuid.UUID, *, actor: Actor, clock: Clock) -> None:
    """Take a stage with its criteria out of a draft.

    Raises:
        NotFound, Forbidden, WrongMoment: as for `move_stage`.
    """
    with transaction() as session:
        challenge = draft(session, reference, actor, clock)
        stage = find_stage(challenge, stage_id)
        _refuse_first(challenge, stage)
        challenge.stages.remove(stage)
        # What later stages carried from it went with it.
        for later in challenge.stages:
            later.criteria = [c for c in later.criteria if c.carried_stage != stage.ordinal]
        session.flush()
        _number(session, challenge.stages)


def save_later(
    reference: str, content: Later, *, actor: Actor, clock: Clock, seen: str | None = None
) -> None:
    """Say what may be bought after the last stage.

    Raises:
        NotFound, Forbidden, WrongMoment, Invalid, StaleEdit: as for `challenges.service.save`.
    """
    content = tidied(content)
    refuse_faults(content)
    with transaction() as session:
        challenge = draft(session, reference, actor, clock)
        refuse_stale(edition(read_later(challenge)), edition(content), seen)
        put_later(challenge, content)


def draft(session: Session, reference: str, actor: Actor, clock: Clock) -> Challenge:
    """Give a challenge that the actor may write now, with its row locked.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to write, or not now.
    """
    challenge = own_challenge(session, reference, actor, lock=True, whole=True)
    ensure(policy.can_write(actor, challenge, clock.now()))
    return challenge


def _refuse_first(challenge: Challenge, stage: Stage) -> None:
    if stage is challenge.stage:
        raise WrongMoment(
            N_("The first stage is the one that bids are written for: it cannot go or move.")
        )


def _number(session: Session, order: Sequence[Stage]) -> None:
    """Number stages from 1, by way of numbers that no stage has: each number is there once.

    What a stage carries goes on coming from the same stage, whatever its number is now.
    """
    new = {stage.ordinal: place for place, stage in enumerate(order, 1)}
    for criterion in (criterion for stage in order for criterion in stage.criteria):
        if criterion.carried_stage is not None:
            criterion.carried_stage = new.get(criterion.carried_stage, criterion.carried_stage)
    for place, stage in enumerate(order, 1):
        stage.ordinal = -place
    session.flush()
    for place, stage in enumerate(order, 1):
        stage.ordinal = place
    session.flush()
