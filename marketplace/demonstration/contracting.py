"""What was changed in signed contracts, each for a reason of its own."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Described:
    """A change of a contract: so long after what came before it, and why.

    An extension leads as far as the contract says, any other one raises the value. `confirmed` is
    an approver's reason; without one a change of money waits, so that a visitor finds it to do.
    """

    kind: ChangeKind
    after: timedelta
    what: str
    why: str
    ground: str
    more_minor: int = 0
    confirmed: str = ""


# By challenge. The others have no reason to be changed: their work is done, stopped or just begun.
CHANGES: Mapping[str, Sequence[Described]] = {
    "road-condition": (
        Described(
            ChangeKind.VALUE,
            timedelta(days=20),
            "The gritters of a third route carry the cameras too.",
            "A depot was closed after the bids had come in, and its gritters drive this route now.",
            "unforeseen",
            more_minor=2_400_00,
            confirmed="Nobody knew of the depot when we published, and the sum is small beside the "
            "contract.",
        ),
    ),
    "rural-skills": (
        Described(
            ChangeKind.EXTENSION,
            timedelta(hours=3),
            "The contract runs for six months more, as it says it may.",
            "Halls are in use from October to April. With six months more all of the second season "
            "lies within the contract, and the halls can promise their rooms for it now.",
            "foreseen",
        ),
        Described(
            ChangeKind.VALUE,
            timedelta(hours=2),
            "The supplier works with two more halls, and trains the people there.",
            "Two islands asked to join after they had seen the first evenings.",
            "unforeseen",
            more_minor=2_400_00,
        ),
    ),
}


def change(telling: Telling) -> History:
    """Describe what is changed of a contract; where money changes, have it confirmed, or wait."""
    clock = telling.clock
    for each in CHANGES.get(telling.item.key, ()):
        at = clock.now() + each.after
        # Hours after what came before it are of the same working day.
        yield working_morning(at) if each.after >= timedelta(days=1) else at
        known = _contract(telling)
        extends = each.kind is ChangeKind.EXTENSION
        number = service.describe_change(
            telling.reference,
            known.id,
            Wanted(
                each.kind,
                each.what,
                each.why,
                each.ground if known.grounds else None,
                value_after_minor=None if extends else known.value_minor + each.more_minor,
                ends_on=known.extended_to if extends else None,
            ),
            actor=telling.officers[0],
            clock=clock,
        )
        if not each.confirmed:
            continue
        yield working_morning(clock.now() + timedelta(days=3))
        service.answer_change(
            telling.reference,
            number,
            confirmed=True,
            reason=each.confirmed,
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
