"""Who may do what on a panel: right and moment asked apart, and said which one failed."""

import itertools
import uuid
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from challenges.lifecycle import State
from marketplace.core.permissions import Actor, Answer, Ground, Role
from scoring.panel import policy
from scoring.panel.lifecycle import PanelPhase, Seat
from scoring.panel.models import PanelMember

AT = datetime(2026, 12, 1, tzinfo=UTC)
NAMED, DECLARING, SCORING, MODERATING, LOCKED = PanelPhase
Policy = Callable[[Actor, PanelMember | None, PanelPhase | None], Answer]


def an_actor(*roles: Role) -> Actor:
    return Actor(uuid.uuid4(), "A Person", uuid.uuid4(), frozenset(roles))


def a_seat(
    actor: Actor,
    seat: Seat,
    *,
    briefed: bool = True,
    declared: bool = True,
    submitted: bool = False,
    left: bool = False,
) -> PanelMember:
    return PanelMember(
        user_id=actor.user_id,
        seat=seat,
        label="X1",
        briefed_at=AT if briefed else None,
        interests_declared_at=AT if declared else None,
        scores_submitted_at=AT if submitted else None,
        left_at=AT if left else None,
    )


EVALUATOR = an_actor(Role.EVALUATOR)
CHAIR = an_actor(Role.CHAIR)
APPROVER = an_actor(Role.APPROVER)
OFFICER = an_actor(Role.PROCUREMENT_OFFICER)
ADMIN = an_actor(Role.PLATFORM_ADMIN)
EVALUATOR_SEAT = a_seat(EVALUATOR, Seat.EVALUATOR)
CHAIR_SEAT = a_seat(CHAIR, Seat.CHAIR)

CHAIRS_ACTS: dict[Policy, set[PanelPhase]] = {
    policy.can_begin_scoring: {DECLARING},
    policy.can_begin_moderation: {SCORING},
    policy.can_record_consensus: {MODERATING},
    policy.can_lock_quality: {MODERATING},
}


def name(value: object) -> str:
    return getattr(value, "__name__", None) or str(value)


@pytest.mark.parametrize(
    ("act", "phase"), itertools.product(CHAIRS_ACTS, [*PanelPhase, None]), ids=name
)
def test_chairs_act_by_the_chair_depends_on_the_moment(
    act: Policy, phase: PanelPhase | None
) -> None:
    answer = act(CHAIR, CHAIR_SEAT, phase)
    allowed = phase in CHAIRS_ACTS[act]
    assert (answer.allowed, answer.ground) == (allowed, None if allowed else Ground.MOMENT)


@pytest.mark.parametrize("act", CHAIRS_ACTS, ids=name)
@pytest.mark.parametrize(
    ("actor", "member"),
    [
        (EVALUATOR, EVALUATOR_SEAT),
        (EVALUATOR, a_seat(EVALUATOR, Seat.CHAIR)),
        (CHAIR, None),
        (CHAIR, a_seat(CHAIR, Seat.EVALUATOR)),
        (CHAIR, a_seat(CHAIR, Seat.CHAIR, left=True)),
        (OFFICER, None),
        (ADMIN, CHAIR_SEAT),
    ],
    ids=[
        "an evaluator",
        "a chair without the role",
        "a chair of another panel",
        "a chair who sits as evaluator",
        "a chair who left",
        "an officer",
        "an administrator",
    ],
)
def test_chairs_act_by_anybody_else_lacks_the_right_at_any_moment(
    act: Policy, actor: Actor, member: PanelMember | None
) -> None:
    for phase in [*PanelPhase, None]:
        assert act(actor, member, phase).ground is Ground.RIGHT


@pytest.mark.parametrize("state", State, ids=name)
def test_name_panel_by_an_officer_is_possible_from_publication_to_opening(state: State) -> None:
    allowed = state in {State.OPEN, State.CLOSED, State.OPENED}
    answer = policy.can_name_panel(OFFICER, state, None)
    assert (answer.allowed, answer.ground) == (allowed, None if allowed else Ground.MOMENT)


def test_name_panel_by_an_evaluator_lacks_the_right() -> None:
    assert policy.can_name_panel(EVALUATOR, State.OPEN, None).ground is Ground.RIGHT


def test_name_panel_twice_is_the_wrong_moment() -> None:
    assert policy.can_name_panel(OFFICER, State.OPEN, NAMED).ground is Ground.MOMENT


@pytest.mark.parametrize("phase", PanelPhase, ids=name)
def test_change_members_by_the_lead_ends_when_moderation_begins(phase: PanelPhase) -> None:
    lead = an_actor(Role.CHALLENGE_LEAD)
    assert policy.can_change_members(lead, phase).allowed is (phase in {NAMED, DECLARING, SCORING})


def test_change_members_by_the_chair_lacks_the_right() -> None:
    assert policy.can_change_members(CHAIR, NAMED).ground is Ground.RIGHT


def test_accept_briefing_by_a_member_is_possible_before_the_opening() -> None:
    seat = a_seat(EVALUATOR, Seat.OBSERVER, briefed=False, declared=False)
    assert policy.can_accept_briefing(EVALUATOR, seat, NAMED).allowed


def test_accept_briefing_by_somebody_else_lacks_the_right() -> None:
    assert policy.can_accept_briefing(EVALUATOR, None, NAMED).ground is Ground.RIGHT


def test_accept_briefing_after_moderation_began_is_the_wrong_moment() -> None:
    answer = policy.can_accept_briefing(EVALUATOR, EVALUATOR_SEAT, MODERATING)
    assert answer.ground is Ground.MOMENT


def test_declare_interests_after_the_briefing_and_the_opening_is_allowed() -> None:
    seat = a_seat(EVALUATOR, Seat.EVALUATOR, declared=False)
    assert policy.can_declare_interests(EVALUATOR, seat, DECLARING).allowed


def test_declare_interests_before_the_opening_is_the_wrong_moment() -> None:
    seat = a_seat(EVALUATOR, Seat.EVALUATOR, declared=False)
    assert policy.can_declare_interests(EVALUATOR, seat, NAMED).ground is Ground.MOMENT


def test_declare_interests_without_the_briefing_asks_for_it() -> None:
    seat = a_seat(EVALUATOR, Seat.EVALUATOR, briefed=False, declared=False)
    answer = policy.can_declare_interests(EVALUATOR, seat, DECLARING)
    assert (answer.ground, answer.message) == (Ground.MOMENT, "Accept the briefing first.")


def test_declare_interests_twice_is_the_wrong_moment() -> None:
    answer = policy.can_declare_interests(EVALUATOR, EVALUATOR_SEAT, DECLARING)
    assert answer.ground is Ground.MOMENT


def test_declare_interests_by_somebody_else_lacks_the_right() -> None:
    assert policy.can_declare_interests(OFFICER, None, DECLARING).ground is Ground.RIGHT


def test_decide_interest_of_an_evaluator_is_the_chairs() -> None:
    assert policy.can_decide_interest(CHAIR, CHAIR_SEAT, EVALUATOR_SEAT, DECLARING).allowed


def test_decide_interest_of_an_evaluator_is_not_an_approvers() -> None:
    answer = policy.can_decide_interest(APPROVER, None, EVALUATOR_SEAT, DECLARING)
    assert answer.ground is Ground.RIGHT


def test_decide_interest_of_the_chair_is_an_approvers() -> None:
    assert policy.can_decide_interest(APPROVER, None, CHAIR_SEAT, DECLARING).allowed


def test_decide_interest_of_the_chair_is_not_the_chairs() -> None:
    answer = policy.can_decide_interest(CHAIR, CHAIR_SEAT, CHAIR_SEAT, DECLARING)
    assert answer.ground is Ground.RIGHT


def test_decide_interest_of_the_chair_by_the_same_person_as_approver_lacks_the_right() -> None:
    both = an_actor(Role.CHAIR, Role.APPROVER)
    seat = a_seat(both, Seat.CHAIR)
    assert policy.can_decide_interest(both, seat, seat, DECLARING).ground is Ground.RIGHT


def test_decide_interest_of_the_chair_by_an_evaluator_lacks_the_right() -> None:
    answer = policy.can_decide_interest(EVALUATOR, EVALUATOR_SEAT, CHAIR_SEAT, DECLARING)
    assert answer.ground is Ground.RIGHT


def test_decide_interest_of_a_newcomer_while_scoring_is_possible_once() -> None:
    assert policy.can_decide_interest(CHAIR, CHAIR_SEAT, EVALUATOR_SEAT, SCORING).allowed
    again = policy.can_decide_interest(CHAIR, CHAIR_SEAT, EVALUATOR_SEAT, SCORING, decided=True)
    assert (again.ground, again.message) == (
        Ground.MOMENT,
        "Scoring has begun, so what was decided stands.",
    )


def test_decide_interest_again_before_scoring_is_possible() -> None:
    answer = policy.can_decide_interest(CHAIR, CHAIR_SEAT, EVALUATOR_SEAT, DECLARING, decided=True)
    assert answer.allowed


def test_decide_interest_after_moderation_began_is_the_wrong_moment() -> None:
    answer = policy.can_decide_interest(CHAIR, CHAIR_SEAT, EVALUATOR_SEAT, MODERATING)
    assert answer.ground is Ground.MOMENT


@pytest.mark.parametrize("phase", PanelPhase, ids=name)
def test_read_bids_by_a_ready_evaluator_waits_for_the_beginning(phase: PanelPhase) -> None:
    allowed = phase in {SCORING, MODERATING, LOCKED}
    assert policy.can_read_bids(EVALUATOR, EVALUATOR_SEAT, phase).allowed is allowed


@pytest.mark.parametrize(
    ("briefed", "declared", "message"),
    [
        (False, False, "Accept the briefing first."),
        (True, False, "Declare your interests first."),
    ],
)
def test_read_bids_before_briefing_or_declaration_is_the_wrong_moment(
    briefed: bool, declared: bool, message: str
) -> None:
    seat = a_seat(EVALUATOR, Seat.EVALUATOR, briefed=briefed, declared=declared)
    answer = policy.can_read_bids(EVALUATOR, seat, SCORING)
    assert (answer.ground, answer.message) == (Ground.MOMENT, message)


@pytest.mark.parametrize("actor", [OFFICER, ADMIN, APPROVER, EVALUATOR], ids=lambda a: str(a.roles))
def test_read_bids_without_a_seat_lacks_the_right(actor: Actor) -> None:
    assert policy.can_read_bids(actor, None, SCORING).ground is Ground.RIGHT


def test_read_bids_in_a_seat_but_without_the_role_lacks_the_right() -> None:
    lapsed = an_actor(Role.AUDITOR)
    answer = policy.can_read_bids(lapsed, a_seat(lapsed, Seat.EVALUATOR), SCORING)
    assert answer.ground is Ground.RIGHT


@pytest.mark.parametrize("phase", PanelPhase, ids=name)
def test_read_files_goes_with_the_answers_for_evaluators_and_later_for_the_chair(
    phase: PanelPhase,
) -> None:
    evaluator = policy.can_read_files(EVALUATOR, EVALUATOR_SEAT, phase)
    assert evaluator.allowed is (phase in {SCORING, MODERATING, LOCKED})
    chair = policy.can_read_files(CHAIR, CHAIR_SEAT, phase)
    assert chair.allowed is (phase in {MODERATING, LOCKED})


def test_read_files_before_a_declaration_or_without_a_seat_is_refused_with_its_reason() -> None:
    silent = a_seat(EVALUATOR, Seat.EVALUATOR, briefed=True, declared=False)
    answer = policy.can_read_files(EVALUATOR, silent, SCORING)
    assert (answer.ground, answer.message) == (Ground.MOMENT, "Declare your interests first.")
    assert policy.can_read_files(EVALUATOR, None, SCORING).ground is Ground.RIGHT
    assert policy.can_read_files(OFFICER, None, MODERATING).ground is Ground.RIGHT


@pytest.mark.parametrize("phase", PanelPhase, ids=name)
def test_write_scores_by_an_evaluator_is_possible_while_scoring(phase: PanelPhase) -> None:
    answer = policy.can_write_scores(EVALUATOR, EVALUATOR_SEAT, phase)
    assert answer.allowed is (phase is SCORING)


def test_write_scores_after_submitting_is_the_wrong_moment() -> None:
    seat = a_seat(EVALUATOR, Seat.EVALUATOR, submitted=True)
    assert policy.can_write_scores(EVALUATOR, seat, SCORING).ground is Ground.MOMENT


@pytest.mark.parametrize("seat", [Seat.CHAIR, Seat.OBSERVER], ids=name)
def test_write_scores_by_chair_or_observer_lacks_the_right(seat: Seat) -> None:
    assert policy.can_write_scores(CHAIR, a_seat(CHAIR, seat), SCORING).ground is Ground.RIGHT


def test_write_scores_without_a_seat_lacks_the_right() -> None:
    assert policy.can_write_scores(EVALUATOR, None, SCORING).ground is Ground.RIGHT


@pytest.mark.parametrize("phase", PanelPhase, ids=name)
def test_correct_score_after_submitting_ends_when_moderation_begins(phase: PanelPhase) -> None:
    seat = a_seat(EVALUATOR, Seat.EVALUATOR, submitted=True)
    assert policy.can_correct_score(EVALUATOR, seat, phase).allowed is (phase is SCORING)


def test_correct_score_before_submitting_is_the_wrong_moment() -> None:
    assert policy.can_correct_score(EVALUATOR, EVALUATOR_SEAT, SCORING).ground is Ground.MOMENT


def test_correct_score_by_the_chair_lacks_the_right() -> None:
    assert policy.can_correct_score(CHAIR, CHAIR_SEAT, SCORING).ground is Ground.RIGHT


@pytest.mark.parametrize("phase", PanelPhase, ids=name)
@pytest.mark.parametrize("seat", Seat, ids=name)
def test_see_all_scores_by_a_member_waits_for_moderation(seat: Seat, phase: PanelPhase) -> None:
    answer = policy.can_see_all_scores(CHAIR, a_seat(CHAIR, seat, submitted=True), phase)
    assert answer.allowed is (phase in {MODERATING, LOCKED})


@pytest.mark.parametrize("actor", [OFFICER, ADMIN, APPROVER, CHAIR], ids=lambda a: str(a.roles))
def test_see_all_scores_without_a_seat_lacks_the_right(actor: Actor) -> None:
    assert policy.can_see_all_scores(actor, None, MODERATING).ground is Ground.RIGHT


def test_see_all_scores_without_a_panel_is_the_wrong_moment() -> None:
    assert policy.can_see_all_scores(CHAIR, CHAIR_SEAT, None).ground is Ground.MOMENT


def test_what_all_declared_is_for_the_chair_of_this_panel_and_approvers() -> None:
    assert policy.can_see_declared(CHAIR, CHAIR_SEAT).allowed
    assert policy.can_see_declared(APPROVER, None).allowed
    for actor, member in (
        (CHAIR, None),
        (CHAIR, a_seat(CHAIR, Seat.EVALUATOR)),
        (CHAIR, a_seat(CHAIR, Seat.CHAIR, left=True)),
        (EVALUATOR, EVALUATOR_SEAT),
        (OFFICER, None),
    ):
        assert policy.can_see_declared(actor, member).ground is Ground.RIGHT


def test_no_score_is_agreed_where_scores_stand() -> None:
    answer = policy.can_record_consensus(CHAIR, CHAIR_SEAT, MODERATING, scores_stand=True)
    assert answer.ground is Ground.MOMENT
    assert policy.can_record_consensus(CHAIR, CHAIR_SEAT, MODERATING).allowed
