"""What the public and auditors find, download and check, and what the public edition keeps back."""

import hashlib
import json
import re
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from pypdf.generic import StreamObject
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.cli import main
from marketplace.core.audit import checkpoints
from marketplace.core.audit.log import chain_entries
from marketplace.core.transaction import transaction
from scoring.award.models import Result
from scoring.report.models import ReportFile
from scoring.report.values import Edition
from scoring.report.verifying import files
from tests import forging
from tests.conftest import sign_in
from tests.databases import Databases, Kept
from tests.integration.report.printing import print_reports
from tests.integration.whole.stages import copy_of_decision
from tests.integration.whole.test_queries import grows
from tests.journeys import OWN_WORDS, RIVAL_WORDS, Journey, Step
from tests.spreadsheet import Book


@pytest.fixture(scope="module")
def printed() -> dict[Edition, bytes]:
    """Give the newest editions of the signed award, which the next fixture prints."""
    return {}


@pytest.fixture(scope="module")
def kept_databases(
    kept_databases: Mapping[Step, Kept],
    printed: dict[Edition, bytes],
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[Step, Kept]:
    """Have the reports printed once, in a copy of the database at the end."""
    found = print_reports(kept_databases, databases, tmp_path_factory)
    printed.update(found.editions)
    return {**kept_databases, Step.SIGNED: found.kept}


@pytest.fixture
def step() -> Step:
    """Begin when the contract is signed."""
    return Step.SIGNED


@pytest.fixture
def stored(app: Flask, journey: Journey, printed: dict[Edition, bytes]) -> Journey:
    """Give the journey with the newest files of its report in the store."""
    for content in printed.values():
        app.extensions["files"].write(content)
    return journey


def text_of(content: bytes) -> str:
    """Give all that a PDF says, in pages and in attached files."""
    reader = PdfReader(BytesIO(content))
    pages = "\n".join(page.extract_text() for page in reader.pages)
    attached = "\n".join(
        data.decode("utf-8", "replace") for files in reader.attachments.values() for data in files
    )
    about = "\n".join(f"{key} {value}" for key, value in (reader.metadata or {}).items())
    return "\n".join((pages, attached, about))


def test_public_edition_keeps_losing_prices_answers_and_evaluators_back(
    printed: dict[Edition, bytes], journey: Journey
) -> None:
    text = text_of(printed[Edition.PUBLIC])
    squeezed = "".join(text.split())

    for hidden in (
        OWN_WORDS,
        RIVAL_WORDS,
        journey.cast.rival.name,
        "Eva Evaluator",
        "Edgar Evaluator",
        "Elin Evaluator",
        "£30,000",
    ):
        assert "".join(hidden.split()) not in squeezed, hidden
    # As a figure: digests have such digits within by chance.
    assert re.findall(r"\b(?:30,?000|3000000)\b", text) == []
    # What the public may know is there: who won, for how much, who led the panel.
    for shown in (journey.cast.supplier.name, "£20,000", "Cora Chair"):
        assert "".join(shown.split()) in squeezed, shown


def test_public_edition_holds_no_losing_price_in_its_raw_streams(
    journey: Journey, printed: dict[Edition, bytes]
) -> None:
    reader = PdfReader(BytesIO(printed[Edition.PUBLIC]))
    found: list[bytes] = []
    for number in range(1, len(reader.xref[0]) + 1):
        thing = reader.get_object(number)
        data = thing.get_data() if isinstance(thing, StreamObject) else str(thing).encode()
        found.extend(
            word for word in (b"3000000", b"30000.00", RIVAL_WORDS.encode()) if word in data
        )

    assert found == []


def test_full_edition_has_the_stored_evaluation_attached_to_the_byte(
    printed: dict[Edition, bytes], stored: Journey, session: Session
) -> None:
    reader = PdfReader(BytesIO(printed[Edition.FULL]))
    result = session.scalars(select(Result)).one()

    assert reader.attachments["evaluation.json"] == [result.evaluation]
    text = text_of(printed[Edition.FULL])
    for shown in (OWN_WORDS, RIVAL_WORDS, "Eva Evaluator", "£30,000"):
        assert "".join(shown.split()) in "".join(text.split()), shown


def test_evaluation_downloaded_and_scored_again_gives_the_same_totals_and_ranks(
    client: FlaskClient,
    stored: Journey,
    session: Session,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sign_in(client, stored.cast.auditor)
    answer = client.get(f"/awards/{stored.reference}/evaluation.json")
    assert answer.status_code == 200
    file = tmp_path / "evaluation.json"
    file.write_bytes(answer.data)

    assert main(["score", str(file)]) == 0

    again = json.loads(capsys.readouterr().out)
    result = session.scalars(select(Result)).one()
    then = json.loads(result.result)
    assert hashlib.sha256(answer.data).hexdigest() == result.evaluation_sha256
    assert again["winners"] == then["winners"] == [stored.own_bid]

    def figures(found: dict[str, object]) -> list[object]:
        bids = found["bids"]
        assert isinstance(bids, list)
        return [(bid["id"], bid["rank"], bid["total"]) for bid in bids]

    assert figures(again) == figures(then)


def test_downloads_by_an_auditor_are_recorded_before_they_are_given(
    client: FlaskClient, stored: Journey, session: Session
) -> None:
    sign_in(client, stored.cast.auditor)
    answer = client.get(f"/awards/{stored.reference}/report-full.pdf")
    client.get(f"/awards/{stored.reference}/evaluation.json")

    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF-")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    recorded = [
        (entry.action, entry.actor_name)
        for entry in chain_entries(session, stored.reference)
        if entry.action.endswith(".downloaded")
    ]
    assert recorded == [
        ("report.downloaded", "Ada Auditor"),
        ("evaluation.downloaded", "Ada Auditor"),
    ]


def test_downloads_by_others_are_refused_and_not_recorded(
    client: FlaskClient, stored: Journey, session: Session
) -> None:
    cast, before = stored.cast, len(chain_entries(session, stored.reference))
    expected = {
        cast.officer: 403,
        cast.chair: 403,
        cast.supplier_admin: 403,
        cast.other_auditor: 404,
    }

    for person, status in expected.items():
        sign_in(client, person)
        for name in ("report-full.pdf", "evaluation.json"):
            assert client.get(f"/awards/{stored.reference}/{name}").status_code == status

    assert len(chain_entries(session, stored.reference)) == before


def test_public_report_is_a_file_to_keep_for_anybody(client: FlaskClient, stored: Journey) -> None:
    answer = client.get(f"/awards/{stored.reference}/report.pdf")

    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert stored.reference in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("step", [Step.INTENTION])
def test_public_report_before_the_contract_does_not_exist(
    client: FlaskClient, journey: Journey
) -> None:
    answer = client.get(f"/awards/{journey.reference}/report.pdf")

    assert answer.status_code == 404
    assert "when the contract is signed" in answer.text


@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_public_report_whose_file_is_damaged_is_not_given(
    client: FlaskClient, stored: Journey, app: Flask, session: Session, damage: str
) -> None:
    file = session.scalars(select(ReportFile).where(ReportFile.edition == Edition.PUBLIC)).one()
    path = app.extensions["files"].path(file.sha256)
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes() + b" ")

    answer = client.get(f"/awards/{stored.reference}/report.pdf")

    assert answer.status_code in (500, 503)
    assert file.sha256 not in answer.text
    assert not answer.data.startswith(b"%PDF-")


def test_public_page_of_the_award_says_what_the_public_may_know(
    client: FlaskClient, stored: Journey
) -> None:
    page = client.get(f"/awards/{stored.reference}").text

    assert stored.cast.supplier.name in page
    assert "£20,000" in page
    for hidden in (OWN_WORDS, RIVAL_WORDS, stored.cast.rival.name, "Eva Evaluator", "30,000"):
        assert hidden not in page


@pytest.mark.parametrize("step", [Step.RECOMMENDED])
def test_public_page_before_the_announcement_does_not_exist(
    client: FlaskClient, journey: Journey
) -> None:
    assert client.get(f"/awards/{journey.reference}").status_code == 404
    assert client.get("/awards/CH-NOSUCH").status_code == 404


def test_supplier_reads_the_edition_about_its_own_bid_and_no_other(
    client: FlaskClient, session: Session, stored: Journey, printed: dict[Edition, bytes]
) -> None:
    own, other = (
        (stored.cast.supplier_admin, stored.own_bid),
        (stored.cast.rival_admin, stored.rival_bid),
    )
    read = {}
    for person, reference in (own, other):
        sign_in(client, person)
        page = client.get(f"/bids/{reference}/outcome").text
        assert f"/bids/{reference}/award-report.pdf" in page
        answer = client.get(f"/bids/{reference}/award-report.pdf")
        read[reference] = answer
    assert client.get(f"/bids/{stored.own_bid}/award-report.pdf").status_code == 404

    made = next(each for each in read.values() if each.data == printed[Edition.DEBRIEF])
    assert made.mimetype == "application/pdf"
    written = chain_entries(session, stored.reference)
    downloads = [each for each in written if each.action == "report.downloaded"]
    assert downloads[-1].fields["edition"] == "debrief"
    # That somebody asked for another's is on record too.
    assert written[-1].action == "bid.read_refused"


def test_scores_are_had_as_a_workbook_by_all_as_far_as_they_are_public(
    client: FlaskClient, session: Session, stored: Journey
) -> None:
    public = client.get(f"/awards/{stored.reference}/scores.xlsx")
    assert client.get(f"/awards/{stored.reference}/scores-full.xlsx").status_code == 302
    sign_in(client, stored.cast.auditor)
    full = client.get(f"/awards/{stored.reference}/scores-full.xlsx")

    assert (public.status_code, full.status_code) == (200, 200)
    said = [Book(each.data) for each in (public, full)]
    prices = [
        [cell.value for row in book.book["Result"].iter_rows() for cell in row] for book in said
    ]
    assert 30_000 not in prices[0]
    assert 30_000 in prices[1]
    for cell in said[1].formulas("Result"):
        assert said[1].value("Result", cell) == pytest.approx(said[1].stored("Result", cell))
    last = chain_entries(session, stored.reference)[-1]
    assert (last.action, last.fields["part"]) == ("report.downloaded", "scores.xlsx")


def test_room_asks_as_much_for_many_awards_as_for_few_and_pages_them(
    client: FlaskClient, session: Session, stored: Journey
) -> None:
    def more(number: int) -> None:
        for _ in range(number):
            copy_of_decision(session, stored)

    sign_in(client, stored.cast.auditor)
    more(11)

    assert grows(client, ["/work/audit", "/work/audit?q=place"], more) == {}

    found: list[str] = []
    address = "/work/audit"
    while address:
        page = client.get(address).text
        found += dict.fromkeys(re.findall(r'href="/work/challenges/([-\w]+)"', page))
        rest = page.partition('rel="next" href="')[2]
        address = rest.partition('"')[0].replace("&amp;", "&")
    assert len(found) == len(set(found)) == 52


def test_what_a_report_leaves_out_is_named_by_the_chain_that_the_site_gives_to_everybody(
    client: FlaskClient,
    stored: Journey,
    printed: dict[Edition, bytes],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pdf = printed[Edition.PUBLIC]
    cut = forging.in_pdf(pdf, forging.without_entry(files.take_out(pdf), "consensus.recorded"))
    left_out = "It was left out: the copy of the chain has it, consensus.recorded"
    with transaction() as writing:
        checkpoints.make(writing, clock=stored.clock)

    page = client.post("/verify", data={"file": (BytesIO(cut), "report.pdf")}).text
    assert left_out in page
    assert "The file that was made then is another one" in page
    page = client.post("/verify", data={"file": (BytesIO(pdf), "report.pdf")}).text
    assert "This is the very file that was made then, byte for byte" in page
    assert "nothing was left out" in page

    chain, report = tmp_path / "log.json", tmp_path / "report.pdf"
    chain.write_bytes(client.get(f"/challenges/{stored.reference}/log.json").data)
    report.write_bytes(cut)
    assert main(["verify", str(report), "--chain", str(chain)]) == 1
    assert left_out in capsys.readouterr().out
