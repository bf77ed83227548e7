"""Which flagged prices wait for an officer, and which decisions about them stand."""

import uuid

import pytest

from challenges.lifecycle import State
from marketplace.core.permissions import Actor, Ground, Role
from scoring.award.low_prices import policy
from scoring.award.low_prices.policy import Flagged, PriceFinding

MEAN = {"bid": "B-1", "detector": "mean_of_others"}
NEXT = {"bid": "B-1", "detector": "next_lowest"}


def actor(*roles: Role) -> Actor:
    return Actor(uuid.uuid4(), "Una Sample", uuid.uuid4(), frozenset(roles))


OFFICER = actor(Role.PROCUREMENT_OFFICER)


def test_a_price_is_flagged_once_whatever_number_of_detectors_flag_it() -> None:
    told = policy.flagged([MEAN, NEXT, {**MEAN, "bid": "B-2"}], {})
    assert told == [
        Flagged("B-1", ("mean_of_others", "next_lowest")),
        Flagged("B-2", ("mean_of_others",)),
    ]
    assert all(each.open for each in told)


def test_a_finding_holds_until_another_detector_flags_the_price() -> None:
    found = {"B-1": (["mean_of_others"], PriceFinding.EXPLAINED)}
    (known,) = policy.flagged([MEAN], found)
    assert not known.open
    (anew,) = policy.flagged([MEAN, NEXT], found)
    assert anew.open


def test_only_what_was_not_explained_is_refused() -> None:
    refused = {
        finding: Flagged("B-1", ("next_lowest",), finding).refused for finding in PriceFinding
    }
    assert [finding for finding, is_refused in refused.items() if is_refused] == [
        PriceFinding.NOT_EXPLAINED
    ]


def test_no_bid_is_recommended_while_a_flagged_price_is_undecided() -> None:
    decided = Flagged("B-1", ("next_lowest",), PriceFinding.NO_DOUBT)
    assert policy.can_go_on([]).allowed
    assert policy.can_go_on([decided]).allowed
    answer = policy.can_go_on([decided, Flagged("B-2", ("next_lowest",))])
    assert answer.ground is Ground.MOMENT


@pytest.mark.parametrize(
    ("who", "ground"),
    [
        (OFFICER, None),
        (actor(Role.CHAIR), Ground.RIGHT),
        (actor(Role.PROCUREMENT_OFFICER, Role.EVALUATOR), Ground.RIGHT),
        (actor(Role.APPROVER), Ground.RIGHT),
    ],
)
def test_an_officer_decides_who_does_not_score(who: Actor, ground: Ground | None) -> None:
    answer = policy.can_decide(
        who, State.EVALUATING, has_result=True, awaits_sign_off=False, unnamed=False
    )
    assert answer.ground is ground


def test_prices_are_not_for_whoever_judges_without_names() -> None:
    answer = policy.can_decide(
        OFFICER, State.EVALUATING, has_result=True, awaits_sign_off=False, unnamed=True
    )
    assert answer.ground is Ground.RIGHT


@pytest.mark.parametrize(
    ("state", "has_result", "awaits"),
    [
        (State.OPENED, True, False),
        (State.EVALUATING, False, False),
        (State.EVALUATING, True, True),
        (State.INTENTION, True, False),
    ],
)
def test_prices_are_decided_between_the_result_and_the_recommendation(
    state: State, has_result: bool, awaits: bool
) -> None:
    answer = policy.can_decide(
        OFFICER, state, has_result=has_result, awaits_sign_off=awaits, unnamed=False
    )
    assert answer.ground is Ground.MOMENT


@pytest.mark.parametrize(
    ("finding", "asked", "explained", "field"),
    [
        (None, True, True, "finding"),
        (PriceFinding.NOT_EXPLAINED, False, False, "finding"),
        (PriceFinding.EXPLAINED, True, False, "finding"),
        (PriceFinding.NO_DOUBT, False, False, None),
        (PriceFinding.NOT_EXPLAINED, True, False, None),
        (PriceFinding.EXPLAINED, True, True, None),
    ],
)
def test_nobody_is_refused_before_being_asked_nor_believed_without_an_answer(
    finding: PriceFinding | None, asked: bool, explained: bool, field: str | None
) -> None:
    wrong = policy.refusals(finding, "Because.", asked=asked, explained=explained)
    assert list(wrong) == ([field] if field else [])


def test_a_decision_has_its_reason() -> None:
    wrong = policy.refusals(PriceFinding.NO_DOUBT, "  ", asked=False, explained=False)
    assert list(wrong) == ["reason"]
