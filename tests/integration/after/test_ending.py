"""A challenge ends without a contract while letters wait, and in a standstill that is suspended."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from challenges.ending import service as ending
from challenges.lifecycle import NoAward, State
from marketplace.core.errors import WrongMoment
from marketplace.core.jobs import Job
from marketplace.core.notices.models import Notice
from scoring.award import log_checks
from scoring.award import service as award
from scoring.award.complaints import service as complaints
from scoring.award.letters import service as letters
from scoring.award.letters.models import LetterBatch
from scoring.award.letters.sending import SEND, send_as_planned
from scoring.award.models import Contract, Intention
from scoring.panel.again.lifecycle import Point
from tests.factories import actor_for
from tests.integration.after.test_again import take_again
from tests.journeys import Journey, Step

REASON = "The money was taken back in the budget."


def end(journey: Journey) -> None:
    ending.end_without_contract(
        journey.reference,
        why=NoAward.NO_MONEY,
        reason=REASON,
        actor=actor_for(journey.cast.officer),
        clock=journey.clock,
    )


def mails_to_rival(journey: Journey) -> list[str]:
    return list(
        journey.session.scalars(
            select(Notice.text).where(Notice.to_email == journey.cast.rival_admin.email)
        )
    )


def test_letters_that_were_planned_do_not_go_out_once_the_challenge_has_ended(
    journey: Journey,
) -> None:
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
    batch = journey.session.scalars(select(LetterBatch).where(LetterBatch.sent_at.is_(None))).one()
    letters.plan(
        journey.reference,
        batch_id=batch.id,
        send_at=journey.clock.now() + timedelta(days=1),
        anyway=True,
        actor=actor_for(journey.cast.officer),
        clock=journey.clock,
    )
    end(journey)
    job = journey.session.scalars(select(Job).where(Job.kind == SEND)).one()
    journey.clock.instant = job.due_at
    send_as_planned(job.payload, journey.clock)

    assert journey.challenge.state is State.CANCELLED
    assert len(journey.session.scalars(select(Intention)).all()) == 1  # the one taken back
    assert any(REASON in each for each in mails_to_rival(journey))


def test_challenge_ends_in_a_standstill_that_a_complaint_suspends(journey: Journey) -> None:
    complaints.complain(
        journey.rival_bid,
        grounds="The wrong answer was read.",
        asks="",
        arrived=journey.clock.now(),
        actor=actor_for(journey.cast.rival_admin),
        clock=journey.clock,
    )
    end(journey)
    journey.clock.instant = journey.session.scalars(select(Intention.standstill_ends_at)).one()
    with pytest.raises(WrongMoment):
        journey.take(Step.SIGNED)

    assert journey.challenge.state is State.CANCELLED
    assert journey.session.scalars(select(Contract)).all() == []
    assert any(REASON in each for each in mails_to_rival(journey))
    assert list(log_checks.check(journey.session.connection())) == []
