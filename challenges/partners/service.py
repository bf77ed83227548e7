"""Opens drafts to partners, carries a message to their leads, and connects two bodies."""

import uuid
from datetime import timedelta

from sqlalchemy import func, select

from challenges.partners import letters, log_words, policy, queries
from challenges.partners.models import PartnerConnection, PartnerMessage
from challenges.queries import own_challenge
from challenges.texts import refuse_text
from marketplace.core.accounts.models import Organisation, OrganisationKind
from marketplace.core.accounts.rows import take_turns, take_turns_for
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


def offer(reference: str, *, offered: bool, actor: Actor, clock: Clock) -> None:
    """Open a draft to partners, or close it to them. Doing so twice does nothing.

    Raises:
        NotFound: there is no such challenge of the actor's body.
        Forbidden, WrongMoment: by `policy.can_offer`.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_offer(actor, challenge, clock.now()))
        if challenge.open_to_partners is offered:
            return
        challenge.open_to_partners = offered
        log.append(
            session,
            clock=clock,
            action=log_words.OFFERED if offered else log_words.WITHDRAWN,
            chain=challenge.reference,
            actor=actor,
        )


def write(reference: str, *, text: str, actor: Actor, clock: Clock) -> None:
    """Send a message to the lead of a draft that is open to partners; replies go by e-mail.

    The same message sent twice by a person is one.

    Raises:
        NotFound: there is no such draft.
        Forbidden: by `policy.can_write_to`; or nobody has verified the actor's body.
        WrongMoment: the person has written too many messages within a day.
        Invalid: there is no text, or it is too long.
    """
    text = text.strip()
    with transaction() as session:
        challenge, _offered = queries.offered_one(session, reference, actor)
        ensure(policy.can_write_to(actor, challenge))
        refuse_text(text, "text", N_("Enter your message."), policy.MESSAGE_MOST)
        take_turns(session, actor.user_id)
        own = select(func.count()).where(PartnerMessage.by_id == actor.user_id)
        same = own.where(PartnerMessage.challenge_id == challenge.id, PartnerMessage.text == text)
        if session.scalar(same):
            return
        today = own.where(PartnerMessage.at > clock.now() - timedelta(days=1))
        if (session.scalar(today) or 0) >= policy.DAILY_MOST:
            raise WrongMoment(
                N_("You have sent %(count)s messages within a day. Go on tomorrow."),
                count=policy.DAILY_MOST,
            )
        message = PartnerMessage(
            challenge_id=challenge.id,
            organisation_id=actor.organisation_id,
            by_id=actor.user_id,
            text=text,
            at=clock.now(),
        )
        session.add(message)
        session.flush()
        letters.tell_written(session, challenge, message, clock)
        log.append(
            session,
            clock=clock,
            action=log_words.WRITTEN,
            chain=challenge.reference,
            actor=actor,
            organisation=message.organisation.name,
            text=text,
        )


def connect(
    reference: str, organisation_id: uuid.UUID | None, *, note: str, actor: Actor, clock: Clock
) -> None:
    """Tell the body of a draft and another body of each other, with a note to both.

    Connecting the same two again does nothing.

    Raises:
        NotFound: there is no such draft.
        Forbidden: by `policy.can_connect`.
        Invalid: no other body is chosen, or the note is missing or too long.
    """
    note = note.strip()
    with transaction() as session:
        challenge, offered = queries.offered_one(session, reference, actor)
        ensure(policy.can_connect(actor))
        body = session.get(Organisation, organisation_id) if organisation_id else None
        known = body is not None and body.verified_at and body.kind is OrganisationKind.BODY
        if body is None or not known or body.id == challenge.buyer_id:
            message = N_("Choose another public body.")
            raise Invalid(message, {"organisation": message})
        missing = N_("Say what the two have in common.")
        refuse_text(note, "note", missing, policy.NOTE_MOST)
        take_turns_for(session, body.id)
        if session.get(PartnerConnection, (challenge.id, body.id)) is not None:
            return
        session.add(
            PartnerConnection(
                challenge_id=challenge.id,
                organisation_id=body.id,
                by_id=actor.user_id,
                note=note,
                at=clock.now(),
            )
        )
        session.flush()
        letters.tell_connected(session, challenge, offered, body, note, actor, clock)
        log.append(
            session,
            clock=clock,
            action=log_words.CONNECTED,
            chain=challenge.reference,
            actor=actor,
            organisation=body.name,
            note=note,
        )
