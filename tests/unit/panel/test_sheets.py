"""Sheets: what is taken comes back unchanged; what is changed, wrong or hostile is told apart."""

import io
import uuid
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from scoring.panel.forms import LONGEST
from scoring.panel.sheets import comparing, reading, writing
from scoring.panel.sheets.comparing import Brought, RowFault, Wrong, compare, is_foreign
from scoring.panel.sheets.layout import (
    CELL_MOST,
    HELP,
    ROWS_MOST,
    SCORES,
    Column,
    Line,
    fitting,
    identifier_of,
    state_of,
)
from scoring.panel.sheets.reading import BadSheet

ME = uuid.UUID(int=1)
SOMEBODY = uuid.UUID(int=2)
FORMULA = '=HYPERLINK("https://attacker.example";"Acorn")'


def a_line(number: int = 1, member: uuid.UUID = ME, **more: Any) -> Line:
    parts: dict[str, Any] = {
        "identifier": identifier_of(member, uuid.UUID(int=10 + number), uuid.UUID(int=20)),
        "bid": f"B-{number}",
        "key": "solves",
        "shown": f"Bidder {number}",
        "question": "1. Does it solve it?",
        "guidance": "Look closely.",
        "answer": "We do.",
        "max_score": Decimal(5),
        "value": None,
        "rationale": "",
    }
    return Line(**parts | more)


def taken(*lines: Line) -> bytes:
    return writing.write(
        lines,
        title="How?",
        reference="C-1",
        label="E1",
        when="noon",
        now=datetime(2026, 11, 29, 12, tzinfo=UTC),
        translate=lambda words, **data: words % data,
    )


def read(content: bytes, name: str = "scores.xlsx") -> list[Brought]:
    return reading.read(name, io.BytesIO(content))


def edited(content: bytes, edit: Callable[[Any], object]) -> bytes:
    """Change the scores in a spreadsheet, as a person does, and save it."""
    book = load_workbook(io.BytesIO(content))
    edit(book[SCORES])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def faults(content: bytes, *lines: Line) -> list[tuple[int, int, RowFault]]:
    return [(w.first, w.last, w.fault) for w in compare(lines, read(content)).wrong]


SCORE, REASON = "F", "G"

texts = (
    st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], include_characters="\n\t"),
        max_size=80,
    )
    .map(str.strip)
    .filter(lambda text: "x005F_" not in text)
)


@given(st.lists(st.tuples(st.none() | st.decimals(0, 5, places=3), texts), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_sheet_brought_back_as_it_was_taken_changes_nothing(
    written: list[tuple[Decimal | None, str]],
) -> None:
    lines = [
        a_line(number, value=value, rationale=rationale)
        for number, (value, rationale) in enumerate(written)
    ]
    found = compare(lines, read(taken(*lines)))
    assert (found.wrong, found.changes, found.same) == ([], [], len(lines))


@pytest.mark.parametrize("text", [FORMULA, "+1", "-1", "@SUM(A1)", "\t=1", "_x000D_", "'quoted"])
def test_text_that_looks_like_a_formula_is_a_text_in_every_cell(text: str) -> None:
    line = a_line(shown=text, question=text, guidance=text, answer=text, rationale=text)
    book = load_workbook(io.BytesIO(taken(line)))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    # And it stays one when somebody goes into the cell and out again.
    assert all(book[SCORES][f"{column}2"].quotePrefix for column in "ABCDEG")


def test_sheet_opens_only_scores_and_reasons_and_explains_itself() -> None:
    book = load_workbook(io.BytesIO(taken(a_line(answer="The answer", rationale="Mine"))))
    sheet = book[SCORES]
    assert [cell.value for cell in sheet[1]] == [column.value for column in Column]
    assert [cell.coordinate for cell in sheet[2] if not cell.protection.locked] == ["F2", "G2"]
    assert sheet.protection.sheet
    assert "never submits" in " ".join(str(row[0].value) for row in book[HELP].iter_rows())
    assert book.properties.creator in (None, "")


def test_what_was_filled_in_is_a_change_whatever_the_order_of_rows() -> None:
    lines = [a_line(number) for number in range(3)]

    def edit(sheet: Any) -> None:
        first, last = ([cell.value for cell in sheet[row]] for row in (2, 4))
        for column, value in enumerate(first, start=1):
            sheet.cell(4, column, value)
        for column, value in enumerate(last, start=1):
            sheet.cell(2, column, value)
        sheet["F2"], sheet["G2"] = 2.5, "  Half of it.\r\nMore. "

    found = compare(lines, read(edited(taken(*lines), edit)))
    (change,) = found.changes
    assert found.wrong == []
    assert (change.line, change.value, change.conflict) == (lines[2], Decimal("2.5"), False)
    assert change.rationale == "Half of it.\nMore."


@pytest.mark.parametrize("value", ["0", 0, 0.0, " 0 "])
def test_a_genuine_zero_is_a_score(value: Any) -> None:
    content = edited(taken(a_line()), lambda sheet: sheet.__setitem__("F2", value))
    assert compare([a_line()], read(content)).changes[0].value == 0


@pytest.mark.parametrize(
    ("cell", "value", "fault"),
    [
        ("F2", "=1+2", RowFault.SCORE_FORMULA),
        ("F2", "#REF!", RowFault.SCORE_FORMULA),
        ("F2", "three", RowFault.SCORE_NO_NUMBER),
        ("F2", "2,5", RowFault.SCORE_NO_NUMBER),
        ("F2", "٣", RowFault.SCORE_NO_NUMBER),
        ("F2", True, RowFault.SCORE_NO_NUMBER),
        ("F2", datetime(2026, 3, 5), RowFault.SCORE_NO_NUMBER),  # noqa: DTZ001  (as sheets have it)
        ("F2", -1, RowFault.SCORE_OUTSIDE),
        ("F2", 1e300, RowFault.SCORE_NO_NUMBER),
        ("F2", 6, RowFault.SCORE_OUTSIDE),
        ("F2", 2.0005, RowFault.SCORE_PLACES),
        ("G2", "=A1", RowFault.REASON_FORMULA),
        ("G2", "x" * 10_001, RowFault.REASON_LONG),
        ("A2", "R0000", RowFault.UNKNOWN),
        ("A2", None, RowFault.UNKNOWN),
        ("B2", "Bidder 2", RowFault.MIXED),
        ("C2", "2. Another?", RowFault.MIXED),
    ],
)
def test_cell_that_is_wrong_is_named_by_its_row(cell: str, value: Any, fault: RowFault) -> None:
    content = edited(taken(a_line()), lambda sheet: sheet.__setitem__(cell, value))
    assert faults(content, a_line()) == [(2, 2, fault)]


def test_every_wrong_row_is_named_and_rows_alike_together() -> None:
    lines = [a_line(number) for number in range(6)]

    def edit(sheet: Any) -> None:
        for row in (2, 3, 4):
            sheet[f"F{row}"] = 9
        sheet["F6"] = "=1"
        sheet["A7"] = sheet["A6"].value

    assert faults(edited(taken(*lines), edit), *lines) == [
        (2, 4, RowFault.SCORE_OUTSIDE),
        (6, 6, RowFault.SCORE_FORMULA),
        (7, 7, RowFault.MIXED),
        (7, 7, RowFault.TWICE),
    ]


def test_row_words_are_filled_by_what_each_fault_tells() -> None:
    line = a_line()
    row = Brought(2, line.identifier, "Other", line.question, Decimal(9), "", "")
    wrong = compare([line], [row, row]).wrong
    assert {w.fault for w in wrong} == {RowFault.MIXED, RowFault.SCORE_OUTSIDE, RowFault.TWICE}
    assert all("%(" not in comparing.ROW_FAULT_WORDS[w.fault] % w.data for w in wrong)


def brought(line: Line, value: str, rationale: str, base: Line) -> Brought:
    return Brought(
        number=2,
        identifier=line.identifier,
        shown=line.shown,
        question=line.question,
        value=Decimal(value),
        rationale=rationale,
        taken=state_of(base.value, base.rationale),
    )


@pytest.mark.parametrize(
    ("page", "sheet", "expected"),
    [
        # Taken with a 2. Whoever changed it, since then and alone, is followed.
        ("2", "2", "same"),
        ("2", "3", "change"),
        ("4", "2", "kept"),
        ("4", "4", "same"),
        ("4", "3", "conflict"),
    ],
)
def test_old_sheet_is_held_against_what_was_taken_and_what_is_saved(
    page: str, sheet: str, expected: str
) -> None:
    base = a_line(value=Decimal(2), rationale="Then")
    now = a_line(value=Decimal(page), rationale="Then")
    found = compare([now], [brought(now, sheet, "Then", base)])
    kinds = ["conflict" if change.conflict else "change" for change in found.changes]
    kinds += ["same"] * found.same + ["kept"] * found.kept
    assert kinds == [expected]


def test_sheet_of_another_person_or_challenge_has_no_row_of_mine() -> None:
    rows = read(taken(a_line(member=SOMEBODY)))
    assert is_foreign([a_line()], rows)
    assert not is_foreign([a_line()], rows + read(taken(a_line())))
    # Of another question or bid the rows differ too.
    known = {
        identifier_of(member, uuid.UUID(int=bid), uuid.UUID(int=question))
        for member in (ME, SOMEBODY)
        for bid in (3, 4)
        for question in (5, 6)
    }
    assert len(known) == 8


def test_digest_of_a_comparison_changes_with_what_a_person_was_shown() -> None:
    base = a_line(value=Decimal(2), rationale="Then")
    now = a_line(value=Decimal(4), rationale="Then")
    shown = [
        compare([base], [brought(base, "3", "Then", base)]),
        compare([now], [brought(now, "3", "Then", base)]),
        compare([base], [brought(base, "3", "Else", base)]),
    ]
    assert len({comparison.digest for comparison in shown}) == 3


def test_row_that_was_stored_reads_as_it_was() -> None:
    row = Brought(7, "R1", "Acorn", "1. Q", Decimal("2.5"), "So", "S1", (RowFault.TWICE,))
    assert Brought.of(row.stored()) == row


def package(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(taken(a_line()))) as given,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made,
    ):
        for part in given.namelist():
            if part not in parts:
                made.writestr(part, given.read(part))
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def without_scores() -> bytes:
    out = io.BytesIO()
    Workbook().save(out)
    return out.getvalue()


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>
<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&b;</t></si></sst>"""


@pytest.mark.parametrize(
    ("make", "name", "said"),
    [
        (lambda: b"", "scores.xlsx", "is empty"),
        (lambda: b"a,b\n1,2\n", "scores.csv", "ends in .xlsx"),
        (lambda: taken(a_line()), "scores.xlsm", "ends in .xlsx"),
        (lambda: b"a,b\n1,2\n", "scores.xlsx", "cannot be read"),
        (lambda: taken(a_line())[:900], "scores.xlsx", "cannot be read"),
        (lambda: package(**{"xl/vbaProject.bin": b"x"}), "scores.xlsx", "without macros"),
        (lambda: package(**{"xl/big.xml": b"0" * 60_000_000}), "scores.xlsx", "cannot be read"),
        (lambda: package(**{"xl/sharedStrings.xml": LAUGHS}), "scores.xlsx", "cannot be read"),
        (
            lambda: package(**{"xl/worksheets/sheet1.xml": b"<worksheet"}),
            "scores.xlsx",
            "cannot be read",
        ),
        (lambda: b"x" * (5 * 1024 * 1024 + 1), "scores.xlsx", "too large"),
        (without_scores, "scores.xlsx", "no sheet called “Scores”"),
        (taken, "scores.xlsx", "has no rows"),
    ],
)
def test_file_that_is_no_sheet_of_ours_is_refused(
    make: Callable[[], bytes], name: str, said: str
) -> None:
    with pytest.raises(BadSheet) as refused:
        read(make(), name)
    assert said in str(refused.value)


def test_heading_that_is_missing_or_twice_is_named() -> None:
    for value in ("My score", Column.REASON.value):

        def rename(sheet: Any, heading: str = value) -> None:
            sheet["F1"] = heading

        content = edited(taken(a_line()), rename)
        with pytest.raises(BadSheet, match="must have one column “Your"):
            read(content)


def test_rows_are_read_to_the_most_and_not_one_further() -> None:
    def many(rows: int) -> bytes:
        out = io.BytesIO()
        book = Workbook(write_only=True)
        sheet = book.create_sheet(SCORES)
        sheet.append([column.value for column in Column])
        for _ in range(rows):
            sheet.append(["R0"])
        book.save(out)
        return out.getvalue()

    rows = read(many(ROWS_MOST))
    assert compare([a_line()], rows).wrong == [Wrong(2, ROWS_MOST + 1, RowFault.UNKNOWN, {})]
    with pytest.raises(BadSheet, match="more than 10,000 rows"):
        read(many(ROWS_MOST + 1))


def test_rows_below_what_the_file_says_is_its_end_are_read_too() -> None:
    lines = [a_line(number) for number in range(3)]
    content = taken(*lines)
    with zipfile.ZipFile(io.BytesIO(content)) as given:
        sheet = given.read("xl/worksheets/sheet1.xml")
    lying = sheet.replace(b'<dimension ref="A1:H4"/>', b'<dimension ref="A1:H2"/>')
    assert lying != sheet
    assert len(read(package_of(content, lying))) == 3


def package_of(content: bytes, sheet: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w") as made:
        for part in given.namelist():
            kept = sheet if part == "xl/worksheets/sheet1.xml" else given.read(part)
            made.writestr(part, kept)
    return out.getvalue()


def test_longest_reason_is_the_one_that_the_page_takes() -> None:
    assert comparing.REASON_MOST == LONGEST


def test_text_longer_than_a_cell_is_cut_where_no_character_breaks() -> None:
    fits = "🦌" * (CELL_MOST // 2)
    assert fitting(fits) == fits
    cut = fitting("🦌" * CELL_MOST)
    assert len(cut.encode("utf-16-le")) <= 2 * CELL_MOST
    assert cut.endswith("🦌 […] The rest is on the page.")
