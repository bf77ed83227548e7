"""Evaluators who score some of the criteria: what they see, what blocks, and what agrees."""

from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from marketplace.core.audit.log import chain_entries
from marketplace.core.errors import Forbidden, Invalid, NotFound, WrongMoment
from scoring.panel import queries, service
from scoring.panel.assigning import service as assigning
from scoring.panel.lifecycle import Expertise
from tests.integration.panel.conftest import Scene, enter


def assign(scene: Scene, who: str, *keys: str, by: str = "cher") -> None:
    assigning.assign(
        scene.reference,
        scene.label(who),
        keys=keys,
        expertise=Expertise.SERVICE,
        actor=scene.actor(by),
        clock=scene.clock,
    )


@pytest.fixture
def apart(scene: Scene) -> Scene:
    """Give a panel of five: three on each criterion, Eva and Evan on one only."""
    scene.name(["eva", "evan", "evie", "evo", "carl"])
    assign(scene, "eva", "solves")
    assign(scene, "evan", "team")
    assign(scene, "evie", "team")
    return scene


def test_evaluators_score_and_see_their_own_criteria_alone(apart: Scene, session: Session) -> None:
    assign(apart, "evie")  # all of them again
    apart.ready()
    apart.begin()
    actor, clock = apart.actor("eva"), apart.clock
    page = service.read_question(apart.reference, "solves", actor=actor, clock=clock)
    assert [item.question.key for item in page.questions] == ["solves"]
    assert (page.place, page.next_key, page.previous_key) == (1, None, None)
    with pytest.raises(NotFound):
        service.read_question(apart.reference, "team", actor=actor, clock=clock)
    with pytest.raises(NotFound):
        apart.draft("eva", "team")
    apart.draft("eva", "solves")
    service.submit_scores(apart.reference, actor=actor, clock=clock)
    own = queries.current_scores(session, apart.challenge.stage.id)
    assert {score.criterion.key for score in own} == {"solves"}


def test_criterion_below_the_minimum_blocks_the_beginning_by_name(apart: Scene) -> None:
    assign(apart, "carl", "team", by="olga")
    apart.ready()
    with pytest.raises(WrongMoment, match="would be scored by 2 evaluators, and 3 are needed"):
        apart.begin()


def test_criterion_below_the_minimum_blocks_moderation_too(apart: Scene) -> None:
    apart.ready()
    apart.begin()
    assign(apart, "carl", "team")
    for who, key in (("eva", "solves"), ("evan", "team"), ("evie", "team"), ("carl", "team")):
        apart.draft(who, key)
        service.submit_scores(apart.reference, actor=apart.actor(who), clock=apart.clock)
    apart.submit("evo")
    with pytest.raises(WrongMoment, match="would be scored by 2 evaluators, and 3 are needed"):
        service.begin_moderation(apart.reference, actor=apart.actor("cher"), clock=apart.clock)


def test_agreed_score_needs_somebody_who_scored_the_criterion(apart: Scene) -> None:
    apart.ready()
    apart.begin()
    for who, key in (("eva", "solves"), ("evan", "team"), ("evie", "team")):
        apart.draft(who, key)
        service.submit_scores(apart.reference, actor=apart.actor(who), clock=apart.clock)
    for who in ("evo", "carl"):
        apart.submit(who)
    service.begin_moderation(apart.reference, actor=apart.actor("cher"), clock=apart.clock)

    def agree(*present: str) -> None:
        service.record_consensus(
            apart.reference,
            "team",
            apart.bids["Acorn"],
            value=Decimal(3),
            rationale="All agreed.",
            present=[apart.label(who) for who in present],
            actor=apart.actor("cher"),
            clock=apart.clock,
        )

    with pytest.raises(Invalid) as refused:
        agree("cher", "eva")
    assert list(refused.value.fields) == ["present"]
    agree("cher", "evan")


def test_newcomer_takes_over_the_criteria_of_whose_place_they_take(
    scene: Scene, session: Session
) -> None:
    scene.name()
    assign(scene, "eva", "solves")
    service.replace_member(
        scene.reference,
        scene.label("eva"),
        user_id=scene.users["evo"].id,
        reason="Ill.",
        actor=scene.actor("olga"),
        clock=scene.clock,
    )
    new = queries.member_of(session, scene.challenge.stage.id, scene.users["evo"].id)
    assert new is not None
    theirs = queries.questions_of(new, scene.challenge.stage)
    assert [question.key for question in theirs] == ["solves"]


def test_assign_twice_the_same_is_recorded_once(apart: Scene, session: Session) -> None:
    before = len(chain_entries(session, apart.reference))
    assign(apart, "eva", "solves")
    assert len(chain_entries(session, apart.reference)) == before
    entry = chain_entries(session, apart.reference)[-1]
    assert (entry.action, entry.fields["criteria"]) == ("panel.assigned", ["team"])


def test_assign_an_unknown_question_or_by_an_evaluator_is_refused(apart: Scene) -> None:
    with pytest.raises(NotFound):
        assign(apart, "eva", "price")
    with pytest.raises(Forbidden):
        assign(apart, "eva", "team", by="eva")


def test_assign_to_one_who_has_submitted_is_the_wrong_moment(apart: Scene) -> None:
    apart.ready()
    apart.begin()
    apart.submit("evo")
    with pytest.raises(WrongMoment, match="submitted"):
        assign(apart, "evo", "team")


def test_pages_say_who_scores_what_and_advise_without_blocking(scene: Scene, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client, panel = app.test_client(), f"/work/challenges/{scene.reference}/panel"
    scene.name(["eva", "evan", "evie", "evo"])
    enter(client, scene.users["lena"])
    assert "No evaluator is marked as knowing this best" in client.get(f"{panel}/progress").text
    page = f"{panel}/members/{scene.label('eva')}/criteria"
    assert client.get(page).status_code == 200
    given = {"questions": ["solves"], "expertise": "service"}
    assert client.post(page, data=given).status_code == 303
    other = f"{panel}/members/{scene.label('evan')}/criteria"
    assert client.post(other, data={"expertise": "technical"}).status_code == 303
    shown = client.get(f"{panel}/progress").text
    assert "Nobody on the panel is known" not in shown
    assert "Scores: " in shown
    assert client.post(page, data={"questions": ["price"]}).status_code == 422
    enter(client, scene.users["eva"])
    assert client.get(page).status_code == 403
