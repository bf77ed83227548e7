"""Reads of stages and of templates: only those of the actor's own body."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from challenges.models import Challenge, Stage
from challenges.queries import own_challenge
from challenges.stages import library
from challenges.stages.kinds import is_judged
from challenges.stages.models import SavedTemplate
from challenges.stages.place import Where, place_of
from challenges.stages.running import stage_at
from challenges.stages.shapes import Template, read
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor
from marketplace.core.text import N_

_NO_STAGE = N_("There is no such stage.")
_NO_TEMPLATE = N_("There is no such template.")


def find_stage(challenge: Challenge, stage_id: uuid.UUID) -> Stage:
    """Give a stage of the challenge.

    Raises:
        NotFound: it has none with this identifier.
    """
    for stage in challenge.stages:
        if stage.id == stage_id:
            return stage
    raise NotFound(_NO_STAGE)


def judged_stage(challenge: Challenge, stage_id: uuid.UUID | None) -> Stage:
    """Give the stage of the challenge whose criteria are asked for: the first where none is named.

    Raises:
        NotFound: it has none with this identifier, or nothing is judged in it.
    """
    stage = challenge.stage if stage_id is None else find_stage(challenge, stage_id)
    if not is_judged(stage):
        raise NotFound(_NO_STAGE)
    return stage


def own_stage(session: Session, at: Where, actor: Actor, *, lock: bool = False) -> Stage:
    """Give a stage in which bids are judged, of a challenge of the actor's body.

    With `lock`, hold the challenge's row until the transaction ends.

    Raises:
        NotFound: there is no such challenge, it is another body's, or nothing is judged there.
    """
    place = place_of(at)
    challenge = own_challenge(session, place.reference, actor, lock=lock)
    stage = stage_at(challenge, place.stage)
    # It keeps its challenge, which would be forgotten and asked for again else.
    set_committed_value(stage, "challenge", challenge)
    return stage


def saved_templates(session: Session, actor: Actor) -> Sequence[SavedTemplate]:
    """Give the templates that the actor's body keeps, by name."""
    return session.scalars(
        select(SavedTemplate)
        .where(SavedTemplate.organisation_id == actor.organisation_id)
        .order_by(SavedTemplate.name)
    ).all()


def saved_template(
    session: Session, template_id: uuid.UUID, actor: Actor, *, lock: bool = False
) -> SavedTemplate:
    """Give a template that the actor's body keeps.

    Raises:
        NotFound: there is none, or it is another body's.
    """
    query = select(SavedTemplate).where(
        SavedTemplate.id == template_id, SavedTemplate.organisation_id == actor.organisation_id
    )
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(_NO_TEMPLATE)
    return found


def template_named(session: Session, key: str, actor: Actor) -> Template:
    """Give a template by its key: one of the product's own, or one that the actor's body keeps.

    Raises:
        NotFound: there is none, or it is another body's.
    """
    own = library.templates().get(key)
    if own is not None:
        return own
    try:
        identifier = uuid.UUID(key)
    except ValueError:
        raise NotFound(_NO_TEMPLATE) from None
    return read(saved_template(session, identifier, actor).content)
