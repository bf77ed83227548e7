"""Who may have a decision taken again, from where, and which scores may change then."""

import uuid

import pytest

from challenges.lifecycle import Event, State, after
from marketplace.core.permissions import ROLE_PERMISSIONS, Actor, Answer, Ground, Permission, Role
from scoring.award.again import policy
from scoring.panel.again.lifecycle import Point, may_change


def an_actor(*roles: Role) -> Actor:
    return Actor(uuid.uuid4(), "Una Sample", uuid.uuid4(), frozenset(roles))


OFFICER, APPROVER = an_actor(Role.PROCUREMENT_OFFICER), an_actor(Role.APPROVER)


def refused(answer: Answer, ground: Ground) -> None:
    assert not answer.allowed
    assert answer.ground is ground
    assert answer.message


def propose(actor: Actor, **changes: object) -> Answer:
    facts: dict[str, object] = {
        "chair_id": None,
        "state": State.INTENTION,
        "approved": True,
        "signed": False,
        "waits": False,
        "unnamed": False,
    }
    return policy.can_propose(actor, **{**facts, **changes})  # type: ignore[arg-type]  # mixed dict


def test_officer_or_the_panels_chair_proposes_while_an_approved_decision_stands() -> None:
    chair = an_actor(Role.CHAIR)

    assert propose(OFFICER).allowed
    assert propose(OFFICER, state=State.EVALUATING).allowed
    assert propose(chair, chair_id=chair.user_id, unnamed=True).allowed
    refused(propose(chair, chair_id=uuid.uuid4()), Ground.RIGHT)
    refused(propose(APPROVER), Ground.RIGHT)
    refused(propose(OFFICER, unnamed=True), Ground.RIGHT)
    refused(propose(OFFICER, approved=False), Ground.MOMENT)
    refused(propose(OFFICER, signed=True), Ground.MOMENT)
    refused(propose(OFFICER, waits=True), Ground.MOMENT)
    refused(propose(OFFICER, state=State.CANCELLED), Ground.MOMENT)


def test_another_approver_decides_before_a_contract_is_signed() -> None:
    def decide(actor: Actor = APPROVER, **changes: object) -> Answer:
        facts: dict[str, object] = {
            "proposed_by_id": OFFICER.user_id,
            "signed": False,
            "unnamed": False,
        }
        return policy.can_answer(actor, **{**facts, **changes})  # type: ignore[arg-type]  # mixed dict

    assert decide().allowed
    refused(decide(proposed_by_id=APPROVER.user_id), Ground.RIGHT)
    refused(decide(unnamed=True), Ground.RIGHT)
    refused(decide(proposed_by_id=None), Ground.MOMENT)
    refused(decide(signed=True), Ground.MOMENT)
    for role in Role:
        if Permission.AWARD_APPROVE not in ROLE_PERMISSIONS[role]:
            refused(decide(an_actor(role)), Ground.RIGHT)


def test_moderation_is_no_point_where_scores_stand_as_they_were_given() -> None:
    assert policy.points_at(scores_stand=False) == tuple(Point)
    assert Point.MODERATION not in policy.points_at(scores_stand=True)


@pytest.mark.parametrize("point", [Point.SCORING, Point.MODERATION])
def test_questions_are_named_where_some_are_judged_again(point: Point) -> None:
    assert policy.named_fault(point, ["team"], ["team", "solves"]) is None
    assert policy.named_fault(point, [], ["team"])
    assert policy.named_fault(point, ["team", "forged"], ["team"])
    assert policy.named_fault(Point.ELIGIBILITY, [], ["team"]) is None


def test_only_scores_of_named_questions_change_and_only_from_scoring_on() -> None:
    assert may_change(Point.SCORING, ["team"], "team")
    assert not may_change(Point.SCORING, ["team"], "solves")
    assert not may_change(Point.ELIGIBILITY, [], "team")


def test_challenge_is_being_evaluated_again_after_its_intention_was_taken_back() -> None:
    assert after(State.INTENTION, Event.DECIDE_AGAIN) is State.EVALUATING


def test_officer_lets_the_rest_end_once_a_contract_is_signed_and_another_could_be() -> None:
    def end(actor: Actor = OFFICER, **changes: object) -> Answer:
        facts: dict[str, object] = {
            "state": State.SIGNED,
            "signed": True,
            "left": True,
            "waits": False,
            "unnamed": False,
        }
        return policy.can_end_rest(actor, **{**facts, **changes})  # type: ignore[arg-type]  # mixed dict

    assert end().allowed
    assert end(state=State.FINISHED).allowed
    refused(end(APPROVER), Ground.RIGHT)
    refused(end(unnamed=True), Ground.RIGHT)
    for changes in (
        {"signed": False},
        {"state": State.STOPPED},
        {"left": False},
        {"waits": True},
    ):
        refused(end(**changes), Ground.MOMENT)


def test_who_goes_on_is_decided_again_until_the_next_stage_begins_or_paid_work_is_signed() -> None:
    def moment(**changes: object) -> Answer:
        facts: dict[str, object] = {
            "state": State.ADVANCED,
            "confirmed": True,
            "following": State.WAITING,
            "signed": False,
        }
        return policy.sift_moment(**{**facts, **changes})  # type: ignore[arg-type]  # mixed dict

    assert moment().allowed
    refused(moment(confirmed=False), Ground.MOMENT)
    refused(moment(state=State.CANCELLED), Ground.MOMENT)
    for late in ({"following": State.OPEN}, {"following": State.EVALUATING}, {"signed": True}):
        refused(moment(**late), Ground.MOMENT)
        assert "What remains" in moment(**late).message


def test_chair_or_officer_proposes_a_list_anew_and_another_approver_decides() -> None:
    chair, now = an_actor(Role.CHAIR), Answer(allowed=True)
    late = policy.sift_moment(
        state=State.ADVANCED, confirmed=True, following=State.OPEN, signed=False
    )

    def offer(actor: Actor, **changes: object) -> Answer:
        facts: dict[str, object] = {
            "chair_id": chair.user_id,
            "moment": now,
            "waits": False,
            "unnamed": False,
        }
        return policy.can_sift_again(actor, **{**facts, **changes})  # type: ignore[arg-type]  # mixed dict

    def decide(actor: Actor, **changes: object) -> Answer:
        facts: dict[str, object] = {
            "proposed_by_id": OFFICER.user_id,
            "moment": now,
            "unnamed": False,
        }
        return policy.can_answer_sift(actor, **{**facts, **changes})  # type: ignore[arg-type]  # mixed dict

    assert offer(OFFICER).allowed
    assert offer(chair, unnamed=True).allowed
    refused(offer(APPROVER), Ground.RIGHT)
    refused(offer(OFFICER, unnamed=True), Ground.RIGHT)
    refused(offer(OFFICER, moment=late), Ground.MOMENT)
    refused(offer(OFFICER, waits=True), Ground.MOMENT)
    assert decide(APPROVER).allowed
    refused(decide(OFFICER), Ground.RIGHT)
    refused(decide(APPROVER, proposed_by_id=APPROVER.user_id), Ground.RIGHT)
    refused(decide(APPROVER, proposed_by_id=None), Ground.MOMENT)
    refused(decide(APPROVER, moment=late), Ground.MOMENT)
