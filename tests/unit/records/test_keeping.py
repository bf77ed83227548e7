"""Clocks of keeping, and who may hold, lift and erase: by rule, without a database."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from marketplace.core.permissions import Actor, Answer, Ground, Role
from marketplace.core.regimes.book import regime_on
from marketplace.core.regimes.shapes import Keeping, Kept, KeptFrom
from scoring.records.keeping import policy
from scoring.records.keeping.clocks import Ends, all_due_on, clocks
from scoring.records.keeping.policy import Keeps

RULES: Mapping[str, Keeping] = {
    Kept.FILE: Keeping(3, KeptFrom.AWARD, "reg. 83"),
    Kept.BIDS: Keeping(3, KeptFrom.AWARD, "reg. 83"),
    Kept.CONTRACT: Keeping(3, KeptFrom.END_OF_CONTRACT, "reg. 82"),
    Kept.NO_AWARD: Keeping(2, KeptFrom.END_WITHOUT_AWARD, "own schedule"),
}
TODAY = date(2030, 3, 1)
DUE = Keeps(TODAY, 0, disputed=False, proposed=False, erased=False)


def actor(*roles: Role, number: int = 1) -> Actor:
    return Actor(UUID(int=number), "Una Sample", UUID(int=9), frozenset(roles))


OFFICER = actor(Role.PROCUREMENT_OFFICER)
APPROVER = actor(Role.APPROVER, number=2)
BOTH = actor(Role.PROCUREMENT_OFFICER, Role.APPROVER)


def test_records_of_an_award_are_kept_until_the_last_time_is_over() -> None:
    found = clocks(RULES, {}, Ends(awarded_on=date(2026, 2, 1), contracts_end=date(2027, 3, 1)))

    assert {each.kind: each.due_on for each in found} == {
        Kept.FILE: date(2029, 2, 1),
        Kept.BIDS: date(2029, 2, 1),
        Kept.CONTRACT: date(2030, 3, 1),
    }
    assert all_due_on(found) == date(2030, 3, 1)


def test_own_schedule_lengthens_and_never_shortens() -> None:
    ends = Ends(ended_on=date(2028, 2, 29))

    (longer,) = clocks(RULES, {Kept.NO_AWARD: 7}, ends)
    (shorter,) = clocks(RULES, {Kept.NO_AWARD: 1}, ends)

    assert (longer.years, longer.own, longer.due_on) == (7, True, date(2035, 2, 28))
    assert (shorter.years, shorter.own, shorter.due_on) == (2, False, date(2030, 2, 28))


@pytest.mark.parametrize(
    "ends",
    [
        Ends(),
        Ends(awarded_on=date(2026, 2, 1)),
        Ends(awarded_on=date(2026, 2, 1), contracts_end=date(2027, 1, 1), open_ended=True),
    ],
)
def test_nothing_is_due_while_a_clock_has_not_begun(ends: Ends) -> None:
    assert all_due_on(clocks(RULES, {}, ends)) is None


def test_every_band_of_the_rules_has_a_clock_for_each_kind() -> None:
    for band in regime_on("scotland", TODAY).bands:
        awarded = Ends(awarded_on=TODAY, contracts_end=TODAY)
        assert all_due_on(clocks(band.keeping, {}, awarded)) is not None
        assert all_due_on(clocks(band.keeping, {}, Ends(ended_on=TODAY))) is not None


def ground(answer: Answer) -> Ground | None:
    assert answer.allowed is (answer.ground is None)
    return answer.ground


@pytest.mark.parametrize(
    ("keeps", "expected"),
    [
        (DUE, None),
        (replace(DUE, due_on=date(2030, 3, 2)), Ground.MOMENT),
        (replace(DUE, due_on=None), Ground.MOMENT),
        (replace(DUE, holds=1), Ground.MOMENT),
        (replace(DUE, disputed=True), Ground.MOMENT),
        (replace(DUE, proposed=True), Ground.MOMENT),
        (replace(DUE, erased=True), Ground.MOMENT),
    ],
)
def test_officer_proposes_what_is_due_and_held_by_nothing(
    keeps: Keeps, expected: Ground | None
) -> None:
    assert ground(policy.can_propose(OFFICER, keeps, TODAY)) is expected


def test_only_an_officer_proposes_and_only_an_approver_answers() -> None:
    waiting = Keeps(TODAY, 0, disputed=False, proposed=True, erased=False)

    def answer(by: Actor, proposed_by: Actor = OFFICER) -> Ground | None:
        return ground(policy.can_answer(by, proposed_by.user_id, waiting, TODAY, confirms=True))

    assert ground(policy.can_propose(APPROVER, DUE, TODAY)) is Ground.RIGHT
    assert answer(APPROVER) is None
    assert answer(OFFICER) is Ground.RIGHT
    assert answer(BOTH, BOTH) is Ground.RIGHT


def test_refusing_is_never_too_late_and_confirming_asks_again_what_holds() -> None:
    held = Keeps(TODAY, 1, disputed=False, proposed=True, erased=False)
    answered = Keeps(TODAY, 0, disputed=False, proposed=False, erased=False)

    def answer(keeps: Keeps, *, confirms: bool) -> Ground | None:
        by = OFFICER.user_id
        return ground(policy.can_answer(APPROVER, by, keeps, TODAY, confirms=confirms))

    assert answer(held, confirms=True) is Ground.MOMENT
    assert answer(held, confirms=False) is None
    assert answer(answered, confirms=False) is Ground.MOMENT


def test_a_hold_is_set_by_an_officer_and_lifted_by_another_who_approves() -> None:
    assert ground(policy.can_hold(OFFICER, DUE)) is None
    assert ground(policy.can_hold(APPROVER, DUE)) is Ground.RIGHT
    gone = Keeps(TODAY, 0, disputed=False, proposed=False, erased=True)
    assert ground(policy.can_hold(OFFICER, gone)) is Ground.MOMENT
    assert ground(policy.can_lift(APPROVER, OFFICER.user_id, lifted=False)) is None
    assert ground(policy.can_lift(APPROVER, OFFICER.user_id, lifted=True)) is Ground.MOMENT
    assert ground(policy.can_lift(OFFICER, APPROVER.user_id, lifted=False)) is Ground.RIGHT
    assert ground(policy.can_lift(BOTH, BOTH.user_id, lifted=False)) is Ground.RIGHT


@pytest.mark.parametrize("role", [Role.PROCUREMENT_OFFICER, Role.APPROVER, Role.AUDITOR])
def test_times_are_read_by_those_whose_they_are(role: Role) -> None:
    assert policy.can_read(actor(role)).allowed
    assert not policy.can_read(actor(Role.CHALLENGE_LEAD, Role.EVALUATOR)).allowed
