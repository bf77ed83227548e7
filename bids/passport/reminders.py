"""Reminds a supplier that answers of its passport expire, as long before as the rules say.

Answers given on one day expire together and are told of in one message, by the job of the first.
"""

import uuid
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.passport import queries
from bids.passport.answers import rules_at
from bids.passport.models import PassportAnswer
from bids.passport.subjects import ASKED
from challenges import telling
from marketplace.core import jobs
from marketplace.core.access import current_settings
from marketplace.core.audit.entries import write_instant
from marketplace.core.clock import Clock
from marketplace.core.dates import format_day
from marketplace.core.transaction import transaction

REMIND = "bids.passport_expires"


def await_expiry(session: Session, answer: PassportAnswer, clock: Clock) -> None:
    """Have the supplier reminded, in the transaction that records the answer."""
    for before in rules_at(clock.now()).reminders:
        if clock.now() < answer.expires_at - before:
            jobs.enqueue(
                session,
                REMIND,
                clock=clock,
                due_at=answer.expires_at - before,
                answer=str(answer.id),
                expires_at=write_instant(answer.expires_at),
            )


@jobs.handles(REMIND)
def remind(payload: dict[str, Any], clock: Clock) -> None:
    """Do the job: tell what expires then and was not answered anew. Expired already, nothing."""
    with transaction() as session:
        row = session.scalar(
            select(PassportAnswer).where(PassportAnswer.id == uuid.UUID(payload["answer"]))
        )
        if row is None or clock.now() >= row.expires_at:
            return
        newest = queries.history(session, row.supplier_id, row.subject, 1)[0]
        stand = queries.passport_of(session, row.supplier_id).answers
        together = [each for each in stand.values() if each.expires_at == row.expires_at]
        if newest.id != row.id or together[0].subject is not row.subject:
            return
        titles = [_(ASKED[each.subject].title) for each in together]
        telling.queue(
            session,
            telling.acting_for(session, row.supplier_id),
            subject=_("Parts of your passport expire soon"),
            parts=[
                _(
                    "These answers hold until %(until)s: %(titles)s.",
                    until=format_day(queries.answer_of(row).last_day),
                    titles=", ".join(titles),
                ),
                _("If they are still right, say so with one button. Else change them."),
                f"{current_settings().public_url}/organisation/passport",
            ],
            clock=clock,
        )
