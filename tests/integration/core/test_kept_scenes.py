"""A scene that is kept is built once, and no test meets what another did to it."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.core.access import current_files
from marketplace.core.accounts.models import Organisation
from marketplace.core.clock import FixedClock
from tests.conftest import NOW
from tests.factories import a_body, counted
from tests.scenes import KeptScene, Scenes

BUILT: list[str] = []


@dataclass
class Village:
    """A body, how it was built, and what a test may change."""

    session: Session
    clock: FixedClock
    bodies: dict[str, Organisation]
    file: str


def a_village(session: Session, clock: FixedClock) -> Village:
    BUILT.append("once")
    body = a_body(session, NOW, "Villages Council")
    session.commit()
    clock.instant += timedelta(days=3)
    return Village(session, clock, {"body": body}, current_files().write(b"a map"))


@pytest.fixture
def kept_scene(scenes: Scenes) -> KeptScene[Village]:
    return scenes.keep("village of a test", a_village)


@pytest.fixture
def village(kept_scene: KeptScene[Village], session: Session, clock: FixedClock) -> Village:
    return kept_scene.give(session, clock)


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_the_scene_as_it_was_built(
    village: Village, app: Flask, session: Session, clock: FixedClock, turn: int
) -> None:
    found = session.scalars(sa.select(Organisation)).all()
    assert found == [village.bodies["body"]]
    assert found[0].name == "Villages Council"
    assert (village.session, village.clock) == (session, clock)
    assert clock.now() == NOW + timedelta(days=3)
    assert app.extensions["files"].read(village.file) == b"a map"
    assert len(BUILT) <= 1

    village.bodies["body"].name = "Changed Council"
    session.add(Organisation(kind="platform", name="Another", created_at=NOW))
    session.commit()
    village.bodies.clear()
    clock.instant += timedelta(days=1)
    for path in app.extensions["files"].folder.rglob("*"):
        if path.is_file():
            path.unlink()


def test_test_without_a_scene_finds_nothing(session: Session, clock: FixedClock) -> None:
    assert session.scalars(sa.select(Organisation)).all() == []
    assert clock.now() == NOW


def test_building_again_is_left_out(scenes: Scenes) -> None:
    def fails(session: Session, clock: FixedClock) -> Village:
        raise AssertionError("built again")

    first = scenes.keep("village of a test", a_village)

    assert scenes.keep("village of a test", fails) is first


def test_what_a_test_adds_is_numbered_after_a_scene_of_another_worker(
    kept_scene: KeptScene[Village], session: Session, clock: FixedClock
) -> None:
    far = counted() + 1000

    replace(kept_scene, counted=far).give(session, clock)

    assert counted() > far
