"""Reads the sheet that goes with bids from elsewhere. Nothing in it is computed or followed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from openpyxl import load_workbook

from bids.attachments.workbooks import NO_WORKBOOK, Unfit, is_computed, raw_text, unfit
from bids.elsewhere.layout import (
    BIDS,
    BIDS_MOST,
    FIRST_ROW,
    SHEET_MEGABYTES_MOST,
    Heading,
    one_line,
)
from bids.elsewhere.rows import Row
from marketplace.core.errors import Invalid
from marketplace.core.forms import clean
from marketplace.core.text import N_

# What 200 long bids grow to; a table of texts is held whole.
UNPACKED_MOST = 60 * 1024 * 1024
# How far to the right a heading is looked for, where somebody has added columns.
_COLUMNS_MORE = 40


class BadSheet(Invalid):
    """A file cannot be taken as a sheet; the message stands by the field."""

    def __init__(self, message: str, **data: object) -> None:
        super().__init__(message, fields={"file": message}, **data)


_UNFIT = {
    Unfit.EMPTY: N_("The sheet is empty. Take a new one, and fill in that."),
    Unfit.LARGE: N_(
        "The sheet is too large, or holds far more than its size tells, so it was not read. Take a "
        "new one, and fill in that."
    ),
    Unfit.NO_WORKBOOK: NO_WORKBOOK,
    Unfit.UNREADABLE: N_(
        "The sheet cannot be read: it is damaged, or locked with a password. Save it again as an "
        "Excel workbook (.xlsx)."
    ),
}


def read(name: str, file: BinaryIO, headings: Sequence[Heading]) -> list[Row]:
    """Give the rows of a sheet, empty ones left out; what is wrong with them is not judged here.

    Raises:
        BadSheet: it is no sheet for these columns, is too large, holds macros, or has too many
            rows or none.
    """
    wrong = unfit(name, file, megabytes=SHEET_MEGABYTES_MOST, unpacked_most=UNPACKED_MOST)
    if wrong is not None:
        raise BadSheet(_UNFIT[wrong])
    try:
        return _rows(file, headings)
    except BadSheet:
        raise
    except Exception as error:  # what a hostile file makes a parser raise has no common base
        raise BadSheet(_UNFIT[Unfit.UNREADABLE]) from error


def _rows(file: BinaryIO, headings: Sequence[Heading]) -> list[Row]:
    book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
    try:
        if BIDS not in book.sheetnames:
            raise BadSheet(
                N_("There is no sheet called “%(name)s” in it. Take a new one, and fill in that."),
                name=BIDS,
            )
        sheet: Any = book[BIDS]
        # Else rows would end where the file says that they do.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_col=len(headings) + _COLUMNS_MORE)
        places = _places(next(rows, ()), headings)
        found: list[Row] = []
        for number, cells in enumerate(rows, start=FIRST_ROW):
            row = _row(number, cells, places)
            if row is None:
                continue
            if len(found) == BIDS_MOST:
                raise BadSheet(
                    N_("The sheet has more than %(most)s bids. Bring fewer."), most=BIDS_MOST
                )
            found.append(row)
    finally:
        book.close()
    if not found:
        raise BadSheet(N_("The sheet has no rows below its headings. Write one for each bid."))
    return found


def _places(cells: Sequence[Any], headings: Sequence[Heading]) -> Mapping[str, int]:
    texts = [one_line(clean(raw_text(cell.value)) or "") for cell in cells]
    for heading in headings:
        if texts.count(heading.text) != 1:
            raise BadSheet(
                N_(
                    "The first row of the sheet must have one column “%(column)s”. Put its heading "
                    "back, or take the sheet of this challenge and fill in that."
                ),
                column=heading.text,
            )
    return {heading.key: texts.index(heading.text) for heading in headings}


def _row(number: int, cells: Sequence[Any], places: Mapping[str, int]) -> Row | None:
    found = {key: cells[place] for key, place in places.items() if place < len(cells)}
    texts = {key: text for key, cell in found.items() if (text := _text(cell))}
    if not texts:
        return None
    computed = tuple(key for key, cell in found.items() if is_computed(cell))
    return Row(number, texts, computed)


def _text(cell: Any) -> str:
    value = cell.value
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, datetime):
        if "h" not in str(cell.number_format).lower():
            return f"{value:%d/%m/%Y}"  # a day alone, which is no instant
        # A spreadsheet keeps an instant as a fraction of a day, which is seldom whole seconds.
        return f"{value + timedelta(milliseconds=1):%Y-%m-%d %H:%M:%S}"
    # A number is taken by its shortest digits, which are those that were typed.
    return clean(raw_text(value)) or ""
