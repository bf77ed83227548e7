"""Answers questions: a draft, then an answer to everybody or to one; corrected by new versions."""

import uuid
from collections.abc import Collection, Sequence
from hashlib import sha256

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from challenges.asking import letters, lifecycle, log_words, policy, queries
from challenges.asking.models import Clarification, ClarificationAnswer, ClarificationVersion
from challenges.asking.service.telling import TELL
from challenges.models import Challenge
from challenges.queries import own_challenge
from challenges.texts import refuse_text
from challenges.topics import Topic
from marketplace.core import jobs
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, StaleEdit, WrongMoment
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring.engine.canonical import canonical


def save_answer(
    reference: str,
    *,
    questions: Collection[uuid.UUID],
    text: str,
    topic: Topic | None = None,
    private_because: str | None = None,
    answer_id: uuid.UUID | None = None,
    seen: int | None = None,
    actor: Actor,
    clock: Clock,
) -> uuid.UUID:
    """Keep the draft of an answer to one question or several; give its id.

    `answer_id` is the draft that is changed, `seen` its version when the writer read it. Without a
    `topic` it is the first question's. `private_because` says why only the asker is answered.

    Raises:
        NotFound: a question or the draft is not of this challenge of the actor's body.
        Forbidden, WrongMoment: by `policy.can_answer` and `can_answer_privately`; or a question
            was answered already.
        StaleEdit: somebody else changed the draft, or drafts another answer to a question.
        Invalid: a text is missing or too long, no question is chosen, or several for a private
            answer.
    """
    text = text.strip()
    private_because = private_because.strip() if private_because is not None else None
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        allowed = policy.can_answer if private_because is None else policy.can_answer_privately
        ensure(allowed(actor, challenge, clock.now()))
        chosen = _chosen(session, challenge, questions)
        refuse_text(text, "text", N_("Enter an answer."), lifecycle.ANSWER_MOST)
        if private_because is not None:
            _refuse_private(private_because, chosen)
        if answer_id is None:
            answer = ClarificationAnswer(challenge_id=challenge.id)
            session.add(answer)
        else:
            answer = _draft(session, challenge, answer_id, seen)
            for question in answer.questions:
                question.answer_id = None
            session.flush()
        _refuse_taken(chosen)
        answer.topic = topic or chosen[0].topic
        answer.text = text
        answer.private_because = private_because
        answer.written_by_id = actor.user_id
        answer.written_at = clock.now()
        session.flush()
        for question in chosen:
            question.answer_id = answer.id
        return answer.id


def discard_answer(reference: str, answer_id: uuid.UUID, *, actor: Actor, clock: Clock) -> None:
    """Throw the draft of an answer away; its questions wait again.

    Raises:
        NotFound, Forbidden, WrongMoment: as for `save_answer`; or it is published.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_answer(actor, challenge, clock.now()))
        answer = _draft(session, challenge, answer_id, None)
        for question in list(answer.questions):
            question.answer_id = None
        session.flush()
        session.expire(answer, ["questions"])
        session.delete(answer)


def publish_answer(
    reference: str, answer_id: uuid.UUID, *, seen: int | None = None, actor: Actor, clock: Clock
) -> int | None:
    """Publish a draft to everybody and give its number, or send it to the asker alone.

    Whoever asked is told at once; followers and bidders within the hour, of all new answers
    together. Publishing again what one has published does nothing.

    Raises:
        NotFound, Forbidden, WrongMoment, StaleEdit: as for `save_answer`.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        now = clock.now()
        answer = queries.answer_of(session, challenge, answer_id)
        private = answer.private_because is not None
        if answer.published_by_id == actor.user_id:
            return answer.number
        ensure(policy.can_publish(actor, challenge, answer, now))
        _refuse_stale(answer, seen)
        if not private:
            answer.number = _last_number(session, challenge) + 1
        answer.published_at = now
        answer.published_by_id = actor.user_id
        session.add(
            ClarificationVersion(
                answer_id=answer.id, version=1, text=answer.text, by_id=actor.user_id, at=now
            )
        )
        session.flush()
        letters.tell_answered(session, challenge, answer, clock)
        if private:
            log.append(
                session,
                clock=clock,
                action=log_words.ANSWERED_PRIVATELY,
                chain=challenge.reference,
                actor=actor,
                clarification=str(answer.questions[0].id),
                text=answer.text,
                reason=answer.private_because,
            )
        else:
            _tell_later(session, challenge, clock)
            _record(session, challenge, answer, log_words.ANSWERED, actor, clock)
        return answer.number


def correct_answer(
    reference: str,
    answer_id: uuid.UUID,
    *,
    text: str,
    because: str,
    seen: int | None = None,
    actor: Actor,
    clock: Clock,
) -> None:
    """Put a new version of an answer that was published to all; the earlier ones stay readable.

    Raises:
        NotFound, Forbidden, WrongMoment, StaleEdit: as for `save_answer`; or it is a draft.
        Invalid: the text is missing, too long or the same; there is no reason.
    """
    text, because = text.strip(), because.strip()
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        now = clock.now()
        answer = queries.answer_of(session, challenge, answer_id)
        ensure(policy.can_correct(actor, challenge, answer, now))
        _refuse_stale(answer, seen)
        refuse_text(text, "text", N_("Enter an answer."), lifecycle.ANSWER_MOST)
        missing = N_("Say why the answer is corrected.")
        refuse_text(because, "because", missing, lifecycle.REASON_MOST)
        if text == answer.text:
            same = N_("Change the answer, or leave it as it is.")
            raise Invalid(same, {"text": same})
        session.add(
            ClarificationVersion(
                answer_id=answer.id,
                version=answer.versions[0].version + 1,
                text=text,
                because=because,
                by_id=actor.user_id,
                at=now,
            )
        )
        answer.text = text
        answer.told_at = None
        session.flush()
        _tell_later(session, challenge, clock)
        _record(session, challenge, answer, log_words.CORRECTED, actor, clock, reason=because)


def _chosen(
    session: Session, challenge: Challenge, ids: Collection[uuid.UUID]
) -> Sequence[Clarification]:
    if not ids:
        missing = N_("Choose at least one question.")
        raise Invalid(missing, {"questions": missing})
    if len(ids) > lifecycle.ANSWERED_AT_ONCE_MOST:
        many = N_("Choose at most 50 questions.")
        raise Invalid(many, {"questions": many})
    return [queries.question_of(session, challenge, each) for each in sorted(set(ids))]


def _refuse_taken(chosen: Sequence[Clarification]) -> None:
    """Refuse a question that stands in another draft, or was answered meanwhile."""
    if any(question.answer_id is not None for question in chosen):
        raise StaleEdit(
            N_("Somebody else has begun to answer one of these questions. Look at the list again.")
        )


def _refuse_private(because: str, chosen: Sequence[Clarification]) -> None:
    refuse_text(
        because,
        "private_because",
        N_("Say why only the asker may have this answer."),
        lifecycle.REASON_MOST,
    )
    if len(chosen) > 1:
        # Who they are is hidden: two questions may be of two suppliers.
        message = N_("Choose one question only: a private answer goes to one supplier.")
        raise Invalid(message, {"questions": message})


def _draft(
    session: Session, challenge: Challenge, answer_id: uuid.UUID, seen: int | None
) -> ClarificationAnswer:
    answer = queries.answer_of(session, challenge, answer_id)
    if answer.published_at is not None:
        raise WrongMoment(N_("This answer is published. You can correct it by a new version."))
    _refuse_stale(answer, seen)
    return answer


def _refuse_stale(answer: ClarificationAnswer, seen: int | None) -> None:
    if seen is not None and answer.row_version != seen:
        raise StaleEdit(
            N_("Somebody else changed this answer meanwhile. What they saved is shown below.")
        )


def _last_number(session: Session, challenge: Challenge) -> int:
    highest = session.scalar(
        select(func.max(ClarificationAnswer.number)).where(
            ClarificationAnswer.challenge_id == challenge.id
        )
    )
    return highest or 0


def _tell_later(session: Session, challenge: Challenge, clock: Clock) -> None:
    due = lifecycle.tells_at(clock.now(), challenge.stage.closes_at)
    jobs.enqueue(session, TELL, clock=clock, due_at=due, challenge=str(challenge.id))


def _record(
    session: Session,
    challenge: Challenge,
    answer: ClarificationAnswer,
    action: str,
    actor: Actor,
    clock: Clock,
    **more: object,
) -> None:
    """Record what everybody can read, so that anybody can hold the page against the log."""
    said = {"questions": queries.asked_in(answer), "answer": answer.text}
    log.append(
        session,
        clock=clock,
        action=action,
        chain=challenge.reference,
        actor=actor,
        number=answer.number,
        sha256=sha256(canonical(said)).hexdigest(),
        clarifications=sorted(str(question.id) for question in answer.questions),
        **more,
    )
