"""No binary float enters or leaves the engine, and it leans on nothing but the standard library."""

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import scoring.engine
from scoring.engine import evaluate
from tests.unit.engine.documents import with_price
from tests.unit.engine.test_golden import CASES

PACKAGE = Path(scoring.engine.__file__).parent
MODULES = sorted(PACKAGE.glob("*.py"))
FORBIDDEN_MODULES = {"random", "time", "datetime", "secrets", "uuid", "socket", "sqlite3", "math"}
WHOLE_NUMBER_FUNCTIONS = {"lcm"}


def offences(source: str) -> Iterator[str]:
    """Name what could let a binary float in: the word, its special values, or a literal."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            if name in {"float", "inf", "nan"}:
                yield f"line {node.lineno}: {name}"
        if isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield f"line {node.lineno}: the literal {node.value}"


def imported(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            if node.module == "math":
                yield from (
                    "math" for each in node.names if each.name not in WHOLE_NUMBER_FUNCTIONS
                )
            else:
                yield node.module or ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_engine_module_mentions_no_float(path: Path) -> None:
    assert list(offences(path.read_text())) == []


@pytest.mark.parametrize("planted", ["x = 0.5", "float('1')", "y: float", "math.inf", "1e3"])
def test_offences_planted_float_is_found(planted: str) -> None:
    assert list(offences(planted))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_engine_module_imports_only_pure_standard_library_and_itself(path: Path) -> None:
    for name in imported(path.read_text()):
        top = name.split(".")[0]
        assert name.startswith("scoring.engine") or top in sys.stdlib_module_names
        assert top not in FORBIDDEN_MODULES


def values(value: object) -> Iterator[object]:
    """Walk every value of a JSON document."""
    yield value
    if isinstance(value, dict):
        yield from value
        for item in value.values():
            yield from values(item)
    if isinstance(value, list):
        for item in value:
            yield from values(item)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_result_holds_nothing_but_exact_json(path: Path) -> None:
    result = evaluate(json.dumps(json.loads(path.read_text())["evaluation"]))

    kinds = {type(value) for value in values(result)}
    assert kinds <= {dict, list, str, int, bool, type(None)}


def test_result_numbers_are_in_lowest_terms_with_their_display() -> None:
    result = evaluate(json.dumps(with_price()))
    numbers = [value for value in values(result) if isinstance(value, dict) and "exact" in value]

    assert numbers
    for number in numbers:
        assert set(number) == {"exact", "display"}
        top, _, bottom = number["exact"].partition("/")
        assert bottom != "1"
        assert int(top) is not None
