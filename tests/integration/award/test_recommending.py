"""From the lock to the sign-off: who decides, on what, and what two people at once come to."""

import threading
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.lifecycle import State
from marketplace.core.audit.log import chain_entries
from marketplace.core.database import db
from marketplace.core.errors import DomainError, Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Role
from scoring.award import service
from scoring.award.letters import service as letters
from scoring.award.models import Intention, Recommendation, Result, SignOff
from tests.conftest import NOW
from tests.factories import a_person, actor_for
from tests.journeys import A_YEAR, Journey, Step


def actions(journey: Journey) -> list[str]:
    """Give what the log has of the challenge."""
    return [entry.action for entry in chain_entries(journey.session, journey.reference)]


def recommend(journey: Journey, bid: str, reason: str = "It is the best.") -> uuid.UUID:
    """Recommend as the chair."""
    return service.recommend(
        journey.reference,
        bids=[bid],
        reason=reason,
        actor=actor_for(journey.cast.chair),
        clock=journey.clock,
    )


def sign_off(journey: Journey, *, approved: bool = True, reason: str = "Clear reasons.") -> None:
    """Answer the recommendation as the approver."""
    assert journey.recommendation_id is not None
    service.sign_off(
        journey.reference,
        recommendation_id=journey.recommendation_id,
        approved=approved,
        reason=reason,
        actor=actor_for(journey.cast.approver),
        clock=journey.clock,
    )


@pytest.mark.parametrize("step", [Step.MODERATING])
def test_concluding_locks_quality_and_computes_the_result_once(journey: Journey) -> None:
    chair = actor_for(journey.cast.chair)

    service.conclude_scoring(journey.reference, actor=chair, clock=journey.clock)
    with pytest.raises(WrongMoment):
        service.conclude_scoring(journey.reference, actor=chair, clock=journey.clock)

    result = journey.session.scalars(select(Result)).one()
    assert b'"winners":["' + journey.own_bid.encode() in result.result.replace(b" ", b"").replace(
        b"\n", b""
    )
    assert actions(journey)[-2:] == ["quality.locked", "result.computed"]


@pytest.mark.parametrize("step", [Step.MODERATING])
def test_concluding_by_anybody_but_the_chair_is_refused(journey: Journey) -> None:
    for person in (journey.cast.officer, journey.cast.approver, journey.cast.evaluators[0]):
        with pytest.raises(Forbidden):
            service.conclude_scoring(
                journey.reference, actor=actor_for(person), clock=journey.clock
            )

    assert journey.session.scalars(select(Result)).all() == []


@pytest.mark.parametrize("step", [Step.MODERATING])
def test_concluding_by_a_chair_who_does_not_sit_here_is_refused(journey: Journey) -> None:
    other = a_person(journey.session, NOW, journey.cast.body, Role.CHAIR)
    journey.session.commit()

    with pytest.raises(Forbidden):
        service.conclude_scoring(journey.reference, actor=actor_for(other), clock=journey.clock)


def test_recommending_the_bid_ranked_first_waits_for_a_sign_off(journey: Journey) -> None:
    recommend(journey, journey.own_bid)

    with pytest.raises(WrongMoment):
        recommend(journey, journey.own_bid)
    assert journey.challenge.state is State.EVALUATING
    assert actions(journey)[-1] == "award.recommended"


@pytest.mark.parametrize("reason", ["", " \n\t "])
def test_recommending_without_a_reason_is_refused(journey: Journey, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        recommend(journey, journey.own_bid, reason)

    assert set(refused.value.fields) == {"reason"}
    assert journey.session.scalars(select(Recommendation)).all() == []


def test_recommending_a_bid_that_is_not_ranked_first_is_refused(journey: Journey) -> None:
    for bid in (journey.rival_bid, "B-NOSUCH"):
        with pytest.raises(Invalid) as refused:
            recommend(journey, bid)
        assert set(refused.value.fields) == {"bid"}

    assert journey.session.scalars(select(Recommendation)).all() == []


@pytest.mark.parametrize("step", [Step.MODERATING])
def test_recommending_before_the_result_is_refused(journey: Journey) -> None:
    with pytest.raises(WrongMoment):
        recommend(journey, journey.own_bid)


def test_deciding_for_another_body_finds_nothing(journey: Journey) -> None:
    other = a_person(
        journey.session, NOW, journey.cast.other_body, Role.CHAIR, Role.APPROVER,
        Role.PROCUREMENT_OFFICER,
    )  # fmt: skip
    journey.session.commit()
    actor, clock, reference = actor_for(other), journey.clock, journey.reference
    attempts: list[Callable[[], object]] = [
        lambda: service.conclude_scoring(reference, actor=actor, clock=clock),
        lambda: service.recommend(
            reference, bids=[journey.own_bid], reason="x", actor=actor, clock=clock
        ),
        lambda: service.sign_off(
            reference,
            recommendation_id=uuid.uuid4(),
            approved=True,
            reason="x",
            actor=actor,
            clock=clock,
        ),
        lambda: service.sign_contract(
            reference, contract_reference="x", value_minor=1, terms=A_YEAR, actor=actor, clock=clock
        ),
    ]

    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()


def send(journey: Journey) -> None:
    """Send the letters as an officer."""
    letters.send_now(
        journey.reference, actor=journey.actor(journey.cast.officer), clock=journey.clock
    )


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_bidders_are_told_all_at_once_by_letters_and_not_by_the_sign_off(
    journey: Journey, session: Session
) -> None:
    sign_off(journey)
    assert session.scalars(select(Intention)).all() == []

    send(journey)

    assert journey.challenge.state is State.INTENTION
    assert actions(journey)[-5:] == [
        "award.cleared",
        "intention.announced",
        "letter.sent",
        "letter.sent",
        "report.frozen",
    ]
    told = {
        notice.to_email: notice.text
        for notice in session.scalars(
            select(Notice).where(Notice.subject.startswith("Intention to award"))
        )
    }
    cast = journey.cast
    assert set(told) == {cast.supplier_admin.email, cast.rival_admin.email}
    assert "to you." in told[cast.supplier_admin.email]
    assert f"to {cast.supplier.name}." in told[cast.rival_admin.email]
    # A letter tells nobody another bidder's reference.
    assert journey.own_bid not in told[cast.rival_admin.email]


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
@pytest.mark.parametrize("reason", ["", "  \n"])
@pytest.mark.parametrize("approved", [True, False])
def test_signing_off_without_a_reason_is_refused(
    journey: Journey, reason: str, approved: bool
) -> None:
    with pytest.raises(Invalid) as refused:
        sign_off(journey, approved=approved, reason=reason)

    assert set(refused.value.fields) == {"reason"}
    assert journey.session.scalars(select(SignOff)).all() == []


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_signing_off_by_whom_recommended_is_refused_though_an_approver(journey: Journey) -> None:
    chair = actor_for(journey.cast.chair)
    both = type(chair)(
        user_id=chair.user_id,
        name=chair.name,
        organisation_id=chair.organisation_id,
        roles=chair.roles | {Role.APPROVER},
    )
    assert journey.recommendation_id is not None

    with pytest.raises(Forbidden, match="another person"):
        service.sign_off(
            journey.reference,
            recommendation_id=journey.recommendation_id,
            approved=True,
            reason="Mine.",
            actor=both,
            clock=journey.clock,
        )

    assert journey.session.scalars(select(SignOff)).all() == []


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_signing_off_by_other_roles_is_refused(journey: Journey) -> None:
    assert journey.recommendation_id is not None
    for person in (journey.cast.officer, journey.cast.auditor, journey.cast.lead):
        with pytest.raises(Forbidden):
            service.sign_off(
                journey.reference,
                recommendation_id=journey.recommendation_id,
                approved=True,
                reason="Good.",
                actor=actor_for(person),
                clock=journey.clock,
            )


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_returning_lets_the_chair_recommend_again_and_the_old_page_decides_nothing(
    journey: Journey,
) -> None:
    seen = journey.recommendation_id
    sign_off(journey, approved=False, reason="Say more about the team.")
    assert journey.challenge.state is State.EVALUATING
    assert actions(journey)[-1] == "award.returned"

    journey.recommendation_id = recommend(journey, journey.own_bid, "The team has done it before.")
    fresh, journey.recommendation_id = journey.recommendation_id, seen
    with pytest.raises(NotFound):
        sign_off(journey)
    assert actions(journey)[-1] == "award.recommended"

    journey.recommendation_id = fresh
    sign_off(journey)
    assert actions(journey)[-1] == "award.cleared"


@pytest.mark.parametrize("step", [Step.INTENTION])
def test_signing_off_again_after_the_announcement_is_refused(journey: Journey) -> None:
    with pytest.raises(WrongMoment):
        sign_off(journey)


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_signing_off_by_two_approvers_at_once_counts_once(app: Flask, journey: Journey) -> None:
    second = a_person(journey.session, NOW, journey.cast.body, Role.APPROVER)
    journey.session.commit()
    actors = [actor_for(journey.cast.approver), actor_for(second)]
    reference, seen, clock = journey.reference, journey.recommendation_id, journey.clock
    assert seen is not None
    start = threading.Barrier(2)
    answers: list[DomainError | None] = []

    def approve(number: int) -> None:
        with app.app_context():
            start.wait(10)
            try:
                service.sign_off(
                    reference,
                    recommendation_id=seen,
                    approved=number == 0,
                    reason=f"Approver {number}.",
                    actor=actors[number],
                    clock=clock,
                )
                answers.append(None)
            except DomainError as error:
                answers.append(error)
            finally:
                db.session.remove()

    journey.session.rollback()
    threads = [threading.Thread(target=approve, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "WrongMoment"]
    kept = journey.session.scalars(select(SignOff)).all()
    assert len(kept) == 1
    assert sum(action in ("award.cleared", "award.returned") for action in actions(journey)) == 1
