"""Who sends letters to bidders without an account, and when they can have gone out."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.accounts.models import Organisation
from marketplace.core.permissions import Role
from scoring.award.letters.policy import can_send, sent_fault
from scoring.award.letters.texts import letter
from scoring.award.models import Intention, Recommendation, Result, SignOff
from scoring.award.queries import Computed, Decision
from scoring.panel.models import Panel
from tests.conftest import NOW
from tests.unit.award.test_policy import an_actor


def test_officers_send_letters_once_an_award_is_approved() -> None:
    officer = an_actor(Role.PROCUREMENT_OFFICER)
    evaluating = State.EVALUATING
    assert can_send(
        officer, evaluating, awaits_letters=True, undecided=False, unnamed=False
    ).allowed
    assert not can_send(
        officer, evaluating, awaits_letters=False, undecided=False, unnamed=False
    ).allowed
    assert not can_send(
        officer, evaluating, awaits_letters=True, undecided=True, unnamed=False
    ).allowed
    assert not can_send(
        officer, evaluating, awaits_letters=True, undecided=False, unnamed=True
    ).allowed
    assert not can_send(
        officer, State.CANCELLED, awaits_letters=True, undecided=False, unnamed=False
    ).allowed


@pytest.mark.parametrize("role", [Role.APPROVER, Role.CHAIR, Role.AUDITOR])
def test_nobody_else_sends_them(role: Role) -> None:
    assert not can_send(
        an_actor(role), State.EVALUATING, awaits_letters=True, undecided=False, unnamed=False
    ).allowed


def test_letters_go_out_after_the_approval_and_before_now() -> None:
    approved, minute = NOW + timedelta(seconds=30), timedelta(minutes=1)
    now = NOW + timedelta(hours=1)
    for sent in (NOW, now):
        assert sent_fault(sent, approved_at=approved, now=now) is None
    for wrong in (None, NOW - minute, now + minute):
        assert sent_fault(wrong, approved_at=approved, now=now)


def test_a_letter_says_to_its_bidder_what_the_site_shows_to_others() -> None:
    def row(bid: str, points: str, rank: int) -> dict[str, Any]:
        found = {"display": points}
        return {"id": bid, "rank": rank, "total": found, "criteria": {"team": {"points": found}}}

    first, second = row("B-1", "31.50", 1), row("B-2", "20.25", 2)
    text = letter(
        Challenge(title="Ferries", reference="CH-1", buyer=Organisation(name="Council")),
        second,
        [("Acorn", first)],
        [{"id": "team", "title": "Team", "weight": "40", "kind": "quality"}],
        {"team": ["Too few people."]},
        supplier="Birch",
        reason="It solves the problem best.",
        ends=NOW,
    )
    for said in (
        "To: Birch (bid B-2)",
        "We intend to award the contract to Acorn.",
        "No contract is signed before",
        "rank 2",
        "Team (weight 40): 20.25 points\nAcorn: 31.50\nToo few people.",
        "Your total: 20.25\nTotal of Acorn: 31.50",
        "It solves the problem best.",
    ):
        assert said in text


@pytest.mark.parametrize(
    ("approved", "newest", "locked", "announced", "waits"),
    [
        (True, 1, True, False, True),
        (False, 1, True, False, False),
        (True, 1, True, True, False),
        # What was approved has changed since: it is recommended and approved again first.
        (True, 2, True, False, False),
        (True, 1, False, False, False),
    ],
)
def test_letters_wait_while_what_was_approved_stands(
    approved: bool, newest: int, locked: bool, announced: bool, waits: bool
) -> None:
    found = Decision(
        panel=Panel(quality_locked_at=NOW if locked else None),
        computed=Computed(Result(id=uuid.UUID(int=newest)), {}, {}),
        recommendation=Recommendation(result_id=uuid.UUID(int=1)),
        sign_off=SignOff(approved=approved),
        intentions=[Intention()] if announced else [],
        contracts=[],
    )
    assert found.awaits_letters is waits
