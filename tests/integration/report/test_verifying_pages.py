"""Anybody checks a report on the public page and by the command, and learns what is wrong."""

import io
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from flask.testing import FlaskClient

from marketplace.cli import main
from marketplace.publishing.pages import verify_views
from scoring.report.values import Edition
from scoring.report.verifying import files
from tests import forging
from tests.databases import Databases, Kept
from tests.integration.report.printing import Printed, print_reports
from tests.journeys import Step


@pytest.fixture(scope="module")
def all_printed() -> list[Printed]:
    """Give the reports of the signed award, which the next fixture prints."""
    return []


@pytest.fixture(scope="module")
def kept_databases(
    kept_databases: Mapping[Step, Kept],
    all_printed: list[Printed],
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Mapping[Step, Kept]:
    """Have the site be the one that made the reports."""
    found = print_reports(kept_databases, databases, tmp_path_factory)
    all_printed.append(found)
    return {**kept_databases, Step.SIGNED: found.kept}


@pytest.fixture
def step() -> Step:
    """Begin when the contract is signed."""
    return Step.SIGNED


@pytest.fixture
def printed(kept_databases: Mapping[Step, Kept], all_printed: list[Printed]) -> Printed:
    """Give the reports of the signed award."""
    return all_printed[0]


def checked(client: FlaskClient, content: bytes) -> str:
    answer = client.post("/verify", data={"file": (BytesIO(content), "report.pdf")})
    assert answer.status_code == 200
    return answer.text


def test_page_tells_a_stranger_which_report_it_is_and_what_follows(
    client: FlaskClient, printed: Printed
) -> None:
    page = checked(client, printed.editions[Edition.PUBLIC])

    assert "Nobody changed this report since it was made" in page
    assert "has the digest of this very file" in page
    assert "fw-aside--" not in page
    assert "Public" in page
    assert "Criteria, weights and method are those that were published" in page


def test_page_finds_by_its_digest_a_report_that_was_written_anew_and_says_that_first(
    client: FlaskClient, printed: Printed
) -> None:
    anew = io.BytesIO()
    pypdf.PdfWriter(clone_from=io.BytesIO(printed.editions[Edition.PUBLIC])).write(anew)

    page = checked(client, anew.getvalue())

    assert "The file that was made then is another one, by its digest" in page
    assert "fw-aside--failed" in page
    assert page.index("govuk-tag--red") < page.index("govuk-tag--green")
    assert "Nobody changed" not in page


def test_page_tells_a_pdf_that_is_no_report_so(client: FlaskClient) -> None:
    letter = io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(letter)

    page = checked(client, letter.getvalue())

    assert "This is no award report, receipt or passport of this kind" in page
    assert "Something does not agree" not in page


def test_page_says_of_a_report_by_somebody_elses_key_that_it_is_false(
    client: FlaskClient, printed: Printed
) -> None:
    name = printed.keys.partition("+")[0]
    content = printed.editions[Edition.PUBLIC]
    anew = forging.rewritten(files.take_out(content), forging.a_signer(name))

    page = checked(client, forging.in_pdf(content, anew))

    assert "somebody else made it" in page
    assert "Do not rely on this file" in page


def test_page_says_of_a_broken_report_what_to_do(client: FlaskClient) -> None:
    page = checked(client, b"%PDF-1.7 and no more")

    assert "Do not rely on this file" in page
    assert "This is not an award report with its evidence" in page


def test_page_refuses_what_is_larger_than_any_report(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A file of its true size would be written to a disk first.
    monkeypatch.setattr(verify_views, "_REQUEST_MOST", 1000)
    answer = client.post("/verify", data={"file": (BytesIO(bytes(2000)), "report.pdf")})

    assert answer.status_code == 413
    assert "larger than 40 MB" in answer.text


def test_command_proves_a_report_with_keys_and_receipt(
    printed: Printed, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = {
        "report.pdf": printed.editions[Edition.FULL],
        "keys.txt": printed.keys.encode(),
        "receipt.txt": printed.receipt.encode(),
        "log.json": printed.log,
    }
    for name, content in names.items():
        (tmp_path / name).write_bytes(content)
    file, trust, receipt, log = (str(tmp_path / name) for name in names)

    assert main(["verify", file, "--trust", trust, "--receipt", receipt, "--chain", log]) == 0
    assert "All 16 scores are those that were recorded" in capsys.readouterr().out
    assert main(["verify", file]) == 3
    assert main(["verify", file, "--trust", trust, "--json"]) == 4
    assert main(["verify", receipt, "--receipt", receipt]) == 2
    other = forging.a_signer("market.example/log").verifier
    (tmp_path / "keys.txt").write_text(f"{other}\n")
    assert main(["verify", file, "--trust", trust]) == 1
    assert "somebody else made it" in capsys.readouterr().out
