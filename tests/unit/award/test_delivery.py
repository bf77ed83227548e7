"""The rules of work under contracts: money to the penny, who may do what when, and what follows."""

import uuid
from datetime import date

import pytest

from challenges.lifecycle import State
from challenges.stages.kinds import StageKind
from marketplace.core.permissions import Actor, Answer, Ground, Role
from scoring.award.delivery import policy
from scoring.award.delivery.benefits import lifecycle as benefits
from scoring.award.delivery.benefits import policy as benefit_policy
from scoring.award.delivery.benefits.lifecycle import Measured
from scoring.award.delivery.gates import lifecycle as gates
from scoring.award.delivery.gates import policy as gate_policy
from scoring.award.delivery.gates.lifecycle import Decision, Finding, Found
from scoring.award.delivery.lifecycle import Outcome, Then, after_end, has_gate, names_supplier
from scoring.award.delivery.milestones.lifecycle import (
    Standing,
    Written,
    due_days,
    evenly,
    is_late,
    payment_fault,
    row_faults,
    standing,
    sum_fault,
)
from scoring.award.delivery.usual import usual

BODY, SUPPLIER, OTHER = uuid.uuid4(), uuid.uuid4(), uuid.uuid4()
DAY = date(2027, 3, 1)


def an_actor(*roles: Role, organisation: uuid.UUID = BODY) -> Actor:
    return Actor(uuid.uuid4(), "Somebody Example", organisation, frozenset(roles))


LEAD, OFFICER = an_actor(Role.CHALLENGE_LEAD), an_actor(Role.PROCUREMENT_OFFICER)
APPROVER = an_actor(Role.APPROVER)
BIDDER = an_actor(Role.SUPPLIER_ADMIN, organisation=SUPPLIER)
STRANGER = an_actor(*Role, organisation=OTHER)


def ground(answer: Answer) -> Ground | None:
    """Give on which ground it was refused, and see that a refusal says why."""
    assert answer.allowed or answer.message
    return answer.ground


def a_row(number: int | None = None, **more: object) -> Written:
    given = {
        "title": "Plan",
        "deliverable": "A plan.",
        "accepted_when": "We have read it.",
        "due_on": DAY,
        "payment_minor": 100_00,
        "number": number,
        **more,
    }
    return Written(**given)  # type: ignore[arg-type]  # the fields are named above


@pytest.mark.parametrize(
    ("reported", "accepted", "paid", "found"),
    [
        (False, None, False, Standing.PLANNED),
        (True, None, False, Standing.REPORTED),
        (True, False, False, Standing.RETURNED),
        (True, True, False, Standing.ACCEPTED),
        (True, True, True, Standing.PAID),
    ],
)
def test_milestone_stands_where_its_newest_report_was_answered(
    reported: bool, accepted: bool | None, paid: bool, found: Standing
) -> None:
    assert standing(reported=reported, accepted=accepted, paid=paid) is found


@pytest.mark.parametrize("found", Standing)
def test_milestone_is_late_after_its_day_until_it_is_reported(found: Standing) -> None:
    waits = found in (Standing.PLANNED, Standing.RETURNED)

    assert not is_late(found, DAY, DAY)
    assert is_late(found, DAY, date(2027, 3, 2)) is waits


@pytest.mark.parametrize(
    ("payments", "word", "difference"),
    [
        ([100_00, 200_00], None, None),
        ([100_00, 200_01], "more", 1),
        ([100_00, 199_99], "less", 1),
        ([], "less", 300_00),
    ],
)
def test_payments_that_do_not_come_to_the_value_are_refused_to_the_penny(
    payments: list[int], word: str | None, difference: int | None
) -> None:
    fault = sum_fault(payments, 300_00)

    assert (fault is None) is (word is None)
    if fault is not None:
        assert word is not None
        assert (word in fault[0], fault[1]) == (True, difference)


def test_each_row_of_a_plan_says_all_that_a_milestone_is() -> None:
    empty = Written("", "", "", None, None)
    bare = Written("x" * 201, "x" * 5_001, "", None, None)
    early = a_row(due_on=date(2027, 2, 28), payment_minor=10**15)

    found = row_faults([bare, empty, early, a_row()], starts_on=DAY, settled={})

    assert set(found) == {
        "title_0",
        "deliverable_0",
        "accepted_when_0",
        "due_on_0",
        "payment_0",
        "due_on_2",
        "payment_2",
    }
    assert set(row_faults([empty], starts_on=None, settled={})) == {"title_0"}
    assert set(row_faults([a_row(title="")], starts_on=None, settled={})) == {"title_0"}


def test_accepted_milestone_stays_as_it_is_and_stays_there() -> None:
    settled = {1: a_row(1)}

    assert row_faults([a_row(1), a_row(2)], starts_on=DAY, settled=settled) == {}
    assert "title_0" in row_faults([a_row(1, payment_minor=1)], starts_on=DAY, settled=settled)
    assert "title_0" in row_faults([a_row(2)], starts_on=DAY, settled=settled)


def test_suggested_payments_and_days_lose_no_penny_and_end_with_the_contract() -> None:
    assert sum(evenly(100_00, 3)) == 100_00
    assert evenly(100_00, 3) == [33_00, 33_00, 34_00]
    assert due_days(DAY, date(2027, 3, 31), 2) == [date(2027, 3, 16), date(2027, 3, 31)]


@pytest.mark.parametrize(
    ("amount", "note", "fields"),
    [
        (None, "", {"amount"}),
        (0, "", {"amount"}),
        (100_01, "", {"amount"}),
        (99_99, "", {"note"}),
        (99_99, "A page was missing.", set()),
        (100_00, "", set()),
    ],
)
def test_payment_is_never_above_what_was_accepted_and_less_has_its_reason(
    amount: int | None, note: str, fields: set[str]
) -> None:
    assert set(payment_fault(amount, accepted_minor=100_00, note=note)) == fields


@pytest.mark.parametrize("state", State)
def test_plans_are_written_by_officers_while_work_can_go_on(state: State) -> None:
    works = state in {State.EVALUATING, State.INTENTION, State.SIGNED, State.DELIVERING}

    def ask(actor: Actor, *, ended: bool = False) -> Answer:
        return policy.can_plan(actor, buyer_id=BODY, state=state, ended=ended)

    assert ask(OFFICER).allowed is works
    assert ground(ask(OFFICER, ended=True)) is Ground.MOMENT
    assert ground(ask(LEAD)) is Ground.RIGHT
    assert ground(ask(STRANGER)) is Ground.RIGHT


@pytest.mark.parametrize("found", Standing)
def test_supplier_reports_what_is_not_reported_and_nobody_else_but_an_officer(
    found: Standing,
) -> None:
    def ask(actor: Actor, *, ended: bool = False) -> Answer:
        return policy.can_report(
            actor,
            buyer_id=BODY,
            supplier_id=SUPPLIER,
            state=State.DELIVERING,
            ended=ended,
            standing=found,
        )

    open_now = found in (Standing.PLANNED, Standing.RETURNED)
    assert ask(BIDDER).allowed is open_now
    assert ask(OFFICER).allowed is open_now
    assert ground(ask(BIDDER, ended=True)) is Ground.MOMENT
    assert ground(ask(LEAD)) is Ground.RIGHT
    assert ground(ask(STRANGER)) is Ground.RIGHT


@pytest.mark.parametrize("found", Standing)
def test_lead_accepts_what_another_person_reported(found: Standing) -> None:
    def ask(actor: Actor, *, ended: bool = False, reporter: uuid.UUID | None = None) -> Answer:
        return policy.can_accept(
            actor,
            buyer_id=BODY,
            state=State.DELIVERING,
            ended=ended,
            standing=found,
            reported_by_id=reporter,
        )

    assert ask(LEAD).allowed is (found is Standing.REPORTED)
    assert ground(ask(LEAD, reporter=LEAD.user_id)) is Ground.RIGHT
    assert ground(ask(LEAD, ended=True)) is Ground.MOMENT
    for actor in (OFFICER, APPROVER, BIDDER, STRANGER):
        assert ground(ask(actor)) is Ground.RIGHT


@pytest.mark.parametrize("found", Standing)
def test_officer_pays_once_what_another_person_accepted(found: Standing) -> None:
    def ask(actor: Actor, *, accepted_by: uuid.UUID | None = None, minor: int = 1) -> Answer:
        return policy.can_pay(
            actor, buyer_id=BODY, standing=found, accepted_by_id=accepted_by, accepted_minor=minor
        )

    assert ask(OFFICER).allowed is (found is Standing.ACCEPTED)
    assert ground(ask(OFFICER, minor=0)) is Ground.MOMENT
    assert ground(ask(OFFICER, accepted_by=OFFICER.user_id)) is Ground.RIGHT
    for actor in (LEAD, BIDDER, STRANGER):
        assert ground(ask(actor)) is Ground.RIGHT


@pytest.mark.parametrize(
    ("gated", "open_count", "ended", "allowed"),
    [
        (False, 0, False, True),
        (True, 0, False, False),
        (False, 1, False, False),
        (False, 0, True, False),
    ],
)
def test_work_without_a_gate_is_finished_once_all_is_accepted(
    gated: bool, open_count: int, ended: bool, allowed: bool
) -> None:
    def ask(actor: Actor) -> Answer:
        return policy.can_finish(
            actor,
            buyer_id=BODY,
            state=State.DELIVERING,
            ended=ended,
            gated=gated,
            open_count=open_count,
        )

    assert ask(LEAD).allowed is allowed
    assert ground(ask(OFFICER)) is Ground.RIGHT
    assert ground(ask(STRANGER)) is Ground.RIGHT


@pytest.mark.parametrize(
    ("state", "running", "contracts", "allowed"),
    [
        (State.DELIVERING, 0, 1, True),
        (State.DELIVERING, 1, 2, False),
        (State.DELIVERING, 0, 0, False),
        (State.SIGNED, 0, 1, False),
        (State.FINISHED, 0, 1, False),
    ],
)
def test_all_work_is_closed_by_an_officer_once_none_goes_on(
    state: State, running: int, contracts: int, allowed: bool
) -> None:
    def ask(actor: Actor) -> Answer:
        return policy.can_close(
            actor, buyer_id=BODY, state=state, running=running, contracts=contracts
        )

    assert ask(OFFICER).allowed is allowed
    assert ground(ask(LEAD)) is Ground.RIGHT
    assert ground(ask(STRANGER)) is Ground.RIGHT


@pytest.mark.parametrize("state", State)
def test_gate_is_held_by_a_lead_and_answered_by_another_person(state: State) -> None:
    works = state in {State.EVALUATING, State.INTENTION, State.SIGNED, State.DELIVERING}
    usually = {"gated": True, "ended": False, "awaits": False, "waiting_reports": 0}

    def propose(actor: Actor, **more: object) -> Answer:
        given = {"buyer_id": BODY, "state": state, **usually, **more}
        return gate_policy.can_propose(actor, **given)  # type: ignore[arg-type]  # as above

    def answer(actor: Actor, **more: object) -> Answer:
        given = {
            "buyer_id": BODY,
            "state": state,
            "ended": False,
            "proposed_by_id": LEAD.user_id,
            "answered": False,
            **more,
        }
        return gate_policy.can_answer(actor, **given)  # type: ignore[arg-type]  # as above

    assert propose(LEAD).allowed is works
    assert ground(propose(OFFICER)) is Ground.RIGHT
    assert ground(propose(STRANGER)) is Ground.RIGHT
    for more in ({"gated": False}, {"ended": True}, {"awaits": True}, {"waiting_reports": 1}):
        assert ground(propose(LEAD, **more)) is Ground.MOMENT
    assert answer(APPROVER).allowed is works
    assert ground(answer(LEAD)) is Ground.RIGHT
    assert ground(answer(STRANGER)) is Ground.RIGHT
    assert ground(answer(APPROVER, proposed_by_id=APPROVER.user_id)) is Ground.RIGHT
    for refused in ({"proposed_by_id": None}, {"answered": True}, {"ended": True}):
        assert ground(answer(APPROVER, **refused)) is Ground.MOMENT


def test_proposal_says_what_was_found_and_whoever_stops_says_what_was_learned() -> None:
    good = Found("Tested?", Finding.MET, "Six people.")
    empty = Found("", None, "")

    assert gates.faults([good, empty], Decision.GOES_ON, "It works.", "") == {}
    assert set(gates.faults([good], Decision.STOPS, "No.", "")) == {"lessons"}
    assert set(gates.faults([empty], None, "", "")) == {"criterion_0", "decision", "reason"}
    long = Found("x" * 501, None, "x" * 5_001)
    assert set(gates.faults([long], Decision.STOPS, "x" * 10_001, "x" * 10_001)) == {
        "criterion_0",
        "finding_0",
        "words_0",
        "reason",
        "lessons",
    }
    assert set(gates.faults([Found("", Finding.MET, "")], Decision.GOES_ON, "Yes.", "")) == {
        "criterion_0",
        "words_0",
    }


@pytest.mark.parametrize(
    ("outcomes", "later_work", "then"),
    [
        ([(2, None)], False, Then.NOTHING),
        ([(2, Outcome.COMPLETED), (2, None)], False, Then.NOTHING),
        ([(2, Outcome.COMPLETED)], False, Then.FINISH),
        ([(2, Outcome.WENT_ON)], True, Then.NOTHING),
        ([(2, Outcome.WENT_ON), (4, Outcome.COMPLETED)], False, Then.FINISH),
        ([(2, Outcome.STOPPED)], True, Then.STOP),
        ([(2, Outcome.STOPPED), (2, Outcome.WENT_ON)], False, Then.FINISH),
        ([(2, Outcome.WENT_ON), (4, Outcome.STOPPED)], True, Then.STOP),
    ],
)
def test_challenge_ends_with_the_last_of_its_work(
    outcomes: list[tuple[int, Outcome | None]], later_work: bool, then: Then
) -> None:
    assert after_end(outcomes, later_work=later_work, to_sign=False) is then
    assert after_end(outcomes, later_work=later_work, to_sign=True) is Then.NOTHING


def test_what_is_usual_has_criteria_for_every_stage_with_a_gate() -> None:
    found = usual()

    assert {kind for kind in StageKind if has_gate(kind)} == {
        kind for kind, each in found.items() if each.criteria
    }
    assert not has_gate(None)
    assert all(each.milestones for each in found.values())


def test_benefits_are_due_at_six_and_twelve_months_the_earlier_first() -> None:
    finished = date(2026, 8, 31)

    assert benefits.due_on(finished, 6) == date(2027, 2, 28)
    assert benefits.due(finished, (), date(2027, 2, 27)) is None
    assert benefits.due(finished, (), date(2027, 2, 28)) == 6
    assert benefits.due(finished, (), date(2028, 1, 1)) == 6
    assert benefits.due(finished, {6}, date(2028, 1, 1)) == 12
    assert benefits.due(finished, {6, 12}, date(2028, 1, 1)) is None


def test_measures_are_read_from_what_the_challenge_said_success_would_look_like() -> None:
    text = "* Half of those asked used it.\n\n2. Waits fall by a third\n– plain"

    assert benefits.measures_of(text) == [
        "Half of those asked used it.",
        "Waits fall by a third",
        "– plain",
    ]


def test_measurement_says_what_it_is_now_and_what_it_was_good_for() -> None:
    empty = Measured("", "", "")

    assert benefits.faults([Measured("Waits", "40", "30"), empty], "Good.", "") == {}
    assert set(benefits.faults([empty], "", "x" * 10_001)) == {"measure_0", "words", "lessons"}
    assert set(benefits.faults([Measured("", "x" * 201, "")], "x", "")) == {
        "measure_0",
        "before_0",
        "now_0",
    }
    assert set(benefits.faults([Measured("x" * 501, "", "1")], "x", "")) == {"measure_0"}


@pytest.mark.parametrize("state", State)
def test_benefits_are_measured_by_writers_once_the_work_is_finished_and_they_are_due(
    state: State,
) -> None:
    def ask(
        actor: Actor, *, months: int = 6, today: date = DAY, finished: date | None = DAY
    ) -> Answer:
        return benefit_policy.can_measure(
            actor, buyer_id=BODY, state=state, finished_on=finished, months=months, today=today
        )

    later = date(2027, 9, 1)
    assert ask(LEAD, today=later).allowed is (state is State.FINISHED)
    assert ground(ask(LEAD)) is Ground.MOMENT
    assert ground(ask(LEAD, months=7, today=later)) is Ground.MOMENT
    assert ground(ask(LEAD, finished=None, today=later)) is Ground.MOMENT
    assert ground(ask(APPROVER, today=later)) is Ground.RIGHT
    assert ground(ask(STRANGER, today=later)) is Ground.RIGHT


def test_supplier_of_paid_work_is_named_once_the_decision_is_signed() -> None:
    for state in (State.EVALUATING, State.INTENTION):
        assert not names_supplier(before_decision=True, state=state)
        assert names_supplier(before_decision=False, state=state)
    assert names_supplier(before_decision=True, state=State.SIGNED)


def test_who_judges_without_names_does_not_see_with_whom_work_is_done() -> None:
    assert policy.can_see(unnamed=False).allowed
    refused = policy.can_see(unnamed=True)
    assert (refused.allowed, refused.ground) == (False, Ground.RIGHT)


def test_nothing_is_accepted_or_paid_while_milestones_do_not_come_to_the_value() -> None:
    assert policy.in_step(out_of_step=False).allowed
    assert policy.in_time(late=False).allowed
    assert policy.in_time(late=True).ground is Ground.MOMENT
    refused = policy.in_step(out_of_step=True)
    assert (refused.allowed, refused.ground) == (False, Ground.MOMENT)
