"""Sheets through the site: taken, brought back, checked, and taken in whole or not at all."""

import io
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from marketplace.core.audit.log import chain_entries
from scoring.panel import service
from scoring.panel.interests import service as interests
from scoring.panel.lifecycle import Measure
from scoring.panel.models import Score, ScoreDraft
from scoring.panel.parties import key_of
from scoring.panel.sheets.models import BroughtSheet
from tests.integration.panel.conftest import ANSWER, PRICE, Scene, build_scene, enter
from tests.integration.panel.test_pages import text_of

REASON = "Wallabyproof reason"
# Of a row of the sheet: which column holds what.
BID, SCORE, WHY = 1, 5, 6


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


def at(scene: Scene, path: str = "") -> str:
    return f"/work/challenges/{scene.reference}/panel/sheet{path}"


def take(scene: Scene, client: FlaskClient, who: str = "eva") -> bytes:
    enter(client, scene.users[who])
    answer = client.get(at(scene, "/scores.xlsx"))
    assert answer.status_code == 200
    return bytes(answer.data)


def rows_of(content: bytes) -> list[list[Any]]:
    sheet = load_workbook(io.BytesIO(content))["Scores"]
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]


def filled(content: bytes, fill: Callable[[Any], object]) -> bytes:
    book = load_workbook(io.BytesIO(content))
    fill(book["Scores"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def all_of(value: object, why: str = REASON) -> Callable[[Any], object]:
    """Fill every row with one score and reason."""

    def fill(sheet: Any) -> None:
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, SCORE + 1, value)
            sheet.cell(row, WHY + 1, why)

    return fill


def bring(
    scene: Scene, client: FlaskClient, content: bytes, who: str = "eva", name: str = "my.xlsx"
) -> TestResponse:
    enter(client, scene.users[who])
    return client.post(at(scene), data={"file": (io.BytesIO(content), name)})


def seen(client: FlaskClient, scene: Scene) -> tuple[str, str]:
    """Give the check page's text, and the digest it was shown with."""
    page = client.get(at(scene, "/check")).text
    found = page.partition('name="seen"')[2].partition('value="')[2].partition('"')[0]
    return text_of(page), found


def drafts(session: Session) -> dict[str, int]:
    session.rollback()
    rows = session.execute(
        select(ScoreDraft.rationale, func.count()).group_by(ScoreDraft.rationale)
    )
    return dict(rows.tuples().all())


def test_sheet_has_each_answer_once_and_nothing_of_others(
    scoring: Scene, client: FlaskClient, session: Session
) -> None:
    scoring.draft("evan", "solves", "5", "Evan thinks so")
    scoring.draft("eva", "solves", "2", REASON)
    content = take(scoring, client)

    rows = rows_of(content)
    assert sorted({row[BID] for row in rows}) == ["Acorn", "Birch"]
    assert len(rows) == 4
    told = str(rows)
    assert f"{ANSWER} of Acorn (solves)" in told
    assert "of Cedar" not in told
    assert "Evan thinks so" not in told
    assert PRICE not in told
    assert [(row[SCORE], row[WHY]) for row in rows[:2]] == [(2, REASON)] * 2
    last = [e for e in chain_entries(session, scoring.reference) if e.action == "bid.read"][-1]
    bids = sorted(scoring.bids[name] for name in ("Acorn", "Birch"))
    assert (last.fields["bid"], last.fields["taken_as"]) == (", ".join(bids), "sheet")


def test_sheet_is_checked_then_saved_as_drafts_and_never_submitted(
    scoring: Scene, client: FlaskClient, session: Session
) -> None:
    content = filled(take(scoring, client), all_of(4))

    assert bring(scoring, client, content).location == at(scoring, "/check")
    page, digest = seen(client, scoring)
    assert "4 scores or reasons would change." in page
    assert page.count(REASON) == 4
    assert drafts(session) == {}

    done = client.post(at(scoring, "/check"), data={"seen": digest}, follow_redirects=True)
    assert "4 scores from your sheet are saved as drafts. Nothing is submitted." in done.text
    assert "4 of 4 scores are complete." in text_of(done.text)
    assert drafts(session) == {REASON: 4}
    assert session.scalar(select(func.count()).select_from(Score)) == 0
    entry = [e for e in chain_entries(session, scoring.reference) if "sheet" in e.action][-1]
    assert (entry.action, entry.fields["changed"]) == ("sheet.imported", 4)
    assert REASON not in str(entry.fields)
    # Pressed twice, or from another tab: there is nothing more to take in.
    assert client.post(at(scoring, "/check"), data={"seen": digest}).status_code == 404


def test_sheet_with_wrong_rows_names_them_all_and_saves_none(
    scoring: Scene, client: FlaskClient, session: Session
) -> None:
    def fill(sheet: Any) -> None:
        all_of(3)(sheet)
        sheet["F3"], sheet["F4"], sheet["B5"] = "=1+1", 7, "Acorn & Sons"

    bring(scoring, client, filled(take(scoring, client), fill))
    page, digest = seen(client, scoring)
    assert "Row 3: The score is a formula." in page.replace("</strong>", "").replace("<strong>", "")
    assert "Row 4:" in page
    assert "a number from 0 to 5" in page
    assert "Row 5:" in page
    assert "Save these as drafts" not in page
    answer = client.post(at(scoring, "/check"), data={"seen": digest})
    assert answer.status_code == 422
    assert drafts(session) == {}


def test_old_sheet_shows_both_values_and_the_person_decides(
    scoring: Scene, client: FlaskClient, session: Session
) -> None:
    content = filled(take(scoring, client), all_of(4))
    scoring.draft("eva", "solves", "1", "Typed on the page")
    bring(scoring, client, content)
    page, digest = seen(client, scoring)
    assert "Changed on the page and in the sheet" in page
    assert page.count("Typed on the page") == 2
    named = [part.partition('"')[0] for part in page.split('name="keep-')[1:]]

    client.post(at(scoring, "/check"), data={"seen": digest, f"keep-{named[0]}": "sheet"})
    assert drafts(session) == {REASON: 3, "Typed on the page": 1}


def test_scores_changed_after_the_check_was_shown_stop_it(
    scoring: Scene, client: FlaskClient, session: Session
) -> None:
    bring(scoring, client, filled(take(scoring, client), all_of(4)))
    _page, digest = seen(client, scoring)
    scoring.draft("eva", "team", "1", "Typed meanwhile")
    enter(client, scoring.users["eva"])
    answer = client.post(at(scoring, "/check"), data={"seen": digest})
    assert answer.status_code == 409
    assert "Look at the changes again" in text_of(answer.text)
    assert drafts(session) == {"Typed meanwhile": 2}


def test_sheet_of_another_person_or_challenge_is_refused(
    scoring: Scene, client: FlaskClient, session: Session
) -> None:
    other = build_scene(session, scoring.clock)
    other.name()
    other.ready()
    other.begin()
    for content in (take(scoring, client, "evan"), take(other, client)):
        answer = bring(scoring, client, content)
        assert answer.status_code == 422
        assert "This is not your sheet for this challenge" in text_of(answer.text)
    assert session.scalar(select(func.count()).select_from(BroughtSheet)) == 0


def test_file_that_is_no_sheet_or_too_large_is_refused_by_the_field(
    scoring: Scene, client: FlaskClient
) -> None:
    assert "cannot be read" in bring(scoring, client, b"PK\x03\x04 no").text
    answer = client.post(
        at(scoring),
        data={"file": (io.BytesIO(b"x"), "my.xlsx")},
        environ_overrides={"CONTENT_LENGTH": str(6 * 1024 * 1024)},
    )
    assert answer.status_code == 413
    assert "larger than 5 MB" in answer.text
    assert "Choose your sheet" in client.post(at(scoring), data={}).text


def test_sheet_that_is_thrown_away_or_overtaken_by_submitting_is_gone(
    scoring: Scene, client: FlaskClient, session: Session
) -> None:
    content = filled(take(scoring, client), all_of(4))
    bring(scoring, client, content)
    assert "not taken in yet" in client.get(at(scoring)).text
    assert client.post(at(scoring, "/discard")).status_code == 303
    assert client.get(at(scoring, "/check")).status_code == 404

    bring(scoring, client, content)
    for key in ("solves", "team"):
        scoring.draft("eva", key, "3")
    service.submit_scores(scoring.reference, actor=scoring.actor("eva"), clock=scoring.clock)
    enter(client, scoring.users["eva"])
    assert session.scalar(select(func.count()).select_from(BroughtSheet)) == 0
    for path in ("", "/check", "/scores.xlsx"):
        assert client.get(at(scoring, path)).status_code == 409


@pytest.mark.parametrize("who", ["cher", "carl", "olga", "abby", "audrey"])
def test_sheet_is_for_evaluators_alone(scoring: Scene, client: FlaskClient, who: str) -> None:
    enter(client, scoring.users[who])
    for path in ("", "/check", "/scores.xlsx"):
        assert client.get(at(scoring, path)).status_code == 403, path


def test_sheet_before_scoring_is_refused(scene: Scene, client: FlaskClient) -> None:
    scene.name()
    scene.ready()
    enter(client, scene.users["eva"])
    assert client.get(at(scene, "/scores.xlsx")).status_code == 409


def test_row_of_a_bid_one_was_recused_from_meanwhile_is_left_out(
    scoring: Scene, client: FlaskClient, session: Session
) -> None:
    content = filled(take(scoring, client), all_of(4))
    interests.find_interest(
        scoring.reference,
        scoring.label("eva"),
        key_of("Acorn"),
        statement="They have just hired my brother.",
        actor=scoring.actor("eva"),
        clock=scoring.clock,
    )
    bring(scoring, client, content)
    shown = seen(client, scoring)[0]
    assert "2 rows are of bids or questions that you do not score any more" in shown
    assert "Acorn" not in shown


def test_another_evaluators_row_is_no_row_of_ones_own(
    scoring: Scene, client: FlaskClient, session: Session
) -> None:
    theirs = take(scoring, client, "evan")
    own = take(scoring, client)
    cedar = next(row for row in rows_of(theirs) if row[BID] == "Cedar")

    def smuggle(sheet: Any) -> None:
        for column, value in enumerate(cedar, start=1):
            sheet.cell(2, column, value)

    bring(scoring, client, filled(own, smuggle))
    assert "The first cell is none of your sheet" in seen(client, scoring)[0]
    assert Decimal(0) == session.scalar(select(func.count()).select_from(ScoreDraft))
