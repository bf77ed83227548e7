"""What was changed in signed contracts: a later last day, and a little more work for more money."""

import uuid
from datetime import date, timedelta
from typing import NamedTuple

from challenges.queries import own_challenge
from marketplace.core.database import db
from marketplace.core.dates import months_after
from marketplace.demonstration.days import working_morning
from marketplace.demonstration.history import History
from marketplace.demonstration.telling import Telling
from scoring.award.contracts import service
from scoring.award.contracts.changing import ChangeKind, Wanted
from scoring.award.contracts.queries import contracts_of

# Whoever signed longer ago than this has already found out what was not foreseen.
OLD_ENOUGH = 50


def change(telling: Telling) -> History:
    """Extend a contract that is old enough, and ask for more money, which waits or is confirmed."""
    signed_ago = telling.item.signed_days_ago or 0
    if signed_ago < OLD_ENOUGH:
        return
    clock = telling.clock
    yield working_morning(clock.now() + timedelta(days=9))
    known = _contract(telling)
    service.describe_change(
        telling.reference,
        known.id,
        Wanted(
            ChangeKind.EXTENSION,
            "The contract runs for six months more, as it says it may.",
            "A second winter shows whether what was built holds when the weather turns.",
            "foreseen" if known.grounds else None,
            ends_on=known.extended_to,
        ),
        actor=telling.officers[0],
        clock=clock,
    )
    yield working_morning(clock.now() + timedelta(days=5))
    number = service.describe_change(
        telling.reference,
        known.id,
        Wanted(
            ChangeKind.VALUE,
            "The supplier tests with two more places, and trains the people there.",
            "Two places asked to join after they had seen the first results.",
            "unforeseen" if known.grounds else None,
            value_after_minor=known.value_minor + 2_400_00,
        ),
        actor=telling.officers[0],
        clock=clock,
    )
    if signed_ago == OLD_ENOUGH:
        # It still waits, so that an approver finds something to do.
        return
    yield working_morning(clock.now() + timedelta(days=3))
    service.answer_change(
        telling.reference,
        number,
        confirmed=True,
        reason="The two places pay their part, and the sum is small beside the contract.",
        actor=telling.approver,
        clock=clock,
    )


class _Known(NamedTuple):
    """What is known of a contract before it is changed."""

    id: uuid.UUID
    value_minor: int
    extended_to: date
    grounds: bool


def _contract(telling: Telling) -> _Known:
    """Read the contract as it stands, and whether the rules ask for a ground to change it."""
    session = db.session()
    challenge = own_challenge(session, telling.reference, telling.officers[0])
    kept = contracts_of(session, challenge)[0]
    assert kept.ends_on is not None
    return _Known(
        kept.contract.id,
        kept.value_minor,
        months_after(kept.ends_on, kept.contract.extension_months or 0),
        bool(service.grounds_of(challenge, telling.clock.now())),
    )
