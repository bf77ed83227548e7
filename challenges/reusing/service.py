"""Copies a published challenge into a draft, sends a message to its body, and adopts its result."""

from datetime import timedelta
from typing import Any, TypeVar

from flask_babel import gettext as _
from sqlalchemy import delete, inspect
from sqlalchemy.orm import Session

from challenges import policy as challenge_policy
from challenges.joining.letters import people
from challenges.models import Challenge, Criterion, ScaleDescriptor, Stage
from challenges.queries import public_challenge
from challenges.reusing import log_words, policy, queries
from challenges.reusing.models import Adoption, ContactMessage, DrawnFrom
from challenges.sections import Place, Section
from challenges.service.contents import put, read
from challenges.service.drafts import new_reference
from challenges.similar.vectors import await_vector
from challenges.stages.models import LaterPurchase, Prize
from marketplace.core.access import current_settings
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.accounts.rows import (
    ensure_meets_bodies,
    take_turns,
    take_turns_for,
)
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.notices import post
from marketplace.core.permissions import Actor, Role, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction

TEXT_MOST = 2_000
# Until when doing the same again is the second click of one deed.
SAME_COPY = timedelta(minutes=1)
SAME_MESSAGE = timedelta(minutes=10)

# What a published page says of the problem. Dates, people, files and the body's own record stay.
COPIED_SECTIONS = (
    Section.PROBLEM,
    Section.PEOPLE,
    Section.TRIED,
    Section.OUTCOME,
    Section.BENEFITS,
    Section.CONSTRAINTS,
    Section.SUPPORT,
    Section.REQUIREMENTS,
)
# Of a stage everything is taken over that does not belong to this one competition.
_NOT_OF_STAGE = frozenset({"id", "challenge_id", "closes_at", "questions_until", "sealing_key_id"})

Row = TypeVar("Row", Stage, Criterion, ScaleDescriptor, Prize, LaterPurchase)


def copy(reference: str, *, actor: Actor, clock: Clock) -> str:
    """Begin a draft of the actor's body as a copy of a published challenge; return its reference.

    Its text, stages and criteria are taken over, and never bids, people, files or dates. A person
    who copies the same within a minute has clicked twice, and is given the same draft.

    Raises:
        NotFound: no such challenge was published.
        Forbidden: the actor's role does not write challenges.
    """
    ensure(challenge_policy.can_create(actor))
    with transaction() as session:
        source = public_challenge(session, reference)
        take_turns(session, actor.user_id)
        present = queries.copied_since(session, source, actor, clock.now() - SAME_COPY)
        if present is not None:
            return present
        made = Challenge(
            reference=new_reference(session),
            buyer_id=actor.organisation_id,
            title=source.title,
            created_at=clock.now(),
            owner_id=actor.user_id,
            legal_route=source.legal_route,
            value_minor=source.value_minor,
            currency=source.currency,
            stages=[_stage(each) for each in source.stages],
        )
        if source.later is not None:
            made.later = _twin(source.later, without={"challenge_id"})
        session.add(made)
        for section in COPIED_SECTIONS:
            put(made, read(source, section))
        put(made, Place(region=None, sector=source.sector))
        session.flush()
        session.add(DrawnFrom(challenge_id=made.id, source_id=source.id))
        await_vector(session, made, clock)
        found = made.reference
        for action, fields in (
            ("challenge.created", {"title": made.title}),
            (log_words.COPIED, {"source": source.reference}),
        ):
            log.append(session, clock=clock, action=action, chain=found, actor=actor, **fields)
    return found


def contact(reference: str, *, text: str, actor: Actor, clock: Clock) -> None:
    """Send a message to the people who lead a published challenge; they answer by e-mail.

    The same text sent again within ten minutes is the same message.

    Raises:
        NotFound: no such challenge was published.
        Forbidden: it is the actor's own body's, the role does not write to others, or nobody has
            verified the actor's body.
        Invalid: there is no text, or it is too long.
        WrongMoment: the actor has sent ten messages within a day.
    """
    said = _told(text, "text", N_("Write a message."))
    with transaction() as session:
        challenge = public_challenge(session, reference)
        ensure(policy.can_contact(actor, challenge))
        ensure_meets_bodies(session, actor)
        take_turns(session, actor.user_id)
        now = clock.now()
        if queries.sent_since(session, challenge, actor.user_id, said, now - SAME_MESSAGE):
            return
        if queries.messages_since(session, actor.user_id, now) >= queries.MESSAGES_A_DAY:
            raise WrongMoment(N_("You have sent ten messages within a day. Write again tomorrow."))
        session.add(
            ContactMessage(
                challenge_id=challenge.id,
                body_id=actor.organisation_id,
                sent_by_id=actor.user_id,
                sent_at=now,
                text=said,
            )
        )
        sender = session.get_one(User, actor.user_id)
        body = session.get_one(Organisation, actor.organisation_id)
        _tell(
            session,
            challenge,
            subject=_("A question from another organisation: %(title)s", title=challenge.title),
            parts=[
                _("%(name)s of %(body)s writes:", name=sender.name, body=body.name),
                said,
                _("Answer by e-mail to %(email)s.", email=sender.email),
            ],
            clock=clock,
        )


def adopt(reference: str, *, interest: str, actor: Actor, clock: Clock) -> None:
    """Register that the actor's body wants to use the result; a second time changes the words.

    Raises:
        NotFound, Forbidden, WrongMoment: it is not the actor's to adopt, nobody has verified the
            actor's body, or nothing came out yet.
        Invalid: nothing is said, or too much.
    """
    said = _told(interest, "interest", N_("Say what you want to use, and for whom."))
    with transaction() as session:
        challenge = public_challenge(session, reference)
        ensure(policy.can_adopt(actor, challenge))
        ensure_meets_bodies(session, actor)
        take_turns_for(session, actor.organisation_id)
        body = session.get_one(Organisation, actor.organisation_id)
        row = queries.adoption(session, challenge, body.id)
        if row is not None:
            row.interest = said
            return
        session.add(
            Adoption(
                challenge_id=challenge.id,
                body_id=body.id,
                interest=said,
                registered_by_id=actor.user_id,
                registered_at=clock.now(),
            )
        )
        sender = session.get_one(User, actor.user_id)
        _tell(
            session,
            challenge,
            subject=_("Another organisation wants your result: %(title)s", title=challenge.title),
            parts=[
                _("%(body)s wants to use what came out of this challenge:", body=body.name),
                said,
                _("%(name)s can be reached at %(email)s.", name=sender.name, email=sender.email),
            ],
            clock=clock,
        )
        _record(session, challenge, log_words.ADOPTED, body, actor, clock)


def withdraw(reference: str, *, actor: Actor, clock: Clock) -> None:
    """Take back that the actor's body wants to use the result; nothing happens where it does not.

    Raises:
        NotFound, Forbidden, WrongMoment: as for `adopt`.
    """
    with transaction() as session:
        challenge = public_challenge(session, reference)
        ensure(policy.can_adopt(actor, challenge))
        take_turns_for(session, actor.organisation_id)
        body = session.get_one(Organisation, actor.organisation_id)
        if queries.adoption(session, challenge, body.id) is None:
            return
        session.execute(
            delete(Adoption).where(
                Adoption.challenge_id == challenge.id, Adoption.body_id == body.id
            )
        )
        _record(session, challenge, log_words.WITHDRAWN, body, actor, clock)


def _stage(source: Stage) -> Stage:
    made = _twin(source, without=_NOT_OF_STAGE)
    made.prizes = [_twin(prize, without={"stage_id"}) for prize in source.prizes]
    for criterion in source.criteria:
        twin = _twin(criterion, without={"id", "stage_id"})
        twin.descriptors = [_twin(each, without={"criterion_id"}) for each in criterion.descriptors]
        made.criteria.append(twin)
    return made


def _twin(row: Row, *, without: frozenset[str] | set[str]) -> Row:
    """Give a new row with the same columns but for those that say whose it is."""
    values: dict[str, Any] = {
        column.key: getattr(row, column.key)
        for column in inspect(type(row)).column_attrs
        if column.key not in without
    }
    return type(row)(**values)


def _told(text: str, field: str, missing: str) -> str:
    said = text.strip()
    fault = missing if not said else None
    if len(said) > TEXT_MOST:
        fault = N_("Shorten this to 2,000 characters or fewer.")
    if fault:
        raise Invalid(N_("Something needs to be put right."), fields={field: fault})
    return said


def _tell(
    session: Session, challenge: Challenge, *, subject: str, parts: list[str], clock: Clock
) -> None:
    page = f"{current_settings().public_url}/challenges/{challenge.reference}"
    role = Role.PROCUREMENT_OFFICER
    for person in people(session, challenge.buyer_id, role, also=[challenge.owner_id]):
        post.queue(
            session,
            to_email=person.email,
            user_id=person.id,
            subject=subject,
            text="\n\n".join([challenge.title, *parts, page]),
            clock=clock,
        )


def _record(
    session: Session,
    challenge: Challenge,
    action: str,
    body: Organisation,
    actor: Actor,
    clock: Clock,
) -> None:
    log.append(
        session,
        clock=clock,
        action=action,
        chain=challenge.reference,
        actor=actor,
        body=body.name,
    )
