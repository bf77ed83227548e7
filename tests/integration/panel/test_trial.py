"""Trial scoring: an example that each evaluator scores alone, once, and that never counts."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from scoring.panel import queries
from scoring.panel.models import Score, ScoreDraft
from scoring.panel.trial import queries as trials
from scoring.panel.trial import service as trying
from tests.integration.panel.conftest import Scene, enter


def set_example(scene: Scene, text: str = "We would hang lamps.", by: str = "cher") -> None:
    trying.set_example(
        scene.reference, key="solves", text=text, actor=scene.actor(by), clock=scene.clock
    )


def score(scene: Scene, who: str, value: str | None, reason: str = "Thin.") -> None:
    trying.score_trial(
        scene.reference,
        value=Decimal(value) if value is not None else None,
        rationale=reason,
        actor=scene.actor(who),
        clock=scene.clock,
    )


def seen(scene: Scene, session: Session, who: str) -> list[tuple[str, Decimal]]:
    found = queries.meeting(session, scene.reference, scene.actor(who))
    return [(each.name, each.value) for each in trials.trial(session, found).spread]


@pytest.fixture
def tried(scene: Scene) -> Scene:
    """Give a panel with an example, of whom Eva has given it 0 and Evan 3."""
    scene.name()
    scene.brief("eva", "evan", "evie")
    set_example(scene)
    score(scene, "eva", "0")
    score(scene, "evan", "3")
    return scene


def test_spread_is_shown_to_who_has_scored_and_to_no_other(tried: Scene, session: Session) -> None:
    both = [("Eva Evaluator", Decimal(0)), ("Evan Evaluator", Decimal(3))]
    assert seen(tried, session, "eva") == both
    assert seen(tried, session, "evie") == []
    assert seen(tried, session, "cher") == []
    assert seen(tried, session, "lena") == []
    score(tried, "evie", "1")
    assert len(seen(tried, session, "cher")) == 3
    assert seen(tried, session, "lena") == []


def test_trial_is_scored_once_and_leaves_no_score(tried: Scene, session: Session) -> None:
    with pytest.raises(WrongMoment, match="already"):
        score(tried, "eva", "3")
    assert session.query(Score).count() == session.query(ScoreDraft).count() == 0


def test_trial_with_a_wrong_score_or_no_reason_names_the_field(tried: Scene) -> None:
    for value, reason, fields in (
        (None, "", {"value", "rationale"}),
        ("3", " ", {"rationale"}),
        (None, "Thin.", {"value"}),
        ("99", "Thin.", {"value"}),
    ):
        with pytest.raises(Invalid) as refused:
            score(tried, "evie", value, reason)
        assert set(refused.value.fields) == fields


def test_example_scored_by_somebody_stays_and_the_trial_ends_with_scoring(tried: Scene) -> None:
    with pytest.raises(WrongMoment, match="stays as it is"):
        set_example(tried, "Another.")
    tried.brief("cher")
    for who in ("cher", "eva", "evan", "evie"):
        tried.declare(who)
    tried.begin()
    with pytest.raises(WrongMoment, match="the trial is over"):
        score(tried, "evie", "1")


def test_example_is_refused_when_empty_too_long_of_no_question_or_by_an_evaluator(
    scene: Scene,
) -> None:
    scene.name()
    for text in (" ", "x" * 20_000):
        with pytest.raises(Invalid):
            set_example(scene, text)
    with pytest.raises(NotFound):
        trying.set_example(
            scene.reference, key="price", text="x", actor=scene.actor("cher"), clock=scene.clock
        )
    with pytest.raises(Forbidden):
        set_example(scene, by="eva")
    scene.brief("eva")
    with pytest.raises(WrongMoment, match="no example"):
        score(scene, "eva", "1")


def test_pages_let_the_chair_set_an_example_and_an_evaluator_try(scene: Scene, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client, panel = app.test_client(), f"/work/challenges/{scene.reference}/panel"
    scene.name()
    scene.brief("eva")
    enter(client, scene.users["cher"])
    assert f"{panel}/trial" in client.get(f"{panel}/progress").text
    empty = client.post(f"{panel}/trial/example", data={"key": "solves", "text": ""})
    assert empty.status_code == 422
    given = {"key": "solves", "text": "<script>alert(1)</script> We hang lamps."}
    assert client.post(f"{panel}/trial/example", data=given).status_code == 303
    enter(client, scene.users["eva"])
    assert f"{panel}/trial" in client.get(panel).text
    shown = client.get(f"{panel}/trial").text
    assert "We hang lamps." in shown
    assert "<script>alert" not in shown
    assert client.post(f"{panel}/trial", data={"value": "2"}).status_code == 422
    kept = client.post(f"{panel}/trial", data={"value": "2", "rationale": "Thin."})
    assert kept.status_code == 303
    assert "Eva Evaluator (you)" in client.get(f"{panel}/trial").text
    assert client.get(f"{panel}/trial/example").status_code == 403
