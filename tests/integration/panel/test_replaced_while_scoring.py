"""A member replaced while the panel scores: what the newcomer does first, and what still counts."""

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.audit.log import chain_entries
from marketplace.core.errors import Forbidden, NotFound, WrongMoment
from marketplace.core.notices.models import Notice
from scoring.panel import service
from scoring.panel.desk.models import PrivateNote
from scoring.panel.lifecycle import Measure, Seat
from scoring.panel.models import ScoreDraft
from scoring.panel.parties import key_of
from tests.integration.panel.conftest import Scene, enter


@pytest.fixture
def scoring(scene: Scene) -> Scene:
    """Give a panel that scores, of whom Eva has submitted and Evan has begun to write."""
    scene.name()
    scene.ready()
    scene.begin()
    scene.submit("eva", "0")
    scene.draft("evan", "solves", "1")
    return scene


def replace(scene: Scene, who: str, by: str) -> str:
    return service.replace_member(
        scene.reference,
        scene.label(who),
        user_id=scene.users[by].id,
        reason="Changed job.",
        actor=scene.actor("olga"),
        clock=scene.clock,
    )


def moderate(scene: Scene) -> None:
    service.begin_moderation(scene.reference, actor=scene.actor("cher"), clock=scene.clock)


def test_replaced_while_scoring_is_logged_with_what_was_set_aside_and_both_are_told(
    scoring: Scene, session: Session
) -> None:
    replace(scoring, "eva", "evo")
    entry = chain_entries(session, scoring.reference)[-1]
    assert (entry.action, entry.fields["scores_set_aside"], entry.fields["reason"]) == (
        "panel.member_replaced",
        6,
        "Changed job.",
    )
    letters = dict(session.execute(select(Notice.to_email, Notice.subject)).tuples().all())
    assert letters[scoring.users["eva"].email].startswith("You no longer sit on the panel")
    assert letters[scoring.users["evo"].email].startswith("You are on a panel")


def test_replaced_while_writing_leaves_no_draft_and_can_read_nothing(
    scoring: Scene, session: Session
) -> None:
    draft = session.scalars(select(ScoreDraft)).all()[0]
    place = {"member_id": draft.member_id, "bid_id": draft.bid_id}
    session.add(
        PrivateNote(
            **place, criterion_id=draft.criterion_id, text="Mine.", changed_at=scoring.clock.now()
        )
    )
    session.commit()
    replace(scoring, "evan", "evo")
    assert session.scalars(select(ScoreDraft)).all() == []
    assert session.scalars(select(PrivateNote)).all() == []
    with pytest.raises(Forbidden, match="You are not on this panel"):
        service.read_question(
            scoring.reference, "solves", actor=scoring.actor("evan"), clock=scoring.clock
        )


def test_newcomer_reads_nothing_before_briefing_and_declaration(scoring: Scene) -> None:
    replace(scoring, "eva", "evo")
    actor, clock = scoring.actor("evo"), scoring.clock
    with pytest.raises(WrongMoment, match="Accept the briefing first"):
        service.read_question(scoring.reference, "solves", actor=actor, clock=clock)
    scoring.brief("evo")
    with pytest.raises(WrongMoment, match="Declare your interests first"):
        service.read_question(scoring.reference, "solves", actor=actor, clock=clock)


def test_newcomer_reads_a_bid_only_once_the_interest_in_it_is_decided(scoring: Scene) -> None:
    replace(scoring, "eva", "evo")
    scoring.brief("evo")
    scoring.declare("evo", Acorn="We were at school.")
    actor = scoring.actor("evo")

    def readable() -> set[str]:
        page = service.read_question(scoring.reference, "solves", actor=actor, clock=scoring.clock)
        return {score.bidder.supplier_name for score in page.current.scores}

    assert readable() == {"Birch", "Cedar"}
    with pytest.raises(NotFound):
        service.save_draft(
            scoring.reference,
            "solves",
            {scoring.bids["Acorn"]: service.DraftCell(None, "It says")},
            actor=actor,
            clock=scoring.clock,
        )
    for key in ("solves", "team"):
        scoring.draft("evo", key)
    with pytest.raises(WrongMoment, match="not decided yet"):
        service.submit_scores(scoring.reference, actor=actor, clock=scoring.clock)
    scoring.decide("evo", "Acorn", Measure.KEEP)
    assert readable() == {"Acorn", "Birch", "Cedar"}
    with pytest.raises(WrongMoment, match="what was decided stands"):
        scoring.decide("evo", "Acorn", Measure.RECUSE)


def test_moderation_with_a_bid_below_the_minimum_waits_for_another_member(scoring: Scene) -> None:
    replace(scoring, "eva", "evo")
    scoring.brief("evo")
    scoring.declare("evo", Acorn="We were at school.")
    scoring.decide("evo", "Acorn", Measure.RECUSE)
    for who in ("evan", "evie", "evo"):
        scoring.submit(who)
    with pytest.raises(WrongMoment, match="Acorn would be scored by 2 evaluators, and 3"):
        moderate(scoring)
    service.add_member(
        scoring.reference,
        user_id=scoring.users["carl"].id,
        seat=Seat.EVALUATOR,
        reason="One may not score Acorn.",
        actor=scoring.actor("olga"),
        clock=scoring.clock,
    )
    with pytest.raises(WrongMoment, match="Not everybody has submitted"):
        moderate(scoring)
    scoring.brief("carl")
    scoring.declare("carl")
    scoring.submit("carl")
    moderate(scoring)


def test_new_chair_while_scoring_declares_before_moderation(scoring: Scene) -> None:
    for who in ("evan", "evie"):
        scoring.submit(who)
    replace(scoring, "cher", "carl")
    with pytest.raises(WrongMoment, match="Carl Chair has not accepted the briefing"):
        service.begin_moderation(
            scoring.reference, actor=scoring.actor("carl"), clock=scoring.clock
        )
    scoring.brief("carl")
    scoring.declare("carl")
    service.begin_moderation(scoring.reference, actor=scoring.actor("carl"), clock=scoring.clock)


def test_pages_lead_the_newcomer_from_briefing_to_submission(scoring: Scene, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    client, panel = app.test_client(), f"/work/challenges/{scoring.reference}/panel"
    enter(client, scoring.users["olga"])
    asked = client.get(f"{panel}/members/{scoring.label('eva')}/replace")
    assert "Eva Evaluator has submitted scores" in asked.text
    replace(scoring, "eva", "evo")
    enter(client, scoring.users["evo"])
    assert "Begin with the briefing" in client.get(panel).text
    assert client.post(f"{panel}/briefing", data={"accept": "y"}).status_code == 303
    assert f'href="{panel}/interests"' in client.get(panel).text
    answers = {f"interest-{key_of(name)}": "none" for name in scoring.bids}
    answers[f"interest-{key_of('Acorn')}"] = "declared"
    answers[f"statement-{key_of('Acorn')}"] = "We were at school."
    assert client.post(f"{panel}/interests", data=answers).status_code == 303
    assert "is not decided yet" in client.get(panel).text
    checked = client.get(f"{panel}/scores").text
    assert "You can submit once your interest" in checked
    assert "Submit all my scores" not in checked
    enter(client, scoring.users["cher"])
    shown = client.get(f"{panel}/progress").text
    assert "The interest of Evo Evaluator in Acorn is not decided." in shown
