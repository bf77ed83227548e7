"""Writes a scoring sheet as XLSX. Everything but scores is written as text, never as a formula."""

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter

from marketplace.core.text import N_
from scoring.panel.lifecycle import PLACES
from scoring.panel.sheets.layout import HELP, SCORES, Column, Line, fitting, state_of

_WIDTHS = {
    Column.ROW: 24,
    Column.BID: 24,
    Column.QUESTION: 30,
    Column.GUIDANCE: 40,
    Column.ANSWER: 70,
    Column.SCORE: 12,
    Column.REASON: 60,
    Column.TAKEN: 24,
}
# Grey, as what cannot be changed; white is to be written on.
_LOCKED = {"text_wrap": True, "valign": "top", "num_format": "@", "bg_color": "#f4f8fb"}
_HEADING = {"bold": True, "text_wrap": True, "valign": "top", "bg_color": "#d9e6f2"}
_OPEN = {"locked": False, "valign": "top", "border": 1, "border_color": "#b1b4b6"}
# Sorting is left out: it needs all cells open, and would move scores away from their bids.
_ALLOWED = {"format_columns": True, "format_rows": True, "autofilter": True}

_EXPLAINED = (
    N_("Your own scoring sheet for “%(title)s” (%(reference)s)."),
    N_("It is yours alone: nobody else can bring it back. Taken by %(label)s on %(when)s."),
    N_("Fill in the white cells of the sheet “Scores”: your score, and your reason for it."),
    N_("Each row is one bid and one question. You may leave rows empty and fill them in later."),
    N_("Type scores as numbers. Formulas are not taken."),
    N_("Do not change the first and the last column: the site knows each row by them."),
    N_(
        "Then bring the file back on the page where you took it. The site shows what would change "
        "and what is wrong, before anything is saved. It never submits your scores."
    ),
    N_("Files that go with bids are not in this sheet. Read them on the site."),
    N_("It holds what bidders wrote in confidence. Do not share it, and delete it when done."),
)


def write(
    lines: Sequence[Line],
    *,
    title: str,
    reference: str,
    label: str,
    when: str,
    now: datetime,
    translate: Callable[..., str],
) -> bytes:
    """Give the bytes of a sheet with these lines, and a sheet that explains it.

    `when` is the instant as people read it, `now` the one that the file's own properties name.
    """
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        # No name of a person: the properties of a file travel further than its pages.
        book.set_properties({"title": f"{SCORES} {reference}", "created": now})
        scores = book.add_worksheet(SCORES)
        _write_scores(book, scores, lines)
        data = {"title": title, "reference": reference, "label": label, "when": when}
        _write_help(book, [translate(words, **data) for words in _EXPLAINED])
    return content.getvalue()


def _write_scores(book: Any, sheet: Any, lines: Sequence[Line]) -> None:
    heading = book.add_format(_HEADING)
    # A spreadsheet then keeps a text a text when somebody edits the cell, whatever it begins with.
    locked = book.add_format(_LOCKED | {"quote_prefix": True})
    score = book.add_format(_OPEN | {"num_format": "0.###", "align": "left"})
    reason = book.add_format(_OPEN | {"text_wrap": True, "num_format": "@", "quote_prefix": True})
    place = {column: number for number, column in enumerate(Column)}
    for column, width in _WIDTHS.items():
        hidden = {"hidden": True} if column is Column.TAKEN else {}
        sheet.set_column(place[column], place[column], width, None, hidden)
        sheet.write_string(0, place[column], column.value, heading)
    for row, line in enumerate(lines, start=1):
        told = {
            Column.ROW: line.identifier,
            Column.BID: line.shown,
            Column.QUESTION: line.question,
            Column.GUIDANCE: line.guidance,
            Column.ANSWER: line.answer,
            Column.TAKEN: state_of(line.value, line.rationale),
        }
        for column, text in told.items():
            sheet.write_string(row, place[column], fitting(text), locked)
        if line.value is None:
            sheet.write_blank(row, place[Column.SCORE], None, score)
        else:
            sheet.write_number(row, place[Column.SCORE], float(line.value), score)
        if line.rationale:
            sheet.write_string(row, place[Column.REASON], line.rationale, reason)
        else:
            sheet.write_blank(row, place[Column.REASON], None, reason)
        sheet.data_validation(
            row,
            place[Column.SCORE],
            row,
            place[Column.SCORE],
            {
                "validate": "decimal",
                "criteria": "between",
                "minimum": 0,
                "maximum": float(line.max_score),
                "error_title": "Score",
                "error_message": f"A number from 0 to {line.max_score.normalize():f}, "
                f"with at most {PLACES} digits after the point.",
            },
        )
    sheet.freeze_panes(1, place[Column.QUESTION])
    sheet.autofilter(0, 0, max(len(lines), 1), len(place) - 1)
    sheet.protect("", _ALLOWED)


def _write_help(book: Any, words: Sequence[str]) -> None:
    sheet = book.add_worksheet(HELP)
    wide = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 100)
    for row, text in enumerate(words):
        sheet.write_string(row, 0, text, wide)
    sheet.protect("", _ALLOWED)
