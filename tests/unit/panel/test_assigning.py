"""Who scores which criteria: what each criterion of each bid needs, and who may say it."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from marketplace.core.permissions import Actor, Ground, Role
from scoring.award.evaluation import evaluation_document
from scoring.panel.assigning import policy
from scoring.panel.assigning.lifecycle import missing_expertise
from scoring.panel.lifecycle import (
    Expertise,
    MemberReadiness,
    PanelPhase,
    Seat,
    obstacles_to_scoring,
)
from scoring.panel.models import PanelAssignment, PanelMember

NAMED, DECLARING, SCORING, MODERATING, LOCKED = PanelPhase
QUESTIONS = {"solves": "Solves it", "team": "The team"}


def ready(name: str, *keys: str, seat: Seat = Seat.EVALUATOR) -> MemberReadiness:
    return MemberReadiness(
        name=name,
        seat=seat,
        briefed=True,
        declared=True,
        undecided=(),
        recused_from=(),
        questions=keys or None,
    )


def told(*members: MemberReadiness, least: int = 2) -> list[str]:
    found = obstacles_to_scoring(
        [ready("Ada", seat=Seat.CHAIR), *members], ("Acorn", "Birch"), least, (), QUESTIONS
    )
    return [one.message % one.data for one in found]


def test_criteria_with_enough_evaluators_each_are_no_obstacle() -> None:
    assert told(ready("Ben"), ready("Cat", "solves"), ready("Dan", "team")) == []


def test_criterion_with_too_few_evaluators_is_named_once_for_all_bids() -> None:
    assert told(ready("Ben"), ready("Cat", "solves"), ready("Dan", "solves")) == [
        "“The team” would be scored by 1 evaluators, and 2 are needed: give it to another."
    ]


def test_criterion_of_a_bid_that_a_recusal_leaves_short_is_named_with_the_bid() -> None:
    away = replace(ready("Dan", "team"), recused_from=("Acorn",))
    assert told(ready("Ben"), ready("Cat", "solves"), away) == [
        "“The team” of Acorn would be scored by 1 evaluators, and 2 are needed: give it to another."
    ]


def test_bid_that_too_few_score_at_all_is_not_told_again_for_each_criterion() -> None:
    assert told(ready("Ben")) == [
        "Acorn would be scored by 1 evaluators, and 2 are needed: add another.",
        "Birch would be scored by 1 evaluators, and 2 are needed: add another.",
    ]


def test_advice_names_what_nobody_knows_best() -> None:
    assert missing_expertise([]) == [Expertise.SERVICE, Expertise.TECHNICAL]
    assert missing_expertise([None, Expertise.TECHNICAL, Expertise.OTHER]) == [Expertise.SERVICE]
    assert missing_expertise([Expertise.SERVICE, Expertise.TECHNICAL]) == []


def a_seat(actor: Actor, seat: Seat, *, submitted: bool = False) -> PanelMember:
    at = datetime(2026, 12, 1, tzinfo=UTC)
    return PanelMember(
        user_id=actor.user_id, seat=seat, label="X1", scores_submitted_at=at if submitted else None
    )


def an_actor(role: Role) -> Actor:
    return Actor(uuid.uuid4(), "A Person", uuid.uuid4(), frozenset({role}))


@pytest.mark.parametrize("phase", PanelPhase)
def test_assign_by_chair_or_officer_is_possible_until_moderation(phase: PanelPhase) -> None:
    chair, officer = an_actor(Role.CHAIR), an_actor(Role.PROCUREMENT_OFFICER)
    for answer in (
        policy.can_assign(chair, a_seat(chair, Seat.CHAIR), phase),
        policy.can_assign(officer, None, phase),
    ):
        allowed = phase in {NAMED, DECLARING, SCORING}
        assert (answer.allowed, answer.ground) == (allowed, None if allowed else Ground.MOMENT)


def test_assign_by_an_evaluator_lacks_the_right() -> None:
    evaluator = an_actor(Role.EVALUATOR)
    answer = policy.can_assign(evaluator, a_seat(evaluator, Seat.EVALUATOR), NAMED)
    assert answer.ground is Ground.RIGHT
    assert "who scores what" in answer.message


def test_assign_to_an_evaluator_ends_when_they_submit_and_is_for_no_other_seat() -> None:
    somebody = an_actor(Role.EVALUATOR)
    assert policy.can_assign_to(a_seat(somebody, Seat.EVALUATOR)).allowed
    done = policy.can_assign_to(a_seat(somebody, Seat.EVALUATOR, submitted=True))
    assert done.ground is Ground.MOMENT
    assert policy.can_assign_to(a_seat(somebody, Seat.OBSERVER)).ground is Ground.MOMENT


def test_member_without_an_assignment_scores_everything() -> None:
    one, other = uuid.uuid4(), uuid.uuid4()
    member = a_seat(an_actor(Role.EVALUATOR), Seat.EVALUATOR)
    assert member.scores_criterion(one)
    member.assigned = [PanelAssignment(criterion_id=one)]
    assert member.scores_criterion(one)
    assert not member.scores_criterion(other)


def test_evaluation_document_says_who_scores_what_where_it_is_not_everything() -> None:
    document = evaluation_document(
        {"criteria": [], "method": {}},
        title="",
        challenge="",
        stage="",
        evaluators={"E1": [], "E2": ["B-2"]},
        assigned={"E2": ["team", "solves"]},
        bids=[],
    )
    assert document["evaluators"] == [
        {"id": "E1"},
        {"id": "E2", "criteria": ["solves", "team"], "recused_from": ["B-2"]},
    ]
