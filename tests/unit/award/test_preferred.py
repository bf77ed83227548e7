"""Who asks a preferred bidder for evidence, where documents stand, what holds an approval."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from bids.evidence.kinds import Evidence
from challenges.lifecycle import State
from marketplace.core.permissions import Actor, Answer, Ground, Role
from scoring.award.evidence import kinds, policy
from scoring.award.evidence.kinds import Held, Standing, Verdict
from scoring.award.evidence.suggesting import Facts, suggestions

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=3)


def actor(*roles: Role) -> Actor:
    return Actor(uuid.uuid4(), "Una Sample", uuid.uuid4(), frozenset(roles))


OFFICER = actor(Role.PROCUREMENT_OFFICER)


def standing(
    verdict: Verdict | None = None, *, answered: bool = False, again: bool = False, now: datetime
) -> Standing:
    return kinds.standing(
        answer_by=LATER, answered=answered, verdict=verdict, asked_again=again, now=now
    )


def test_a_document_waits_until_its_limit_and_is_overdue_from_it_on() -> None:
    assert standing(now=LATER - timedelta(seconds=1)) is Standing.WAITING
    assert standing(now=LATER) is Standing.OVERDUE
    assert standing(answered=True, now=LATER) is Standing.ANSWERED


def test_a_decision_counts_whatever_the_time_and_a_refused_one_can_be_asked_again() -> None:
    assert standing(Verdict.ACCEPTED, answered=True, now=LATER) is Standing.ACCEPTED
    assert standing(Verdict.NOT_NEEDED, now=LATER) is Standing.NOT_NEEDED
    assert standing(Verdict.REFUSED, now=LATER) is Standing.REFUSED
    assert standing(Verdict.REFUSED, again=True, now=LATER) is Standing.REPLACED


def test_an_approval_waits_for_what_is_undecided_and_for_what_was_refused_for_good() -> None:
    settled = [Standing.ACCEPTED, Standing.NOT_NEEDED, Standing.REPLACED]
    assert not kinds.held(settled).any
    assert policy.can_approve(kinds.held(settled)).allowed
    for each in (Standing.WAITING, Standing.OVERDUE, Standing.ANSWERED):
        assert kinds.held([*settled, each]) == Held(waiting=1)
    assert kinds.held([Standing.REFUSED]) == Held(refused=1)
    for held in (Held(waiting=1), Held(refused=1)):
        assert held.any
        assert policy.can_approve(held).ground is Ground.MOMENT
    # Of two things that hold it, the one that an officer decides comes first.
    assert "not decided" in policy.can_approve(Held(1, 1)).message


def handles(
    who: Actor,
    state: State = State.EVALUATING,
    *,
    stands: bool = True,
    approved: bool = False,
    unnamed: bool = False,
) -> Answer:
    return policy.can_handle(who, state, stands=stands, approved=approved, unnamed=unnamed)


def test_officers_alone_ask_for_evidence_and_none_who_scores_or_judges_without_names() -> None:
    assert handles(OFFICER).allowed
    for who in (Role.APPROVER, Role.CHAIR, Role.AUDITOR, Role.SUPPLIER_ADMIN, Role.CHALLENGE_LEAD):
        assert handles(actor(who)).ground is Ground.RIGHT
    both = actor(Role.PROCUREMENT_OFFICER, Role.EVALUATOR)
    assert handles(both).ground is Ground.RIGHT
    assert handles(OFFICER, unnamed=True).ground is Ground.RIGHT


def test_evidence_is_asked_for_while_a_recommendation_stands_and_nobody_has_approved_it() -> None:
    assert handles(OFFICER, stands=False).ground is Ground.MOMENT
    assert handles(OFFICER, State.INTENTION).ground is Ground.MOMENT
    assert handles(OFFICER, approved=True).ground is Ground.MOMENT


def test_a_bidder_can_fail_after_the_approval_too_until_the_award_is_announced() -> None:
    assert policy.can_fail(OFFICER, State.EVALUATING, stands=True, unnamed=False).allowed
    for state, stands in ((State.INTENTION, True), (State.EVALUATING, False)):
        answer = policy.can_fail(OFFICER, state, stands=stands, unnamed=False)
        assert answer.ground is Ground.MOMENT


@pytest.mark.parametrize("role", [Role.PROCUREMENT_OFFICER, Role.APPROVER, Role.AUDITOR])
def test_evidence_is_seen_by_officers_approvers_and_auditors(role: Role) -> None:
    assert policy.can_see(actor(role), unnamed=False).allowed
    assert policy.can_see(actor(role), unnamed=True).ground is Ground.RIGHT


@pytest.mark.parametrize("role", [Role.CHAIR, Role.EVALUATOR, Role.CHALLENGE_LEAD])
def test_evidence_is_not_for_the_panel_nor_for_those_who_lead_the_work(role: Role) -> None:
    assert policy.can_see(actor(role), unnamed=False).ground is Ground.RIGHT


def test_a_document_is_decided_once_and_accepted_only_when_something_came_in() -> None:
    able, unable = handles(OFFICER), handles(OFFICER, approved=True)
    assert policy.can_decide(able, Standing.ANSWERED, accepts=True).allowed
    assert policy.can_decide(able, Standing.OVERDUE).allowed
    assert policy.can_decide(able, Standing.OVERDUE, accepts=True).ground is Ground.MOMENT
    assert policy.can_decide(able, Standing.ACCEPTED).ground is Ground.MOMENT
    assert policy.can_decide(unable, Standing.ANSWERED) == unable


def test_more_time_is_for_undecided_documents_and_asking_again_for_refused_ones() -> None:
    able, unable = handles(OFFICER), handles(OFFICER, approved=True)
    assert policy.can_extend(able, Standing.OVERDUE).allowed
    assert policy.can_extend(able, Standing.REFUSED).ground is Ground.MOMENT
    assert policy.can_extend(unable, Standing.WAITING) == unable
    assert policy.can_ask_again(able, Standing.REFUSED).allowed
    for each in (Standing.REPLACED, Standing.ACCEPTED, Standing.WAITING):
        assert policy.can_ask_again(able, each).ground is Ground.MOMENT
    assert policy.can_ask_again(unable, Standing.REFUSED) == unable


def answers(
    role: Role = Role.SUPPLIER_CONTRIBUTOR,
    where: Standing = Standing.WAITING,
    *,
    running: bool = True,
    arrived: datetime = NOW,
) -> Answer:
    return policy.can_answer(
        actor(role), running=running, standing=where, answer_by=LATER, arrived=arrived
    )


def test_a_supplier_answers_until_the_limit_or_the_decision_and_never_at_the_limit() -> None:
    assert answers().allowed
    assert answers(where=Standing.ANSWERED).allowed
    assert answers(Role.PROCUREMENT_OFFICER).ground is Ground.RIGHT
    assert answers(running=False).ground is Ground.MOMENT
    assert answers(where=Standing.REFUSED).ground is Ground.MOMENT
    assert answers(arrived=LATER - timedelta(microseconds=1)).allowed
    assert "time to answer is over" in answers(arrived=LATER).message


def test_suggestions_follow_from_what_was_required_and_declared_and_from_nothing_else() -> None:
    assert suggestions(Facts()) == []
    found = suggestions(
        Facts(
            insurance="£1,000",
            turnover="£5,000",
            excludes=True,
            declared=["Unpaid tax"],
            others=["Sample Welders"],
        )
    )
    assert [(each.key, each.kind) for each in found] == [
        ("insurance", Evidence.INSURANCE),
        ("turnover", Evidence.MONEY),
        ("grounds", Evidence.GROUNDS),
        ("tax", Evidence.TAX),
        ("put-right-1", Evidence.GROUNDS),
        ("share-1", Evidence.EXPERIENCE),
    ]
    assert found[0].words % found[0].data == "Certificate of insurance for at least £1,000"
