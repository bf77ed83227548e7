"""Tells whether a file is an Excel workbook that may be read, and reads its cells as text. Pure.

Nothing in a workbook is computed, followed or trusted: what holds macros, or unpacks to far more
than its size tells, is not read at all. Cells are read as they were written, not as a spreadsheet
computed them, so that a formula is seen.
"""

import re
import zipfile
from enum import StrEnum
from typing import Any, BinaryIO

from bids.attachments import kinds
from bids.attachments.kinds import BadAttachment
from marketplace.core.text import N_

# How a spreadsheet may write the first of the two characters that end a line.
_RETURN = re.compile(r"_x000[dD]_\n?")


class Unfit(StrEnum):
    """Why a file is not read as a workbook."""

    EMPTY = "empty"
    LARGE = "large"
    NO_WORKBOOK = "no_workbook"
    UNREADABLE = "unreadable"


NO_WORKBOOK = N_(
    "Choose an Excel workbook without macros, whose name ends in .xlsx. If yours is of another "
    "kind, save it as that."
)


def unfit(name: str, file: BinaryIO, *, megabytes: int, unpacked_most: int) -> Unfit | None:
    """Say why a file is not read, None where it can be; it is left at its beginning.

    `megabytes` is the most it may have, `unpacked_most` the most bytes once it is unpacked.
    """
    size = kinds.size_of(file)
    if not size:
        return Unfit.EMPTY
    if size > megabytes * 1024 * 1024:
        return Unfit.LARGE
    if not name.lower().endswith(".xlsx"):
        return Unfit.NO_WORKBOOK
    try:
        kinds.media_type(name, file, kinds={"xlsx"}, megabytes=megabytes)
    except BadAttachment:
        # What it is not, or what it hides: the words for files of bids would mislead here.
        known = zipfile.is_zipfile(file)
        file.seek(0)
        return Unfit.NO_WORKBOOK if known and _has_macros(file) else Unfit.UNREADABLE
    with zipfile.ZipFile(file) as package:
        unpacked = sum(part.file_size for part in package.infolist())
    file.seek(0)
    return Unfit.LARGE if unpacked > unpacked_most else None


def raw_text(value: object) -> str:
    """Give what stands in a cell as text, with the ends of lines as they are here."""
    return "" if value is None else _RETURN.sub("\n", str(value))


def is_computed(cell: Any) -> bool:
    """Tell whether a cell holds a formula or what one failed with."""
    return cell is not None and cell.data_type in ("f", "e")


def _has_macros(file: BinaryIO) -> bool:
    with zipfile.ZipFile(file) as package:
        return any(part.lower().endswith("vbaproject.bin") for part in package.namelist())
