"""Tables for spreadsheets: nothing that somebody typed becomes a formula."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from openpyxl import load_workbook

from marketplace.core.sheets import Table, as_csv, as_xlsx, pounds

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
WHEN = datetime(2026, 12, 1)  # noqa: DTZ001  (a sheet has no zones)
HOSTILE = ["=1+1", "+44 131", "-2", "@SUM(A1)", "\t=1", "  =HYPERLINK(1)", "＝1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_csv_text_that_looks_like_a_formula_is_kept_from_being_one(text: str) -> None:
    content = as_csv(Table("T", ["Name"], [(text,)])).decode("utf-8-sig")

    assert content.splitlines()[1].strip('"').startswith("'")


def test_csv_tells_days_numbers_and_nothing_plainly() -> None:
    rows = [(date(2026, 12, 1), NOW, 7, None, 'He said "no", twice\nand left')]

    content = as_csv(Table("T", ["a", "b", "c", "d", "e"], rows))

    assert content.startswith(b"\xef\xbb\xbfa,b,c,d,e\r\n")
    assert content.endswith(b'2026-12-01,2026-12-01,7,,"He said ""no"", twice\nand left"\r\n')


def test_xlsx_holds_texts_as_texts_and_days_as_days() -> None:
    table = Table("Contracts", ["=Name", "Day", "Bids", "None"], [(HOSTILE[0], NOW, 3, None)])

    book = load_workbook(io.BytesIO(as_xlsx([table], title="T", now=NOW)))

    heading, row = book["Contracts"].iter_rows()
    assert [cell.data_type for cell in (heading[0], row[0], row[1], row[2])] == ["s", "s", "d", "n"]
    assert (row[0].value, row[1].value, row[3].value) == ("=1+1", WHEN, None)


@pytest.mark.parametrize(
    ("minor", "text"), [(125050, "1250.50"), (5, "0.05"), (-1, "-0.01"), (0, "0.00"), (None, "")]
)
def test_amounts_are_exact_in_csv_and_numbers_of_pounds_in_a_workbook(
    minor: int | None, text: str
) -> None:
    table = Table("T", ["Contract", "Value"], [("C-1", pounds(minor))])

    book = load_workbook(io.BytesIO(as_xlsx([table], title="T", now=NOW)))

    assert as_csv(table).decode().splitlines()[1] == f"C-1,{text}"
    cell = book["T"]["B2"]
    assert cell.value == (float(Decimal(text)) if text else None)
    assert not text or (cell.data_type, "£" in cell.number_format) == ("n", True)
