"""Who may begin a later stage, when, and what its closing can be."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from bids.inviting.policy import LONGEST, SHORTEST, can_be_heard, can_open_stage, closing_fault
from challenges.lifecycle import State
from challenges.stages.kinds import Source
from marketplace.core.permissions import Actor, Ground, Role

NOW = datetime(2026, 12, 8, 12, tzinfo=UTC)
OFFICER, LEAD = (
    Actor(uuid.uuid4(), "Somebody Example", uuid.uuid4(), frozenset({role}))
    for role in (Role.PROCUREMENT_OFFICER, Role.CHALLENGE_LEAD)
)


def test_officer_of_the_body_begins_a_stage_that_waits_and_has_suppliers() -> None:
    assert can_open_stage(OFFICER, own=True, state=State.WAITING, invited=1).allowed


@pytest.mark.parametrize(
    ("actor", "own", "state", "invited", "ground"),
    [
        (OFFICER, False, State.WAITING, 1, Ground.RIGHT),
        (LEAD, True, State.WAITING, 1, Ground.RIGHT),
        (OFFICER, True, State.OPEN, 1, Ground.MOMENT),
        (OFFICER, True, State.WAITING, 0, Ground.MOMENT),
    ],
)
def test_stage_is_begun_by_nobody_else_and_at_no_other_moment(
    *, actor: Actor, own: bool, state: State, invited: int, ground: Ground
) -> None:
    answer = can_open_stage(actor, own=own, state=state, invited=invited)
    assert (answer.allowed, answer.ground) == (False, ground)


@pytest.mark.parametrize(
    ("price", "files", "names_withheld", "heard"),
    [
        (False, False, False, True),
        (True, False, False, False),
        (False, True, False, False),
        (False, False, True, False),
    ],
)
def test_suppliers_are_heard_where_nothing_is_sent_and_the_panel_may_know_them(
    *, price: bool, files: bool, names_withheld: bool, heard: bool
) -> None:
    assert can_be_heard(price=price, files=files, names_withheld=names_withheld) is heard


def test_closing_of_a_stage_leaves_a_day_and_is_within_a_year() -> None:
    moment = timedelta(microseconds=1)
    assert closing_fault(Source.SEALED, NOW + SHORTEST, NOW) is None
    assert closing_fault(Source.SEALED, NOW + LONGEST, NOW) is None
    assert closing_fault(Source.HEARD, None, NOW) is None
    for wrong in (None, NOW, NOW + SHORTEST - moment, NOW + LONGEST + moment):
        assert closing_fault(Source.SEALED, wrong, NOW) is not None
