"""Reads of questions and answers: what everybody may know, a supplier's own, the body's desk."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, Select, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from challenges.asking import policy
from challenges.asking.models import Clarification, ClarificationAnswer
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from challenges.topics import Topic
from marketplace.core.accounts.models import Membership, MembershipRole
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Role
from marketplace.core.text import N_

PAGE = 20
WORDS_MOST = 8
DESK_MOST = 200

_NO_SUCH = N_("There is no such question.")
_NO_ANSWER = N_("There is no such answer.")


@dataclass(frozen=True)
class Summary:
    """What a challenge's own page says of its questions.

    `until` is the instant from which they are too late. `by_topic` counts published answers.
    """

    answered: int
    until: datetime | None
    by_topic: Mapping[Topic, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Page:
    """Some published answers, the newest first, and the number below which the next page begins."""

    answers: Sequence[ClarificationAnswer]
    before: int | None


@dataclass(frozen=True)
class Asked:
    """A question of a supplier's about an open challenge, for its own people.

    `answered_at` is None until an answer is published. `number` is that of the answer, None where
    it was given to this supplier alone.
    """

    supplier_id: uuid.UUID
    reference: str
    title: str
    text: str
    asked_at: datetime
    closes_at: datetime
    answered_at: datetime | None
    number: int | None

    @property
    def page(self) -> tuple[str, Mapping[str, object]]:
        """Give the endpoint, with its parameters, where the answer is read."""
        if self.answered_at is None or self.number is None:
            return "asking.mine", {"reference": self.reference}
        return "asking.show", {"reference": self.reference, "number": self.number}


@dataclass(frozen=True)
class Desk:
    """What the body has to do and has done. `private` are answers to the asker alone."""

    waiting: Sequence[Clarification]
    drafts: Sequence[ClarificationAnswer]
    published: Sequence[ClarificationAnswer]
    private: Sequence[ClarificationAnswer]


def summary(session: Session, challenge: Challenge) -> Summary:
    """Count the published answers of a challenge by what they are about, in one statement."""
    counts = session.execute(
        select(ClarificationAnswer.topic, func.count())
        .where(
            ClarificationAnswer.challenge_id == challenge.id,
            ClarificationAnswer.number.is_not(None),
        )
        .group_by(ClarificationAnswer.topic)
    ).all()
    by_topic: dict[Topic, int] = {row[0]: row[1] for row in counts}
    return Summary(sum(by_topic.values()), policy.asking_ends(challenge), by_topic)


def published(
    session: Session,
    challenge: Challenge,
    *,
    words: Sequence[str] = (),
    topic: Topic | None = None,
    before: int | None = None,
    size: int = PAGE,
) -> Page:
    """Give a page of the answers for all, the newest first; each of `words` stands in every one.

    A word may stand in the answer or in a question as everybody reads it.
    """
    query = (
        select(ClarificationAnswer)
        .where(
            ClarificationAnswer.challenge_id == challenge.id,
            ClarificationAnswer.number.is_not(None),
            *[_says(word) for word in words[:WORDS_MOST]],
        )
        .options(
            selectinload(ClarificationAnswer.questions), selectinload(ClarificationAnswer.versions)
        )
        .order_by(ClarificationAnswer.number.desc())
        .limit(size + 1)
    )
    if topic is not None:
        query = query.where(ClarificationAnswer.topic == topic)
    if before is not None:
        query = query.where(ClarificationAnswer.number < before)
    found = session.scalars(query).all()
    more = found[size - 1].number if len(found) > size else None
    return Page(found[:size], more)


def published_answer(session: Session, challenge: Challenge, number: int) -> ClarificationAnswer:
    """Give one of the answers for all, with its questions and versions.

    Raises:
        NotFound: there is none with this number.
    """
    answer = session.scalar(
        select(ClarificationAnswer).where(
            ClarificationAnswer.challenge_id == challenge.id, ClarificationAnswer.number == number
        )
    )
    if answer is None:
        raise NotFound(_NO_ANSWER)
    return answer


def of_supplier(
    session: Session, challenge: Challenge, supplier_id: uuid.UUID
) -> Sequence[Clarification]:
    """Give what a supplier's people have asked about a challenge, the latest first."""
    return session.scalars(
        select(Clarification)
        .where(Clarification.challenge_id == challenge.id, Clarification.supplier_id == supplier_id)
        .options(joinedload(Clarification.answer))
        .order_by(Clarification.asked_at.desc(), Clarification.id.desc())
        .limit(DESK_MOST)
    ).all()


def asked_by(
    session: Session,
    suppliers: Collection[uuid.UUID],
    now: datetime,
    *,
    answered_after: datetime | None = None,
    most: int = DESK_MOST,
) -> Sequence[Asked]:
    """Give what some suppliers have asked about challenges that are open now, the latest first.

    With `answered_after` only what was answered after that instant.
    """
    query: Select[*tuple[Any, ...]] = (
        select(
            Clarification.supplier_id,
            Challenge.reference,
            Challenge.title,
            Clarification.text,
            Clarification.asked_at,
            Stage.closes_at,
            ClarificationAnswer.published_at,
            ClarificationAnswer.number,
        )
        .join(Challenge, Challenge.id == Clarification.challenge_id)
        .join(Stage, (Stage.challenge_id == Challenge.id) & (Stage.ordinal == 1))
        .outerjoin(ClarificationAnswer, ClarificationAnswer.id == Clarification.answer_id)
        .where(
            Clarification.supplier_id.in_(suppliers),
            Challenge.state == State.OPEN,
            Stage.closes_at > now,
        )
        .order_by(Clarification.asked_at.desc(), Clarification.id.desc())
        .limit(most)
    )
    if answered_after is not None:
        query = query.where(ClarificationAnswer.published_at > answered_after)
    return [Asked(*row) for row in session.execute(query)]


def waiting(session: Session, challenge: Challenge) -> Sequence[Clarification]:
    """Give the questions that no published answer answers, the oldest first."""
    return session.scalars(
        select(Clarification)
        .outerjoin(ClarificationAnswer, ClarificationAnswer.id == Clarification.answer_id)
        .where(
            Clarification.challenge_id == challenge.id,
            ClarificationAnswer.published_at.is_(None),
        )
        .options(joinedload(Clarification.supplier))
        .order_by(Clarification.asked_at, Clarification.id)
    ).all()


def count_waiting(
    session: Session, challenge: Challenge, *, supplier_id: uuid.UUID | None = None
) -> int:
    """Count the questions that wait, of all suppliers or of one."""
    query = (
        select(func.count())
        .select_from(Clarification)
        .outerjoin(ClarificationAnswer, ClarificationAnswer.id == Clarification.answer_id)
        .where(
            Clarification.challenge_id == challenge.id, ClarificationAnswer.published_at.is_(None)
        )
    )
    if supplier_id is not None:
        query = query.where(Clarification.supplier_id == supplier_id)
    return session.scalar(query) or 0


def waiting_there() -> ScalarSelect[int]:
    """Give the part of a statement about challenges that counts the questions that wait there."""
    return (
        select(func.count(Clarification.id))
        .outerjoin(ClarificationAnswer, ClarificationAnswer.id == Clarification.answer_id)
        .where(
            Clarification.challenge_id == Challenge.id, ClarificationAnswer.published_at.is_(None)
        )
        .correlate(Challenge)
        .scalar_subquery()
    )


def desk(session: Session, challenge: Challenge) -> Desk:
    """Give what the body has to answer, and all it has answered, in three statements."""
    answers = session.scalars(
        select(ClarificationAnswer)
        .where(ClarificationAnswer.challenge_id == challenge.id)
        .options(selectinload(ClarificationAnswer.questions))
        .order_by(ClarificationAnswer.number.desc(), ClarificationAnswer.id.desc())
    ).all()
    return Desk(
        waiting=[each for each in waiting(session, challenge) if each.answer_id is None],
        drafts=[each for each in answers if each.published_at is None],
        published=[each for each in answers if each.number is not None],
        private=[each for each in answers if each.published_at and each.private_because],
    )


def question_of(session: Session, challenge: Challenge, question_id: uuid.UUID) -> Clarification:
    """Give a question about a challenge.

    Raises:
        NotFound: there is none with this id.
    """
    question = session.get(Clarification, question_id)
    if question is None or question.challenge_id != challenge.id:
        raise NotFound(_NO_SUCH)
    return question


def answer_of(session: Session, challenge: Challenge, answer_id: uuid.UUID) -> ClarificationAnswer:
    """Give an answer, drafted or published, of a challenge.

    Raises:
        NotFound: there is none with this id.
    """
    answer = session.get(ClarificationAnswer, answer_id)
    if answer is None or answer.challenge_id != challenge.id:
        raise NotFound(_NO_ANSWER)
    return answer


def asked_in(answer: ClarificationAnswer) -> list[str]:
    """Give an answer's questions as everybody reads them, in an order that tells nothing."""
    return sorted({question.public_text for question in answer.questions})


def askers(session: Session, challenge: Challenge) -> Collection[uuid.UUID]:
    """Give those who asked about a challenge and still act for the supplier they asked for.

    To tell them, never to show them.
    """
    return set(
        session.scalars(
            select(Clarification.asked_by_id)
            .join(
                Membership,
                (Membership.user_id == Clarification.asked_by_id)
                & (Membership.organisation_id == Clarification.supplier_id)
                & Membership.ended_at.is_(None),
            )
            .where(Clarification.challenge_id == challenge.id)
        )
    )


def told_of(
    session: Session, questions: Collection[Clarification]
) -> Mapping[uuid.UUID, Sequence[Clarification]]:
    """Give the people whom an answer to these questions is told first, each with their questions.

    They are whoever asked, while they act for the supplier; afterwards its administrators.
    """
    is_admin = exists().where(
        MembershipRole.membership_id == Membership.id, MembershipRole.role == Role.SUPPLIER_ADMIN
    )
    acting: set[tuple[uuid.UUID, uuid.UUID]] = set()
    admins: dict[uuid.UUID, list[uuid.UUID]] = defaultdict(list)
    for supplier_id, user_id, looks_after in session.execute(
        select(Membership.organisation_id, Membership.user_id, is_admin).where(
            Membership.organisation_id.in_({each.supplier_id for each in questions}),
            Membership.ended_at.is_(None),
        )
    ):
        acting.add((supplier_id, user_id))
        if looks_after:
            admins[supplier_id].append(user_id)
    found: dict[uuid.UUID, list[Clarification]] = defaultdict(list)
    for question in questions:
        asker = (question.supplier_id, question.asked_by_id)
        people = [question.asked_by_id] if asker in acting else admins[question.supplier_id]
        for user_id in people:
            found[user_id].append(question)
    return found


def _says(word: str) -> ColumnElement[bool]:
    read = func.coalesce(Clarification.wording, Clarification.text)
    asked = select(Clarification.answer_id).where(
        read.icontains(word, autoescape=True), Clarification.answer_id.is_not(None)
    )
    return or_(
        ClarificationAnswer.text.icontains(word, autoescape=True),
        ClarificationAnswer.id.in_(asked),
    )
