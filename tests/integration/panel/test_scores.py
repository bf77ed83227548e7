"""Scoring alone: drafts, submission, correction; and moderation up to the lock."""

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from bids.lifecycle import BidState
from challenges.queries import own_challenge
from marketplace.core.audit.log import chain_entries
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.errors import DomainError, Forbidden, Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Actor
from marketplace.core.transaction import transaction
from scoring.panel import queries, service
from scoring.panel.lifecycle import Measure
from scoring.panel.models import ConsensusScore, Score, ScoreDraft
from scoring.panel.service import DraftCell
from tests.integration.panel.conftest import Scene, add_bid


@pytest.fixture
def scoring(scoring_panel: Scene) -> Scene:
    """Give a panel that scores."""
    return scoring_panel


def test_draft_of_a_genuine_zero_is_kept_and_submitted(scoring: Scene, session: Session) -> None:
    scoring.submit("eva", "0")
    scores = queries.current_scores(session, scoring.challenge.stage.id)
    assert [score.value for score in scores] == [Decimal(0)] * 6


def test_draft_without_score_or_reason_is_kept(scoring: Scene, session: Session) -> None:
    scoring.draft("eva", "solves", None, "Only words so far.")
    drafts = session.query(ScoreDraft).all()
    assert {(draft.value, draft.rationale) for draft in drafts} == {(None, "Only words so far.")}


@pytest.mark.parametrize("value", ["5.001", "6", "1000000"])
def test_draft_outside_the_scale_names_the_bid_and_keeps_nothing(
    scoring: Scene, session: Session, value: str
) -> None:
    with pytest.raises(Invalid) as refused:
        scoring.draft("eva", "solves", "3", Birch=value)
    assert list(refused.value.fields) == [f"score-{scoring.bids['Birch']}"]
    assert session.query(ScoreDraft).count() == 0


def test_draft_with_four_places_is_refused(scoring: Scene) -> None:
    with pytest.raises(Invalid):
        scoring.draft("eva", "solves", "1.0625")


def test_draft_with_three_places_is_kept_exactly(scoring: Scene, session: Session) -> None:
    scoring.draft("eva", "solves", "4.875")
    assert {draft.value for draft in session.query(ScoreDraft)} == {Decimal("4.875")}


def test_draft_saved_from_two_tabs_keeps_the_last_in_each_cell(
    scoring: Scene, session: Session, clock: FixedClock
) -> None:
    scoring.draft("eva", "solves", "1")
    first_saved = clock.instant
    clock.instant += timedelta(minutes=5)
    scoring.draft("eva", "solves", "1", Birch="4")
    drafts = {draft.bid_id: (draft.value, draft.changed_at) for draft in session.query(ScoreDraft)}
    by_name = {
        bidder.supplier_name: drafts[bidder.bid_id]
        for bidder in queries.bidders(session, scoring.challenge.stage.id)
    }
    assert by_name["Acorn"] == (Decimal(1), first_saved)
    assert by_name["Birch"] == (Decimal(4), clock.instant)


def test_draft_by_the_chair_is_forbidden(scoring: Scene) -> None:
    with pytest.raises(Forbidden):
        scoring.draft("cher", "solves")


def test_draft_before_scoring_began_is_the_wrong_moment(scene: Scene) -> None:
    scene.name()
    scene.ready()
    with pytest.raises(WrongMoment):
        scene.draft("eva", "solves")


def test_draft_of_a_bid_that_does_not_count_finds_nothing(scene: Scene) -> None:
    add_bid(scene, "Dogwood", BidState.INELIGIBLE)
    scene.name()
    scene.ready()
    scene.begin()
    with pytest.raises(NotFound):
        service.save_draft(
            scene.reference,
            "solves",
            {scene.bids["Dogwood"]: DraftCell(Decimal(3), "Good.")},
            actor=scene.actor("eva"),
            clock=scene.clock,
        )


def recused(scene: Scene) -> Scene:
    """Begin scoring with a panel of four, of whom Eva is recused from Acorn."""
    scene.name(["eva", "evan", "evie", "evo"])
    for who in scene.members():
        scene.brief(who)
        if who != "eva":
            scene.declare(who)
    scene.declare("eva", Acorn="My sister works there.")
    scene.decide("eva", "Acorn", Measure.RECUSE)
    scene.begin()
    return scene


def test_draft_of_a_bid_one_is_recused_from_finds_nothing(scene: Scene) -> None:
    recused(scene)
    with pytest.raises(NotFound):
        service.save_draft(
            scene.reference,
            "solves",
            {scene.bids["Acorn"]: DraftCell(Decimal(3), "Good.")},
            actor=scene.actor("eva"),
            clock=scene.clock,
        )


def test_submit_with_a_recusal_asks_for_the_other_bids_only(scene: Scene, session: Session) -> None:
    recused(scene)
    scene.submit("eva")
    assert session.query(Score).count() == 4


def test_submit_with_everything_missing_names_every_cell(scoring: Scene) -> None:
    with pytest.raises(Invalid) as refused:
        service.submit_scores(scoring.reference, actor=scoring.actor("eva"), clock=scoring.clock)
    assert set(refused.value.fields) == {
        f"{key}/{bid}" for key in ("solves", "team") for bid in scoring.bids.values()
    }


def test_submit_with_one_empty_reason_names_it_and_keeps_the_drafts(
    scoring: Scene, session: Session
) -> None:
    scoring.draft("eva", "team")
    scoring.draft("eva", "solves")
    service.save_draft(
        scoring.reference,
        "solves",
        {scoring.bids["Cedar"]: DraftCell(Decimal(0), "")},
        actor=scoring.actor("eva"),
        clock=scoring.clock,
    )
    with pytest.raises(Invalid) as refused:
        service.submit_scores(scoring.reference, actor=scoring.actor("eva"), clock=scoring.clock)
    assert refused.value.fields == {
        f"solves/{scoring.bids['Cedar']}": "Give the reason for the score"
    }
    assert (session.query(Score).count(), session.query(ScoreDraft).count()) == (0, 6)


def test_submit_twice_is_the_wrong_moment_and_scores_once(scoring: Scene, session: Session) -> None:
    scoring.submit("eva")
    with pytest.raises(WrongMoment):
        service.submit_scores(scoring.reference, actor=scoring.actor("eva"), clock=scoring.clock)
    assert session.query(Score).count() == 6


def test_draft_after_submitting_is_the_wrong_moment(scoring: Scene) -> None:
    scoring.submit("eva")
    with pytest.raises(WrongMoment):
        scoring.draft("eva", "solves")


def at_once(app: Flask, *calls: tuple[Actor, str, FixedClock]) -> list[str]:
    """Submit for several people at the same moment; give what came of each."""
    barrier = threading.Barrier(len(calls))
    outcomes: list[str] = []

    def submit(actor: Actor, reference: str, clock: FixedClock) -> None:
        with app.app_context():
            barrier.wait(timeout=20)
            try:
                service.submit_scores(reference, actor=actor, clock=clock)
            except DomainError as error:
                outcomes.append(type(error).__name__)
            else:
                outcomes.append("done")
            finally:
                db.session.remove()

    threads = [threading.Thread(target=submit, args=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(outcomes)


def test_submit_by_the_last_two_at_once_keeps_both_once(
    app: Flask, scoring: Scene, session: Session
) -> None:
    scoring.submit("eva")
    for who in ("evan", "evie"):
        for key in ("solves", "team"):
            scoring.draft(who, key)
    calls = [
        (scoring.actor(who), scoring.reference, scoring.clock)
        for who in ("evan", "evie", "evan", "evie")
    ]
    session.rollback()
    assert at_once(app, *calls) == ["WrongMoment", "WrongMoment", "done", "done"]
    assert session.query(Score).count() == 18
    entries = chain_entries(session, scoring.reference)
    assert sum(entry.action == "scores.submitted" for entry in entries) == 3
    assert [entry.cn for entry in entries] == list(range(1, len(entries) + 1))


def correct(
    scene: Scene, who: str, value: str, rationale: str = "Read again.", **more: str
) -> None:
    service.correct_score(
        scene.reference,
        "solves",
        scene.bids[more.get("supplier", "Acorn")],
        value=Decimal(value),
        rationale=rationale,
        reason=more.get("reason", "I had mistaken the bid."),
        actor=scene.actor(who),
        clock=scene.clock,
    )


def test_correct_score_keeps_both_rows_and_the_new_one_counts(
    scoring: Scene, session: Session
) -> None:
    scoring.submit("eva", "2")
    correct(scoring, "eva", "4.5")
    rows = session.scalars(sa.select(Score).where(Score.replaces_id.is_not(None))).all()
    assert [(row.value, row.correction_reason) for row in rows] == [
        (Decimal("4.5"), "I had mistaken the bid.")
    ]
    counting = queries.current_scores(session, scoring.challenge.stage.id)
    assert sorted(score.value for score in counting) == [Decimal(2)] * 5 + [Decimal("4.5")]
    assert session.query(Score).count() == 7


def test_correct_score_twice_replaces_the_correction(scoring: Scene, session: Session) -> None:
    scoring.submit("eva", "2")
    correct(scoring, "eva", "4")
    correct(scoring, "eva", "0")
    counting = queries.current_scores(session, scoring.challenge.stage.id)
    assert sorted(score.value for score in counting) == [Decimal(0)] + [Decimal(2)] * 5


def test_correct_score_without_saying_why_is_refused(scoring: Scene) -> None:
    scoring.submit("eva", "2")
    with pytest.raises(Invalid) as refused:
        correct(scoring, "eva", "4", reason=" ")
    assert list(refused.value.fields) == ["reason"]


def test_correct_score_outside_the_scale_is_refused(scoring: Scene) -> None:
    scoring.submit("eva", "2")
    with pytest.raises(Invalid) as refused:
        correct(scoring, "eva", "6")
    assert list(refused.value.fields) == ["value"]


def test_correct_score_to_the_same_is_refused(scoring: Scene) -> None:
    scoring.submit("eva", "2")
    with pytest.raises(Invalid):
        correct(scoring, "eva", "2", "Reason of eva.")


def test_correct_score_after_moderation_began_is_the_wrong_moment(scene: Scene) -> None:
    scene.moderated()
    with pytest.raises(WrongMoment):
        correct(scene, "eva", "4")


@pytest.mark.parametrize("table", [Score, ConsensusScore])
@pytest.mark.parametrize("statement", ["UPDATE {} SET rationale = 'x'", "DELETE FROM {}"])
def test_database_refuses_to_change_or_delete_a_score(
    scene: Scene, session: Session, table: type[Score], statement: str
) -> None:
    scene.moderated()
    scene.agree("Acorn", "solves")
    with pytest.raises(DBAPIError, match="append-only"):
        session.execute(sa.text(statement.format(table.__tablename__)))


def test_begin_moderation_before_all_have_submitted_names_who_is_missing(scoring: Scene) -> None:
    scoring.submit("eva")
    with pytest.raises(WrongMoment, match=r"Ev(an|ie) Evaluator, Ev(an|ie) Evaluator"):
        service.begin_moderation(
            scoring.reference, actor=scoring.actor("cher"), clock=scoring.clock
        )


def test_consensus_recorded_twice_keeps_both_rows_and_the_second_counts(
    scene: Scene, session: Session
) -> None:
    scene.moderated()
    scene.agree("Acorn", "solves", "2", "First view.")
    scene.agree("Acorn", "solves", "0", "On reflection nothing works.")
    rows = session.scalars(sa.select(ConsensusScore).order_by(ConsensusScore.id)).all()
    assert [(row.value, row.rationale) for row in rows] == [
        (Decimal(2), "First view."),
        (Decimal(0), "On reflection nothing works."),
    ]
    (counts,) = queries.current_consensus(session, scene.challenge.stage.id)
    assert (counts.value, counts.replaces_id) == (Decimal(0), rows[0].id)


def test_consensus_before_moderation_is_the_wrong_moment(scene: Scene) -> None:
    scene.scored()
    with pytest.raises(WrongMoment):
        scene.agree("Acorn", "solves")


def test_consensus_by_an_evaluator_is_forbidden(scene: Scene) -> None:
    scene.moderated()
    with pytest.raises(Forbidden):
        scene.agree("Acorn", "solves", by="eva")


def test_consensus_incomplete_names_every_field(scene: Scene) -> None:
    scene.moderated()
    with pytest.raises(Invalid) as refused:
        service.record_consensus(
            scene.reference,
            "solves",
            scene.bids["Acorn"],
            value=Decimal("5.5"),
            rationale=" ",
            present=[],
            actor=scene.actor("cher"),
            clock=scene.clock,
        )
    assert set(refused.value.fields) == {"value", "rationale", "present"}


def test_consensus_with_a_recused_member_present_is_refused(scene: Scene) -> None:
    recused(scene)
    for who in ("eva", "evan", "evie", "evo"):
        scene.submit(who)
    service.begin_moderation(scene.reference, actor=scene.actor("cher"), clock=scene.clock)
    with pytest.raises(Invalid) as refused:
        scene.agree("Acorn", "solves")
    assert list(refused.value.fields) == ["present"]


def lock(scene: Scene, who: str = "cher") -> None:
    actor = scene.actor(who)
    with transaction() as session:
        challenge = own_challenge(session, scene.reference, actor, lock=True)
        service.lock_quality(session, challenge.stage, actor=actor, clock=scene.clock)


def test_lock_with_one_score_not_agreed_names_it(scene: Scene) -> None:
    scene.moderated()
    for supplier, key in (
        ("Acorn", "solves"),
        ("Acorn", "team"),
        ("Birch", "solves"),
        ("Birch", "team"),
        ("Cedar", "solves"),
    ):
        scene.agree(supplier, key)
    with pytest.raises(WrongMoment, match="Still open: 1, the first is Cedar"):
        lock(scene)


def test_lock_with_everything_agreed_ends_moderation(scene: Scene) -> None:
    scene.moderated()
    scene.agree_all()
    lock(scene)
    with pytest.raises(WrongMoment):
        scene.agree("Acorn", "solves", "5")


def test_lock_twice_is_the_wrong_moment(scene: Scene) -> None:
    scene.moderated()
    scene.agree_all()
    lock(scene)
    with pytest.raises(WrongMoment):
        lock(scene)


def test_lock_by_an_officer_is_forbidden(scene: Scene) -> None:
    scene.moderated()
    scene.agree_all()
    with pytest.raises(Forbidden):
        lock(scene, "olga")


def test_log_of_a_whole_panel_tells_each_step_in_order(scene: Scene, session: Session) -> None:
    scene.moderated()
    scene.agree_all()
    lock(scene)
    told = [entry.action for entry in chain_entries(session, scene.reference)]
    steps = [action for number, action in enumerate(told) if action not in told[:number]]
    assert steps == [
        "bid.submitted",
        "challenge.closed",
        "panel.named",
        "panel.briefed",
        "interest.declared",
        "scoring.began",
        "scores.submitted",
        "moderation.began",
        "consensus.recorded",
        "quality.locked",
    ]
