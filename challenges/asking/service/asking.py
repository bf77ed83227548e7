"""Takes a question from a supplier, and words one anew where it tells who asked."""

import uuid
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from challenges.asking import letters, lifecycle, log_words, policy, queries
from challenges.asking.models import Clarification, ClarificationAnswer
from challenges.asking.service.telling import REMIND
from challenges.models import Challenge
from challenges.queries import own_challenge, published_challenge
from challenges.texts import refusal, refuse_all, refuse_long, text_faults
from challenges.topics import Topic
from marketplace.core import jobs
from marketplace.core.accounts.rows import take_turns
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


def ask(
    reference: str,
    *,
    topic: Topic | None,
    text: str,
    names_supplier: bool = False,
    actor: Actor,
    clock: Clock,
) -> Clarification:
    """Put a question about an open challenge. The same question sent twice by a person is one.

    The body is told that there is a question, and `names_supplier` whose; else nobody of it is.

    Raises:
        NotFound: no such challenge is published.
        Forbidden, WrongMoment: by `policy.can_ask`; or the actor's supplier has too many questions
            waiting, or the person has asked too many within the hour.
        Invalid: no topic is chosen; there is no question, or it is too long. All is told at once.
    """
    text = text.strip()
    with transaction() as session:
        challenge = published_challenge(session, reference)
        now = clock.now()
        ensure(policy.can_ask(actor, challenge, now))
        faults = text_faults(text, "text", N_("Enter your question."), lifecycle.QUESTION_MOST)
        if topic is None:
            raise refusal({"topic": N_("Choose what your question is about.")} | faults)
        refuse_all(faults)
        take_turns(session, actor.user_id)
        if (same := _same(session, challenge, text, actor)) is not None:
            return same
        _refuse_many(session, challenge, actor, clock)
        first = queries.count_waiting(session, challenge) == 0
        question = Clarification(
            challenge_id=challenge.id,
            topic=topic,
            text=text,
            supplier_id=actor.organisation_id,
            asked_by_id=actor.user_id,
            asked_at=now,
            names_supplier=names_supplier,
        )
        session.add(question)
        session.flush()
        if first:
            letters.tell_asked(session, challenge, clock)
        jobs.enqueue(
            session,
            REMIND,
            clock=clock,
            due_at=lifecycle.reminds_at(now, challenge.stage.closes_at),
            clarification=str(question.id),
        )
        # Whoever reads the challenge's log at the body must not read here who asked.
        log.append(
            session,
            clock=clock,
            action=log_words.ASKED,
            chain=challenge.reference,
            clarification=str(question.id),
            topic=topic.value,
            text=text,
            asked_by_id=str(actor.user_id),
            supplier_id=str(actor.organisation_id),
        )
    return question


def reword(
    reference: str, question_id: uuid.UUID, *, wording: str, actor: Actor, clock: Clock
) -> None:
    """Say how the public reads a question that waits; the question itself is kept as it was asked.

    The wording of the question itself, or none, takes an earlier rewording back.

    Raises:
        NotFound: there is no such question about a challenge of the actor's body.
        Forbidden, WrongMoment: by `policy.can_answer`; or it was answered already.
        Invalid: the wording is too long.
    """
    wording = wording.strip()
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_answer(actor, challenge, clock.now()))
        question = queries.question_of(session, challenge, question_id)
        if _answered(session, question):
            raise WrongMoment(N_("This question was answered already, so its wording stays."))
        refuse_long(wording, "wording", lifecycle.QUESTION_MOST)
        new = None if wording in ("", question.text) else wording
        if new == question.wording:
            return
        question.wording = new
        question.worded_by_id = actor.user_id if new else None
        log.append(
            session,
            clock=clock,
            action=log_words.REWORDED,
            chain=challenge.reference,
            actor=actor,
            clarification=str(question.id),
            wording=question.public_text,
        )


def _answered(session: Session, question: Clarification) -> bool:
    if question.answer_id is None:
        return False
    return session.get_one(ClarificationAnswer, question.answer_id).published_at is not None


def _same(session: Session, challenge: Challenge, text: str, actor: Actor) -> Clarification | None:
    return session.scalar(
        select(Clarification).where(
            Clarification.challenge_id == challenge.id,
            Clarification.asked_by_id == actor.user_id,
            Clarification.supplier_id == actor.organisation_id,
            Clarification.text == text,
        )
    )


def _refuse_many(session: Session, challenge: Challenge, actor: Actor, clock: Clock) -> None:
    within_the_hour = session.scalar(
        select(func.count()).where(
            Clarification.asked_by_id == actor.user_id,
            Clarification.asked_at > clock.now() - timedelta(hours=1),
        )
    )
    if (within_the_hour or 0) >= lifecycle.HOURLY_MOST:
        raise WrongMoment(
            N_("You have asked %(count)s questions within an hour. Wait a while, then go on."),
            count=lifecycle.HOURLY_MOST,
        )
    waiting = queries.count_waiting(session, challenge, supplier_id=actor.organisation_id)
    if waiting >= lifecycle.WAITING_MOST:
        raise WrongMoment(
            N_(
                "%(count)s questions of your organisation wait for an answer here. Ask more when "
                "some are answered."
            ),
            count=lifecycle.WAITING_MOST,
        )
