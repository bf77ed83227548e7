"""Queries about bids: how long a limit must be, and who may do what in which moment."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from bids.asking import lifecycle, policy
from bids.asking.lifecycle import QueryDecision, QueryPart, QueryState
from bids.asking.models import BidQuery
from bids.lifecycle import OPENED_STATES, BidState
from challenges.lifecycle import State
from marketplace.core.permissions import Actor, Ground, Role

# Wednesday, midday in winter.
NOW = datetime(2026, 12, 2, 12, tzinfo=UTC)
TICK, HOUR, DAY = timedelta(microseconds=1), timedelta(hours=1), timedelta(days=1)
FRIDAY, SATURDAY = NOW + 2 * DAY, NOW + 3 * DAY
MONDAY = NOW + 5 * DAY


def actor(*roles: Role) -> Actor:
    return Actor(uuid.uuid4(), "Somebody Example", uuid.uuid4(), frozenset(roles))


OFFICER = actor(Role.PROCUREMENT_OFFICER)
ADMIN, CONTRIBUTOR = actor(Role.SUPPLIER_ADMIN), actor(Role.SUPPLIER_CONTRIBUTOR)


def a_query(
    standing: QueryState = QueryState.WAITING, part: QueryPart = QueryPart.TERMS
) -> BidQuery:
    """Make one that stands so at NOW; the limit of an overdue one passed an hour ago."""
    answered = standing in (QueryState.ANSWERED, QueryState.DECIDED)
    return BidQuery(
        part=part,
        answer_by=NOW - HOUR if standing is QueryState.OVERDUE else NOW + DAY,
        answered_at=NOW - 2 * HOUR if answered else None,
        decided_at=NOW - HOUR if standing is QueryState.DECIDED else None,
        decision=QueryDecision.ACCEPTED if standing is QueryState.DECIDED else None,
        withdrawn_at=NOW - HOUR if standing is QueryState.WITHDRAWN else None,
    )


@pytest.mark.parametrize("standing", QueryState)
def test_standing_tells_every_state_apart(standing: QueryState) -> None:
    assert policy.standing(a_query(standing), NOW) is standing


def test_an_answer_at_the_limit_is_too_late() -> None:
    assert lifecycle.in_time(NOW - TICK, NOW)
    assert not lifecycle.in_time(NOW, NOW)


def test_nobody_decides_for_lack_of_an_answer_while_one_may_be_being_recorded() -> None:
    assert not lifecycle.surely_unanswered(NOW, NOW + timedelta(seconds=60) - TICK)
    assert lifecycle.surely_unanswered(NOW, NOW + timedelta(seconds=60))


@pytest.mark.parametrize(
    ("now", "earliest"),
    [
        (NOW, NOW + DAY),
        (FRIDAY, MONDAY),
        # A whole working day: Monday, to its end.
        (SATURDAY, datetime(2026, 12, 8, tzinfo=UTC)),
        # Over the end of British Summer Time, by the clock on the wall: Friday to Monday.
        (datetime(2026, 10, 23, 11, tzinfo=UTC), datetime(2026, 10, 26, 12, tzinfo=UTC)),
    ],
)
def test_the_shortest_limit_counts_hours_of_working_days(now: datetime, earliest: datetime) -> None:
    assert lifecycle.earliest_limit(now) == earliest


def test_the_limit_offered_is_midday_three_working_days_on_and_without_fault() -> None:
    offered = lifecycle.usual_limit(NOW)

    assert offered == MONDAY
    assert lifecycle.limit_fault(offered, NOW) == ""


@pytest.mark.parametrize(
    ("limit", "before", "fault"),
    [
        (None, None, "Enter the day"),
        (NOW + DAY - TICK, None, "more time"),
        (NOW + DAY, None, ""),
        (SATURDAY, None, "working day"),
        (NOW + 61 * DAY, None, "60 days"),
        # Made longer while it runs: any later working instant will do.
        (NOW + 2 * HOUR, NOW + HOUR, ""),
        (NOW + HOUR, NOW + HOUR, "after the present limit"),
        # Once it has passed the supplier needs the least time anew.
        (NOW + 2 * HOUR, NOW, "more time"),
        (NOW + DAY, NOW, ""),
    ],
)
def test_limit_fault(limit: datetime | None, before: datetime | None, fault: str) -> None:
    said = lifecycle.limit_fault(limit, NOW, before)

    assert (fault in said) if fault else said == ""


@pytest.mark.parametrize("role", Role)
def test_only_officers_ask(role: Role) -> None:
    answer = policy.can_ask(actor(role), State.OPENED, BidState.VALID)

    assert answer.allowed is (role is Role.PROCUREMENT_OFFICER)
    assert answer.allowed or answer.ground is Ground.RIGHT


@pytest.mark.parametrize("scoring", [Role.EVALUATOR, Role.CHAIR])
def test_an_officer_who_can_score_does_not_ask(scoring: Role) -> None:
    both = actor(Role.PROCUREMENT_OFFICER, scoring)

    assert policy.can_ask(both, State.EVALUATING, BidState.VALID).ground is Ground.RIGHT


@pytest.mark.parametrize("state", State)
def test_asking_is_for_the_time_between_opening_and_decision(state: State) -> None:
    answer = policy.can_ask(OFFICER, state, BidState.VALID)

    assert answer.allowed is (state in (State.OPENED, State.EVALUATING))
    assert answer.allowed or answer.ground is Ground.MOMENT


@pytest.mark.parametrize("bid", BidState)
def test_only_opened_bids_are_asked_about(bid: BidState) -> None:
    assert policy.can_ask(OFFICER, State.OPENED, bid).allowed is (bid in OPENED_STATES)


@pytest.mark.parametrize("standing", QueryState)
def test_officers_acts_by_where_a_query_stands(standing: QueryState) -> None:
    query = a_query(standing)
    waits = standing in (QueryState.WAITING, QueryState.OVERDUE)

    assert policy.can_withdraw(OFFICER, State.OPENED, query, NOW).allowed is waits
    assert policy.can_extend(OFFICER, State.OPENED, query, NOW).allowed is waits
    decides = standing in (QueryState.ANSWERED, QueryState.OVERDUE)
    assert policy.can_decide(OFFICER, State.OPENED, query, NOW).allowed is decides
    assert policy.can_show(OFFICER, State.OPENED, query).allowed is (standing is QueryState.DECIDED)


@pytest.mark.parametrize("rule", [policy.can_withdraw, policy.can_extend, policy.can_decide])
def test_nothing_is_done_with_a_query_after_the_decision_or_by_others(rule: object) -> None:
    assert callable(rule)
    query = a_query(QueryState.ANSWERED)
    assert rule(OFFICER, State.INTENTION, query, NOW).ground is Ground.MOMENT
    assert rule(actor(Role.CHALLENGE_LEAD), State.OPENED, query, NOW).ground is Ground.RIGHT


def test_what_concerns_price_or_eligibility_never_goes_to_the_panel() -> None:
    for part in QueryPart:
        query = a_query(QueryState.DECIDED, part)
        hidden = part in (QueryPart.PRICE, QueryPart.ELIGIBILITY)
        assert policy.can_show(OFFICER, State.EVALUATING, query).allowed is not hidden
    shown = a_query(QueryState.DECIDED)
    shown.shown_at = NOW
    assert policy.can_show(OFFICER, State.EVALUATING, shown).ground is Ground.MOMENT
    assert policy.can_show(ADMIN, State.EVALUATING, shown).ground is Ground.RIGHT


def test_a_query_about_the_price_is_read_by_those_who_may_know_the_price() -> None:
    about_price = a_query(part=QueryPart.PRICE)
    lead = actor(Role.CHALLENGE_LEAD)

    assert policy.may_read(OFFICER, State.EVALUATING, about_price)
    assert not policy.may_read(lead, State.EVALUATING, about_price)
    assert policy.may_read(lead, State.SIGNED, about_price)
    assert policy.may_read(lead, State.EVALUATING, a_query())


@pytest.mark.parametrize("standing", QueryState)
def test_a_supplier_writes_while_the_query_waits(standing: QueryState) -> None:
    answer = policy.can_write(CONTRIBUTOR, State.OPENED, a_query(standing), NOW)

    assert answer.allowed is (standing is QueryState.WAITING)
    assert answer.allowed or answer.ground is Ground.MOMENT


def test_writing_ends_at_the_limit_and_with_the_decision() -> None:
    query = a_query()

    assert policy.can_write(ADMIN, State.OPENED, query, query.answer_by - TICK).allowed
    assert "too late" in policy.can_write(ADMIN, State.OPENED, query, query.answer_by).message
    assert policy.can_write(ADMIN, State.CANCELLED, query, NOW).ground is Ground.MOMENT
    assert policy.can_write(OFFICER, State.OPENED, query, NOW).ground is Ground.RIGHT


def test_only_an_administrator_sends() -> None:
    assert policy.can_send(ADMIN, State.OPENED, a_query(), NOW).allowed
    assert policy.can_send(CONTRIBUTOR, State.OPENED, a_query(), NOW).ground is Ground.RIGHT
    assert policy.can_send(OFFICER, State.OPENED, a_query(), NOW).ground is Ground.RIGHT


def test_a_query_decided_for_lack_of_an_answer_takes_none() -> None:
    query = a_query()
    query.decided_at = NOW

    assert policy.can_write(ADMIN, State.OPENED, query, NOW).ground is Ground.MOMENT
    assert "decided already" in policy.can_decide(OFFICER, State.OPENED, query, NOW).message
