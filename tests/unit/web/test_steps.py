"""What comes next for each person, in every state."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from challenges.lifecycle import CHALLENGE_STATES, State
from marketplace.core.permissions import Actor, Role
from marketplace.web.steps import Standing, next_steps
from scoring.panel.lifecycle import Seat

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
ME, ANOTHER = uuid.uuid4(), uuid.uuid4()
THING = Standing(
    reference="CH-1",
    title="Why?",
    state=State.DRAFT,
    closes_at=None,
    own=True,
    submitted_by_id=None,
    panel_named=True,
    scoring_began=False,
    moderation_began=False,
    quality_locked=False,
    seat=None,
    briefed=False,
    declared=False,
    scored=False,
    recommended_by_id=None,
    awaits_sign_off=False,
    standstill_ends_at=None,
)


def steps(role: Role, **changes: object) -> list[str | None]:
    """Give where the steps of a person lead; None is something to wait for."""
    actor = Actor(ME, "Una Sample", uuid.uuid4(), frozenset({role}))
    thing = replace(THING, **changes)  # type: ignore[arg-type]  # the names are checked by replace
    found = next_steps(thing, actor, NOW)
    assert all(step.words for step in found)
    return [step.endpoint for step in found]


LEAD, OFFICER, EVALUATOR = Role.CHALLENGE_LEAD, Role.PROCUREMENT_OFFICER, Role.EVALUATOR
CHAIR, APPROVER, AUDITOR = Role.CHAIR, Role.APPROVER, Role.AUDITOR
PANEL = {"seat": Seat.EVALUATOR, "state": State.EVALUATING, "briefed": True, "declared": True}
LED = {**PANEL, "seat": Seat.CHAIR}
RECOMMENDED = {"state": State.EVALUATING, "quality_locked": True, "awaits_sign_off": True}
PROPOSED = {"deadline_proposed_by_id": ANOTHER, "closes_at": NOW + timedelta(hours=1)}


@pytest.mark.parametrize(
    ("role", "changes", "expected"),
    [
        (LEAD, {"state": State.DRAFT}, ["challenges.write"]),
        (EVALUATOR, {"state": State.DRAFT}, [None]),
        (OFFICER, {"state": State.IN_REVIEW, "submitted_by_id": ANOTHER}, ["challenges.review"]),
        (OFFICER, {"state": State.IN_REVIEW, "submitted_by_id": ME}, [None]),
        (LEAD, {"state": State.IN_REVIEW, "submitted_by_id": ANOTHER}, [None]),
        (OFFICER, {"state": State.READY}, ["challenges.publish"]),
        (LEAD, {"state": State.READY}, [None]),
        (OFFICER, {"state": State.OPEN}, [None]),
        (OFFICER, {"state": State.OPEN, "panel_named": False}, ["panel.name"]),
        (LEAD, {"state": State.OPEN, "panel_named": False}, ["panel.name"]),
        (CHAIR, {"state": State.OPEN, "panel_named": False}, [None]),
        (OFFICER, {"state": State.CLOSED}, ["opening.show"]),
        (LEAD, {"state": State.CLOSED}, [None]),
        (OFFICER, {"state": State.ADVANCED}, ["inviting.index"]),
        (LEAD, {"state": State.ADVANCED}, [None]),
        (LEAD, {"state": State.OPEN, "stage": 2, "questions_waiting": 1}, [None]),
        (LEAD, {"state": State.OPENED, "panel_named": False}, ["panel.name"]),
        (EVALUATOR, {"state": State.OPENED, "seat": Seat.EVALUATOR}, ["panel.briefing"]),
        (
            EVALUATOR,
            {"state": State.OPENED, "seat": Seat.EVALUATOR, "briefed": True},
            ["panel.interests"],
        ),
        (EVALUATOR, {**PANEL, "state": State.OPENED}, [None]),
        (EVALUATOR, {**PANEL, "scoring_began": True}, ["panel.home"]),
        (EVALUATOR, {**PANEL, "scoring_began": True, "scored": True}, [None]),
        (CHAIR, LED, ["panel.chair"]),
        (CHAIR, {**LED, "moderation_began": True}, ["panel.chair"]),
        (CHAIR, {**LED, "quality_locked": True}, ["award.recommend"]),
        (CHAIR, {**LED, "quality_locked": True, "awaits_sign_off": True}, [None]),
        (CHAIR, {**LED, "quality_locked": True, "letters_due": True}, [None]),
        (
            OFFICER,
            {"state": State.EVALUATING, "quality_locked": True, "letters_due": True},
            ["award_letters.show"],
        ),
        (
            OFFICER,
            {"state": State.ADVANCED, "letters_wait": True},
            ["award_letters.every", "inviting.index"],
        ),
        (LEAD, {"state": State.ADVANCED, "letters_wait": True}, [None]),
        (
            APPROVER,
            {
                "state": State.EVALUATING,
                "quality_locked": True,
                "awaits_sign_off": True,
                "recommended_by_id": ANOTHER,
            },
            ["award.sign_off"],
        ),
        (
            APPROVER,
            {
                "state": State.EVALUATING,
                "quality_locked": True,
                "awaits_sign_off": True,
                "recommended_by_id": ANOTHER,
                "unnamed": True,
            },
            [None],
        ),
        (
            OFFICER,
            {
                "state": State.EVALUATING,
                "quality_locked": True,
                "awaits_sign_off": True,
                "evidence_waits": True,
            },
            ["preferred.index"],
        ),
        (OFFICER, RECOMMENDED, ["preferred.index"]),
        (OFFICER, {**RECOMMENDED, "unnamed": True}, [None]),
        (OFFICER, {**RECOMMENDED, "awaits_sign_off": False}, [None]),
        (
            APPROVER,
            {
                "state": State.EVALUATING,
                "quality_locked": True,
                "awaits_sign_off": True,
                "recommended_by_id": ME,
            },
            [None],
        ),
        (APPROVER, {"state": State.EVALUATING, "quality_locked": True}, [None]),
        (AUDITOR, {"state": State.EVALUATING, "quality_locked": True}, ["award.result"]),
        (AUDITOR, {"state": State.EVALUATING}, [None]),
        (
            OFFICER,
            {"state": State.INTENTION, "standstill_ends_at": NOW, "quality_locked": True},
            ["award.contract"],
        ),
        (
            OFFICER,
            {"state": State.INTENTION, "standstill_ends_at": NOW + timedelta(microseconds=1)},
            [None],
        ),
        (OFFICER, {"state": State.INTENTION}, [None]),
        (LEAD, {"state": State.INTENTION, "standstill_ends_at": NOW}, [None]),
        (OFFICER, {**PROPOSED, "state": State.OPEN}, ["challenges.deadline"]),
        (OFFICER, {**PROPOSED, "state": State.OPEN, "deadline_proposed_by_id": ME}, [None]),
        (LEAD, {**PROPOSED, "state": State.OPEN}, [None]),
        (
            OFFICER,
            {**PROPOSED, "state": State.CLOSED, "closes_at": NOW},
            ["challenges.deadline", "opening.show"],
        ),
        # A day after closing nothing can be confirmed any more.
        (
            OFFICER,
            {**PROPOSED, "state": State.CLOSED, "closes_at": NOW - timedelta(hours=24)},
            ["opening.show"],
        ),
        (OFFICER, {**PROPOSED, "state": State.CANCELLED}, [None]),
        (OFFICER, {"state": State.SIGNED}, [None]),
        # Of several who win one has signed, and another not yet.
        (OFFICER, {"state": State.SIGNED, "unsigned": True}, ["award.contract"]),
        # Contracts: what is not recorded, what waits for another person, what is to be published.
        (OFFICER, {"state": State.ADVANCED, "work_unsigned": True, "own": False}, [None]),
        (OFFICER, {"state": State.SIGNED, "award_notice_wanted": True}, ["award_notices.award"]),
        (OFFICER, {"state": State.SIGNED, "change_notice_wanted": True}, ["contracts.index"]),
        (LEAD, {"state": State.SIGNED, "change_notice_wanted": True}, [None]),
        (APPROVER, {"state": State.SIGNED, "contract_change_by_id": ANOTHER}, ["contracts.index"]),
        (APPROVER, {"state": State.SIGNED, "contract_change_by_id": ME}, [None]),
        (OFFICER, {"state": State.SIGNED, "court_order_waits": True}, ["contracts.index"]),
        (APPROVER, {"state": State.SIGNED, "court_order_waits": True}, ["contracts.index"]),
        (LEAD, {"state": State.SIGNED, "court_order_waits": True}, [None]),
        (APPROVER, {"state": State.INTENTION, "again_waits": True}, ["again.decide"]),
        (APPROVER, {"state": State.ADVANCED, "again_waits": True}, ["again.decide"]),
        (APPROVER, {"state": State.SIGNED, "again_waits": True, "unnamed": True}, [None]),
        (APPROVER, {"state": State.STOPPED, "again_waits": True}, [None]),
        (OFFICER, {"state": State.SIGNED, "again_waits": True}, [None]),
        (OFFICER, {"state": State.EVALUATING, "work_unsigned": True}, ["contracts.index"]),
        # Where another stage follows, nobody is recommended: it is decided who goes on.
        (CHAIR, {**LED, "quality_locked": True, "leads_on": True}, ["advancing.show"]),
        (
            CHAIR,
            {**LED, "quality_locked": True, "leads_on": True, "advance_proposed_by_id": ME},
            [None],
        ),
        (
            APPROVER,
            {
                "state": State.EVALUATING,
                "quality_locked": True,
                "leads_on": True,
                "advance_proposed_by_id": ANOTHER,
            },
            ["advancing.confirm"],
        ),
        (OFFICER, {"state": State.STOPPED}, [None]),
        (OFFICER, {"state": State.CANCELLED}, [None]),
    ],
)
def test_next_step_is_the_persons_own_or_one_line_of_waiting(
    role: Role, changes: dict[str, object], expected: list[str | None]
) -> None:
    assert steps(role, **changes) == expected


@pytest.mark.parametrize("state", sorted(CHALLENGE_STATES))
@pytest.mark.parametrize("role", list(Role))
def test_next_step_exists_for_everybody_in_every_state(role: Role, state: State) -> None:
    assert steps(role, state=state)
    # A challenge of another body asks for nothing of this body's roles.
    assert steps(role, state=state, own=False) == [None]


def test_waiting_says_for_whom() -> None:
    actor = Actor(ME, "Una Sample", uuid.uuid4(), frozenset({LEAD}))
    signing = replace(THING, state=State.INTENTION, standstill_ends_at=NOW)
    approving = replace(THING, state=State.EVALUATING, awaits_sign_off=True)
    running = replace(signing, standstill_ends_at=None)

    assert "procurement officer" in next_steps(signing, actor, NOW)[0].words
    assert "approver" in next_steps(approving, actor, NOW)[0].words
    assert "standstill" in next_steps(running, actor, NOW)[0].words


def test_officer_who_has_signed_for_the_opening_waits_for_a_second_one() -> None:
    closed = {"state": State.CLOSED, "closes_at": NOW}
    assert steps(Role.PROCUREMENT_OFFICER, **closed) == ["opening.show"]
    assert steps(Role.PROCUREMENT_OFFICER, **closed, signed=True) == [None]


WRITERS = [str(ME)]


@pytest.mark.parametrize(
    ("role", "changes", "expected"),
    [
        (LEAD, {"change_writers": WRITERS}, ["changes.show"]),
        (OFFICER, {"change_writers": []}, ["changes.show"]),
        (LEAD, {"change_writers": WRITERS, "change_handed_over": True}, [None]),
        (OFFICER, {"change_writers": WRITERS, "change_handed_over": True}, [None]),
        (OFFICER, {"change_writers": [], "change_handed_over": True}, ["changes.show"]),
        (LEAD, {"change_writers": [], "change_handed_over": True}, [None]),
        (OFFICER, {"change_writers": [], "state": State.CLOSED}, ["opening.show"]),
    ],
)
def test_change_in_hand_leads_its_writer_on_and_another_officer_to_publish_it(
    role: Role, changes: dict[str, object], expected: list[str | None]
) -> None:
    assert steps(role, **{"state": State.OPEN, **changes}) == expected


def test_chair_agrees_no_scores_where_they_stand() -> None:
    led = replace(THING, **LED, moderation_began=True)  # type: ignore[arg-type]  # a mixed dict
    chair = Actor(ME, "Una Sample", uuid.uuid4(), frozenset({CHAIR}))

    assert "Agree" in next_steps(led, chair, NOW)[0].words
    assert "lock them" in next_steps(replace(led, scores_stand=True), chair, NOW)[0].words


def test_whoever_scores_bids_is_not_sent_to_what_their_bidders_show() -> None:
    both = Actor(ME, "Una Sample", uuid.uuid4(), frozenset({OFFICER, EVALUATOR}))
    found = next_steps(replace(THING, **RECOMMENDED), both, NOW)  # type: ignore[arg-type]  # as above
    assert [step.endpoint for step in found] == [None]
