"""What bodies do with each other: for verified ones, with measure, and once for two clicks."""

import threading
import uuid
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from challenges.joining import service as joining
from challenges.joining.lifecycle import DAILY_MOST
from challenges.lifecycle import State
from challenges.partners import service as partners
from challenges.reusing import service as reusing
from challenges.reusing.models import DrawnFrom
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import Forbidden, Invalid, WrongMoment
from marketplace.core.notices.models import Notice
from marketplace.core.permissions import Actor
from tests.conftest import sign_in
from tests.factories import a_body, a_challenge, actor_for
from tests.journeys import Cast, Journey


@dataclass(frozen=True)
class Scene:
    """A draft open to partners, a challenge whose contract is signed, and another body's people."""

    draft: str
    signed: str
    other: uuid.UUID
    officer: Actor
    facilitator: Actor
    clock: FixedClock


def write(scene: Scene) -> None:
    partners.write(scene.draft, text="We too.", actor=scene.officer, clock=scene.clock)


def connect(scene: Scene) -> None:
    partners.connect(
        scene.draft,
        scene.other,
        note="Both lack shade.",
        actor=scene.facilitator,
        clock=scene.clock,
    )


def contact(scene: Scene) -> None:
    reusing.contact(scene.signed, text="Could we talk?", actor=scene.officer, clock=scene.clock)


def adopt(scene: Scene) -> None:
    reusing.adopt(scene.signed, interest="The map.", actor=scene.officer, clock=scene.clock)


def ask(scene: Scene) -> None:
    joining.ask(scene.draft, message="Us too.", actor=scene.officer, clock=scene.clock)


def copy(scene: Scene) -> None:
    reusing.copy(scene.signed, actor=scene.officer, clock=scene.clock)


@pytest.fixture
def scene(session: Session, draft: Journey, cast: Cast) -> Scene:
    officer = draft.actor(cast.officer)
    partners.offer(draft.reference, offered=True, actor=officer, clock=draft.clock)
    signed = a_challenge(session, draft.clock.now(), cast.body, cast.lead, State.SIGNED)
    session.commit()
    return Scene(
        draft=draft.reference,
        signed=signed.reference,
        other=cast.other_body.id,
        officer=actor_for(cast.other_officer),
        facilitator=actor_for(cast.facilitator),
        clock=draft.clock,
    )


@pytest.mark.parametrize("deed", [write, connect, contact, adopt, copy], ids=lambda f: f.__name__)
def test_two_clicks_at_once_are_one_deed(
    app: Flask, session: Session, cast: Cast, scene: Scene, deed: Callable[[Scene], None]
) -> None:
    told = select(func.count()).select_from(Notice).where(Notice.user_id == cast.lead.id)
    before = session.scalar(told) or 0
    session.rollback()
    start = threading.Barrier(2)
    faults: list[BaseException] = []

    def click() -> None:
        with app.app_context():
            start.wait()
            try:
                deed(scene)
            except BaseException as fault:  # told below
                faults.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=Context().run, args=(click,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    if deed is copy:
        assert session.scalar(select(func.count()).select_from(DrawnFrom)) == 1
        scene.clock.instant += timedelta(minutes=1)
        copy(scene)
        assert session.scalar(select(func.count()).select_from(DrawnFrom)) == 2
    else:
        assert (session.scalar(told) or 0) - before == 1


def test_body_that_nobody_verified_sees_and_writes_nothing_to_others(
    client: FlaskClient, session: Session, cast: Cast, scene: Scene
) -> None:
    cast.other_body.verified_at = None
    session.commit()
    before = session.scalar(select(func.count()).select_from(Notice))
    officer = actor_for(cast.officer)
    own = a_challenge(session, scene.clock.now(), cast.other_body, cast.other_officer)
    session.commit()
    reference, body_id = own.reference, cast.body.id
    sign_in(client, cast.other_officer)

    for path in (
        "/work/partners",
        f"/work/partners/{scene.draft}",
        "/work/challenges/join",
        f"/work/challenges/{scene.signed}/contact",
        f"/work/challenges/{scene.signed}/adopt",
    ):
        answer = client.get(path)
        assert answer.status_code == 403, path
        assert "not yet checked who stands behind" in answer.text
    sponsors = client.get(f"/work/challenges/{reference}/sponsors").text
    assert "not yet checked who stands behind" in sponsors
    for deed in (write, contact, adopt, ask):
        with pytest.raises(Forbidden):
            deed(scene)
    with pytest.raises(Forbidden):
        joining.invite(reference, body_id, message="", actor=scene.officer, clock=scene.clock)
    # Nor is it invited, or connected.
    with pytest.raises(Invalid):
        joining.invite(scene.draft, scene.other, message="", actor=officer, clock=scene.clock)
    with pytest.raises(Invalid):
        connect(scene)
    assert session.scalar(select(func.count()).select_from(Notice)) == before


def test_invitations_of_a_day_are_limited(session: Session, draft: Journey, cast: Cast) -> None:
    bodies = [a_body(session, draft.clock.now(), f"Body {n}").id for n in range(DAILY_MOST + 1)]
    session.commit()
    officer = draft.actor(cast.officer)

    def invite(number: int) -> None:
        joining.invite(
            draft.reference, bodies[number], message="", actor=officer, clock=draft.clock
        )

    for number in range(DAILY_MOST):
        invite(number)
    with pytest.raises(WrongMoment):
        invite(DAILY_MOST)
    draft.clock.instant += timedelta(days=1)
    invite(DAILY_MOST)
