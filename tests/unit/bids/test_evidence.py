"""Who may check evidence, when, and until when a check can be relied on."""

import uuid
from datetime import date

import pytest

from bids.evidence import policy
from bids.evidence.kinds import Standing, standing
from bids.lifecycle import BidState
from challenges.lifecycle import AWARDED_STATES, State
from marketplace.core.permissions import Actor, Ground, Role

TODAY = date(2026, 12, 8)


def an_actor(*roles: Role) -> Actor:
    return Actor(uuid.UUID(int=1), "Ada Example", uuid.UUID(int=2), frozenset(roles))


OFFICER = an_actor(Role.PROCUREMENT_OFFICER)
AUDITOR = an_actor(Role.AUDITOR)
LEAD = an_actor(Role.CHALLENGE_LEAD, Role.EVALUATOR, Role.CHAIR, Role.APPROVER)


@pytest.mark.parametrize(
    ("until", "withdrawn", "expected"),
    [
        (None, False, Standing.STANDS),
        (date(2026, 12, 8), False, Standing.STANDS),
        (date(2026, 12, 7), False, Standing.EXPIRED),
        (date(2026, 12, 7), True, Standing.WITHDRAWN),
        (None, True, Standing.WITHDRAWN),
    ],
)
def test_check_stands_through_its_last_day_unless_withdrawn(
    until: date | None, withdrawn: bool, expected: Standing
) -> None:
    assert standing(until, withdrawn=withdrawn, today=TODAY) is expected


def test_officers_and_auditors_alone_see_checks_and_only_after_the_opening() -> None:
    assert policy.can_see(OFFICER, opened=True).allowed
    assert policy.can_see(AUDITOR, opened=True).allowed
    assert policy.can_see(LEAD, opened=True).ground is Ground.RIGHT
    assert policy.can_see(OFFICER, opened=False).ground is Ground.MOMENT


@pytest.mark.parametrize("state", list(State))
def test_officer_checks_between_opening_and_contract(state: State) -> None:
    allowed = {State.OPENED, State.EVALUATING, *AWARDED_STATES}

    assert policy.can_check(OFFICER, state, BidState.VALID).allowed == (state in allowed)


@pytest.mark.parametrize("bid", [BidState.DRAFT, BidState.SUBMITTED, BidState.WITHDRAWN])
def test_bid_that_was_not_opened_has_nothing_to_check(bid: BidState) -> None:
    assert policy.can_check(OFFICER, State.OPENED, bid).ground is Ground.MOMENT


def test_only_officers_check_and_withdraw_and_a_check_is_withdrawn_once() -> None:
    for actor in (AUDITOR, LEAD):
        assert policy.can_check(actor, State.OPENED, BidState.VALID).ground is Ground.RIGHT
        assert policy.can_withdraw(actor, withdrawn=False).ground is Ground.RIGHT
    assert policy.can_withdraw(OFFICER, withdrawn=False).allowed
    assert policy.can_withdraw(OFFICER, withdrawn=True).ground is Ground.MOMENT


def test_supplier_administrators_alone_decide_who_sees() -> None:
    assert policy.can_share(an_actor(Role.SUPPLIER_ADMIN)).allowed
    assert not policy.can_share(an_actor(Role.SUPPLIER_CONTRIBUTOR)).allowed
    assert not policy.can_share(OFFICER).allowed
