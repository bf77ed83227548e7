"""Works a workbook's formulas out, as a spreadsheet program does: those that reports use."""

import io
import re
import statistics
from collections.abc import Callable, Iterable
from typing import Any

from openpyxl import load_workbook

_PART = re.compile(
    r"(?P<sheet>'[^']+'!)?(?P<first>\$?[A-Z]{1,3}\$?\d+)(?::(?P<last>\$?[A-Z]{1,3}\$?\d+))?"
    r"|(?P<equal>(?<![<>])=)"
)


class Book:
    """A workbook: gives what its cells come to."""

    def __init__(self, content: bytes) -> None:
        self.book = load_workbook(io.BytesIO(content))
        self.kept = load_workbook(io.BytesIO(content), data_only=True)
        self.sheets = self.book.sheetnames

    def formulas(self, sheet: str) -> Iterable[str]:
        """Name the cells of a sheet that hold formulas."""
        for row in self.book[sheet].iter_rows():
            yield from (c.coordinate for c in row if str(c.value or "").startswith("="))

    def stored(self, sheet: str, cell: str) -> Any:
        """Give the value that the file holds beside a formula."""
        return self.kept[sheet][cell].value

    def value(self, sheet: str, cell: str) -> Any:
        """Work a cell out, with all that it rests on."""
        said = self.book[sheet][cell.replace("$", "")].value
        if not isinstance(said, str) or not said.startswith("="):
            return said

        def code(part: re.Match[str]) -> str:
            if part["equal"]:
                return "=="
            where = (part["sheet"] or f"{sheet}!").rstrip("!").strip("'")
            if part["last"]:
                return f"range_({where!r},{part['first']!r},{part['last']!r})"
            return f"cell({where!r},{part['first']!r})"

        names: dict[str, Any] = {
            "cell": self.value,
            "range_": self._range,
            "SUM": lambda *each: sum(_flat(each)),
            "MIN": lambda *each: min(_flat(each)),
            "MAX": lambda *each: max(_flat(each)),
            "AVERAGE": lambda *each: statistics.fmean(_flat(each)),
            "MEDIAN": lambda *each: statistics.median(_flat(each)),
            "ROUND": _round,
            "RANK": _rank,
            "IF": lambda asked, yes, no: yes() if asked else no(),
        }
        worked = _lazy(_PART.sub(code, said[1:]))
        return eval(worked, {"__builtins__": {}, **names})  # noqa: S307  (our own formulas)

    def _range(self, sheet: str, first: str, last: str) -> list[Any]:
        cells = self.book[sheet][f"{first}:{last}".replace("$", "")]
        return [
            self.value(sheet, cell.coordinate)
            for row in cells
            for cell in row
            if isinstance(cell.value, int | float) or str(cell.value or "").startswith("=")
        ]


def _lazy(code: str) -> str:
    """Work out of an IF only what it leads to: the other part may divide by nothing."""
    out, rest = "", code
    while (at := rest.find("IF(")) >= 0:
        out += rest[: at + 3]
        rest = rest[at + 3 :]
        parts, depth, start = [], 0, 0
        for place, sign in enumerate(rest):
            if sign == "(":
                depth += 1
            elif sign == ")" and depth:
                depth -= 1
            elif sign in ",)" and not depth:
                parts.append(rest[start:place])
                start = place + 1
                if sign == ")":
                    break
        asked, yes, no = parts
        out += f"{asked},lambda:({_lazy(yes)}),lambda:({_lazy(no)}))"
        rest = rest[start:]
    return out + rest


def _flat(given: Iterable[Any]) -> list[float]:
    found: list[float] = []
    for each in given:
        found += each if isinstance(each, list) else [each]
    return found


def _round(value: float, places: int) -> Any:
    scaled = abs(value) * 10**places
    # As a spreadsheet has it: halves go away from zero, past the noise of binary fractions.
    whole = int(scaled + 0.5 + 1e-9)
    return float(whole if value >= 0 else -whole) / 10**places


def _rank(value: float, every: list[float], order: int) -> int:
    # To the last binary digit, as a spreadsheet has it.
    before: Callable[[float], bool] = (
        (lambda each: each > value) if order == 0 else (lambda each: each < value)
    )
    return 1 + sum(map(before, every))
