"""Writes of comments on a draft's sections, and the message that tells of them."""

import uuid
from datetime import timedelta
from typing import Any

from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges import telling
from challenges.lifecycle import State
from challenges.models import Challenge
from challenges.queries import own_challenge
from challenges.reviewing import policy, queries
from challenges.reviewing.models import ReviewComment
from challenges.sections import Section
from challenges.texts import refuse_text
from marketplace.core import jobs
from marketplace.core.access import current_settings
from marketplace.core.accounts.models import User
from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction

TELL = "review_comments.tell"
# Whoever reviews writes several comments, and they are told of together.
GATHER = timedelta(minutes=10)


def comment(
    reference: str,
    section: Section,
    *,
    text: str,
    thread_id: uuid.UUID | None = None,
    actor: Actor,
    clock: Clock,
) -> None:
    """Comment on a section of a draft, or reply in a thread, which is then open again.

    The same text sent twice in a row by one person is one comment.

    Raises:
        NotFound: there is no such challenge of the actor's body, or no such thread.
        Forbidden, WrongMoment: by `policy.can_comment`.
        Invalid: there is no text, or it is too long.
    """
    text = text.strip()
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_comment(actor, challenge, clock.now()))
        refuse_text(text, "text", N_("Enter your comment."), policy.COMMENT_MOST)
        thread = None
        if thread_id is not None:
            thread = queries.thread_of(session, challenge, thread_id)
            thread.resolved_at = thread.resolved_by_id = None
        if _said_last(session, challenge, section, thread_id, text, actor):
            return
        if not _untold(session, challenge):
            due = clock.now() + GATHER
            jobs.enqueue(session, TELL, clock=clock, due_at=due, challenge=str(challenge.id))
        session.add(
            ReviewComment(
                challenge_id=challenge.id,
                section=thread.section if thread else section.value,
                parent_id=thread_id,
                text=text,
                by_id=actor.user_id,
                at=clock.now(),
            )
        )


def resolve(
    reference: str, thread_id: uuid.UUID, *, resolved: bool, actor: Actor, clock: Clock
) -> str:
    """Resolve a thread, or open it again; give its section.

    Raises:
        NotFound, Forbidden, WrongMoment: as for `comment`.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor, lock=True)
        ensure(policy.can_comment(actor, challenge, clock.now()))
        thread = queries.thread_of(session, challenge, thread_id)
        if resolved != (thread.resolved_at is not None):
            thread.resolved_at = clock.now() if resolved else None
            thread.resolved_by_id = actor.user_id if resolved else None
        return thread.section


@jobs.handles(TELL)
def tell(payload: dict[str, Any], clock: Clock) -> None:
    """Tell the lead, those who commented and, in review, the officers of what is new to them."""
    with transaction() as session:
        challenge = session.get_one(
            Challenge, uuid.UUID(payload["challenge"]), with_for_update=True
        )
        untold = _untold(session, challenge)
        # Who is told of what is settled meanwhile looks for it in vain.
        settled = queries.settled(session, challenge)
        new = [each for each in untold if (each.parent_id or each.id) not in settled]
        concerned = {challenge.owner_id} | set(
            session.scalars(
                select(ReviewComment.by_id).where(ReviewComment.challenge_id == challenge.id)
            )
        )
        of_the_body = telling.lead_and_officers(session, challenge)
        for person in of_the_body:
            news = [each for each in new if each.by_id != person.id]
            reviews = challenge.state is State.IN_REVIEW
            if not news or not (person.id in concerned or reviews):
                continue
            _tell_of(session, challenge, person, len(news), clock)
        for each in untold:
            each.told_at = clock.now()


def _tell_of(
    session: Session, challenge: Challenge, person: User, count: int, clock: Clock
) -> None:
    address = f"{current_settings().public_url}/work/challenges/{challenge.reference}/comments"
    telling.queue(
        session,
        [person],
        subject=ngettext(
            "%(num)d new comment: %(title)s",
            "%(num)d new comments: %(title)s",
            count,
            title=challenge.title,
        ),
        parts=[
            challenge.title,
            ngettext(
                "%(num)d comment on this draft is new to you.",
                "%(num)d comments on this draft are new to you.",
                count,
            ),
            address,
        ],
        clock=clock,
    )


def _untold(session: Session, challenge: Challenge) -> list[ReviewComment]:
    found = session.scalars(
        select(ReviewComment).where(
            ReviewComment.challenge_id == challenge.id, ReviewComment.told_at.is_(None)
        )
    )
    return list(found)


def _said_last(
    session: Session,
    challenge: Challenge,
    section: Section,
    thread_id: uuid.UUID | None,
    text: str,
    actor: Actor,
) -> bool:
    found = session.scalar(
        select(ReviewComment)
        .where(ReviewComment.challenge_id == challenge.id)
        .order_by(ReviewComment.at.desc(), ReviewComment.id.desc())
        .limit(1)
    )
    return found is not None and (found.section, found.parent_id, found.text, found.by_id) == (
        section.value,
        thread_id,
        text,
        actor.user_id,
    )
