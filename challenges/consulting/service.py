"""Opens drafts for public comment, takes comments, and has the body reply to or hide them."""

import uuid
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select

from challenges.consulting import letters, log_words, policy, queries
from challenges.consulting.models import Consultation, DraftComment
from challenges.queries import own_challenge
from challenges.texts import refusal, refuse_all, refuse_text, text_faults
from challenges.topics import Topic
from marketplace.core.accounts.rows import take_turns
from marketplace.core.audit import log
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction

LONGEST = timedelta(days=366)


def open_for_comment(
    reference: str, *, ends_at: datetime | None, actor: Actor, clock: Clock
) -> None:
    """Open a draft for public comment until an instant, or move the end of it.

    Raises:
        NotFound: there is no such challenge of the actor's body.
        Forbidden, WrongMoment: by `policy.can_open`.
        Invalid: the end is missing, past, or more than a year ahead.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        now = clock.now()
        ensure(policy.can_open(actor, challenge, now))
        if ends_at is None or not now < ends_at <= now + LONGEST:
            message = N_("Enter a time that is still to come, within a year.")
            raise Invalid(message, {"ends_at": message})
        consultation = queries.consultation_of(session, challenge)
        if consultation is None:
            consultation = Consultation(
                challenge_id=challenge.id, opened_by_id=actor.user_id, opened_at=now
            )
            session.add(consultation)
        elif consultation.ends_at == ends_at:
            return
        consultation.ends_at = ends_at
        session.flush()
        log.append(
            session,
            clock=clock,
            action=log_words.OPENED,
            chain=challenge.reference,
            actor=actor,
            ends_at=write_instant(ends_at),
        )


def end(reference: str, *, actor: Actor, clock: Clock) -> None:
    """End public comment now. Ending it twice does nothing.

    Raises:
        NotFound: there is no such challenge of the actor's body, or it was never open for comment.
        Forbidden, WrongMoment: by `policy.can_open`.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_open(actor, challenge, clock.now()))
        consultation = queries.consultation_of(session, challenge)
        if consultation is None:
            raise NotFound(N_("There is no draft with this reference."))
        if consultation.ends_at <= clock.now():
            return
        consultation.ends_at = clock.now()
        log.append(
            session,
            clock=clock,
            action=log_words.ENDED,
            chain=challenge.reference,
            actor=actor,
        )


def comment(
    reference: str,
    *,
    topic: Topic | None,
    text: str,
    named: bool,
    user_id: uuid.UUID,
    organisation_id: uuid.UUID | None,
    clock: Clock,
) -> None:
    """Comment on a draft. The same text sent twice by a person is one comment.

    Raises:
        NotFound: no such draft is or was open for comment.
        WrongMoment: its time is over, or the person has commented too often within the hour.
        Invalid: no topic is chosen; there is no text, or it is too long. All is told at once.
    """
    text = text.strip()
    with transaction() as session:
        challenge, consultation = queries.draft(session, reference)
        now = clock.now()
        ensure(policy.can_comment(challenge, consultation, now))
        faults = text_faults(text, "text", N_("Enter your comment."), policy.COMMENT_MOST)
        if topic is None:
            raise refusal({"topic": N_("Choose what your comment is about.")} | faults)
        refuse_all(faults)
        take_turns(session, user_id)
        own = select(func.count()).where(DraftComment.by_id == user_id)
        same = own.where(DraftComment.challenge_id == challenge.id, DraftComment.text == text)
        if session.scalar(same):
            return
        if (session.scalar(own.where(_within(clock))) or 0) >= policy.HOURLY_MOST:
            raise WrongMoment(
                N_("You have commented %(count)s times within an hour. Wait a while."),
                count=policy.HOURLY_MOST,
            )
        lately = select(func.count()).where(
            DraftComment.challenge_id == challenge.id,
            DraftComment.at > now - timedelta(days=1),
        )
        if not session.scalar(lately):
            letters.tell_commented(session, challenge, clock)
        session.add(
            DraftComment(
                challenge_id=challenge.id,
                topic=topic,
                text=text,
                by_id=user_id,
                organisation_id=organisation_id,
                named=named,
                at=now,
            )
        )


def reply(reference: str, comment_id: uuid.UUID, *, text: str, actor: Actor, clock: Clock) -> None:
    """Put the body's reply under a comment, or change it; its author is told.

    Raises:
        NotFound, Forbidden: by `policy.can_moderate`.
        Invalid: there is no text, or it is too long.
    """
    text = text.strip()
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_moderate(actor, challenge))
        found = queries.comment_of(session, challenge, comment_id)
        refuse_text(text, "reply", N_("Enter a reply."), policy.REPLY_MOST)
        if found.reply == text:
            return
        found.reply = text
        found.replied_at = clock.now()
        letters.tell_replied(session, challenge, found, clock)


def hide(
    reference: str, comment_id: uuid.UUID, *, because: str, actor: Actor, clock: Clock
) -> None:
    """Hide a comment from the public, with the reason, which its author is told.

    Hiding twice does nothing.

    Raises:
        NotFound, Forbidden: by `policy.can_moderate`.
        Invalid: there is no reason, or it is too long.
    """
    because = because.strip()
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_moderate(actor, challenge))
        found = queries.comment_of(session, challenge, comment_id)
        if found.hidden_at is not None:
            return
        missing = N_("Say why this comment is hidden.")
        refuse_text(because, "because", missing, policy.REASON_MOST)
        found.hidden_at = clock.now()
        found.hidden_because = because
        letters.tell_hidden(session, challenge, found, clock)
        log.append(
            session,
            clock=clock,
            action=log_words.HIDDEN,
            chain=challenge.reference,
            actor=actor,
            comment=str(found.id),
            reason=because,
        )


def _within(clock: Clock) -> ColumnElement[bool]:
    return DraftComment.at > clock.now() - timedelta(hours=1)
