"""Proposes and decides in few words, as the officers of a journey."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges import service
from challenges.closing_models import DeadlineChange
from marketplace.core.accounts.models import User
from marketplace.core.audit import log
from marketplace.core.notices.models import Notice
from tests.journeys import Journey

DAY, MINUTE, TICK = timedelta(days=1), timedelta(minutes=1), timedelta(microseconds=1)
WHY = "The site visit was moved."
DOWN = "The service was down from 11:40 to 12:10."


def propose(
    journey: Journey, to: datetime | None, *, by: User | None = None, reason: str = WHY
) -> DeadlineChange:
    """Propose a closing instant as the first officer, or as another."""
    return service.propose_deadline(
        journey.reference,
        closes_to=to,
        reason=reason,
        actor=journey.actor(by or journey.cast.officer),
        clock=journey.clock,
    )


def confirm(journey: Journey, change: DeadlineChange, *, by: User | None = None) -> None:
    """Confirm a proposal as the second officer, or as another."""
    service.confirm_deadline(
        journey.reference,
        change.id,
        actor=journey.actor(by or journey.cast.second_officer),
        clock=journey.clock,
    )


def decline(journey: Journey, change: DeadlineChange, *, by: User | None = None) -> None:
    """Decline a proposal as the second officer, or as another."""
    service.decline_deadline(
        journey.reference,
        change.id,
        actor=journey.actor(by or journey.cast.second_officer),
        clock=journey.clock,
    )


def move(journey: Journey, to: datetime, reason: str = WHY) -> None:
    """Have two officers move the closing instant."""
    confirm(journey, propose(journey, to, reason=reason))


def closes_at(journey: Journey) -> datetime:
    """Read the closing instant that holds."""
    found = journey.challenge.stage.closes_at
    assert found is not None
    return found


def said(journey: Journey) -> list[str]:
    """Name what the log has of deadlines, in its order."""
    return [
        entry.action
        for entry in log.chain_entries(journey.session, journey.reference)
        if entry.action.startswith("deadline.")
        or entry.action in ("challenge.closed", "challenge.reopened")
    ]


def told_since(session: Session, before: Sequence[Notice]) -> dict[str, list[str]]:
    """Give the subjects each address was sent since then."""
    known = {notice.id for notice in before}
    found: dict[str, list[str]] = {}
    for notice in session.scalars(select(Notice).order_by(Notice.to_email)):
        if notice.id not in known:
            found.setdefault(notice.to_email, []).append(notice.subject)
    return found
