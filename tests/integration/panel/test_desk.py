"""An evaluator at the desk: one bid across all questions, own notes, own texts used again."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from challenges.ending.service import end_without_contract
from challenges.lifecycle import NoAward
from challenges.models import Challenge
from marketplace.core.audit.log import chain_entries
from marketplace.core.transaction import transaction
from scoring.panel import service
from scoring.panel.desk.models import PrivateNote
from scoring.panel.lifecycle import Measure
from scoring.panel.models import ScoreDraft
from tests.integration.panel.conftest import ANSWER, PRICE, Scene, enter
from tests.integration.panel.test_pages import post, text_of
from tests.integration.panel.test_sheets import rows_of, take

NOTE = "Numbatproof note"
TEXT = "Bilbyproof reason"


@pytest.fixture
def scoring(scene: Scene) -> Scene:
    """Give a panel that scores, of whom Eva is kept from one bid."""
    scene.name(["eva", "evan", "evie", "evo"])
    for who in scene.members():
        scene.brief(who)
        if who != "eva":
            scene.declare(who)
    scene.declare("eva", Cedar="My sister works there.")
    scene.decide("eva", "Cedar", Measure.RECUSE)
    scene.begin()
    return scene


def see(scene: Scene, client: FlaskClient, who: str, path: str) -> tuple[int, str]:
    enter(client, scene.users[who])
    answer = client.get(f"/work/challenges/{scene.reference}/panel{path}")
    return answer.status_code, text_of(answer.text)


def drafts(session: Session) -> set[tuple[str, str, Any]]:
    session.rollback()
    return {
        (str(draft.bid_id), draft.rationale, draft.value)
        for draft in session.scalars(select(ScoreDraft))
    }


def test_one_bid_across_all_questions_is_read_and_recorded(
    scoring: Scene, client: FlaskClient, session: Session
) -> None:
    acorn = scoring.bids["Acorn"]
    status, page = see(scoring, client, "eva", f"/bids/{acorn}")

    assert status == 200
    assert f"{ANSWER} of Acorn (solves)" in page
    assert f"{ANSWER} of Acorn (team)" in page
    assert f"{ANSWER} of Birch" not in page
    assert "Cedar" not in page
    assert PRICE not in page
    session.rollback()
    read = [e for e in chain_entries(session, scoring.reference) if e.action == "bid.read"][-1]
    assert (read.actor_name, read.fields["bid"]) == ("Eva Evaluator", acorn)


def test_bid_and_question_are_two_views_of_the_same_drafts(
    scoring: Scene, client: FlaskClient
) -> None:
    acorn = scoring.bids["Acorn"]
    scoring.draft("eva", "team", "2", "Typed by question")
    page = see(scoring, client, "eva", f"/bids/{acorn}")[1]
    assert "Typed by question" in page

    fields = {"score-solves": "0", "reason-solves": "Typed by bid"}
    answer = post(scoring, client, "eva", f"/bids/{acorn}", **fields, then="go:solves")
    assert answer.location.endswith("/panel/questions/solves")
    page = client.get(answer.location).text
    assert "Typed by bid" in page
    assert f'value="bid:{acorn}"' in page
    # What was not sent stays as it was.
    assert "Typed by question" in see(scoring, client, "eva", f"/bids/{acorn}")[1]


def test_bids_lead_from_one_to_the_next_in_the_own_order_and_then_to_the_check(
    scoring: Scene, client: FlaskClient
) -> None:
    met = []
    home = see(scoring, client, "eva", "")[1]
    order = [
        part.partition('"')[0]
        for part in see(scoring, client, "eva", "/questions/solves")[1].split('data-cell="')[1:]
    ]
    for reference in order:
        at = f"/bids/{reference}"
        met.append(post(scoring, client, "eva", at, then="next").location.rpartition("/panel")[2])
    assert met == [f"/bids/{order[1]}", "/scores"]
    offered = [part.partition('"')[0] for part in home.split("/panel/bids/")[1:]]
    assert offered == order


def test_bid_that_is_not_the_evaluators_own_is_nowhere(scoring: Scene, client: FlaskClient) -> None:
    cedar, acorn = (scoring.bids[name] for name in ("Cedar", "Acorn"))
    assert see(scoring, client, "eva", f"/bids/{cedar}")[0] == 404
    assert (
        post(scoring, client, "eva", f"/bids/{cedar}", **{"score-solves": "3"}).status_code == 404
    )
    assert see(scoring, client, "eva", f"/texts/solves/{cedar}")[0] == 404
    for who in ("cher", "olga", "abby", "audrey"):
        for path in (f"/bids/{acorn}", f"/texts/solves/{acorn}"):
            assert see(scoring, client, who, path)[0] == 403, (who, path)


def test_bid_with_a_score_that_is_wrong_keeps_all_that_was_typed(
    scoring: Scene, client: FlaskClient, session: Session
) -> None:
    fields = {"score-solves": "9", "reason-solves": TEXT, "reason-team": TEXT, "note-team": NOTE}
    answer = post(scoring, client, "eva", f"/bids/{scoring.bids['Acorn']}", **fields)
    assert answer.status_code == 422
    assert answer.text.count(TEXT) == 2
    assert NOTE in answer.text
    assert drafts(session) == set()


def test_second_window_is_told_of_what_the_first_saved_and_neither_is_lost(
    scoring: Scene, client: FlaskClient
) -> None:
    acorn = scoring.bids["Acorn"]
    at = f"/work/challenges/{scoring.reference}/panel/bids/{acorn}"
    by_script = {"Accept": "application/json"}
    enter(client, scoring.users["eva"])
    filled = {name: marks(client.get(at).text)[name] for name in ("seen", "shown")}
    # The first window, on the page of one question, saves by itself as it is typed.
    first = client.get(f"/work/challenges/{scoring.reference}/panel/questions/solves").text
    saving = {f"score-{acorn}": "3", f"reason-{acorn}": "First window", **marks(first)}
    question = f"/work/challenges/{scoring.reference}/panel/questions/solves"
    saved = client.post(question, data=saving, headers=by_script).get_json()
    # The second leaves alone what it did not touch, and replaces nothing silently.
    typed = {"score-solves": "", "reason-solves": "", "reason-team": TEXT, **filled}
    assert client.post(at, data=typed, headers=by_script).status_code == 200
    assert "First window" in see(scoring, client, "eva", f"/bids/{acorn}")[1]
    typed |= {"score-solves": "2", "reason-solves": "Second window"}
    told = client.post(at, data=typed, headers=by_script)
    assert (told.status_code, "another window" in told.get_json()["message"]) == (422, True)
    # By a button both are shown; the page's script goes on waiting for one.
    page = client.post(at, data=typed)
    assert (page.status_code, "First window" in page.text) == (422, True)
    assert "Second window" in page.text
    again = typed | marks(page.text)
    assert client.post(at, data=again, headers=by_script).status_code == 422
    assert client.post(at, data=again | {"then": "home"}).status_code == 303
    # And now the first window is the older one.
    saving |= {"seen": saved["seen"], f"reason-{acorn}": "First window, more"}
    assert client.post(question, data=saving, headers=by_script).status_code == 422
    assert "Second window" in see(scoring, client, "eva", f"/bids/{acorn}")[1]


def marks(page: str) -> dict[str, str]:
    """Give the hidden fields by which a page tells what it was filled with."""
    found = re.findall(r'name="(seen|shown)" type="hidden" value="([^"]*)"', page)
    return dict(found)


def test_script_that_saves_is_told_of_refusals(scoring: Scene, client: FlaskClient) -> None:
    enter(client, scoring.users["eva"])
    path = f"/work/challenges/{scoring.reference}/panel/bids/{scoring.bids['Acorn']}"
    headers = {"Accept": "application/json"}
    wrong = client.post(path, data={"reason-team": "x" * 10_001}, headers=headers)
    assert (wrong.status_code, "10,000" in wrong.get_json()["message"]) == (422, True)
    saved = client.post(path, data={"reason-team": TEXT}, headers=headers)
    assert saved.get_json()["message"].startswith("Saved at")
    # Submitted meanwhile, in another tab: the page keeps what is typed, and says why.
    scoring.submit("eva")
    enter(client, scoring.users["eva"])
    question = path.replace(f"bids/{scoring.bids['Acorn']}", "questions/solves")
    for late in (path, question):
        told = client.post(late, data={"reason-team": TEXT}, headers=headers)
        assert (told.status_code, "submitted" in told.get_json()["message"]) == (409, True)


@pytest.fixture
def noted(scoring: Scene, client: FlaskClient) -> Scene:
    """Give a panel of which Eva has written a note beside a score."""
    acorn = scoring.bids["Acorn"]
    fields = {f"score-{acorn}": "3", f"reason-{acorn}": TEXT, f"note-{acorn}": NOTE}
    assert post(scoring, client, "eva", "/questions/solves", **fields).status_code == 303
    return scoring


def test_note_is_its_writers_alone_in_every_phase(
    noted: Scene, client: FlaskClient, session: Session
) -> None:
    acorn = noted.bids["Acorn"]
    paths = ["", "/questions/solves", f"/bids/{acorn}", "/scores", "/progress", "/moderation"]
    paths += [f"/moderation/solves/{acorn}", f"/texts/solves/{acorn}"]
    others = [who for who in noted.users if who != "eva"]

    def shown_to(who: str) -> list[str]:
        return [path for path in paths if NOTE in see(noted, client, who, path)[1]]

    assert shown_to("eva") == ["/questions/solves", f"/bids/{acorn}"]
    assert {who: shown_to(who) for who in others} == {who: [] for who in others}
    assert NOTE not in str(rows_of(take(noted, client)))
    for who in ("eva", "evan", "evie", "evo"):
        noted.submit(who)
    correcting = f"/scores/solves/{acorn}/correct"
    assert NOTE in see(noted, client, "eva", correcting)[1]
    service.begin_moderation(noted.reference, actor=noted.actor("cher"), clock=noted.clock)
    assert shown_to("eva") == [f"/moderation/solves/{acorn}"]
    assert {who: shown_to(who) for who in others} == {who: [] for who in others}
    session.rollback()
    told = [str(entry.fields) for entry in chain_entries(session, noted.reference)]
    assert not [fields for fields in told if NOTE in fields or "note" in fields]


def test_notes_are_deleted_when_the_scores_are_locked(
    scene: Scene, client: FlaskClient, session: Session
) -> None:
    scene.name()
    scene.ready()
    scene.begin()
    acorn = scene.bids["Acorn"]
    fields = {f"reason-{acorn}": "", f"note-{acorn}": NOTE}
    post(scene, client, "eva", "/questions/solves", **fields)
    for who in ("eva", "evan", "evie"):
        scene.submit(who)
    service.begin_moderation(scene.reference, actor=scene.actor("cher"), clock=scene.clock)
    scene.agree_all()
    count = select(func.count()).select_from(PrivateNote)
    assert session.scalar(count) == 1
    with transaction() as held:
        stage = held.get_one(Challenge, scene.challenge.id).stage
        service.lock_quality(held, stage, actor=scene.actor("cher"), clock=scene.clock)
    assert session.scalar(count) == 0


def test_notes_are_deleted_when_the_challenge_ends_without_a_contract(
    noted: Scene, session: Session
) -> None:
    assert session.scalars(select(PrivateNote.text)).all() == [NOTE]
    end_without_contract(
        noted.reference,
        why=NoAward.NO_MONEY,
        reason="The money is gone.",
        actor=noted.actor("olga"),
        clock=noted.clock,
    )
    session.rollback()
    assert session.scalars(select(PrivateNote.text)).all() == []


def test_note_that_is_emptied_is_gone_and_one_that_is_not_sent_stays(
    noted: Scene, client: FlaskClient, session: Session
) -> None:
    acorn = noted.bids["Acorn"]
    noted.draft("eva", "solves", "4", "By something that knows no notes")
    assert session.scalars(select(PrivateNote.text)).all() == [NOTE]
    post(noted, client, "eva", "/questions/solves", **{f"reason-{acorn}": "", f"note-{acorn}": " "})
    session.rollback()
    assert session.scalars(select(PrivateNote.text)).all() == []


def test_own_text_is_put_below_the_reason_without_script(
    scoring: Scene, client: FlaskClient
) -> None:
    acorn, birch = scoring.bids["Acorn"], scoring.bids["Birch"]
    scoring.draft("evan", "solves", "5", "What Evan wrote")
    enter(client, scoring.users["eva"])
    post(scoring, client, "eva", "/questions/team", **{f"reason-{birch}": "Of another question"})
    fields = {f"reason-{acorn}": TEXT, f"reason-{birch}": "It has begun."}
    asked = post(
        scoring, client, "eva", "/questions/solves", **fields, then=f"texts:solves/{birch}"
    )
    page = client.get(asked.location).text
    assert TEXT in page
    assert "Of another question" in page
    assert "What Evan wrote" not in page

    used = client.post(asked.location, data={"text": f"solves/{acorn}"})
    assert used.location.endswith(f"/questions/solves#reason-{birch}")
    shown = client.get(used.location).text
    assert f"It has begun.\n\n{TEXT}" in shown
    # A text that is not one's own, or none at all.
    for source in (f"team/{acorn}", f"solves/{scoring.bids['Cedar']}", "x", ""):
        assert client.post(asked.location, data={"text": source}).status_code == 404
    assert scoring.bids["Cedar"] not in page


def test_own_text_goes_back_to_the_bid_it_was_asked_from_and_may_be_too_long(
    scoring: Scene, client: FlaskClient
) -> None:
    acorn = scoring.bids["Acorn"]
    fields = {"reason-solves": "s" * 6_000, "reason-team": "t" * 6_000}
    asked = post(scoring, client, "eva", f"/bids/{acorn}", **fields, then=f"bid-texts:team/{acorn}")
    refused = client.post(asked.location, data={"text": f"solves/{acorn}"})
    assert refused.status_code == 422
    assert "more than 10,000 characters" in refused.text
    assert f"/bids/{acorn}#reason-team" in refused.text
