"""How the sheets of a report's workbook look: on a screen, and printed on A4. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

# Widths of columns, in characters.
WIDE: Final = 40
NARROW: Final = 13
# The height of a line in points, and the size of paper by its number in the format.
_LINE: Final = 15
_A4: Final = 9


@dataclass(frozen=True)
class Formats:
    """What cells look like."""

    heading: Any
    figure: Any
    given: Any
    money: Any
    text: Any
    title: Any

    @classmethod
    def of(cls, book: Workbook) -> Formats:
        """Make them for a workbook."""
        return cls(
            heading=book.add_format({"bold": True, "text_wrap": True, "valign": "top"}),
            figure=book.add_format({"num_format": "0.00", "valign": "top"}),
            given=book.add_format({"valign": "top"}),
            money=book.add_format({"num_format": "#,##0.00", "valign": "top"}),
            text=book.add_format({"text_wrap": True, "valign": "top"}),
            title=book.add_format({"bold": True, "font_size": 14}),
        )


def fit_on_paper(sheet: Worksheet, first: int, last: int) -> None:
    """Fit a sheet's width on a page, and have the rows from `first` to `last` stand on each."""
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(first, last)


def height(texts: Sequence[str], width: int) -> int:
    """Give the height of a row, in points, in which each text fits a column of a width.

    Programs that open a file do not all find it themselves.
    """
    return _LINE * max(len(textwrap.wrap(each, width)) or 1 for each in texts)
