"""Receipts from the button to a stranger's check, and what they find when the log is changed."""

import json
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bids import queries, service
from bids.models import Submission
from marketplace.config import Settings
from marketplace.core import jobs
from marketplace.core.audit import checkpoints, keys, log, proofs, receipts, tree
from marketplace.core.audit.checking import main as verify
from marketplace.core.audit.models import LogDetail, LogEntry, LogHead, LogNode
from marketplace.core.clock import FixedClock
from marketplace.core.notices.models import Notice
from marketplace.core.notices.post import Mailer
from marketplace.core.permissions import Role
from tests.conftest import NOW, sign_in
from tests.factories import a_person, a_supplier
from tests.integration.bids.conftest import MARKER, Scene


@pytest.fixture
def reference(scene: Scene, session: Session, clock: FixedClock) -> str:
    """Submit one bid after a few other entries, and give its reference."""
    for _ in range(5):
        log.append(session, clock=clock, action="organisation.verified")
    session.commit()
    found = scene.written_bid(clock)
    service.submit_bid(found, actor=scene.admin, arrived=NOW, clock=clock)
    return found


def more_entries(session: Session, clock: FixedClock, count: int) -> None:
    for _ in range(count):
        log.append(session, clock=clock, action="organisation.verified")
    session.commit()


def sweep(clock: FixedClock) -> None:
    """Let an hour pass, so that a checkpoint is signed."""
    clock.instant += timedelta(hours=1)
    while jobs.run_due(clock):
        pass


def note_of(session: Session, scene: Scene, reference: str, version: int = 1) -> str:
    note = queries.receipt(session, reference, version, scene.admin).note
    assert note is not None
    return note


def trusted(session: Session, folder: Path) -> str:
    file = folder / "keys.txt"
    file.write_text("".join(f"{key}\n" for key in keys.known(session)), encoding="utf-8")
    return str(file)


def saved(folder: Path, name: str, text: str) -> str:
    file = folder / name
    file.write_bytes(text.encode())
    return str(file)


def test_receipt_of_a_submission_is_proven_offline_by_the_command_alone(
    scene: Scene, session: Session, reference: str, tmp_path: Path
) -> None:
    file = saved(tmp_path, "receipt.txt", note_of(session, scene, reference))
    command = [sys.executable, "-m", "marketplace.cli", "verify", file]

    # Nowhere near a database or settings: a bare environment.
    done = subprocess.run(
        [*command, "--trust", trusted(session, tmp_path)],
        env={"PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert reference in done.stdout
    assert "sums agree" in done.stdout
    assert MARKER not in note_of(session, scene, reference)


def test_receipt_without_trusted_keys_is_consistent_with_a_code_of_its_own(
    scene: Scene,
    session: Session,
    reference: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = saved(tmp_path, "receipt.txt", note_of(session, scene, reference))

    assert verify([file]) == 3
    assert "Proven" not in capsys.readouterr().out


def test_receipt_is_proven_from_the_text_of_its_e_mail(
    session: Session, reference: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notice = session.query(Notice).one()
    message = Mailer(None, "no-reply@fairway.example").message(notice)
    text = message.get_content()
    assert reference in text

    file = saved(tmp_path, "message.txt", text.replace("\n", "\r\n"))

    assert verify([file, "--trust", trusted(session, tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["verdict"] == "proven"
    assert max(len(line) for line in text.split("\n")) < 200


def test_receipt_with_a_later_checkpoint_and_proof_is_proven_to_be_still_in_the_log(
    scene: Scene,
    session: Session,
    clock: FixedClock,
    reference: str,
    tmp_path: Path,
) -> None:
    more_entries(session, clock, 6)
    sweep(clock)
    newest = checkpoints.newest(session)
    submission = session.query(Submission).one()
    assert newest is not None
    steps = proofs.consistency(session, submission.entry_n + 1, newest.size)
    asked = [
        saved(tmp_path, "receipt.txt", note_of(session, scene, reference)),
        "--trust",
        trusted(session, tmp_path),
        "--checkpoint",
        saved(tmp_path, "checkpoint", newest.note),
    ]
    proof = saved(tmp_path, "proof.json", json.dumps({"proof": [step.hex() for step in steps]}))
    broken = saved(
        tmp_path, "broken.json", json.dumps({"proof": [step.hex() for step in steps[1:]]})
    )

    assert verify([*asked, "--proof", proof]) == 0
    assert verify([*asked, "--proof", broken]) == 1
    assert verify(asked) == 0


def test_replaced_bid_has_a_receipt_of_each_version_and_both_are_proven(
    scene: Scene, session: Session, clock: FixedClock, reference: str, client: FlaskClient
) -> None:
    service.change_bid(reference, actor=scene.contributor, clock=clock)
    service.save_answer(reference, "team", "Better", actor=scene.contributor, clock=clock)
    service.submit_bid(reference, actor=scene.admin, arrived=NOW, clock=clock)

    notes = [note_of(session, scene, reference, version) for version in (1, 2)]

    read = [receipts.read(note.rpartition("\n\n")[0] + "\n") for note in notes]
    assert [found.version for found in read] == [1, 2]
    assert read[0].fields_root != read[1].fields_root
    assert read[0].size < read[1].size
    for note in notes:
        assert "sums agree, and the key" in client.post("/verify", data={"text": note}).text


def test_receipt_agrees_with_the_stored_tree_and_is_the_same_whenever_it_is_shown(
    scene: Scene, session: Session, clock: FixedClock, reference: str
) -> None:
    note = note_of(session, scene, reference)
    found = receipts.read(session.query(Submission).one().receipt)

    assert proofs.inclusion(session, found.place, found.size) == list(found.proof)
    assert proofs.root(session, found.size) == found.root
    more_entries(session, clock, 3)
    assert note_of(session, scene, reference) == note


def test_receipt_page_offers_the_file_to_its_own_supplier(
    scene: Scene, session: Session, reference: str, client: FlaskClient
) -> None:
    sign_in(client, scene.contributor_user)
    page = client.get(f"/bids/{reference}/receipts/1")
    file = client.get(f"/bids/{reference}/receipts/1/file")

    assert f"/bids/{reference}/receipts/1/file" in page.text
    assert file.text == note_of(session, scene, reference)
    assert file.mimetype == "text/plain"
    assert file.headers["Content-Disposition"] == (
        f"attachment; filename=receipt-{reference}-v1.txt"
    )
    assert "no-store" in file.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/bids/{}/receipts/1", "/bids/{}/receipts/1/file"])
def test_receipt_of_another_organisation_is_not_there(
    session: Session, reference: str, client: FlaskClient, path: str
) -> None:
    other = a_person(session, NOW, a_supplier(session, NOW), Role.SUPPLIER_ADMIN)
    session.commit()
    sign_in(client, other)

    assert client.get(path.format(reference)).status_code == 404


def test_receipt_file_of_a_version_that_is_not_there_is_not_found(
    scene: Scene, reference: str, client: FlaskClient
) -> None:
    sign_in(client, scene.admin_user)

    assert client.get(f"/bids/{reference}/receipts/2/file").status_code == 404


def test_bid_is_taken_while_the_logs_key_is_lost_and_its_receipt_signed_when_it_is_back(
    scene: Scene,
    session: Session,
    clock: FixedClock,
    reference: str,
    client: FlaskClient,
    settings: Settings,
) -> None:
    sweep(clock)
    hidden = settings.log_key.with_name("elsewhere")
    settings.log_key.rename(hidden)
    service.change_bid(reference, actor=scene.contributor, clock=clock)
    service.save_answer(reference, "team", "Better", actor=scene.contributor, clock=clock)
    made = service.submit_bid(reference, actor=scene.admin, arrived=clock.instant, clock=clock)
    sign_in(client, scene.admin_user)

    assert made.version == 2
    assert queries.receipt(session, reference, 2, scene.admin).note is None
    assert client.get(f"/bids/{reference}/receipts/2").status_code == 200
    assert client.get(f"/bids/{reference}/receipts/2/file").status_code == 409
    assert receipts.BEGIN not in session.query(Notice).order_by(Notice.created_at.desc())[0].text

    hidden.rename(settings.log_key)
    note = note_of(session, scene, reference, 2)
    assert "sums agree, and the key" in client.post("/verify", data={"text": note}).text


def rebuild_without(session: Session, place: int) -> None:
    """Do what a thief of the whole service could: take an entry out and make a smooth tree."""
    rows = session.execute(
        sa.select(LogEntry.n, LogEntry.leaf, LogEntry.body).order_by(LogEntry.n)
    ).all()
    kept = [row for row in rows if row.n != place]
    for table in ("log_entry", "log_detail", "log_node"):
        if session.get_bind().dialect.name == "postgresql":
            session.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
            continue
        for verb in ("update", "delete", "replace"):
            session.execute(sa.text(f"DROP TRIGGER {table}_no_{verb}"))
    session.execute(sa.delete(LogDetail).where(LogDetail.n == rows[-1].n))
    session.execute(sa.delete(LogEntry).where(LogEntry.n == rows[-1].n))
    session.execute(sa.delete(LogNode))
    frontier: list[bytes] = []
    for n, row in enumerate(kept):
        session.execute(
            sa.update(LogEntry).where(LogEntry.n == n).values(leaf=row.leaf, body=row.body)
        )
        frontier, complete = tree.grow(frontier, n, row.leaf)
        for (level, index), found in complete.items():
            if level:
                session.execute(sa.insert(LogNode).values(level=level, index=index, hash=found))
    session.execute(sa.update(LogHead).values(size=len(kept), frontier=b"".join(frontier)))
    session.commit()
    session.expire_all()


def test_tree_that_was_rebuilt_without_the_bid_is_found_by_its_receipt(
    scene: Scene,
    session: Session,
    clock: FixedClock,
    reference: str,
    client: FlaskClient,
    tmp_path: Path,
) -> None:
    note = note_of(session, scene, reference)
    more_entries(session, clock, 6)
    rebuild_without(session, session.query(Submission).one().entry_n)
    sweep(clock)
    newest = checkpoints.newest(session)
    assert newest is not None
    place = session.query(Submission).one().entry_n
    steps = proofs.consistency(session, place + 1, newest.size)

    page = client.post("/verify", data={"text": note}).text

    assert "Something does not agree" in page
    assert "Another entry stands" in page
    assert "The signature is right" in page
    asked = [
        saved(tmp_path, "receipt.txt", note),
        "--trust",
        trusted(session, tmp_path),
        "--checkpoint",
        saved(tmp_path, "checkpoint", newest.note),
        "--proof",
        saved(tmp_path, "proof.json", json.dumps([step.hex() for step in steps])),
    ]
    assert verify(asked) == 1


def test_stranger_checks_a_receipt_by_file_or_text_before_and_after_a_checkpoint(
    scene: Scene, session: Session, clock: FixedClock, reference: str, client: FlaskClient
) -> None:
    note = note_of(session, scene, reference)
    before = client.post("/verify", data={"file": (BytesIO(note.encode()), "receipt.txt")}).text
    sweep(clock)
    after = client.post("/verify", data={"text": session.query(Notice).first().text}).text  # type: ignore[union-attr]  # there is one

    for page in (before, after):
        assert "File unchanged, sums agree" in page
        assert "This site holds the very same entry today" in page
        assert reference in page
    assert "signed within the hour" in before
    assert "begins with the log in which the receipt was given" in after
    assert MARKER not in after


def test_stranger_with_a_receipt_of_another_log_is_told_that_its_signer_is_unknown(
    scene: Scene, session: Session, reference: str, client: FlaskClient
) -> None:
    from marketplace.core.audit.signing import new_signer

    text = session.query(Submission).one().receipt
    name = keys.signer().name
    foreign = new_signer(name).sign(text)
    elsewhere = new_signer("elsewhere.example/log").sign(
        text.replace(f"\n{name}\n", "\nelsewhere.example/log\n")
    )

    for note in (foreign, elsewhere):
        page = client.post("/verify", data={"text": note}).text
        assert "Who signed it is not known here" in page
        assert "File unchanged" not in page
        assert "This site holds" not in page


def test_stranger_with_a_changed_receipt_is_told_what_to_do(
    scene: Scene, session: Session, reference: str, client: FlaskClient
) -> None:
    note = note_of(session, scene, reference).replace('"version":1}', '"version":2}')

    answer = client.post("/verify", data={"text": note})

    assert answer.status_code == 200
    assert "Something does not agree" in answer.text
    assert "Tell the public body" in answer.text
    assert "govuk-summary-list" not in answer.text


def test_stranger_with_anything_else_gets_a_clear_message(client: FlaskClient) -> None:
    empty, cut = "Choose the file of a report, receipt or passport", "shortened or changed"
    none, large = "This is not a report, a receipt", "larger than 500 kB"
    texts = (
        ("", empty),
        ("   ", empty),
        ("<script>alert(1)</script>", none),
        ("%s %(n)s {{ 7 * 7 }}", none),
        ("x" * 500_001, large),
        (f"{receipts.BEGIN}\nAAA\n{receipts.END}", cut),
        (f"{receipts.BEGIN}\n/w==\n{receipts.END}", cut),
    )
    files = (
        (b"\xff\xfe\x00", "neither a PDF nor plain text"),
        (b"", none),
        (b"0" * 500_001, large),
    )
    for text, message in texts:
        answer = client.post("/verify", data={"text": text})
        assert (answer.status_code, message in answer.text) == (422, True), text[:40]
        assert "<script>alert" not in answer.text
    for content, message in files:
        answer = client.post("/verify", data={"file": (BytesIO(content), "receipt.txt")})
        assert (answer.status_code, message in answer.text) == (422, True), content[:40]


def test_stranger_with_a_hostile_receipt_gets_a_finding_and_no_fault(client: FlaskClient) -> None:
    for text in (
        "receipt/1",
        "receipt/1\nhere\n{}\n\n— here AAAA\n",
        "receipt/1\n" + "[" * 50_000,
        'receipt/1\n<b>\n{"a":NaN}\n\n— <b> AAAA\n',
        "receipt/1\n%(x)s %s\n{}\n\n— %(x)s AAAA\n",
    ):
        answer = client.post("/verify", data={"text": text})
        assert answer.status_code == 200
        assert "Something does not agree" in answer.text
        assert "<b>" not in answer.text.partition("<main")[2]


def test_checking_a_receipt_writes_nothing(
    scene: Scene, session: Session, reference: str, client: FlaskClient
) -> None:
    note = note_of(session, scene, reference)
    session.rollback()
    written: list[str] = []

    def watch(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA", "BEGIN", "ROLLBACK")):
            written.append(statement)

    engine = session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", watch)
    try:
        assert client.get("/verify").status_code == 200
        assert client.post("/verify", data={"text": note}).status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", watch)

    assert written == []


def test_checking_receipts_without_end_is_refused_for_a_while(client: FlaskClient) -> None:
    answers = [client.post("/verify", data={"text": "x"}).status_code for _ in range(61)]

    assert answers[:60] == [422] * 60
    assert answers[60] == 429
    assert client.get("/verify").status_code == 200
