"""Every state of a challenge against every event, from a table that a person can read."""

from datetime import UTC, datetime, timedelta

import pytest

from challenges.lifecycle import CHALLENGE_STATES, TRANSITIONS, Event, State, after, state_at
from marketplace.core.errors import WrongMoment

# What moves a stage alone: `test_running` has it.
OF_STAGES = {Event.OPEN_STAGE, Event.HEAR, Event.GO_ON}
CLOSING = datetime(2026, 12, 8, 12, tzinfo=UTC)

# Columns are events, rows are states; a dot: the event has no place there.
TABLE = """
                   submit_for_review return_to_draft approve publish open_bids bring_in begin_evaluation announce_intention decide_again sign_contract   begin_work finish_work stop    cancel
draft              in_review         .               .       .       .         .        .                .                  .            .               .          .           .       cancelled
in_review          .                 draft           ready   .       .         .        .                .                  .            .               .          .           .       cancelled
ready              .                 draft           .       open    .         .        .                .                  .            .               .          .           .       cancelled
open               .                 .               .       .       .         .        .                .                  .            .               .          .           .       cancelled
closed             .                 .               .       .       opened    opened   .                .                  .            .               .          .           .       cancelled
opened             .                 .               .       .       .         .        evaluating       .                  .            .               .          .           stopped cancelled
evaluating         .                 .               .       .       .         .        .                intention_to_award .            .               .          .           stopped cancelled
intention_to_award .                 .               .       .       .         .        .                .                  evaluating   contract_signed .          .           .       cancelled
contract_signed    .                 .               .       .       .         .        .                .                  .            .               delivering .           stopped .
delivering         .                 .               .       .       .         .        .                .                  .            .               .          finished    stopped .
finished           .                 .               .       .       .         .        .                .                  .            .               .          .           .       .
stopped            .                 .               .       .       .         .        .                .                  .            .               .          .           .       .
cancelled          .                 .               .       .       .         .        .                .                  .            .               .          .           .       .
"""  # noqa: E501  (a table that is broken over lines could not be read)


def pairs() -> dict[tuple[State, Event], State | None]:
    head, *rows = [line.split() for line in TABLE.strip().splitlines()]
    return {
        (State(row[0]), Event(event)): None if cell == "." else State(cell)
        for row in rows
        for event, cell in zip(head, row[1:], strict=True)
    }


def test_table_holds_every_pair_of_state_and_event() -> None:
    assert set(pairs()) == {
        (state, event) for state in CHALLENGE_STATES for event in set(Event) - OF_STAGES
    }


@pytest.mark.parametrize(("state", "event"), [p for p, outcome in pairs().items() if outcome])
def test_event_with_a_place_in_the_state_leads_on(state: State, event: Event) -> None:
    assert after(state, event) is pairs()[state, event]


@pytest.mark.parametrize(("state", "event"), [p for p, outcome in pairs().items() if not outcome])
def test_event_without_a_place_in_the_state_is_refused(state: State, event: Event) -> None:
    with pytest.raises(WrongMoment):
        after(state, event)


def test_transitions_lead_from_every_state_but_the_last_three() -> None:
    assert {state for state, _event in TRANSITIONS} == CHALLENGE_STATES - {
        State.FINISHED,
        State.STOPPED,
        State.CANCELLED,
    }


@pytest.mark.parametrize(
    ("offset", "expected"),
    [
        (timedelta(microseconds=-1), State.OPEN),
        (timedelta(0), State.CLOSED),
        (timedelta(days=1), State.CLOSED),
    ],
)
def test_open_challenge_closes_at_the_closing_instant_itself(
    offset: timedelta, expected: State
) -> None:
    assert state_at(State.OPEN, CLOSING, CLOSING + offset) is expected


@pytest.mark.parametrize("state", sorted(set(State) - {State.OPEN, State.CLOSED}))
def test_other_states_do_not_follow_the_clock(state: State) -> None:
    assert state_at(state, CLOSING, CLOSING + timedelta(days=1)) is state


def test_open_challenge_without_closing_instant_stays_open() -> None:
    assert state_at(State.OPEN, None, CLOSING) is State.OPEN
