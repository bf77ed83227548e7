"""Writes the empty sheet that goes with bids from elsewhere. Every cell is text, none a formula."""

import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from bids.elsewhere.layout import BIDS, BIDS_MOST, FILES_MOST, HELP, SHEET_NAME, Column, Heading
from bids.elsewhere.rows import KINDS, SIZES
from bids.policy import Asked
from marketplace.core.text import N_

_HEADING = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#d9e6f2"}
_CELL = {"text_wrap": True, "valign": "top", "num_format": "@"}
_WIDTHS: Mapping[str, int] = {
    Column.SUPPLIER: 32,
    Column.RECEIVED: 22,
    Column.POINTS: 40,
    Column.PARTNERS: 34,
    Column.FILES: 34,
}
_ANSWER_WIDTH, _WIDTH = 60, 18
_CHOICES: Mapping[str, Sequence[str]] = {
    Column.KIND: KINDS,
    Column.SIZE: SIZES,
    Column.CONTRACT: ("Yes", "No"),
}

_EXPLAINED = (
    N_("Bids for “%(title)s” (%(reference)s) that were received elsewhere."),
    N_("Write one row for each bid in the sheet “Bids”. Do not change its headings."),
    N_("Supplier: the name as the bid gives it. Each supplier has one row."),
    N_("Registration number: from the bid, such as SC123456. Leave it empty where there is none."),
    N_("Kind of supplier: %(kinds)s. Empty means a company."),
    N_("Size class: %(sizes)s, or empty where the bid does not say."),
    N_(
        "Received: when the bid came in there, in UK time, such as 08/12/2026 11:58. It must be "
        "before the closing time, %(closes)s. A bid that came in at that time or later was late."
    ),
    N_("Answers: copied word for word. Where an answer is in a file, write which file it is."),
    N_("Prices: in pounds, without VAT, such as 5,000 or 1250.50. A price of nothing is 0."),
    N_("Accepts the draft contract: Yes, No, or empty where the supplier was not asked."),
    N_("Partners and main subcontractors: each name on its own line."),
    N_(
        "Files: the name of each file in the ZIP on its own line, with its folder if it lies in "
        "one. At most %(files)s files for a bid. A file belongs to one bid."
    ),
    N_(
        "Save this sheet as %(name)s, put it into a ZIP with all the files, and bring that. "
        "Everything is checked before anything is taken in."
    ),
    N_("It will hold what bidders wrote in confidence. Do not share it, and delete it when done."),
)


def write(
    headings: Sequence[Heading],
    asked: Asked,
    *,
    title: str,
    reference: str,
    closes: str,
    now: datetime,
    translate: Callable[..., str],
) -> bytes:
    """Give the bytes of an empty sheet, with a second one that explains it.

    `closes` is the closing instant as people read it, `now` the one in the file's own properties.
    """
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        # No name of a person: the properties of a file travel further than its pages.
        book.set_properties({"title": f"{BIDS} {reference}", "created": now})
        _write_bids(book, book.add_worksheet(BIDS), headings)
        data = {
            "title": title,
            "reference": reference,
            "closes": closes,
            "kinds": ", ".join(KINDS),
            "sizes": ", ".join(SIZES),
            "files": FILES_MOST,
            "name": SHEET_NAME,
        }
        limits = [
            translate(
                N_("“%(title)s” may have %(limit)s words; a longer answer is taken, and marked."),
                title=question.title,
                limit=question.word_limit,
            )
            for question in asked.questions
            if question.word_limit is not None
        ]
        _write_help(book, [*(translate(words, **data) for words in _EXPLAINED), *limits])
    return content.getvalue()


def _write_bids(book: Any, sheet: Any, headings: Sequence[Heading]) -> None:
    top = book.add_format(_HEADING)
    # A spreadsheet then keeps a text a text when somebody edits the cell, whatever it begins with.
    cell = book.add_format(_CELL | {"quote_prefix": True})
    for place, heading in enumerate(headings):
        width = _ANSWER_WIDTH if heading.key.startswith("answers.") else _WIDTH
        sheet.set_column(place, place, _WIDTHS.get(heading.key, width), cell)
        sheet.write_string(0, place, heading.text, top)
        if heading.key in _CHOICES:
            sheet.data_validation(
                1,
                place,
                BIDS_MOST,
                place,
                {"validate": "list", "source": list(_CHOICES[heading.key])},
            )
    sheet.freeze_panes(1, 1)


def _write_help(book: Any, words: Sequence[str]) -> None:
    sheet = book.add_worksheet(HELP)
    wide = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 100)
    for row, text in enumerate(words):
        sheet.write_string(row, 0, text, wide)
