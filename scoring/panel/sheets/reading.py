"""Reads a sheet that somebody brings. Nothing in it is computed, followed or trusted.

Cells are read as they were written, not as a spreadsheet computed them: a formula is seen, and
refused, where its last result would look like a number that somebody typed.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

from openpyxl import load_workbook

from bids.attachments.workbooks import NO_WORKBOOK, Unfit, is_computed, raw_text, unfit
from marketplace.core.errors import Invalid
from marketplace.core.forms import clean
from marketplace.core.text import N_
from scoring.panel.sheets.comparing import REASON_MOST, Brought, RowFault
from scoring.panel.sheets.layout import MEGABYTES_MOST, ROWS_MOST, SCORES, Column

# What a sheet of ours grows to with 10,000 rows of long answers; a table of texts is held whole.
UNPACKED_MOST = 60 * 1024 * 1024
# How far to the right a heading is looked for, where somebody has added columns.
COLUMNS_MOST = 40
_NEEDED = (Column.ROW, Column.BID, Column.QUESTION, Column.SCORE, Column.REASON, Column.TAKEN)
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]+)?", re.ASCII)


class BadSheet(Invalid):
    """A file cannot be taken as a sheet; the message stands by the field."""

    def __init__(self, message: str, **data: object) -> None:
        super().__init__(message, fields={"file": message}, **data)


def read(name: str, file: BinaryIO) -> list[Brought]:
    """Give the rows of a sheet, empty ones left out, each with what is wrong with its cells.

    Raises:
        BadSheet: it is no such sheet, too large, holds macros, or has too many rows.
    """
    wrong = unfit(name, file, megabytes=MEGABYTES_MOST, unpacked_most=UNPACKED_MOST)
    if wrong is not None:
        raise BadSheet(_UNFIT[wrong])
    try:
        return _rows(file)
    except BadSheet:
        raise
    except Exception as error:  # what a hostile file makes a parser raise has no common base
        raise BadSheet(_UNREADABLE) from error


_UNREADABLE = N_(
    "This file cannot be read as a sheet: it is damaged, or locked with a password. Save it again "
    "as an Excel workbook (.xlsx), then bring that."
)
_TOO_LARGE = N_(
    "This file is too large, or holds far more than its size tells, so it was not read. Take a new "
    "sheet and fill in that."
)


_UNFIT = {
    Unfit.EMPTY: N_("The file is empty. Choose another one."),
    Unfit.LARGE: _TOO_LARGE,
    Unfit.NO_WORKBOOK: NO_WORKBOOK,
    Unfit.UNREADABLE: _UNREADABLE,
}


def _rows(file: BinaryIO) -> list[Brought]:
    book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
    try:
        if SCORES not in book.sheetnames:
            raise BadSheet(
                N_("The file has no sheet called “%(name)s”. Take your sheet, and fill in that."),
                name=SCORES,
            )
        sheet: Any = book[SCORES]
        # Else rows would end where the file says that they do.
        sheet.reset_dimensions()
        rows = sheet.iter_rows(max_col=COLUMNS_MOST)
        place = _places(next(rows, ()))
        found: list[Brought] = []
        for number, cells in enumerate(rows, start=2):
            row = _row(number, cells, place)
            if row is None:
                continue
            if len(found) == ROWS_MOST:
                raise BadSheet(
                    N_("The sheet has more than %(most)s rows. Take your sheet, and fill in that."),
                    most=f"{ROWS_MOST:,}",
                )
            found.append(row)
    finally:
        book.close()
    if not found:
        raise BadSheet(N_("The sheet has no rows. Take your sheet, and fill in that."))
    return found


def _places(cells: Sequence[Any]) -> Mapping[Column, int]:
    headings = [clean(str(cell.value)) if cell.value is not None else "" for cell in cells]
    for column in _NEEDED:
        if headings.count(column.value) != 1:
            raise BadSheet(
                N_(
                    "The first row must have one column “%(column)s”. Put its heading back, or "
                    "take your sheet and fill in that."
                ),
                column=column.value,
            )
    return {column: headings.index(column.value) for column in _NEEDED}


def _row(number: int, cells: Sequence[Any], place: Mapping[Column, int]) -> Brought | None:
    def at(column: Column) -> Any:
        return cells[place[column]] if place[column] < len(cells) else None

    texts = {column: _text(at(column)) for column in _NEEDED}
    if not any(texts.values()):
        return None
    value, faults = _score(at(Column.SCORE))
    if is_computed(at(Column.REASON)):
        faults.append(RowFault.REASON_FORMULA)
    elif len(texts[Column.REASON]) > REASON_MOST:
        faults.append(RowFault.REASON_LONG)
    return Brought(
        number=number,
        identifier=texts[Column.ROW],
        shown=texts[Column.BID],
        question=texts[Column.QUESTION],
        value=value,
        rationale="" if faults else texts[Column.REASON],
        taken=texts[Column.TAKEN],
        faults=tuple(faults),
    )


def _text(cell: Any) -> str:
    if cell is None or cell.value is None:
        return ""
    return clean(raw_text(cell.value)) or ""


def _score(cell: Any) -> tuple[Decimal | None, list[RowFault]]:
    if is_computed(cell):
        return None, [RowFault.SCORE_FORMULA]
    value = None if cell is None else cell.value
    if value is None or (isinstance(value, str) and not clean(value)):
        return None, []
    # A number is taken by its shortest digits, which are those that were typed. A truth value is
    # a number to the language, and none to people.
    text = "" if isinstance(value, bool) else clean(str(value)) or ""
    if not _NUMBER.fullmatch(text):
        return None, [RowFault.SCORE_NO_NUMBER]
    return Decimal(text), []
