"""Who may ask to have their data erased, who decides it, and at which moments not."""

import uuid

import pytest

from marketplace.core.permissions import Actor, Ground, Role
from scoring.records.own_data import policy
from scoring.records.own_data.policy import Ties

ASKER = uuid.uuid4()
BUSY = [
    Ties(example=True),
    Ties(alone_at=["Example Council"]),
    Ties(judging=["CH-1001"]),
    Ties(opening=["CH-1001"]),
]


def someone(role: Role = Role.PLATFORM_ADMIN, user_id: uuid.UUID | None = None) -> Actor:
    return Actor(user_id or uuid.uuid4(), "Somebody", uuid.uuid4(), frozenset({role}))


def test_whoever_can_be_done_without_asks_once() -> None:
    assert policy.can_ask(Ties()).allowed
    assert policy.can_ask(Ties(waiting=True)).ground is Ground.MOMENT


@pytest.mark.parametrize("ties", BUSY)
def test_nobody_goes_whom_others_need(ties: Ties) -> None:
    waiting = Ties(ties.example, True, ties.alone_at, ties.judging, ties.opening)

    assert policy.can_ask(ties).ground is Ground.MOMENT
    assert policy.can_decide(someone(), ASKER, waiting, grants=True).ground is Ground.MOMENT
    # What cannot be granted can be refused.
    assert policy.can_decide(someone(), ASKER, waiting, grants=False).allowed


def test_each_reason_why_not_is_told_by_itself() -> None:
    assert len({policy.can_go(ties).message for ties in BUSY}) == len(BUSY)


def test_another_administrator_decides_what_waits() -> None:
    def ground(actor: Actor, *, waiting: bool = True) -> Ground | None:
        return policy.can_decide(actor, ASKER, Ties(waiting=waiting), grants=True).ground

    assert ground(someone()) is None
    assert ground(someone(), waiting=False) is Ground.MOMENT
    assert ground(someone(user_id=ASKER)) is Ground.RIGHT
    assert ground(someone(Role.PROCUREMENT_OFFICER)) is Ground.RIGHT
    assert policy.can_read(someone(Role.FACILITATOR)).ground is Ground.RIGHT
