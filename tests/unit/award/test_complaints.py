"""The rules of complaints and of court proceedings: who, when, and what they keep back."""

import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from marketplace.core.permissions import ROLE_PERMISSIONS, Actor, Answer, Ground, Permission, Role
from scoring.award.complaints import lifecycle, policy
from scoring.award.complaints.lifecycle import Standing
from scoring.award.complaints.models import AwardComplaint, ComplaintWithdrawal

ENDS = datetime(2026, 12, 12, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)


def an_actor(*roles: Role) -> Actor:
    return Actor(uuid.uuid4(), "Una Sample", uuid.uuid4(), frozenset(roles))


OFFICER, APPROVER = an_actor(Role.PROCUREMENT_OFFICER), an_actor(Role.APPROVER)
SUPPLIER = an_actor(Role.SUPPLIER_ADMIN)


def without(permission: Permission) -> list[Actor]:
    return [an_actor(role) for role in Role if permission not in ROLE_PERMISSIONS[role]]


def refused(answer: Answer, ground: Ground) -> None:
    assert not answer.allowed
    assert answer.ground is ground
    assert answer.message


def test_complaint_that_arrives_at_the_end_of_the_standstill_is_too_late() -> None:
    assert lifecycle.in_time(ENDS - MOMENT, ENDS) is True
    assert lifecycle.in_time(ENDS, ENDS) is False
    assert lifecycle.in_time(ENDS, None) is None


@pytest.mark.parametrize(
    ("taken_back", "proposed", "decided", "standing"),
    [
        (False, False, False, Standing.WAITING),
        (False, True, False, Standing.PROPOSED),
        (False, False, True, Standing.DECIDED),
        (True, True, False, Standing.TAKEN_BACK),
    ],
)
def test_complaint_stands_where_the_last_act_put_it(
    taken_back: bool, proposed: bool, decided: bool, standing: Standing
) -> None:
    found = lifecycle.standing_of(taken_back=taken_back, proposed=proposed, decided=decided)

    assert found is standing


def test_complaint_is_open_about_the_decision_that_it_came_after() -> None:
    row = AwardComplaint(recorded_at=ENDS)
    assert row.open_since(ENDS)
    assert not row.open_since(ENDS + MOMENT)  # the decision was taken again
    row.withdrawal = ComplaintWithdrawal()
    assert not row.open_since(ENDS)


def test_officer_tells_when_a_complaint_came_to_the_minute() -> None:
    told_at = ENDS.replace(second=30)

    def fault(received_at: datetime | None) -> str | None:
        return lifecycle.received_fault(
            received_at, told_at=told_at, now=ENDS + timedelta(minutes=1)
        )

    assert fault(ENDS) is None
    assert fault(None)
    assert fault(ENDS + timedelta(minutes=2))
    assert fault(ENDS - timedelta(minutes=1))


def test_day_of_a_court_is_not_in_the_future() -> None:
    today = date(2026, 12, 1)

    assert lifecycle.day_fault(today, today=today, missing="none") is None
    assert lifecycle.day_fault(None, today=today, missing="none") == "none"
    assert lifecycle.day_fault(today + timedelta(days=1), today=today, missing="none")


def test_only_an_administrator_of_the_bidder_complains_once_a_decision_is_told() -> None:
    assert policy.can_complain(SUPPLIER, told=True).allowed
    refused(policy.can_complain(SUPPLIER, told=False), Ground.MOMENT)
    for other in without(Permission.BID_SUBMIT):
        refused(policy.can_complain(other, told=True), Ground.RIGHT)


def test_complaints_are_read_by_who_deals_with_them_auditors_and_the_panels_chair() -> None:
    chair = an_actor(Role.CHAIR)

    for reader in (OFFICER, APPROVER, an_actor(Role.AUDITOR)):
        assert policy.can_read(reader, chair_id=None, unnamed=False).allowed
        refused(policy.can_read(reader, chair_id=None, unnamed=True), Ground.RIGHT)
    assert policy.can_read(chair, chair_id=chair.user_id, unnamed=False).allowed
    refused(policy.can_read(chair, chair_id=uuid.uuid4(), unnamed=False), Ground.RIGHT)
    refused(policy.can_read(an_actor(Role.EVALUATOR), chair_id=None, unnamed=False), Ground.RIGHT)


def test_officer_records_what_came_by_other_means_once_a_decision_is_told() -> None:
    assert policy.can_record(OFFICER, told=True).allowed
    refused(policy.can_record(OFFICER, told=False), Ground.MOMENT)
    for other in without(Permission.CONTRACT_SIGN):
        refused(policy.can_record(other, told=True), Ground.RIGHT)


def test_officer_who_did_not_judge_proposes_once() -> None:
    assert policy.can_propose(OFFICER, Standing.WAITING, on_panel=False).allowed
    refused(policy.can_propose(OFFICER, Standing.WAITING, on_panel=True), Ground.RIGHT)
    for standing in set(Standing) - {Standing.WAITING}:
        refused(policy.can_propose(OFFICER, standing, on_panel=False), Ground.MOMENT)
    for other in without(Permission.CONTRACT_SIGN):
        refused(policy.can_propose(other, Standing.WAITING, on_panel=False), Ground.RIGHT)


def decide(actor: Actor, standing: Standing = Standing.PROPOSED, **changes: object) -> Answer:
    facts: dict[str, object] = {"proposed_by_id": OFFICER.user_id, "on_panel": False, **changes}
    return policy.can_decide(actor, standing, **facts)  # type: ignore[arg-type]  # mixed dict


def test_another_approver_who_did_not_judge_decides_about_a_proposal() -> None:
    assert decide(APPROVER).allowed
    refused(decide(APPROVER, on_panel=True), Ground.RIGHT)
    refused(decide(APPROVER, proposed_by_id=APPROVER.user_id), Ground.RIGHT)
    for standing in set(Standing) - {Standing.PROPOSED}:
        refused(decide(APPROVER, standing), Ground.MOMENT)
    for other in without(Permission.AWARD_APPROVE):
        refused(decide(other), Ground.RIGHT)


def test_own_complaint_is_taken_back_until_it_is_decided() -> None:
    assert policy.can_take_back(SUPPLIER, Standing.WAITING).allowed
    assert policy.can_take_back(SUPPLIER, Standing.PROPOSED).allowed
    refused(policy.can_take_back(SUPPLIER, Standing.DECIDED), Ground.MOMENT)
    refused(policy.can_take_back(SUPPLIER, Standing.TAKEN_BACK), Ground.MOMENT)
    refused(policy.can_take_back(OFFICER, Standing.WAITING), Ground.RIGHT)


def test_end_of_proceedings_takes_two_people() -> None:
    assert policy.can_record_end(OFFICER, ended=False, proposed=False).allowed
    refused(policy.can_record_end(OFFICER, ended=True, proposed=False), Ground.MOMENT)
    refused(policy.can_record_end(OFFICER, ended=False, proposed=True), Ground.MOMENT)
    refused(policy.can_record_end(APPROVER, ended=False, proposed=False), Ground.RIGHT)
    by = OFFICER.user_id
    second = an_actor(Role.PROCUREMENT_OFFICER)
    for other in (second, APPROVER):
        assert policy.can_confirm_end(other, recorded_by_id=by, ended=False).allowed
    refused(policy.can_confirm_end(OFFICER, recorded_by_id=by, ended=False), Ground.RIGHT)
    refused(policy.can_confirm_end(SUPPLIER, recorded_by_id=by, ended=False), Ground.RIGHT)
    refused(policy.can_confirm_end(second, recorded_by_id=by, ended=True), Ground.MOMENT)
    refused(policy.can_confirm_end(second, recorded_by_id=None, ended=False), Ground.MOMENT)


def test_what_is_not_settled_keeps_every_contract_back() -> None:
    assert policy.holds([Standing.DECIDED, Standing.TAKEN_BACK], in_court=False) == []
    found = policy.holds([Standing.PROPOSED, Standing.WAITING], in_court=True)
    assert [each.kind for each in found] == ["court", "complaint"]
    assert all(each.keeps("BID-1") for each in found)
    (fallen,) = policy.holds([], in_court=False, set_aside=True)
    assert "Take the decision again" in fallen.message
    (signed,) = policy.holds([], in_court=False, set_aside=True, signed=True)
    # What can be done then is another thing.
    assert "Take the decision again" not in signed.message
    assert "rest end without award" in signed.message


@pytest.mark.parametrize(
    ("signed", "more", "said"),
    [
        (False, True, "No contract is signed until"),
        (True, True, "No other one is signed until"),
        (True, False, "does not undo it"),
    ],
)
def test_what_waits_is_promised_only_of_contracts_that_are_not_signed(
    signed: bool, more: bool, said: str
) -> None:
    told = lifecycle.kept_back(signed=signed, more=more)

    assert said in told
    assert ("No contract is signed" in told) is not signed
