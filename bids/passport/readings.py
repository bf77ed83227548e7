"""Has a register asked about a supplier's number, keeps what it said, and gives it to pages.

The asking is a job: saving an answer never waits for it, and no page ever calls out.
"""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.passport import queries
from bids.passport.answers import Values
from bids.passport.compared import Outcome, Reading
from bids.passport.kinds import Kind, Subject
from bids.passport.models import PassportAnswer, RegisterReading
from bids.passport.registers import RegisterAdapter, adapter_of
from bids.passport.subjects import ASKED
from marketplace.core import jobs
from marketplace.core.access import current_settings
from marketplace.core.clock import Clock
from marketplace.core.transaction import transaction

LOOK_UP = "bids.register_look_up"
# A person waits for it, and the longest answer takes some seconds.
_LEASE = timedelta(minutes=1)

# What a register said before it was away counts more than its being away.
_NEWEST = (
    RegisterReading.outcome == Outcome.UNAVAILABLE,
    RegisterReading.asked_at.desc(),
    RegisterReading.id.desc(),
)


class RegisterAway(Exception):
    """The register gave no answer; the job is tried again later."""


def await_reading(session: Session, answer: PassportAnswer, clock: Clock) -> None:
    """Have the register asked about the numbers of an answer, in the transaction that records it.

    Nothing is to do where none is asked, or where the answer has no number that it knows.
    """
    adapter = adapter_of(current_settings())
    if adapter is not None and numbers_for(adapter, answer.subject, answer.values):
        jobs.enqueue(session, LOOK_UP, clock=clock, answer=str(answer.id))


def numbers_for(adapter: RegisterAdapter, subject: Subject, values: Values) -> Sequence[str]:
    """Give the numbers in an answer that a register can be asked about."""
    return [
        values[part.name]
        for part in ASKED[subject].parts
        if part.kind in adapter.kinds and part.name in values
    ]


@jobs.handles(LOOK_UP, _LEASE)
def look_up(payload: dict[str, Any], clock: Clock) -> None:
    """Do the job: ask about the numbers that still stand, and keep what was said.

    Raises:
        RegisterAway: it gave no answer about one of them, which is kept too.
    """
    adapter = adapter_of(current_settings())
    if adapter is None:
        return
    with transaction() as session:
        row = session.get(PassportAnswer, uuid.UUID(payload["answer"]))
        if row is None:
            return
        if queries.history(session, row.supplier_id, row.subject, 1)[0].id != row.id:
            # Answered anew since: that answer has a job of its own.
            return
        supplier_id, asked = row.supplier_id, numbers_for(adapter, row.subject, row.values)
    # Outside of any transaction: an answer may take seconds.
    said = [adapter.look_up(number, clock) for number in asked]
    with transaction() as session:
        session.add_all(_row(supplier_id, each) for each in said)
    if any(each.outcome is Outcome.UNAVAILABLE for each in said):
        raise RegisterAway(f"{adapter.register.value} gave no answer")


def newest(session: Session, supplier_id: uuid.UUID, number: str) -> Reading | None:
    """Give what a register said last of a supplier's number, None where it was not asked yet."""
    row = session.scalar(
        select(RegisterReading)
        .where(RegisterReading.supplier_id == supplier_id, RegisterReading.number == number)
        .order_by(*_NEWEST)
        .limit(1)
    )
    return None if row is None else _reading(row)


def of_answer(
    session: Session, supplier_id: uuid.UUID, identity: Values | None
) -> tuple[Values, Reading] | None:
    """Give what a supplier says of itself and what the register says of its company, if both do.

    `identity` is its answer: the one that stands, or the one that was sealed with a bid. None too
    where the installation asks no register: what one said long ago would mislead.
    """
    number = (identity or {}).get("company_number")
    if identity is None or not number or not asks(Kind.COMPANY):
        return None
    said = newest(session, supplier_id, number)
    return None if said is None else (identity, said)


def asks(kind: Kind) -> bool:
    """Tell whether the installation asks a register about numbers of a kind."""
    adapter = adapter_of(current_settings())
    return adapter is not None and kind in adapter.kinds


def _row(supplier_id: uuid.UUID, said: Reading) -> RegisterReading:
    found = said.outcome is Outcome.FOUND
    return RegisterReading(
        supplier_id=supplier_id,
        register=said.register,
        number=said.number,
        outcome=said.outcome,
        asked_at=said.at,
        name=said.name if found else None,
        status=said.status,
        address=said.address if found else None,
    )


def _reading(row: RegisterReading) -> Reading:
    return Reading(
        row.register,
        row.number,
        row.outcome,
        row.asked_at,
        row.name or "",
        row.status,
        row.address or "",
    )
