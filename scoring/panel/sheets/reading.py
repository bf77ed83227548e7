"""Reads a sheet that somebody brings. Nothing in it is computed, followed or trusted.

Cells are read as they were written, not as a spreadsheet computed them: a formula is seen, and
refused, where its last result would look like a number that somebody typed.
"""

import re
import zipfile
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

from openpyxl import load_workbook

from bids.attachments import kinds
from bids.attachments.kinds import BadAttachment
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
# How a spreadsheet may write the first of the two characters that end a line.
_RETURN = re.compile(r"_x000[dD]_\n?")


class BadSheet(Invalid):
    """A file cannot be taken as a sheet; the message stands by the field."""

    def __init__(self, message: str, **data: object) -> None:
        super().__init__(message, fields={"file": message}, **data)


def read(name: str, file: BinaryIO) -> list[Brought]:
    """Give the rows of a sheet, empty ones left out, each with what is wrong with its cells.

    Raises:
        BadSheet: it is no such sheet, too large, holds macros, or has too many rows.
    """
    _ensure_harmless(name, file)
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
_NO_XLSX = N_(
    "Choose an Excel workbook without macros, whose name ends in .xlsx. If yours is of another "
    "kind, save it as that."
)
_TOO_LARGE = N_(
    "This file is too large, or holds far more than its size tells, so it was not read. Take a new "
    "sheet and fill in that."
)


def _ensure_harmless(name: str, file: BinaryIO) -> None:
    size = kinds.size_of(file)
    if not size:
        raise BadSheet(N_("The file is empty. Choose another one."))
    if size > MEGABYTES_MOST * 1024 * 1024:
        raise BadSheet(_TOO_LARGE)
    if not name.lower().endswith(".xlsx"):
        raise BadSheet(_NO_XLSX)
    try:
        kinds.media_type(name, file, kinds={"xlsx"}, megabytes=MEGABYTES_MOST)
    except BadAttachment as error:
        # What it is not, or what it hides: the words for files of bids would mislead here.
        known = zipfile.is_zipfile(file)
        file.seek(0)
        raise BadSheet(_NO_XLSX if known and _has_macros(file) else _UNREADABLE) from error
    with zipfile.ZipFile(file) as package:
        if sum(part.file_size for part in package.infolist()) > UNPACKED_MOST:
            raise BadSheet(_TOO_LARGE)
    file.seek(0)


def _has_macros(file: BinaryIO) -> bool:
    with zipfile.ZipFile(file) as package:
        return any(part.lower().endswith("vbaproject.bin") for part in package.namelist())


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
    if _computed(at(Column.REASON)):
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
    return clean(_RETURN.sub("\n", str(cell.value))) or ""


def _computed(cell: Any) -> bool:
    """Tell whether a cell holds a formula or what one failed with."""
    return cell is not None and cell.data_type in ("f", "e")


def _score(cell: Any) -> tuple[Decimal | None, list[RowFault]]:
    if _computed(cell):
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
