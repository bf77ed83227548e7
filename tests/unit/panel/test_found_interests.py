"""An interest found later: who may say it, who decides, and what a recusal takes down."""

import itertools
import uuid
from datetime import UTC, datetime

import pytest

from challenges.lifecycle import State
from marketplace.core.permissions import Actor, Answer, Ground, Role
from scoring.panel.interests import letters, policy
from scoring.panel.interests.lifecycle import (
    FINDING_PHASES,
    PHASE_FOUND_WORDS,
    Agreement,
    agreements_void,
    must_reopen,
    must_unlock,
)
from scoring.panel.lifecycle import PanelPhase, Seat
from scoring.panel.models import PanelMember

AT = datetime(2026, 12, 1, tzinfo=UTC)
SCORING, MODERATING, LOCKED = PanelPhase.SCORING, PanelPhase.MODERATING, PanelPhase.LOCKED
PHASES = [*PanelPhase, None]


def an_actor(*roles: Role) -> Actor:
    return Actor(uuid.uuid4(), "A Person", uuid.uuid4(), frozenset(roles))


def a_seat(actor: Actor, seat: Seat, *, declared: bool = True, left: bool = False) -> PanelMember:
    return PanelMember(
        user_id=actor.user_id,
        seat=seat,
        label="X1",
        interests_declared_at=AT if declared else None,
        left_at=AT if left else None,
    )


EVALUATOR, OTHER = an_actor(Role.EVALUATOR), an_actor(Role.EVALUATOR)
CHAIR, OFFICER = an_actor(Role.CHAIR), an_actor(Role.PROCUREMENT_OFFICER)
APPROVER, AUDITOR = an_actor(Role.APPROVER), an_actor(Role.AUDITOR)
LEAD = an_actor(Role.CHALLENGE_LEAD)
SEAT, CHAIR_SEAT = a_seat(EVALUATOR, Seat.EVALUATOR), a_seat(CHAIR, Seat.CHAIR)
OTHER_SEAT = a_seat(OTHER, Seat.EVALUATOR)


def ground(answer: Answer) -> Ground | None:
    assert answer.allowed is (answer.ground is None)
    return answer.ground


@pytest.mark.parametrize(
    ("actor", "own", "sees", "all_of_them"),
    [
        (EVALUATOR, SEAT, True, False),
        (CHAIR, CHAIR_SEAT, True, True),
        (CHAIR, None, False, False),
        (OFFICER, None, True, True),
        (APPROVER, None, True, True),
        (AUDITOR, None, False, False),
        (LEAD, None, False, False),
        (EVALUATOR, a_seat(EVALUATOR, Seat.EVALUATOR, left=True), False, False),
        (EVALUATOR, OTHER_SEAT, False, False),
    ],
)
def test_page_is_for_members_and_for_those_who_deal_with_others(
    actor: Actor, own: PanelMember | None, *, sees: bool, all_of_them: bool
) -> None:
    assert ground(policy.can_see_found(actor, own)) is (None if sees else Ground.RIGHT)
    assert policy.sees_all(actor, own) is all_of_them


@pytest.mark.parametrize(
    ("actor", "own", "about", "expected"),
    [
        (EVALUATOR, SEAT, SEAT, None),
        (EVALUATOR, SEAT, OTHER_SEAT, Ground.RIGHT),
        (CHAIR, CHAIR_SEAT, SEAT, None),
        (CHAIR, CHAIR_SEAT, CHAIR_SEAT, None),
        (OFFICER, None, SEAT, None),
        (OFFICER, None, CHAIR_SEAT, None),
        (APPROVER, None, SEAT, Ground.RIGHT),
        (AUDITOR, None, SEAT, Ground.RIGHT),
        (CHAIR, None, SEAT, Ground.RIGHT),
        (OFFICER, None, a_seat(EVALUATOR, Seat.EVALUATOR, declared=False), Ground.MOMENT),
    ],
)
def test_finding_is_for_oneself_the_chair_and_officers(
    actor: Actor, own: PanelMember | None, about: PanelMember, expected: Ground | None
) -> None:
    assert ground(policy.can_find(actor, own, about, SCORING, State.EVALUATING)) is expected


@pytest.mark.parametrize(("phase", "state"), list(itertools.product(PHASES, State)))
def test_finding_and_deciding_end_with_the_sign_off(phase: PanelPhase | None, state: State) -> None:
    open_now = phase in FINDING_PHASES and state in (State.OPENED, State.EVALUATING)
    expected = None if open_now else Ground.MOMENT

    assert ground(policy.can_find(EVALUATOR, SEAT, SEAT, phase, state)) is expected
    assert ground(policy.can_decide_found(CHAIR, CHAIR_SEAT, SEAT, phase, state)) is expected


@pytest.mark.parametrize(
    ("actor", "own", "about", "expected"),
    [
        (CHAIR, CHAIR_SEAT, SEAT, None),
        (CHAIR, CHAIR_SEAT, CHAIR_SEAT, Ground.RIGHT),
        (APPROVER, None, CHAIR_SEAT, None),
        (APPROVER, None, SEAT, Ground.RIGHT),
        (OFFICER, None, CHAIR_SEAT, Ground.RIGHT),
        (EVALUATOR, SEAT, OTHER_SEAT, Ground.RIGHT),
    ],
)
def test_deciding_is_for_the_chair_and_for_an_approver_about_the_chair(
    actor: Actor, own: PanelMember | None, about: PanelMember, expected: Ground | None
) -> None:
    answer = policy.can_decide_found(actor, own, about, LOCKED, State.EVALUATING)

    assert ground(answer) is expected


def test_deciding_about_what_is_decided_is_the_wrong_moment() -> None:
    answer = policy.can_decide_found(
        CHAIR, CHAIR_SEAT, SEAT, LOCKED, State.EVALUATING, decided=True
    )

    assert ground(answer) is Ground.MOMENT


def test_agreements_void_are_those_with_the_member_present() -> None:
    agreed = [
        (1, Agreement("solves", frozenset({"C1", "E1", "E2"}))),
        (2, Agreement("team", frozenset({"C1", "E2"}))),
        (3, Agreement("plan", frozenset({"E11"}))),
    ]

    assert agreements_void(agreed, "E1") == [1]
    assert agreements_void(agreed, "E2") == [1, 2]
    assert agreements_void(agreed, "E3") == []


@pytest.mark.parametrize(
    ("phase", "voided", "too_few", "expected"),
    [
        (LOCKED, 0, False, False),
        (LOCKED, 1, False, True),
        (LOCKED, 0, True, True),
        (MODERATING, 3, True, False),
        (SCORING, 3, True, False),
    ],
)
def test_must_unlock_where_locked_scores_cannot_stand(
    phase: PanelPhase, voided: int, *, too_few: bool, expected: bool
) -> None:
    assert must_unlock(phase, voided=voided, too_few=too_few) is expected


@pytest.mark.parametrize(
    ("actor", "own", "needed", "expected"),
    [
        (CHAIR, CHAIR_SEAT, True, None),
        (OFFICER, None, True, None),
        (OFFICER, None, False, Ground.MOMENT),
        (EVALUATOR, SEAT, True, Ground.RIGHT),
        (APPROVER, None, True, Ground.RIGHT),
    ],
)
def test_reopening_is_for_the_chair_and_officers_where_somebody_is_missing(
    actor: Actor, own: PanelMember | None, *, needed: bool, expected: Ground | None
) -> None:
    assert ground(policy.can_reopen(actor, own, needed=needed)) is expected


def test_must_reopen_where_too_few_are_left_in_moderation() -> None:
    assert must_reopen(MODERATING, too_few=True)
    assert not must_reopen(MODERATING, too_few=False)
    for phase in (None, SCORING, LOCKED):
        assert not must_reopen(phase, too_few=True)


def test_each_phase_in_which_interests_are_found_has_words() -> None:
    assert set(PHASE_FOUND_WORDS) == set(FINDING_PHASES)


def test_letters_name_neither_the_member_nor_the_bidder() -> None:
    with_link = letters.to_decide(name="Cora", title="T", reference="R-1", link="https://x/y")
    without = letters.to_decide(name="Cora", title="T", reference="R-1", link=None)

    assert "https://x/y" in with_link
    assert "open the panel’s page" in without
    assert "Dear Eva" in letters.stopped(name="Eva", title="T", reference="R-1")
