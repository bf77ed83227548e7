"""Writes a table for a spreadsheet, as XLSX or CSV: no cell is ever a formula.

A cell is a text, a whole number, a day, an amount of money, or nothing. An amount is a number of
pounds with its pence, such as 1250.50, so that whoever gets the sheet can add a column up: written
with two places, a spreadsheet's binary fractions are exact far beyond any contract.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import xlsxwriter

CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = str | int | date | Decimal | None

# What a spreadsheet takes for the beginning of a formula when it reads a CSV file, also behind
# spaces; and what it takes for the end of the cell before.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# The most characters that a cell of a spreadsheet holds.
_CELL_MOST = 32_767
_WIDEST = 60
_HEADING = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#d9e6f2"}
_TEXT = {"text_wrap": True, "valign": "top", "num_format": "@", "quote_prefix": True}


@dataclass(frozen=True)
class Table:
    """A table: `name` is the sheet's, at most 31 characters; each row has a cell per column."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def pounds(minor: int | None) -> Decimal | None:
    """Give an amount in minor units as pounds with two places; nothing for none."""
    return None if minor is None else Decimal(minor).scaleb(-2)


def as_csv(table: Table) -> bytes:
    """Give a table as CSV (RFC 4180, UTF-8 with its mark, by which spreadsheets know it).

    A text that a spreadsheet would take for a formula has an apostrophe before it.
    """
    content = io.StringIO(newline="")
    writer = csv.writer(content, lineterminator="\r\n")
    writer.writerow([_plain(heading) for heading in table.columns])
    writer.writerows([_plain(cell) for cell in row] for row in table.rows)
    return b"\xef\xbb\xbf" + content.getvalue().encode()


def _plain(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, date):
        return _day(cell).isoformat()
    if isinstance(cell, int | Decimal):
        return str(cell)
    return f"'{cell}" if cell.lstrip(" ").startswith(_FORMULA) else cell


def as_xlsx(tables: Sequence[Table], *, title: str, now: datetime) -> bytes:
    """Give tables as a workbook, each as a sheet; `title` and `now` are its own properties."""
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        # No name of a person: the properties of a file travel further than its pages.
        book.set_properties({"title": title, "created": now})
        for table in tables:
            _write(book, book.add_worksheet(table.name), table)
    return content.getvalue()


def _write(book: Any, sheet: Any, table: Table) -> None:
    heading, text = book.add_format(_HEADING), book.add_format(_TEXT)
    day = book.add_format({"num_format": "d mmm yyyy", "valign": "top", "align": "left"})
    number = book.add_format({"num_format": "0", "valign": "top"})
    amount = book.add_format({"num_format": "[$£-809]#,##0.00", "valign": "top"})
    for column, words in enumerate(table.columns):
        longest = max([len(str(row[column] or "")) for row in table.rows] or [0])
        sheet.set_column(column, column, min(max(12, len(words), longest) + 2, _WIDEST))
        sheet.write_string(0, column, words, heading)
    for place, row in enumerate(table.rows, start=1):
        for column, cell in enumerate(row):
            if cell is None or cell == "":
                continue
            if isinstance(cell, date):
                sheet.write_datetime(place, column, _day(cell), day)
            elif isinstance(cell, int):
                sheet.write_number(place, column, cell, number)
            elif isinstance(cell, Decimal):
                sheet.write_number(place, column, cell, amount)
            else:
                sheet.write_string(place, column, cell[:_CELL_MOST], text)
    sheet.freeze_panes(1, 1)
    if table.rows:
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)


def _day(cell: date) -> date:
    return cell.date() if isinstance(cell, datetime) else cell
