"""Files that go with a bid: kept encrypted, sealed with it, opened with it, gone when removed."""

import hashlib
import io
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids import policy, queries, service
from bids.attachments import service as attaching
from bids.attachments.models import DraftFile
from bids.documents import Milestone
from challenges.kinds import PriceModel
from marketplace.config import Settings
from marketplace.core.clock import FixedClock
from marketplace.core.errors import Invalid, NotFound
from tests.conftest import NOW, sign_in
from tests.integration.bids.conftest import Scene, build_scene, draft_of, stored, the_bid
from tests.journeys import open_the_bids

PDF = b"%PDF-1.7\n" + b"Quokkaproof lanterns " * 20_000 + b"\n%%EOF\n"
DIGEST = hashlib.sha256(PDF).hexdigest()


@pytest.fixture
def asking(session: Session, scene: Scene) -> Scene:
    """Have the stage take two PDF or CSV files of a megabyte."""
    stage = scene.challenge.stage
    stage.attach_kinds, stage.attach_most, stage.attach_mb = "pdf csv", 2, 1
    session.commit()
    return scene


@pytest.fixture
def bid(asking: Scene, clock: FixedClock) -> str:
    """Write a bid with one file."""
    reference = asking.written_bid(clock)
    attach(asking, reference, clock)
    return reference


def attach(
    scene: Scene, reference: str, clock: FixedClock, name: str = "plan.pdf", content: bytes = PDF
) -> None:
    attaching.attach(
        reference, name=name, file=io.BytesIO(content), actor=scene.contributor, clock=clock
    )


def files_of(session: Session, reference: str) -> list[DraftFile]:
    return session.query(DraftFile).filter_by(bid_id=the_bid(session, reference).id).all()


def on_disk(app: Flask) -> bytes:
    folder: Path = app.extensions["files"].folder
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_file_is_encrypted_at_rest_and_gone_from_the_disk_when_removed(
    app: Flask, session: Session, asking: Scene, bid: str, clock: FixedClock
) -> None:
    row = files_of(session, bid)[0]
    assert b"Quokkaproof" not in on_disk(app)
    assert row.sha256 in stored(app)
    assert [each.sha256 for each in draft_of(session, asking, bid).attachments] == [DIGEST]

    kept = row.sha256
    attaching.remove(bid, row.id, actor=asking.admin, clock=clock)

    assert kept not in stored(app)
    assert files_of(session, bid) == []
    assert draft_of(session, asking, bid).attachments == ()


@pytest.mark.parametrize(
    ("name", "content"),
    [("empty.pdf", b""), ("wrong.docx", PDF), ("big.pdf", PDF + bytes(1024 * 1024))],
)
def test_refused_file_leaves_nothing_behind(
    app: Flask,
    session: Session,
    asking: Scene,
    bid: str,
    clock: FixedClock,
    name: str,
    content: bytes,
) -> None:
    before = stored(app)
    with pytest.raises(Invalid):
        attach(asking, bid, clock, name, content)
    with pytest.raises(Invalid, match="attached already"):
        attach(asking, bid, clock)
    assert (stored(app), len(files_of(session, bid))) == (before, 1)


def test_stage_that_takes_no_files_refuses_every_one(
    app: Flask, session: Session, scene: Scene, clock: FixedClock
) -> None:
    reference = scene.written_bid(clock)
    with pytest.raises(NotFound):
        attach(scene, reference, clock)
    assert stored(app) == set()


def test_files_are_sealed_opened_and_read_by_officers_as_they_were_attached(
    app: Flask,
    session: Session,
    asking: Scene,
    bid: str,
    client: FlaskClient,
    clock: FixedClock,
    settings: Settings,
) -> None:
    attach(asking, bid, clock, "figures.csv", b"a,b\n1,2\n")
    service.save_adjustments(bid, "A room without stairs", actor=asking.admin, clock=clock)
    draft_files = {row.sha256 for row in files_of(session, bid)}
    service.submit_bid(bid, actor=asking.admin, arrived=NOW, clock=clock)
    assert not draft_files & stored(app)
    assert b"Quokkaproof" not in on_disk(app)

    sign_in(client, asking.contributor_user)
    own = client.get(f"/bids/{bid}/receipts/1/files/1")
    assert own.data == b"a,b\n1,2\n"
    assert client.get(f"/bids/{bid}/receipts/1/files/2").status_code == 404

    clock.instant = asking.closes_at + timedelta(minutes=1)
    at = f"/work/challenges/{asking.challenge.reference}/bids/{bid}"
    open_the_bids(asking.challenge.reference, asking.officer(0), asking.officer(1), clock=clock)
    sign_in(client, asking.officers[0])
    page = client.get(at).text
    assert "plan.pdf" in page
    assert "A room without stairs" in page
    given = client.get(f"{at}/files/0")
    assert hashlib.sha256(given.data).hexdigest() == DIGEST
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert given.headers["X-Content-Type-Options"] == "nosniff"


def test_bid_that_is_changed_keeps_its_files_and_seals_them_again(
    app: Flask, session: Session, asking: Scene, bid: str, clock: FixedClock
) -> None:
    service.submit_bid(bid, actor=asking.admin, arrived=NOW, clock=clock)
    service.change_bid(bid, actor=asking.admin, clock=clock)
    assert [each.sha256 for each in draft_of(session, asking, bid).attachments] == [DIGEST]
    assert b"Quokkaproof" not in on_disk(app)

    again = service.submit_bid(bid, actor=asking.admin, arrived=NOW, clock=clock)
    assert again.version == 1  # it says the very same

    service.change_bid(bid, actor=asking.admin, clock=clock)
    service.save_answer(bid, "team", "Better", actor=asking.admin, clock=clock)
    submitted = service.submit_bid(bid, actor=asking.admin, arrived=NOW, clock=clock)
    assert submitted.version == 2
    receipt = queries.receipt(session, bid, 2, asking.admin)
    assert receipt.document is not None
    assert [each.sha256 for each in receipt.document.content.attachments] == [DIGEST]


def test_pages_take_a_file_and_say_by_the_field_why_another_is_refused(
    app: Flask,
    session: Session,
    asking: Scene,
    client: FlaskClient,
    clock: FixedClock,
) -> None:
    reference = asking.written_bid(clock)
    sign_in(client, asking.contributor_user)
    at = f"/bids/{reference}/files"
    assert "Files" in client.get(f"/bids/{reference}").text

    made = client.post(at, data={"file": (io.BytesIO(PDF), "../<b>plan.pdf")})
    assert made.status_code == 303
    row_id = files_of(session, reference)[0].id
    shown = client.get(at).text
    assert DIGEST in shown
    assert "<b>plan" not in shown
    assert client.get(f"{at}/{row_id}").data == PDF

    refused = client.post(at, data={"file": (io.BytesIO(b""), "empty.pdf")})
    assert (refused.status_code, "The file is empty" in refused.text) == (422, True)
    assert client.post(at, data={}).status_code == 422
    before = stored(app)
    huge = client.post(
        at,
        data={"file": (io.BytesIO(b""), "huge.pdf")},
        environ_overrides={"CONTENT_LENGTH": str(300 * 1024 * 1024)},
    )
    assert (huge.status_code, "larger than 50 MB" in huge.text) == (413, True)
    assert stored(app) == before

    by_script = client.post(
        at,
        data={"file": (io.BytesIO(PDF + b"2"), "more.pdf")},
        headers={"X-Requested-With": "upload"},
    )
    assert (by_script.status_code, by_script.get_json()) == (200, {"next": at})
    assert "Content-Security-Policy" in by_script.headers
    assert "“more.pdf” is attached." in client.get(at).text

    asked = client.get(f"{at}/{row_id}/remove")
    assert "Remove this file?" in asked.text
    assert client.post(f"{at}/{row_id}/remove").status_code == 303
    assert client.get(f"{at}/{row_id}").status_code == 404


def test_other_supplier_and_officer_reach_no_file_of_a_draft(
    session: Session, asking: Scene, bid: str, client: FlaskClient
) -> None:
    row = files_of(session, bid)[0]
    sign_in(client, asking.officers[0])
    assert client.get(f"/bids/{bid}/files/{row.id}").status_code in (403, 404)
    at = f"/work/challenges/{asking.challenge.reference}/bids/{bid}/files/0"
    assert client.get(at).status_code == 409


def test_price_by_milestone_is_the_sum_and_each_is_asked_for(
    session: Session, clock: FixedClock, client: FlaskClient
) -> None:
    scene = build_scene(session, PriceModel.FIXED_BOUNDS)
    scene.challenge.stage.milestones = "Trial\nRoll-out"
    session.commit()
    reference = scene.written_bid(clock)
    sign_in(client, scene.contributor_user)
    page = f"/bids/{reference}/price"
    assert client.post(page, data={"m0": "1,000", "m1": ""}).status_code == 422
    assert client.post(page, data={"m0": "1,000", "m1": "2,500.50"}).status_code == 303

    content = draft_of(session, scene, reference)
    assert content.price_minor == 3_500_50
    assert content.milestones == (Milestone("Trial", 1_000_00), Milestone("Roll-out", 2_500_50))
    assert "£4,200.60 with VAT at 20%" in client.get(page).text

    stale = client.post(page, data={"m0": "1,000", "m1": "9", "seen": "0" * 16})
    assert stale.status_code == 409
    assert "<del>" in stale.text
    assert "Save yours in place of what is saved" in stale.text
    by_script = {"headers": {"Accept": "application/json"}}
    half = client.post(page, data={"m0": "1,000", "m1": ""}, **by_script)
    assert (half.status_code, "Enter a price" in half.get_json()["message"]) == (422, True)
    assert client.post(page, data={"m0": "1,000", "m1": "2,500.50"}, **by_script).status_code == 200

    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)
    assert "£4,200.60 with VAT at 20%" in client.get(page).text
    receipt = queries.receipt(session, reference, 1, scene.admin)
    assert receipt.document is not None
    assert receipt.document.content.milestones == content.milestones


def test_file_that_is_taken_no_more_stands_in_the_way_of_submitting(
    session: Session, asking: Scene, bid: str, clock: FixedClock
) -> None:
    asking.challenge.stage.attach_kinds = "csv"
    session.commit()
    with pytest.raises(Invalid):
        service.submit_bid(bid, actor=asking.admin, arrived=NOW, clock=clock)
    content = draft_of(session, asking, bid)
    gap = policy.files_gap(policy.Attaching(["csv"], 2, 1), content.attachments)
    assert gap is not None
    assert gap.part is policy.Part.FILES
