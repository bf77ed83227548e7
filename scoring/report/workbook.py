"""Writes a stage's scores as a workbook that works everything out again: every figure is a formula.

Whoever opens it sees what follows from what, changes a score and sees what would have followed.
A spreadsheet's numbers are binary fractions, so it shows what the engine says exactly; it is no
evidence. Pure.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from statistics import median
from typing import Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from marketplace.core.text import N_
from scoring.report.rendering import Translate
from scoring.report.sheets import NARROW, WIDE, Formats, fit_on_paper, height
from scoring.report.verifying import files

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHEET_MOST: Final = 31
# Rows of the sheet of results: its title, a line for the weights and one for the scales.
_TITLE, _HEAD, _WEIGHT, _SCALE, _FIRST = 0, 2, 3, 4, 5
# Decimals from which two figures that rank are the same to a spreadsheet.
_EQUAL: Final = 9
_OUTCOMES: Final = {
    "below_minimum": N_("Below a minimum"),
    "ineligible": N_("Does not meet the requirements"),
    "excluded": N_("Excluded"),
    "withdrawn": N_("Withdrawn"),
}


@dataclass(frozen=True)
class Judged:
    """A stage to write: its name, the evaluation and the result document, names of the bids."""

    name: str
    evaluation: Mapping[str, Any]
    result: Mapping[str, Any]
    names: Mapping[str, str] = field(default_factory=dict)


def write(
    stages: Sequence[Judged], *, title: str, created: datetime, translate: Translate = str
) -> bytes:
    """Give a workbook with two sheets for each stage: the scores given, and what follows.

    Each formula has the value that the engine found beside it, so that a program which works
    nothing out shows the right figures too.
    """
    content = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, options) as book:
        book.set_properties({"title": title, "created": created})
        formats = Formats.of(book)
        for number, stage in enumerate(stages, 1):
            mark = f" {number}" if len(stages) > 1 else ""
            given = _Scores(book.add_worksheet(translate(N_("Scores")) + mark), stage, formats)
            sheet = book.add_worksheet((translate(N_("Result")) + mark)[:_SHEET_MOST])
            _Result(sheet, stage, given, formats, translate).write()
            sheet.activate()
    return content.getvalue()


def of_report(pdf: bytes, translate: Translate = str) -> bytes:
    """Give the workbook of a finished report, from the very files that it carries.

    Raises:
        DamagedReport: it carries none.
    """
    found = files.read(files.take_out(pdf))
    facts = found.json("report.json")
    names = {
        bid["reference"]: bid["supplier"]
        for stage in facts["stages"]
        for bid in stage["bids"]
        if isinstance(bid["supplier"], str)
    }
    stages = []
    for stage in facts["stages"]:
        ending = f"-{stage['id']}" if len(facts["stages"]) > 1 else ""
        evaluation, result = f"evaluation{ending}.json", f"result{ending}.json"
        stages.append(Judged(stage["name"], found.json(evaluation), found.json(result), names))
    return write(
        stages,
        title=f"Scores, award report {facts['number']}",
        created=datetime.fromisoformat(facts["frozen_at"]),
        translate=translate,
    )


def _number(text: object) -> float:
    return float(Fraction(str(text)))


def _exact(figure: object) -> float:
    """Give a figure of the result as a spreadsheet's number; 0 where there is none."""
    return _number(figure["exact"]) if isinstance(figure, Mapping) and "exact" in figure else 0.0


class _Scores:
    """The sheet of the scores given: a row for each bid and criterion, then what they combine to.

    `cells` says where the score that counts stands, by bid and criterion.
    """

    def __init__(self, sheet: Worksheet, stage: Judged, formats: Formats) -> None:
        self.name = sheet.get_name()
        self.cells: dict[tuple[str, str], str] = {}
        labels = sorted(
            {
                label
                for bid in stage.evaluation["bids"]
                for cell in bid.get("scores", {}).values()
                for label in _given(cell)
            }
        )
        fit_on_paper(sheet, 0, 0)
        sheet.freeze_panes(1, 2)
        sheet.set_column(0, 0, 14)
        sheet.set_column(1, 1, WIDE)
        heads = ["Bid", "Criterion", *labels, "Agreed", "Counts"]
        sheet.set_column(2, len(heads) - 1, NARROW)
        sheet.set_row(0, height(heads[2:], NARROW))
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, formats.heading)
        titles = {each["id"]: str(each["title"]) for each in stage.evaluation["criteria"]}
        method = stage.evaluation.get("method") or {}
        row = 0
        for bid in stage.evaluation["bids"]:
            for key, cell in bid.get("scores", {}).items():
                row += 1
                sheet.write_string(row, 0, bid["id"], formats.text)
                title = titles.get(key, key)
                sheet.set_row(row, height([title], WIDE))
                sheet.write_string(row, 1, title, formats.text)
                given = _given(cell)
                for place, label in enumerate(labels):
                    if label in given:
                        sheet.write_number(row, 2 + place, _number(given[label]), formats.given)
                agreed = 2 + len(labels)
                if "consensus" in cell:
                    sheet.write_number(row, agreed, _number(cell["consensus"]), formats.given)
                combine = str(method.get("combine", ""))
                formula, value = _combined(row, len(labels), cell, combine)
                sheet.write_formula(row, agreed + 1, formula, formats.given, float(value))
                at = xl_rowcol_to_cell(row, agreed + 1, True, True)
                self.cells[bid["id"], key] = f"'{self.name}'!{at}"


def _given(cell: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give each evaluator's own score; nothing where this edition holds them back."""
    given = cell.get("by_evaluator", {})
    return {} if "withheld" in given else given


def _combined(row: int, labels: int, cell: Mapping[str, Any], combine: str) -> tuple[str, Fraction]:
    """Say how the scores of a cell become the one that counts, and what that comes to."""
    if "consensus" in cell and combine not in ("mean", "median"):
        return f"={xl_rowcol_to_cell(row, 2 + labels)}", Fraction(str(cell["consensus"]))
    first, last = xl_rowcol_to_cell(row, 2), xl_rowcol_to_cell(row, 1 + labels)
    given = [Fraction(str(each)) for each in _given(cell).values()]
    if combine == "median":
        return f"=MEDIAN({first}:{last})", Fraction(median(given))
    return f"=AVERAGE({first}:{last})", sum(given, Fraction(0)) / len(given)


class _Result:
    """The sheet of what follows: for each bid its percentages, points, total and rank."""

    def __init__(
        self,
        sheet: Worksheet,
        stage: Judged,
        scores: _Scores,
        formats: Formats,
        translate: Translate,
    ) -> None:
        self.sheet, self.stage, self.scores, self.formats = sheet, stage, scores, formats
        self.translate = translate
        self.criteria: Sequence[Mapping[str, Any]] = stage.evaluation["criteria"]
        self.method: Mapping[str, Any] = stage.evaluation.get("method") or {}
        self.bids = {each["id"]: each for each in stage.evaluation["bids"]}
        self.rows = [row for row in stage.result["bids"] if row["rank"] is not None]
        self.others = [row for row in stage.result["bids"] if row["rank"] is None]
        self.ranking = str(self.method.get("ranking", "highest_total"))
        self.priced = any("price" in bid for bid in self.bids.values())
        # Bid, supplier, price; then a percentage and points for each criterion.
        self.price = 2
        self.first = 3
        self.total = self.first + 2 * len(self.criteria)
        self.value = self.total + 1

    def write(self) -> None:
        """Write the whole sheet."""
        fit_on_paper(self.sheet, _HEAD, _SCALE)
        self.sheet.freeze_panes(_FIRST, 2)
        self.sheet.set_column(0, 0, 14)
        self.sheet.set_column(1, 1, WIDE)
        self.sheet.set_column(2, self.value + 2, NARROW)
        self.sheet.write_string(_TITLE, 0, self.stage.name, self.formats.title)
        self._heads()
        for place, row in enumerate(self.rows):
            self._bid(_FIRST + place, row)
        for place, row in enumerate(self.others):
            line = _FIRST + len(self.rows) + place
            self._named(line, row)
            said = self.translate(_OUTCOMES.get(str(row["outcome"]), str(row["outcome"])))
            self.sheet.write_string(line, self.total, said)

    def _heads(self) -> None:
        said = self.translate
        heads = [said(N_("Bid")), said(N_("Supplier")), said(N_("Price"))]
        for criterion in self.criteria:
            title = str(criterion["title"])
            heads += [f"{title}, %", f"{title}, {said(N_('points'))}"]
        heads += [said(N_("Total")), said(N_("What ranks")), said(N_("Rank")), said(N_("Recorded"))]
        self.sheet.set_row(_HEAD, height(heads, NARROW))
        for column, head in enumerate(heads):
            self.sheet.write_string(_HEAD, column, head, self.formats.heading)
        self.sheet.write_string(_WEIGHT, 0, said(N_("Weight")), self.formats.heading)
        self.sheet.write_string(_SCALE, 0, said(N_("Highest score")), self.formats.heading)
        for place, criterion in enumerate(self.criteria):
            column = self.first + 2 * place
            self.sheet.write_number(_WEIGHT, column + 1, _number(criterion["weight"]))
            if criterion["kind"] == "quality":
                self.sheet.write_number(_SCALE, column, _number(criterion["max_score"]))

    def _named(self, line: int, row: Mapping[str, Any]) -> None:
        self.sheet.write_string(line, 0, str(row["id"]), self.formats.text)
        name = self.stage.names.get(row["id"], "")
        self.sheet.set_row(line, height([name], WIDE))
        self.sheet.write_string(line, 1, name, self.formats.text)

    def _bid(self, line: int, row: Mapping[str, Any]) -> None:
        self._named(line, row)
        bid = self.bids[row["id"]]
        if isinstance(bid.get("price"), str | int):
            self.sheet.write_number(line, self.price, _number(bid["price"]), self.formats.money)
        for place, criterion in enumerate(self.criteria):
            column = self.first + 2 * place
            cell = row["criteria"][criterion["id"]]
            percentage = self._percentage(line, column, criterion, bid)
            share, points = _exact(cell["percentage"]), _exact(cell["points"])
            if percentage is None:
                self._figure(line, column, cell["percentage"])
                self._figure(line, column + 1, cell["points"])
                continue
            rounded = self._rounded("percentage", percentage)
            self.sheet.write_formula(line, column, f"={rounded}", self.formats.figure, share)
            weight = xl_rowcol_to_cell(_WEIGHT, column + 1, True, False)
            counted = self._rounded("points", f"{xl_rowcol_to_cell(line, column)}/100*{weight}")
            self.sheet.write_formula(line, column + 1, f"={counted}", self.formats.figure, points)
        self._ranked(line, row)

    def _figure(self, line: int, column: int, figure: object) -> None:
        """Write a figure that nothing here leads to: of an edition that holds prices back."""
        if isinstance(figure, Mapping) and "exact" in figure:
            self.sheet.write_number(line, column, _exact(figure), self.formats.figure)
        elif figure is not None:
            withheld = self.translate(N_("withheld"))
            self.sheet.write_string(line, column, withheld, self.formats.text)

    def _percentage(
        self, line: int, column: int, criterion: Mapping[str, Any], bid: Mapping[str, Any]
    ) -> str | None:
        """Say how a percentage follows; None where it does not follow from what is shown."""
        match criterion["kind"]:
            case "quality":
                at = self.scores.cells.get((bid["id"], criterion["id"]))
                scale = xl_rowcol_to_cell(_SCALE, column, True, False)
                return f"100*{at}/{scale}" if at else None
            case "carried":
                carried = bid.get("carried")
                given = carried.get(criterion["id"]) if isinstance(carried, Mapping) else None
                return repr(_number(given)) if isinstance(given, str | int) else None
            case _:
                every = all(
                    isinstance(self.bids[r["id"]].get("price"), str | int) for r in self.rows
                )
                return self._priced(line, criterion["formula"]) if every else None

    def _priced(self, line: int, formula: Mapping[str, Any]) -> str:
        own = xl_rowcol_to_cell(line, self.price)
        column = xl_col_to_name(self.price, True)
        prices = f"{column}${_FIRST + 1}:{column}${_FIRST + len(self.rows)}"
        lowest, highest, mean = f"MIN({prices})", f"MAX({prices})", f"AVERAGE({prices})"
        match formula["name"]:
            case "fixed_bounds":
                best, worst = _number(formula["best"]), _number(formula["worst"])
                alone = f"100*({worst!r}-{own})/({worst!r}-{best!r})"
            case "lowest_price_ratio":
                alone = f"IF({own}={lowest},100,100*{lowest}/{own})"
            case "deviation_from_lowest":
                alone = f"IF({own}={lowest},100,IF({lowest}=0,0,100*(1-({own}-{lowest})/{lowest})))"
            case "range_of_bids":
                alone = f"IF({lowest}={highest},100,100*({highest}-{own})/({highest}-{lowest}))"
            case _:
                alone = f"IF({mean}=0,50,50-100*({own}-{mean})/{mean})"
        return f"MAX(0,MIN(100,{alone}))"

    def _rounded(self, what: str, formula: str) -> str:
        """Round as the method says: halves go away from zero, as ROUND has it."""
        rule = self.method.get("rounding") or {}
        if rule.get("applies_to") != what:
            return formula
        return f"ROUND({formula},{int(rule['decimals'])})"

    def _ranked(self, line: int, row: Mapping[str, Any]) -> None:
        points = [
            xl_rowcol_to_cell(line, self.first + 2 * place + 1)
            for place in range(len(self.criteria))
        ]
        shown = isinstance(row["total"], Mapping) and "exact" in row["total"]
        if not shown:
            self._figure(line, self.total, row["total"])
            self._figure(line, self.value, row["ranking_value"])
            self.sheet.write_number(line, self.value + 2, row["rank"], self.formats.given)
            return
        total = _exact(row["total"])
        self.sheet.write_formula(
            line, self.total, f"=SUM({','.join(points)})", self.formats.figure, total
        )
        # Equal totals that were added up otherwise differ in a last binary digit, and RANK sees it.
        value = f"ROUND({self._value(line, row)},{_EQUAL})"
        self.sheet.write_formula(
            line, self.value, f"={value}", self.formats.figure, _exact(row["ranking_value"])
        )
        self.sheet.write_number(line, self.value + 2, row["rank"], self.formats.given)
        values = [each["ranking_value"] for each in self.rows]
        if any("exact" not in each for each in values):
            return  # of the others nothing is shown that could be compared
        column = xl_col_to_name(self.value, True)
        every = f"{column}${_FIRST + 1}:{column}${_FIRST + len(self.rows)}"
        order = 0 if self.ranking == "highest_total" else 1
        own = xl_rowcol_to_cell(line, self.value)
        # A tie-break of the method may part what is equal here; what was recorded stands beside it.
        mine = Fraction(row["ranking_value"]["exact"])
        known = [Fraction(each["exact"]) for each in values]
        rank = 1 + sum(each > mine if order == 0 else each < mine for each in known)
        self.sheet.write_formula(
            line, self.value + 1, f"=RANK({own},{every},{order})", self.formats.given, rank
        )

    def _value(self, line: int, row: Mapping[str, Any]) -> str:
        """Say how the figure that ranks follows."""
        price = xl_rowcol_to_cell(line, self.price)
        match self.ranking:
            case "lowest_price_per_quality_point":
                quality = [
                    xl_rowcol_to_cell(line, self.first + 2 * place + 1)
                    for place, criterion in enumerate(self.criteria)
                    if criterion["kind"] != "price"
                ]
                return f"{price}/({'+'.join(quality)})"
            case "lowest_quality_adjusted_price":
                worth = [
                    f"{_number(value)!r}*{self.scores.cells[row['id'], key]}"
                    for key, value in self.method["value_per_point"].items()
                ]
                return f"{price}-({'+'.join(worth)})"
            case _:
                return str(xl_rowcol_to_cell(line, self.total))
