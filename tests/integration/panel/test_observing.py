"""The record of a panel: what stands in it, for whom, and that each reading is recorded."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.core.audit.log import chain_entries
from marketplace.core.audit.models import LogDetail
from marketplace.core.errors import Forbidden, NotFound, WrongMoment
from marketplace.core.permissions import Role
from scoring.panel import service
from scoring.panel.briefing import CURRENT
from scoring.panel.lifecycle import Measure
from scoring.panel.models import Panel
from scoring.panel.observing import service as observing
from scoring.panel.observing.queries import Record
from tests.conftest import NOW
from tests.factories import a_body, a_person, actor_for
from tests.integration.panel.conftest import Scene, enter


@pytest.fixture
def told(scene: Scene, session: Session) -> Scene:
    """Give a panel in moderation, one of whom left after scoring, one of whom was recused, and one
    of whom corrected a score; Carl observes."""
    scene.name(["eva", "evan", "evie", "evo"], observers=["carl"])
    scene.brief("cher", "eva", "evan", "evie", "evo", "carl")
    for who in ("cher", "eva", "evan", "evie", "carl"):
        scene.declare(who)
    scene.declare("evo", Acorn="My sister works there.")
    scene.decide("evo", "Acorn", Measure.RECUSE)
    scene.begin()
    for who in ("evan", "evie", "evo"):
        scene.submit(who)
    scene.submit("eva", "1")
    service.correct_score(
        scene.reference,
        "team",
        scene.bids["Birch"],
        value=Decimal(2),
        rationale="Looked again.",
        reason="Wrong line.",
        actor=scene.actor("evan"),
        clock=scene.clock,
    )
    scene.users["nora"] = a_person(session, NOW, scene.body, Role.EVALUATOR, name="Nora New")
    session.commit()
    service.replace_member(
        scene.reference,
        scene.label("eva"),
        user_id=scene.users["nora"].id,
        reason="Changed job.",
        actor=scene.actor("olga"),
        clock=scene.clock,
    )
    scene.brief("nora")
    scene.declare("nora")
    scene.submit("nora")
    service.begin_moderation(scene.reference, actor=scene.actor("cher"), clock=scene.clock)
    return scene


def read(scene: Scene, who: str) -> Record:
    return observing.read_record(scene.reference, actor=scene.actor(who), clock=scene.clock)


def lock(scene: Scene, session: Session) -> None:
    panel = session.get_one(Panel, scene.challenge.stage.id)
    panel.quality_locked_at = scene.clock.now() + timedelta(minutes=1)
    session.commit()


def test_record_holds_everybody_their_interests_and_every_score(told: Scene) -> None:
    record = read(told, "carl")
    left = next(each for each in record.people if each.left_at)
    assert (left.name, left.left_because) == ("Eva Evaluator", "Changed job.")
    assert left.briefing == CURRENT.version
    (declared,) = record.interests
    assert (declared.name, declared.bidder, declared.statement) == (
        "Evo Evaluator",
        "Acorn",
        "My sister works there.",
    )
    assert [measure for measure, *_rest in declared.decisions] == [Measure.RECUSE]
    cells = {
        (question.key, cell.bidder.supplier_name): cell
        for question, row in record.questions
        for cell in row
    }
    birch = cells[("team", "Birch")].given
    assert [one.label for one in birch if one.set_aside] == [left.label]
    corrected = [one for one in birch if one.label == told.label("evan")]
    assert [(one.value, one.replaced, one.correction) for one in corrected] == [
        (Decimal(3), True, None),
        (Decimal(2), False, "Wrong line."),
    ]
    assert told.label("evo") not in {one.label for one in cells[("team", "Acorn")].given}


def test_record_read_is_recorded_each_time_with_who_read_it(told: Scene, session: Session) -> None:
    read(told, "carl")
    read(told, "carl")
    reads = [e for e in chain_entries(session, told.reference) if e.action == "panel.read"]
    assert [entry.fields["label"] for entry in reads] == [told.label("carl")] * 2
    by = session.scalars(
        sa.select(LogDetail.value).where(
            LogDetail.n.in_([entry.n for entry in reads]), LogDetail.name == "actor"
        )
    )
    assert [json.loads(name) for name in by] == ["Carl Chair"] * 2


def test_record_leaves_out_the_bids_a_member_is_kept_apart_from(told: Scene) -> None:
    record = read(told, "evo")
    shown = {cell.bidder.supplier_name for _question, row in record.questions for cell in row}
    assert shown == {"Birch", "Cedar"}
    assert told.bids["Acorn"] not in record.bids
    assert record.interests == []


def test_record_is_closed_before_its_time_and_to_others(told: Scene, session: Session) -> None:
    with pytest.raises(WrongMoment, match="once its agreed scores are locked"):
        read(told, "audrey")
    for who in ("olga", "lena", "abby", "eva"):
        with pytest.raises(Forbidden):
            read(told, who)
    elsewhere = a_person(session, NOW, a_body(session, NOW, "Other Council"), Role.AUDITOR)
    session.commit()
    with pytest.raises(NotFound):
        observing.read_record(told.reference, actor=actor_for(elsewhere), clock=told.clock)


def test_record_opens_to_auditors_once_quality_is_locked(told: Scene, session: Session) -> None:
    lock(told, session)
    assert read(told, "audrey").bids == [told.bids[name] for name in ("Acorn", "Birch", "Cedar")]


def test_observers_look_at_the_moderation_is_recorded_and_the_chairs_is_not(
    told: Scene, app: Flask, session: Session
) -> None:
    client = app.test_client()
    path = f"/work/challenges/{told.reference}/panel/moderation"
    for who in ("cher", "evan", "carl"):
        enter(client, told.users[who])
        assert client.get(path).status_code == 200
    session.rollback()
    (read,) = [e for e in chain_entries(session, told.reference) if e.action == "panel.read"]
    assert (read.fields["label"], read.fields["page"]) == (told.label("carl"), "moderation")


def test_record_during_scoring_is_closed_to_observers(scene: Scene) -> None:
    scene.name(observers=["evo"])
    scene.ready()
    scene.begin()
    with pytest.raises(WrongMoment):
        read(scene, "evo")


def test_page_shows_the_record_and_is_found_from_the_panel(
    told: Scene, session: Session, app: Flask
) -> None:
    client, panel = app.test_client(), f"/work/challenges/{told.reference}/panel"
    service.record_consensus(
        told.reference,
        "team",
        told.bids["Birch"],
        value=Decimal(2),
        rationale="<script>alert(1)</script>",
        present=[told.label("evan")],
        actor=told.actor("cher"),
        clock=told.clock,
    )
    enter(client, told.users["carl"])
    assert f"{panel}/record" in client.get(f"{panel}/progress").text
    page = client.get(f"{panel}/record")
    assert page.status_code == 200
    assert "My sister works there." in page.text
    assert "Looked again." in page.text
    assert "<script>alert" not in page.text
    enter(client, told.users["audrey"])
    assert f"{panel}/record" not in client.get(f"{panel}/progress").text
    assert client.get(f"{panel}/record").status_code == 409
    refused = chain_entries(session, told.reference)[-1]
    assert refused.action == "bid.read_refused"
