"""The workbook works out by its own formulas what the engine found, for every golden case."""

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scoring.engine import evaluate_document
from scoring.report.workbook import Judged, write
from tests.spreadsheet import Book

GOLDEN = Path(__file__).parents[3] / "golden" / "scoring"
CASES = sorted(
    path
    for path in GOLDEN.glob("*.json")
    if "expect" in json.loads(path.read_text()) and "evaluation" in json.loads(path.read_text())
)
AT = datetime(2026, 3, 2, 9, tzinfo=UTC)


def evaluation_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())["evaluation"]
    return found


def workbook(evaluation: dict[str, Any], result: Any = None) -> bytes:
    found = result or evaluate_document(evaluation)
    return write([Judged("Application", evaluation, found)], title="Scores", created=AT)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_formulas_give_what_the_engine_found(path: Path) -> None:
    evaluation = evaluation_of(path)
    result: Any = evaluate_document(evaluation)
    book = Book(workbook(evaluation, result))
    ranked = [row for row in result["bids"] if row["rank"] is not None]

    for sheet in book.sheets:
        for cell in book.formulas(sheet):
            assert book.value(sheet, cell) == pytest.approx(book.stored(sheet, cell)), cell
    # Total and what ranks are formulas; without a tie-break so is the order.
    formulas = list(book.formulas("Result"))
    assert len(formulas) >= 3 * len(ranked)


def test_workbook_follows_a_score_that_somebody_changes() -> None:
    book = Book(workbook(evaluation_of(GOLDEN / "fixed-bounds-linear.json")))
    before = [book.value("Result", cell) for cell in book.formulas("Result")]
    for row in book.book["Scores"].iter_rows(min_row=2):
        for cell in row:
            if isinstance(cell.value, int | float):
                cell.value = 1

    assert [book.value("Result", cell) for cell in book.formulas("Result")] != before


def test_words_that_look_like_formulas_stay_words() -> None:
    evaluation = evaluation_of(GOLDEN / "fixed-bounds-linear.json")
    evaluation["criteria"][0]["title"] = "=HYPERLINK(1)"
    book = Book(
        write(
            [
                Judged(
                    "=1+1",
                    evaluation,
                    evaluate_document(evaluation),
                    {evaluation["bids"][0]["id"]: "+SUM(A1)"},
                )
            ],
            title="Scores",
            created=AT,
        )
    )
    sheet = book.book["Result"]
    typed = [
        cell for row in sheet.iter_rows() for cell in row if cell.value in ("=1+1", "+SUM(A1)")
    ]
    assert [cell.data_type for cell in typed] == ["s", "s"]


def test_edition_that_holds_prices_back_shows_what_it_may_and_works_out_the_rest() -> None:
    evaluation = evaluation_of(GOLDEN / "fixed-bounds-linear.json")
    result: Any = evaluate_document(evaluation)
    for bid in evaluation["bids"]:
        bid["price"] = {"withheld": "commercial", "sha256": "00"}
    for row in result["bids"]:
        row["total"] = {"withheld": "commercial"}
    book = Book(workbook(evaluation, result))

    said = [cell.value for row in book.book["Result"].iter_rows() for cell in row]
    assert "withheld" in said
    for cell in book.formulas("Result"):
        assert book.value("Result", cell) == pytest.approx(book.stored("Result", cell))


def test_libreoffice_works_out_the_same_totals(tmp_path: Path) -> None:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("left out: there is no LibreOffice here")
    names = ("qcbs-exact", "tie-of-thirds", "price-per-quality-point")
    contents = {name: workbook(evaluation_of(GOLDEN / f"{name}.json")) for name in names}
    for name, content in contents.items():
        # Without the values that the engine found: what stands there afterwards was worked out.
        Book(content).book.save(tmp_path / f"{name}.xlsx")
    subprocess.run(
        [
            *(program, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"),
            *("--outdir", str(tmp_path / "out")),
            *(str(tmp_path / f"{name}.xlsx") for name in names),
        ],
        check=True,
        capture_output=True,
        timeout=120,
        env={"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"},
    )
    for name, content in contents.items():
        worked, before = Book((tmp_path / "out" / f"{name}.xlsx").read_bytes()), Book(content)
        for cell in before.formulas("Result"):
            assert worked.stored("Result", cell) == pytest.approx(before.stored("Result", cell))
