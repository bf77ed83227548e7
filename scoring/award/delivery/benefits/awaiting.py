"""Reminds the body, when the day has come, to measure what the work achieved."""

import uuid
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges import telling
from challenges.models import Challenge
from marketplace.core import jobs
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock
from marketplace.core.dates import PLACE
from marketplace.core.transaction import transaction
from scoring.award.delivery.benefits import queries
from scoring.award.delivery.benefits.lifecycle import ROUNDS, due_on

DUE = "delivery.benefits_due"
# When people read it: at the beginning of the day's work.
_MORNING = time(9)


def await_measurements(
    session: Session, challenge: Challenge, finished_on: date, clock: Clock
) -> None:
    """Write the reminders of both rounds with the change that finishes the work."""
    for months in ROUNDS:
        jobs.enqueue(
            session,
            DUE,
            clock=clock,
            due_at=datetime.combine(due_on(finished_on, months), _MORNING, PLACE),
            challenge=str(challenge.id),
            months=months,
        )


@jobs.handles(DUE)
def remind(payload: dict[str, Any], clock: Clock) -> None:
    """Write to lead and officers, unless it is measured already."""
    with transaction() as session:
        challenge = session.scalars(
            select(Challenge).where(Challenge.id == uuid.UUID(payload["challenge"]))
        ).one()
        months = int(payload["months"])
        if months in queries.measured(session, challenge):
            return
        telling.queue(
            session,
            telling.lead_and_officers(session, challenge),
            subject=_("Measure what the work achieved: %(title)s", title=challenge.title)[:200],
            parts=[
                challenge.title,
                _(
                    "The work was finished %(months)d months ago. Measure now what the challenge "
                    "said success would look like, and say what you learned.",
                    months=months,
                ),
                f"{current_settings().public_url}/work/challenges/{challenge.reference}"
                f"/delivery/benefits/{months}",
            ],
            clock=clock,
        )
