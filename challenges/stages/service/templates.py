"""Fills a draft from a template, and keeps templates of one's own."""

import uuid
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from challenges import policy
from challenges.models import Challenge
from challenges.queries import own_challenge
from challenges.sections.base import TOO_LONG
from challenges.sections.stages import NAME_MOST
from challenges.service.drafts import create, refuse_stale
from challenges.stages.filling import fill
from challenges.stages.models import SavedTemplate
from challenges.stages.queries import saved_template, template_named
from challenges.stages.service.steps import draft
from challenges.stages.shapes import Template, template_of, written
from marketplace.core.accounts.models import Organisation
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_, on_one_line
from marketplace.core.transaction import transaction

TEMPLATES_MOST = 50


def begin(*, actor: Actor, clock: Clock, title: str, template: str | None = None) -> str:
    """Begin a draft, filled from the template with this key, and return its reference.

    Raises:
        Forbidden, Invalid: as for `challenges.service.create`.
        NotFound: there is no such template for the actor.
    """
    if template is None:
        return create(actor=actor, clock=clock, title=title)
    ensure(policy.can_create(actor))
    with transaction() as session:
        found = template_named(session, template, actor)
    return create(actor=actor, clock=clock, title=title, fill=lambda new: fill(new, found))


def edition_of(challenge: Challenge) -> str:
    """Give a short name that changes whenever stages, criteria or terms do."""
    return sha256(written(template_of(challenge, challenge.reference)).encode()).hexdigest()[:20]


def apply_template(
    reference: str,
    template: str | Template,
    *,
    actor: Actor,
    clock: Clock,
    seen: str | None = None,
) -> None:
    """Replace the stages, criteria and terms of a draft by those of a template, named by its key.

    Its problem, its value and its closing time stay.

    Raises:
        NotFound: there is no such draft or template for the actor.
        Forbidden, WrongMoment: it is not the actor's to write, or not now.
        StaleEdit: what would be replaced has changed since the edition that was `seen`.
    """
    with transaction() as session:
        challenge = draft(session, reference, actor, clock)
        present = edition_of(challenge)
        found = template_named(session, template, actor) if isinstance(template, str) else template
        del challenge.stages[1:]
        session.flush()
        fill(challenge, found)
        session.flush()
        # Who sends the same again gets the same: only what comes out now can tell.
        refuse_stale(present, edition_of(challenge), seen)


def save_template(reference: str, name: str, *, actor: Actor, clock: Clock) -> uuid.UUID:
    """Keep the stages, criteria and terms of a challenge of the actor's body as a template.

    Raises:
        NotFound, Forbidden: it is not the actor's to read or to write.
        Invalid: there is no name, it is too long or taken, or the body keeps as many as it can.
    """
    name = _named(name)
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, whole=True)
        ensure(policy.can_create(actor))
        _hold_names(session, actor)
        _refuse_taken(session, name, actor)
        kept = session.scalar(
            select(func.count())
            .select_from(SavedTemplate)
            .where(SavedTemplate.organisation_id == actor.organisation_id)
        )
        if (kept or 0) >= TEMPLATES_MOST:
            raise Invalid(N_("Your organisation keeps 50 templates already. Delete one first."))
        template = SavedTemplate(
            organisation_id=actor.organisation_id,
            name=name,
            content=written(template_of(challenge, name)),
            made_by_id=actor.user_id,
            made_at=clock.now(),
        )
        session.add(template)
        session.flush()
        return template.id


def rename_template(template_id: uuid.UUID, name: str, *, actor: Actor) -> None:
    """Give a template of the actor's body another name.

    Raises:
        NotFound, Forbidden: it is not the actor's.
        Invalid: there is no name, or it is too long or taken.
    """
    name = _named(name)
    with transaction() as session:
        _hold_names(session, actor)
        template = saved_template(session, template_id, actor, lock=True)
        ensure(policy.can_create(actor))
        if template.name != name:
            _refuse_taken(session, name, actor)
        template.name = name


def delete_template(template_id: uuid.UUID, *, actor: Actor) -> None:
    """Delete a template of the actor's body; challenges that began with it stay as they are.

    Raises:
        NotFound, Forbidden: it is not the actor's.
    """
    with transaction() as session:
        template = saved_template(session, template_id, actor, lock=True)
        ensure(policy.can_create(actor))
        session.delete(template)


def _named(name: str) -> str:
    name = on_one_line(name)
    message = N_("Enter a name for the template.") if not name else TOO_LONG[NAME_MOST]
    if not name or len(name) > NAME_MOST:
        raise Invalid(message, fields={"name": message})
    return name


def _hold_names(session: Session, actor: Actor) -> None:
    """Let nobody else of the body name or count its templates until the transaction ends.

    What refers to the body's row need not wait.
    """
    session.execute(
        select(Organisation.id)
        .where(Organisation.id == actor.organisation_id)
        .with_for_update(key_share=True)
    )


def _refuse_taken(session: Session, name: str, actor: Actor) -> None:
    taken = session.scalar(
        select(SavedTemplate.id).where(
            SavedTemplate.organisation_id == actor.organisation_id, SavedTemplate.name == name
        )
    )
    if taken is not None:
        message = N_("Your organisation has a template with this name already.")
        raise Invalid(message, fields={"name": message})
