"""Jobs: tells followers and bidders of new answers, and reminds the body of what waits."""

import uuid
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from challenges.asking import letters, lifecycle, queries
from challenges.asking.models import Clarification, ClarificationAnswer
from challenges.lifecycle import State
from challenges.models import Challenge
from challenges.policy import current_state
from marketplace.core import jobs
from marketplace.core.clock import Clock
from marketplace.core.transaction import transaction

TELL = "clarifications.tell"
REMIND = "clarifications.remind"


@jobs.handles(TELL)
def tell(payload: dict[str, Any], clock: Clock) -> None:
    """Tell everybody concerned of the answers of a challenge that they were not told of yet.

    The first of several jobs tells of all; the others find nothing left.
    """
    with transaction() as session:
        challenge = session.get_one(
            Challenge, uuid.UUID(payload["challenge"]), with_for_update=True
        )
        answers = session.scalars(
            select(ClarificationAnswer)
            .where(
                ClarificationAnswer.challenge_id == challenge.id,
                ClarificationAnswer.number.is_not(None),
                ClarificationAnswer.told_at.is_(None),
            )
            .options(
                selectinload(ClarificationAnswer.questions),
                selectinload(ClarificationAnswer.versions),
            )
            .order_by(ClarificationAnswer.number)
        ).all()
        if not answers:
            return
        letters.tell_answers(session, challenge, answers, clock)
        for answer in answers:
            answer.told_at = clock.now()


@jobs.handles(REMIND)
def remind(payload: dict[str, Any], clock: Clock) -> None:
    """Remind the body while a question waits: of all that wait together, every two days."""
    with transaction() as session:
        question = session.get_one(Clarification, uuid.UUID(payload["clarification"]))
        challenge = session.get_one(Challenge, question.challenge_id, with_for_update=True)
        now = clock.now()
        waiting = queries.waiting(session, challenge)
        if question not in waiting or current_state(challenge, now) is not State.OPEN:
            return
        reminded = max((each.reminded_at for each in waiting if each.reminded_at), default=None)
        closes_at = challenge.stage.closes_at
        if lifecycle.reminds_again(reminded, now, closes_at):
            letters.remind(session, challenge, len(waiting), clock)
            for each in waiting:
                each.reminded_at = reminded = now
        due = lifecycle.reminds_at(reminded or now, closes_at)
        jobs.enqueue(session, REMIND, clock=clock, due_at=due, clarification=str(question.id))
