"""When a closing instant can be moved, and by whom: each state and event, the exact instants."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from challenges import policy
from challenges.closing_models import DeadlineChange
from challenges.kinds import DeadlineOutcome
from challenges.law import usual_later_closing
from challenges.lifecycle import CHALLENGE_STATES, Move, State, move_at, reopens_until
from challenges.models import Challenge, Stage
from marketplace.core.permissions import Actor, Answer, Ground, Role

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
TICK, DAY = timedelta(microseconds=1), timedelta(hours=24)
BODY, PROPOSER = uuid.uuid4(), uuid.uuid4()
OFFICER = Role.PROCUREMENT_OFFICER

# What each event is answered, by where the challenge stands; "closed, late" is 24 hours on. The
# two kinds of proposal are those made before closing (extend) and after it (reopen).
TABLE = """
                     propose  confirm-extend  confirm-reopen  decline
draft                .        .               .               .
in_review            .        .               .               .
ready                .        .               .               .
open                 yes      yes             .               yes
closed               yes      .               yes             yes
closed,late          .        .               .               yes
opened               .        .               .               .
evaluating           .        .               .               .
intention_to_award   .        .               .               .
contract_signed      .        .               .               .
delivering           .        .               .               .
finished             .        .               .               .
stopped              .        .               .               .
cancelled            .        .               .               .
"""


def pairs() -> list[tuple[str, str, bool]]:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return [
        (row[0], event, cell == "yes")
        for row in rows
        for event, cell in zip(head, row[1:], strict=True)
    ]


def an_actor(*roles: Role, organisation: uuid.UUID = BODY, user: uuid.UUID | None = None) -> Actor:
    return Actor(user or uuid.uuid4(), "Somebody Example", organisation, frozenset(roles))


def a_challenge(stands: str = "open", closes_at: datetime | None = None) -> Challenge:
    """Make one in memory, as it stands at NOW."""
    if closes_at is None:
        closes_at = {"closed": NOW, "closed,late": NOW - DAY}.get(stands, NOW + DAY)
    return Challenge(
        buyer_id=BODY,
        state=State.OPEN if stands.startswith("closed") else State(stands),
        stages=[Stage(ordinal=1, closes_at=closes_at)],
    )


def a_change(*, after_closing: bool = False, closes_to: datetime = NOW + 2 * DAY) -> DeadlineChange:
    return DeadlineChange(
        closes_to=closes_to, after_closing=after_closing, proposed_by_id=PROPOSER, outcome=None
    )


def ask(event: str, actor: Actor, challenge: Challenge, *, began: bool = False) -> Answer:
    change = a_change(after_closing=event.endswith("reopen"))
    if event == "propose":
        return policy.can_propose_deadline(actor, challenge.stage, NOW, opening_began=began)
    if event == "decline":
        return policy.can_decline_deadline(actor, challenge.stage, change, NOW)
    return policy.can_confirm_deadline(actor, challenge.stage, change, NOW, opening_began=began)


EVENTS = sorted({event for _stands, event, _yes in pairs()})


def test_table_holds_every_state() -> None:
    assert {stands.split(",")[0] for stands, _event, _yes in pairs()} == CHALLENGE_STATES


@pytest.mark.parametrize(("stands", "event", "allowed"), pairs())
def test_event_is_allowed_in_the_states_of_the_table_and_nowhere_else(
    stands: str, event: str, allowed: bool
) -> None:
    answer = ask(event, an_actor(OFFICER), a_challenge(stands))

    assert answer.allowed is allowed
    assert allowed or answer.ground is Ground.MOMENT


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("role", Role)
def test_moving_a_deadline_is_for_procurement_officers_of_the_body(event: str, role: Role) -> None:
    challenge = a_challenge("closed" if event.endswith("reopen") else "open")

    assert ask(event, an_actor(role), challenge).allowed is (role is OFFICER)
    stranger = an_actor(role, organisation=uuid.uuid4())
    assert ask(event, stranger, challenge).ground is Ground.RIGHT


@pytest.mark.parametrize("event", [event for event in EVENTS if event != "propose"])
def test_proposer_neither_confirms_nor_declines(event: str) -> None:
    challenge = a_challenge("closed" if event.endswith("reopen") else "open")

    answer = ask(event, an_actor(OFFICER, user=PROPOSER), challenge)

    assert answer.ground is Ground.RIGHT
    assert "another officer" in answer.message


@pytest.mark.parametrize("outcome", DeadlineOutcome)
def test_what_is_decided_is_decided(outcome: DeadlineOutcome) -> None:
    change, actor = a_change(), an_actor(OFFICER)
    change.outcome = outcome

    for answer in (
        policy.can_confirm_deadline(actor, a_challenge().stage, change, NOW, opening_began=False),
        policy.can_decline_deadline(actor, a_challenge().stage, change, NOW),
    ):
        assert answer.ground is Ground.MOMENT
        assert f"{outcome} already" in answer.message


@pytest.mark.parametrize("event", ["propose", "confirm-reopen"])
def test_once_the_bids_are_being_opened_nothing_is_opened_again(event: str) -> None:
    answer = ask(event, an_actor(OFFICER), a_challenge("closed"), began=True)

    assert answer.ground is Ground.MOMENT
    assert "begun to open the bids" in answer.message


def test_proposal_that_waited_past_closing_is_told_to_be_declined() -> None:
    answer = ask("confirm-extend", an_actor(OFFICER), a_challenge("closed"))

    assert "Bids have closed while this proposal waited" in answer.message


@pytest.mark.parametrize(("ahead", "allowed"), [(TICK, True), (timedelta(0), False)])
def test_reopening_to_a_time_that_has_come_cannot_be_confirmed(
    ahead: timedelta, allowed: bool
) -> None:
    change = a_change(after_closing=True, closes_to=NOW + ahead)

    answer = policy.can_confirm_deadline(
        an_actor(OFFICER), a_challenge("closed").stage, change, NOW, opening_began=False
    )

    assert answer.allowed is allowed


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (-TICK, Move.EXTEND),
        (timedelta(0), Move.REOPEN),
        (DAY - TICK, Move.REOPEN),
        (DAY, None),
        (DAY + TICK, None),
    ],
)
def test_way_of_moving_turns_at_closing_and_ends_24_hours_after_it(
    after: timedelta, expected: Move | None
) -> None:
    assert move_at(State.OPEN, NOW, NOW + after) is expected
    assert reopens_until(NOW) == NOW + DAY


def test_challenge_without_closing_instant_has_none_to_move() -> None:
    assert move_at(State.OPEN, None, NOW) is None


@pytest.mark.parametrize(
    ("move", "closes_at", "now", "expected"),
    [
        # A week after a Tuesday, at midday in winter and in summer time.
        (
            Move.EXTEND,
            datetime(2026, 12, 8, 12, tzinfo=UTC),
            NOW,
            datetime(2026, 12, 15, 12, tzinfo=UTC),
        ),
        (
            Move.EXTEND,
            datetime(2026, 6, 9, 11, tzinfo=UTC),
            datetime(2026, 6, 1, 9, tzinfo=UTC),
            datetime(2026, 6, 16, 11, tzinfo=UTC),
        ),
        # The day after a Friday is the Monday.
        (
            Move.REOPEN,
            datetime(2026, 12, 4, 12, tzinfo=UTC),
            datetime(2026, 12, 4, 13, tzinfo=UTC),
            datetime(2026, 12, 7, 12, tzinfo=UTC),
        ),
    ],
)
def test_later_closing_that_is_suggested_is_midday_of_a_working_day(
    move: Move, closes_at: datetime, now: datetime, expected: datetime
) -> None:
    assert usual_later_closing(move, closes_at, now) == expected
