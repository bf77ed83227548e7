"""Files that go with bids, on the pages of those who judge the bids."""

import hashlib

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.documents import Attachment
from bids.lifecycle import BidState
from bids.log_words import READ
from bids.models import Bid, Flaw, OpenedSubmission, Submission
from marketplace.core.audit.log import chain_entries
from marketplace.core.database import db
from scoring.panel.lifecycle import Measure
from tests.integration.bids.damage import written_over
from tests.integration.panel.conftest import Scene, add_bid, enter

DRAWING = b"%PDF-1.7 Quokkaproof drawing"
PLAN = Attachment(
    "Deer <b>plan.pdf", "application/pdf", len(DRAWING), hashlib.sha256(DRAWING).hexdigest()
)


@pytest.fixture
def attached(scene: Scene) -> Scene:
    """Add a bid with a file to those that were opened, and one that does not count."""
    add_bid(scene, "Deer", attached=[(PLAN, DRAWING)])
    add_bid(scene, "Elk", BidState.EXCLUDED, attached=[(PLAN, DRAWING)])
    return scene


def at(scene: Scene) -> str:
    return f"/work/challenges/{scene.reference}/panel"


def file_of(scene: Scene, supplier: str = "Deer", place: int = 0) -> str:
    return f"{at(scene)}/bids/{scene.bids[supplier]}/files/{place}"


def asked(scene: Scene, client: FlaskClient, who: str, path: str = "") -> int:
    enter(client, scene.users[who])
    return client.get(path or file_of(scene)).status_code


def test_evaluator_saves_a_file_from_the_scoring_page_and_that_is_recorded(
    attached: Scene, client: FlaskClient, session: Session
) -> None:
    attached.name()
    attached.ready()
    attached.begin()
    enter(client, attached.users["eva"])

    page = client.get(f"{at(attached)}/questions/solves").text
    given = client.get(file_of(attached))

    assert page.count("Files of this bid") == 1
    assert "Deer &lt;b&gt;plan.pdf" in page
    assert f'href="{file_of(attached)}"' in page
    assert given.data == DRAWING
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert given.headers["X-Content-Type-Options"] == "nosniff"
    last = [each for each in chain_entries(session, attached.reference) if each.action == READ][-1]
    assert (last.fields["bid"], last.fields["file"]) == (attached.bids["Deer"], PLAN.sha256)


def test_files_are_kept_from_all_who_may_not_read_the_bid(
    attached: Scene, client: FlaskClient, session: Session
) -> None:
    attached.name(["eva", "evan", "evie", "evo"])
    for who in ("cher", "evan", "evie", "evo"):
        attached.brief(who)
        attached.declare(who)
    attached.brief("eva")
    assert asked(attached, client, "eva") == 409
    attached.declare("eva", Deer="My cousin works there.")
    attached.decide("eva", "Deer", Measure.RECUSE)
    assert asked(attached, client, "evan") == 409
    attached.begin()

    assert asked(attached, client, "eva") == 404
    assert asked(attached, client, "evan") == 200
    assert asked(attached, client, "evan", file_of(attached, place=1)) == 404
    assert asked(attached, client, "evan", file_of(attached, "Acorn")) == 404
    assert asked(attached, client, "evan", file_of(attached, "Elk")) == 404
    for who in ("cher", "carl", "olga", "lena", "abby", "audrey"):
        assert asked(attached, client, who) == 403, who

    deer = session.scalars(
        select(Submission.id).join(Submission.bid).where(Bid.reference == attached.bids["Deer"])
    ).one()
    session.rollback()
    which = OpenedSubmission.submission_id == deer
    with written_over(db.engine, OpenedSubmission, which, {"flaw": Flaw.FIELDS}):
        assert asked(attached, client, "evan") == 404
        assert "plan.pdf" not in client.get(f"{at(attached)}/questions/solves").text


def test_whole_panel_reads_files_in_moderation(attached: Scene, client: FlaskClient) -> None:
    attached.moderated()
    enter(client, attached.users["cher"])
    page = client.get(f"{at(attached)}/moderation/solves/{attached.bids['Deer']}").text

    assert f'href="{file_of(attached)}"' in page
    for who in ("cher", "eva"):
        assert asked(attached, client, who) == 200


def test_evaluator_who_corrects_a_score_still_reaches_the_files(
    attached: Scene, client: FlaskClient
) -> None:
    attached.scored()
    enter(client, attached.users["eva"])
    page = client.get(f"{at(attached)}/scores/solves/{attached.bids['Deer']}/correct").text
    assert f'href="{file_of(attached)}"' in page
