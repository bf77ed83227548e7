"""Reminds a supplier that its declaration expires, as long before as the rules say.

Without one no bid can be submitted, neither its own nor one in which it is a partner.
"""

import uuid
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.models import EligibilityDeclaration
from bids.passport.answers import rules_at
from challenges import telling
from marketplace.core import jobs
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock
from marketplace.core.dates import PLACE, format_day
from marketplace.core.transaction import transaction

REMIND = "bids.declaration_expires"


def await_expiry(session: Session, declaration: EligibilityDeclaration, clock: Clock) -> None:
    """Have the supplier reminded, in the transaction that records the declaration."""
    for before in rules_at(clock.now()).reminders:
        jobs.enqueue(
            session,
            REMIND,
            clock=clock,
            due_at=declaration.expires_at - before,
            declaration=str(declaration.id),
        )


@jobs.handles(REMIND)
def remind(payload: dict[str, Any], clock: Clock) -> None:
    """Do the job: tell of a declaration that still is the latest. Expired already, nothing."""
    with transaction() as session:
        row = session.get(EligibilityDeclaration, uuid.UUID(payload["declaration"]))
        if row is None or clock.now() >= row.expires_at:
            return
        latest = session.scalar(
            select(EligibilityDeclaration.id)
            .where(EligibilityDeclaration.supplier_id == row.supplier_id)
            .order_by(EligibilityDeclaration.declared_at.desc(), EligibilityDeclaration.id.desc())
            .limit(1)
        )
        if latest != row.id:
            return
        telling.queue(
            session,
            telling.acting_for(session, row.supplier_id),
            subject=_("Your declaration of eligibility expires soon"),
            parts=[
                _(
                    "It holds until %(until)s. Without it no bid can be submitted, and none in "
                    "which you are a partner.",
                    until=format_day(row.expires_at.astimezone(PLACE).date()),
                ),
                _("An administrator of yours makes it again; your answers stand there already."),
                f"{current_settings().public_url}/organisation/eligibility",
            ],
            clock=clock,
        )
