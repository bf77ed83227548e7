"""Reminders before closing: to whom, how often, saying what; and how people end them."""

import re
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import service
from bids.models import Bid
from bids.reminding.service import REMIND
from bids.reminding.telling import look
from challenges.kinds import PriceModel
from challenges.lifecycle import State
from marketplace.core import jobs
from marketplace.core.accounts.models import User
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.notices.models import Notice
from tests.factories import actor_for
from tests.integration.bids.conftest import MARKER, Scene, build_scene
from tests.integration.challenges.browser import send

WEEK, TWO_DAYS, HOURS = timedelta(days=7), timedelta(days=2), timedelta(hours=4)


def begun(session: Session, clock: FixedClock) -> tuple[Scene, Bid]:
    """A supplier has begun a bid a month before closing."""
    scene = build_scene(session, PriceModel.FIXED_BOUNDS)
    scene.challenge.stage.closes_at = clock.now() + timedelta(days=30)
    session.commit()
    actor = actor_for(scene.admin_user)
    return scene, service.start_bid(scene.challenge.reference, actor=actor, clock=clock)


def told_to(person: User) -> list[Notice]:
    """Give the reminders that there are to one person."""
    return list(
        db.session.scalars(
            select(Notice)
            .where(Notice.user_id == person.id, Notice.subject.contains("left for your bid"))
            .order_by(Notice.id)
        )
    )


def sweep(scene: Scene, clock: FixedClock, at: datetime) -> list[Notice]:
    """Give the reminders to the administrator once the sweeper has come at `at`."""
    clock.instant = at
    jobs.run_due(clock)
    return told_to(scene.admin_user)


def test_a_draft_is_reminded_of_three_times_and_not_after(
    session: Session, clock: FixedClock
) -> None:
    scene, bid = begun(session, clock)
    closes = scene.challenge.stage.closes_at
    assert closes
    assert sweep(scene, clock, closes - WEEK - timedelta(seconds=1)) == []
    told = sweep(scene, clock, closes - WEEK)
    assert len(told) == len(told_to(scene.contributor_user)) == 1
    assert told[0].subject.startswith("7 days left for your bid")
    assert f"Your bid {bid.reference} is not submitted" in told[0].text
    assert "It still lacks" in told[0].text
    assert "at the closing time is too late" in told[0].text
    assert len(sweep(scene, clock, closes - WEEK)) == 1
    assert len(sweep(scene, clock, closes - TWO_DAYS)) == 2
    assert len(sweep(scene, clock, closes - HOURS)) == 3
    assert len(sweep(scene, clock, closes)) == 3
    assert len(sweep(scene, clock, closes + WEEK)) == 3


def test_one_job_done_twice_tells_once(session: Session, clock: FixedClock) -> None:
    scene, _bid = begun(session, clock)
    closes = scene.challenge.stage.closes_at
    assert closes
    job = session.scalars(select(jobs.Job).where(jobs.Job.kind == REMIND)).one()
    payload = dict(job.payload)
    session.rollback()
    clock.instant = closes - WEEK
    look(payload, clock)
    look(payload, clock)
    assert len(sweep(scene, clock, clock.now())) == 1


def test_reminders_follow_a_closing_that_was_moved(session: Session, clock: FixedClock) -> None:
    scene, _bid = begun(session, clock)
    closes = scene.challenge.stage.closes_at
    assert closes
    assert len(sweep(scene, clock, closes - TWO_DAYS)) == 1  # late for the first: told once
    later = closes + timedelta(days=3)
    scene.challenge.stage.closes_at = later
    session.commit()
    assert len(sweep(scene, clock, closes - HOURS)) == 1
    told = sweep(scene, clock, later - TWO_DAYS)
    assert len(told) == 2
    assert told[-1].subject.startswith("2 days left")


def test_what_was_submitted_or_has_ended_is_not_reminded_of_and_changes_are(
    session: Session, clock: FixedClock
) -> None:
    scene = build_scene(session, PriceModel.FIXED_BUDGET)
    scene.challenge.stage.closes_at = closes = clock.now() + timedelta(days=30)
    session.commit()
    reference = scene.written_bid(clock)
    service.submit_bid(reference, actor=scene.admin, arrived=clock.now(), clock=clock)
    assert sweep(scene, clock, closes - WEEK) == []
    service.change_bid(reference, actor=scene.admin, clock=clock)
    told = sweep(scene, clock, closes - TWO_DAYS)
    assert len(told) == 1
    assert "Your changes are not submitted" in told[0].text
    assert "It has all that it needs" in told[0].text
    assert MARKER not in told[0].text
    scene.challenge.state = State.CANCELLED
    scene.challenge.cancelled_because = "The money went elsewhere."
    session.commit()
    assert len(sweep(scene, clock, closes - HOURS)) == 1


def test_one_click_ends_them_for_that_person_alone(
    session: Session, client: FlaskClient, clock: FixedClock
) -> None:
    scene, _bid = begun(session, clock)
    closes = scene.challenge.stage.closes_at
    assert closes
    told = sweep(scene, clock, closes - WEEK)
    at = re.search(r"(http\S+/stop/\S+)", told[0].text)
    assert at
    path = urlsplit(at[1]).path
    assert "before bids close" in client.get(path).text
    assert "No more of these e-mails" in send(client, path, {}).text
    assert "No more of these e-mails" in send(client, path, {}).text
    assert len(sweep(scene, clock, closes - TWO_DAYS)) == 1
    assert len(told_to(scene.contributor_user)) == 2
