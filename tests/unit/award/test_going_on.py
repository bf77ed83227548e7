"""Who is above the line, who may be chosen, and when it can be decided: rules alone."""

import uuid
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from challenges.lifecycle import State
from marketplace.core.permissions import Actor, Ground, Permission, Role
from scoring.award.advancing import policy
from scoring.award.advancing.lifecycle import (
    Line,
    choice_fault,
    cut_off_fault,
    line_of,
    winner_choices,
    winners_most,
)
from scoring.award.advancing.policy import Standing
from scoring.award.recomputing.lifecycle import WHY_WORDS, Why
from scoring.report.values import WhyAgain

CHAIR, OTHER = uuid.uuid4(), uuid.uuid4()
READY = Standing(
    state=State.EVALUATING,
    leads_on=True,
    has_result=True,
    any_above=True,
    tie=False,
    undecided=False,
    awaits=False,
)


def result(*rows: tuple[str, int | None, bool | None], tie: Sequence[str] = ()) -> dict[str, Any]:
    """Give a result document with these bids: reference, rank, and whether each advances."""
    return {
        "bids": [{"id": bid, "rank": rank, "advances": on} for bid, rank, on in rows],
        "winners": [bid for bid, rank, _on in rows if rank == 1],
        "cutoff_tie": list(tie),
    }


def method(advance: int | None) -> dict[str, Any]:
    """Give an evaluation document whose method lets so many bids go on."""
    return {"method": {} if advance is None else {"advance": advance}}


FOUR = result(("A", 1, True), ("B", 2, True), ("C", 3, False), ("D", None, False))
TIED = result(("A", 1, True), ("B", 2, None), ("C", 2, None), ("D", 4, False), tie=["B", "C"])


@pytest.mark.parametrize(
    ("advance", "given", "line"),
    [
        (2, FOUR, Line(("A", "B"), (), 0, ("C",), 2)),
        (2, TIED, Line(("A",), ("B", "C"), 1, ("D",), 2)),
        # Where the plan leaves nobody out, all who rank go on.
        (None, FOUR, Line(("A", "B", "C"), (), 0, (), None)),
        (3, result(), Line((), (), 0, (), 3)),
    ],
)
def test_line_is_as_the_result_draws_it(
    advance: int | None, given: dict[str, Any], line: Line
) -> None:
    assert line_of(method(advance), given) == line


def test_as_many_of_those_who_tie_are_chosen_as_places_are_left() -> None:
    line = line_of(method(2), TIED)

    assert not line.decided
    assert line_of(method(2), FOUR).decided
    assert cut_off_fault(line, ["C"]) is None
    # Returned, the choice is made anew; the same one is proposed again instead.
    assert cut_off_fault(line, ["C"], ["B"]) is None
    assert cut_off_fault(line, ["C"], ["C"]) is not None
    for wrong in ([], ["B", "C"], ["A"], ["D"], ["nothing"]):
        assert cut_off_fault(line, wrong) is not None, wrong


def test_choosing_too_few_for_several_places_says_how_many() -> None:
    three = result(("A", 1, None), ("B", 1, None), ("C", 1, None), tie=["A", "B", "C"])
    line = line_of(method(2), three)

    assert cut_off_fault(line, ["A", "C"]) is None
    assert cut_off_fault(line, ["A"]) == (
        "Choose %(count)d bids: so many places are left",
        {"count": 2},
    )


def test_one_bid_wins_where_the_plan_says_nothing() -> None:
    both = result(("A", 1, None), ("B", 1, None), ("C", 3, None))
    line = line_of(method(None), both)

    assert (winners_most(line), list(winner_choices(line, both))) == (1, ["A", "B"])
    assert choice_fault(line, both, ["B"], ()) is None
    for wrong in ([], ["C"], ["A", "B"]):
        assert choice_fault(line, both, wrong, ()) is not None, wrong
    assert choice_fault(line, both, ["A"], ["A"]) == (
        "The low price of this bid was not explained. Choose another bid",
        {},
    )
    alone = choice_fault(line, {**both, "winners": ["A"]}, ["A"], ["A"])
    assert alone is not None
    assert "A procurement officer decides first" in alone[0]


def test_several_win_and_none_is_passed_over() -> None:
    line = line_of(method(2), TIED)

    assert list(winner_choices(line, TIED)) == ["A", "B", "C"]
    for right in (["A"], ["A", "B"], ["A", "C"]):
        assert choice_fault(line, TIED, right, ()) is None, right
    for wrong in (["B"], ["B", "C"], ["A", "B", "C"], ["A", "D"]):
        assert choice_fault(line, TIED, wrong, ()) is not None, wrong
    # A bid whose low price was not explained is passed over.
    assert choice_fault(line, TIED, ["B"], ["A"]) is None


def actor(user_id: uuid.UUID, *roles: Role) -> Actor:
    """Give somebody of a body."""
    return Actor(
        user_id=user_id, name="Somebody", organisation_id=uuid.uuid4(), roles=frozenset(roles)
    )


@pytest.mark.parametrize(
    ("change", "proposes", "decides"),
    [
        ({}, True, False),
        ({"tie": True}, False, True),
        ({"tie": True, "any_above": False}, False, True),
        ({"any_above": False}, False, False),
        ({"awaits": True}, False, False),
        ({"awaits": True, "tie": True}, False, False),
        ({"undecided": True}, False, False),
        ({"undecided": True, "tie": True}, False, False),
        ({"has_result": False}, False, False),
        ({"leads_on": False}, False, False),
        ({"state": State.ADVANCED}, False, False),
        ({"state": State.INTENTION}, False, False),
    ],
)
def test_chair_acts_at_the_right_moment_alone(
    change: dict[str, Any], proposes: bool, decides: bool
) -> None:
    chair, found = actor(CHAIR, Role.CHAIR), replace(READY, **change)

    assert policy.can_propose(chair, CHAIR, found).allowed is proposes
    assert policy.can_decide_cut_off(chair, CHAIR, found).allowed is decides
    for answer in (policy.can_propose, policy.can_decide_cut_off):
        assert answer(chair, OTHER, found).ground is Ground.RIGHT
        assert answer(actor(CHAIR, Role.APPROVER), CHAIR, found).ground is Ground.RIGHT


def test_another_approver_answers_a_proposal_that_stands() -> None:
    approver = actor(OTHER, Role.APPROVER)
    assert approver.may(Permission.AWARD_APPROVE)

    def answered(who: Actor = approver, found: Standing = READY, **change: Any) -> Ground | None:
        facts: dict[str, Any] = {
            "proposed_by_id": CHAIR,
            "answered": False,
            "lapsed": False,
            "unnamed": False,
        }
        return policy.can_answer(who, found, **{**facts, **change}).ground

    assert answered() is None
    assert answered(actor(CHAIR, Role.APPROVER, Role.CHAIR)) is Ground.RIGHT
    assert answered(actor(OTHER, Role.CHAIR)) is Ground.RIGHT
    for change in ({"proposed_by_id": None}, {"answered": True}, {"lapsed": True}):
        assert answered(**change) is Ground.MOMENT
    for standing in ({"undecided": True}, {"leads_on": False}, {"state": State.ADVANCED}):
        assert answered(found=replace(READY, **standing)) is Ground.MOMENT


def test_report_knows_every_reason_for_computing_again() -> None:
    assert {why.value for why in Why} == {why.value for why in WhyAgain}
    assert set(WHY_WORDS) == set(Why)
