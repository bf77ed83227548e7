"""Reads of changes to a challenge: the one in hand, and those that were published."""

import json
from collections.abc import Sequence

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.orm import Session, defer, joinedload

from challenges.changing.models import Addendum, ChangeDraft
from challenges.models import Challenge, Plan
from marketplace.core.errors import NotFound
from marketplace.core.text import N_

# The most that both databases can compare with a number.
_MOST_NUMBER = 2**31 - 1


def in_hand(session: Session, challenge: Challenge, *, lock: bool = False) -> ChangeDraft | None:
    """Give the change that is being prepared, if one is."""
    query = (
        select(ChangeDraft)
        .where(ChangeDraft.challenge_id == challenge.id)
        .options(joinedload(ChangeDraft.begun_by), joinedload(ChangeDraft.changed_by))
    )
    if lock:
        query = query.with_for_update(of=ChangeDraft)
    return session.scalar(query)


def published(session: Session, challenge: Challenge) -> Sequence[Addendum]:
    """Give the changes that were published, the newest first, without the texts."""
    return session.scalars(
        select(Addendum)
        .where(Addendum.challenge_id == challenge.id)
        .options(defer(Addendum.before), defer(Addendum.after))
        .order_by(Addendum.number.desc())
    ).all()


def find(session: Session, challenge: Challenge, number: int) -> Addendum:
    """Give one published change with its texts and its plan.

    Raises:
        NotFound: there is none with this number.
    """
    found = session.scalar(
        select(Addendum)
        .where(
            Addendum.challenge_id == challenge.id,
            Addendum.number == min(number, _MOST_NUMBER),
        )
        .options(joinedload(Addendum.plan).defer(Plan.canonical))
    )
    if found is None:
        raise NotFound(N_("There is no change with this number."))
    return found


def since(session: Session, challenge: Challenge, entry_n: int) -> Sequence[Addendum]:
    """Give the changes that were recorded after an entry of the log, in their order, with texts."""
    return session.scalars(
        select(Addendum)
        .where(Addendum.challenge_id == challenge.id, Addendum.entry_n > entry_n)
        .order_by(Addendum.number)
    ).all()


def count(session: Session, challenge: Challenge) -> int:
    """Count the published changes: the number of the last one."""
    return (
        session.scalar(
            select(func.max(Addendum.number)).where(Addendum.challenge_id == challenge.id)
        )
        or 0
    )


def last_asking_number(session: Session, challenge: Challenge) -> int | None:
    """Give the number of the last change that asks for bids to be confirmed, if one does."""
    return session.scalar(
        select(func.max(Addendum.number)).where(
            Addendum.challenge_id == challenge.id, Addendum.confirm
        )
    )


def keys_ever(session: Session, challenge: Challenge) -> set[str]:
    """Give the keys of all criteria that any version of a challenge's plan had."""
    plans = session.scalars(select(Plan.canonical).where(Plan.challenge_id == challenge.id))
    return {
        criterion["id"]
        for plan in plans
        for stage in json.loads(plan)["stages"]
        for criterion in (stage["evaluation"] or {"criteria": []})["criteria"]
    }


def last_asking(challenge_id: object) -> ScalarSelect[int]:
    """Select the place of the last change that asks for bids to be confirmed; -1 without one.

    `challenge_id` is a value, or a column of the statement that this stands in. What was submitted
    before that place does not count.
    """
    return (
        select(func.coalesce(func.max(Addendum.entry_n), -1))
        .where(Addendum.challenge_id == challenge_id, Addendum.confirm)
        .scalar_subquery()
    )
