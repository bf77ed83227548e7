"""A decision is taken again from each point: nothing before is lost, and all after is done anew."""

import json
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import service as bids
from bids.models import EligibilityFinding
from challenges.lifecycle import State
from challenges.stages import recording
from marketplace.core.accounts.models import User
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.files.store import FileStore
from marketplace.core.notices.models import Notice
from scoring.award import log_checks
from scoring.award import queries as awards
from scoring.award import service as award
from scoring.award.again import queries, service
from scoring.award.letters import service as letters
from scoring.award.models import Intention, IntentionWithdrawal, Recommendation, Result
from scoring.panel import service as panel
from scoring.panel.again.lifecycle import Point
from scoring.panel.lifecycle import Seat
from scoring.panel.models import ConsensusScore, PanelMember, Score
from scoring.records.casefile import service as case_files
from scoring.report import service as reports
from scoring.report.editions import public_edition
from scoring.report.facts import AwardReport
from scoring.report.models import FrozenReport
from tests.factories import actor_for
from tests.journeys import Journey, Step


def propose(journey: Journey, point: Point | None, named: Sequence[str] = ()) -> None:
    service.propose(
        journey.reference,
        point=point,
        named=named,
        complaint=None,
        reason="A page of one bid was missing from what the panel read.",
        actor=actor_for(journey.cast.officer),
        clock=journey.clock,
    )


def confirm(journey: Journey, by: User | None = None, *, confirmed: bool = True) -> None:
    actor = actor_for(by or journey.cast.approver)
    stage = journey.challenge.stage
    found = awards.decision(journey.session, stage)
    waiting = queries.standing(journey.session, stage, found, actor).waiting
    assert waiting is not None
    service.answer(
        journey.reference,
        proposal_id=waiting.id,
        confirmed=confirmed,
        reason="So it is.",
        actor=actor,
        clock=journey.clock,
    )


def take_again(journey: Journey, point: Point, named: Sequence[str] = ()) -> None:
    propose(journey, point, named)
    confirm(journey)
    # What is decided anew is later than what it takes the place of.
    journey.clock.instant += timedelta(minutes=1)


def decide_anew(journey: Journey) -> None:
    """Recommend, approve and tell, as the first time."""
    for step in (Step.RECOMMENDED, Step.INTENTION):
        journey.take(step)


def state(journey: Journey) -> State:
    """Read the challenge's state anew."""
    return journey.challenge.state


def faults(session: Session) -> list[str]:
    """Give what the check of the log finds about decisions."""
    return [each.what for each in log_checks.check(session.connection())]


def test_decision_from_the_recommendation_is_made_anew_with_a_standstill_of_its_own(
    journey: Journey,
) -> None:
    before = journey.session.scalars(select(Intention.standstill_ends_at)).one()
    with pytest.raises(Invalid) as wrong:
        propose(journey, None)
    assert set(wrong.value.fields) == {"point"}
    propose(journey, Point.RECOMMENDATION)
    with pytest.raises(WrongMoment):
        propose(journey, Point.RECOMMENDATION)
    with pytest.raises(Forbidden):
        confirm(journey, journey.cast.officer)
    confirm(journey, confirmed=False)
    assert state(journey) is State.INTENTION
    take_again(journey, Point.RECOMMENDATION)
    assert state(journey) is State.EVALUATING
    told = journey.session.scalars(
        select(Notice.subject).where(Notice.to_email == journey.cast.rival_admin.email)
    ).all()
    assert any("taken again" in each for each in told)

    journey.clock.instant = before
    with pytest.raises(WrongMoment):
        journey.take(Step.SIGNED)
    decide_anew(journey)
    with pytest.raises(WrongMoment, match="standstill"):
        journey.take(Step.SIGNED)
    ends = journey.session.scalars(select(Intention.standstill_ends_at)).all()
    journey.clock.instant = max(ends)
    journey.take(Step.SIGNED)

    assert state(journey) is State.SIGNED
    assert len(ends) == 2
    assert len(journey.session.scalars(select(Recommendation)).all()) == 2
    assert journey.session.scalars(select(IntentionWithdrawal)).one()
    earlier = queries.earlier(journey.session, journey.challenge.stage)
    assert [each.announced_at is not None for each in earlier] == [True]
    assert faults(journey.session) == []


def test_moderation_of_named_questions_is_done_again_and_the_others_stand(
    journey: Journey,
) -> None:
    with pytest.raises(Invalid) as wrong:
        propose(journey, Point.MODERATION)
    assert set(wrong.value.fields) == {"named"}
    take_again(journey, Point.MODERATION, ["team"])
    chair = actor_for(journey.cast.chair)

    def agree(key: str, bid: str, value: int) -> None:
        panel.record_consensus(
            journey.reference,
            key,
            bid,
            value=Decimal(value),
            rationale="We looked again.",
            present=list(journey.labels.values()),
            actor=chair,
            clock=journey.clock,
        )

    with pytest.raises(WrongMoment, match="Not every score"):
        award.conclude_scoring(journey.reference, actor=chair, clock=journey.clock)
    with pytest.raises(WrongMoment, match="stands"):
        agree("solves", journey.own_bid, 0)
    agree("team", journey.own_bid, 4)
    agree("team", journey.rival_bid, 1)
    award.conclude_scoring(journey.reference, actor=chair, clock=journey.clock)
    decide_anew(journey)

    assert len(journey.session.scalars(select(Result)).all()) == 2
    assert len(journey.session.scalars(select(ConsensusScore)).all()) == 6


def test_scoring_of_named_questions_is_done_again_by_every_evaluator(journey: Journey) -> None:
    take_again(journey, Point.SCORING, ["team"])
    chair = actor_for(journey.cast.chair)
    first = actor_for(journey.cast.evaluators[0])

    def write(person: User, key: str, value: int) -> None:
        panel.save_draft(
            journey.reference,
            key,
            {
                bid: panel.DraftCell(Decimal(value), "Read again.")
                for bid in (journey.own_bid, journey.rival_bid)
            },
            actor=actor_for(person),
            clock=journey.clock,
        )

    with pytest.raises(WrongMoment, match="submitted"):
        panel.begin_moderation(journey.reference, actor=chair, clock=journey.clock)
    with pytest.raises(Invalid, match="stands"):
        write(journey.cast.evaluators[0], "solves", 1)
    with pytest.raises(Invalid, match="missing"):
        panel.submit_scores(journey.reference, actor=first, clock=journey.clock)
    for person in journey.cast.evaluators:
        write(person, "team", 2)
        panel.submit_scores(journey.reference, actor=actor_for(person), clock=journey.clock)
    with pytest.raises(WrongMoment, match="stands"):
        panel.correct_score(
            journey.reference,
            "solves",
            journey.own_bid,
            value=Decimal(1),
            rationale="Lower.",
            reason="I saw the others.",
            actor=first,
            clock=journey.clock,
        )
    panel.begin_moderation(journey.reference, actor=chair, clock=journey.clock)

    scores = journey.session.scalars(select(Score)).all()
    # Three evaluators gave four each, and two more for the question that was named.
    assert len(scores) == 12 + 6
    assert len([each for each in scores if each.replaces_id is not None]) == 6
    again = [each.correction_reason for each in scores if each.replaces_id is not None]
    assert all("missing" in (each or "") for each in again)


def test_decision_from_eligibility_lets_officers_decide_again_which_bids_count(
    journey: Journey,
) -> None:
    take_again(journey, Point.ELIGIBILITY)
    bids.decide_eligibility(
        journey.reference,
        journey.own_bid,
        finding=EligibilityFinding.INELIGIBLE,
        reason="Its certificate was not valid.",
        actor=actor_for(journey.cast.officer),
        clock=journey.clock,
    )
    for person in journey.cast.evaluators:
        panel.submit_scores(journey.reference, actor=actor_for(person), clock=journey.clock)
    chair = actor_for(journey.cast.chair)
    panel.begin_moderation(journey.reference, actor=chair, clock=journey.clock)
    award.conclude_scoring(journey.reference, actor=chair, clock=journey.clock)
    found = awards.decision(journey.session, journey.challenge.stage)

    assert found.computed is not None
    assert found.computed.result["winners"] == [journey.rival_bid]


def test_check_of_the_log_finds_a_contract_that_no_standing_decision_carries(
    journey: Journey,
) -> None:
    assert faults(journey.session) == []
    for _ in range(2):
        recording.append(
            journey.session,
            journey.challenge.stage,
            clock=journey.clock,
            action=log_checks.SIGNED,
            bid=journey.own_bid,
        )
        journey.session.commit()
        if state(journey) is State.INTENTION:
            take_again(journey, Point.RECOMMENDATION)

    found = faults(journey.session)
    assert [("before the standstill" in each, "no announced" in each) for each in found] == [
        (True, False),
        (False, True),
    ]


def test_approval_is_taken_back_before_any_letter_went_out(journey: Journey) -> None:
    take_again(journey, Point.RECOMMENDATION)
    journey.take(Step.RECOMMENDED)
    assert journey.recommendation_id is not None
    award.sign_off(
        journey.reference,
        recommendation_id=journey.recommendation_id,
        approved=True,
        reason="Yes.",
        actor=actor_for(journey.cast.approver),
        clock=journey.clock,
    )
    mails = len(journey.session.scalars(select(Notice)).all())
    take_again(journey, Point.RECOMMENDATION)
    with pytest.raises(WrongMoment):
        letters.send_now(
            journey.reference, actor=actor_for(journey.cast.officer), clock=journey.clock
        )

    to = journey.session.scalars(
        select(Notice.to_email).order_by(Notice.created_at, Notice.id).offset(mails)
    ).all()
    assert journey.cast.rival_admin.email not in to
    assert state(journey) is State.EVALUATING


def test_report_tells_of_the_decision_that_was_taken_back(journey: Journey) -> None:
    take_again(journey, Point.RECOMMENDATION)
    decide_anew(journey)
    stored = journey.session.scalars(
        select(FrozenReport).order_by(FrozenReport.number.desc())
    ).first()
    assert stored is not None
    full = AwardReport.from_json(json.loads(stored.facts))
    public = public_edition(full)

    (fallen,) = full.decision.taken_back
    assert fallen.bids == (journey.own_bid,)
    assert "missing" in str(fallen.why)
    assert "missing" not in json.dumps(public.to_json())
    assert public.decision.taken_back[0].announced_at == fallen.announced_at


def test_auditor_who_judges_again_without_names_has_neither_the_report_nor_a_case_file(
    journey: Journey, tmp_path: Path
) -> None:
    take_again(journey, Point.RECOMMENDATION)
    stage, auditor = journey.challenge.stage, journey.cast.auditor
    actor, clock = actor_for(auditor), journey.clock

    def report() -> None:
        reports.download_full(
            journey.reference, actor=actor, store=FileStore(tmp_path), clock=clock
        )

    def case_file() -> None:
        case_files.download(journey.reference, 1, actor=actor, clock=clock)

    # Neither is made here yet, and who is allowed to is told so.
    with pytest.raises(WrongMoment):
        report()
    with pytest.raises(NotFound):
        case_file()
    stage.names_withheld = True
    journey.session.add(
        PanelMember(stage_id=stage.id, user_id=auditor.id, seat=Seat.OBSERVER, label="O1")
    )
    journey.session.commit()
    for read in (report, case_file):
        with pytest.raises(Forbidden):
            read()
