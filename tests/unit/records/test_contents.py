"""Every text, file and key of a challenge's records, and every field of the log, goes or stays."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from scoring.records.casefile.tables import reached
from scoring.records.keeping import contents

ROOT = Path(__file__).parents[3]
ROOMS = ("bids", "challenges", "scoring")
# Each makes its tables known.
for _path in sorted(path for room in ROOMS for path in (ROOT / room).rglob("*models.py")):
    importlib.import_module(".".join(_path.relative_to(ROOT).with_suffix("").parts))
reached.cache_clear()
GOING = {**contents.EMPTIED, **contents.append_only()}
APPENDING = {"append", "append_proven"}
# What an entry takes besides its fields.
NOT_FIELDS = {"action", "actor", "actor_id", "actor_name", "chain", "clock"}


def texts(table: sa.Table) -> set[str]:
    return {
        column.name
        for column in table.columns
        if isinstance(column.type, (sa.String, sa.JSON, sa.LargeBinary))
        and not isinstance(column.type, sa.Enum)
        and not column.name.endswith("sha256")
        and column.name != "digest"
    }


def test_every_text_goes_or_stays_for_a_reason() -> None:
    """So a room that keeps texts of its own has to say what becomes of them."""
    unnamed, both = {}, {}
    for name, found in reached().items():
        if name in contents.DELETED:
            continue
        stays = {column for each in contents.STAYING.values() for column in each.get(name, ())}
        goes = set(GOING.get(name, ()))
        both[name] = stays & goes
        unnamed[name] = texts(found.table) ^ (stays | goes)

    assert {name: left for name, left in unnamed.items() if left} == {}
    assert {name: left for name, left in both.items() if left} == {}


def test_what_is_named_is_there() -> None:
    named = {
        *(*contents.EMPTIED, *contents.DELETED, *contents.FILES, *contents.KEYS),
        *(table for found in contents.STAYING.values() for table in found),
    }

    assert named - set(reached()) == set()


def test_every_stored_file_and_its_key_goes_or_is_named_among_what_stays() -> None:
    """By the name of the column: a file that is kept encrypted has no foreign key to the store."""
    holding, keys = set(), set()
    for name, found in reached().items():
        for column in found.table.columns:
            to_store = {key.column.table.name for key in column.foreign_keys} == {"stored_file"}
            if to_store or column.name == "stored_sha256":
                holding.add(name)
            if column.name == "key_id":
                keys.add(name)

    assert holding - set(contents.FILES) == contents.FILES_THAT_STAY
    assert keys - set(contents.DELETED) == set(contents.KEYS)


def calls(tree: ast.AST) -> Iterator[tuple[str, set[str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = getattr(node.func, "attr", getattr(node.func, "id", ""))
            yield called, {each.arg for each in node.keywords if each.arg}


def fields() -> Iterator[str]:
    """Name the fields that are written: by the log itself, or by functions that hand them on."""
    for path in sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        handing_on = {
            node.name: {each.arg for each in (*node.args.args, *node.args.kwonlyargs)}
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef)
            and node.args.kwarg
            and any(called in APPENDING for called, _given in calls(node))
        }
        for called, given in calls(tree):
            if called in handing_on:
                yield from given - handing_on[called]
            elif called in APPENDING and "action" in given:
                yield from given - NOT_FIELDS


def test_every_field_of_an_entry_goes_or_stays() -> None:
    assert contents.FIELDS.isdisjoint(contents.FIELDS_THAT_STAY)
    assert set(fields()) - contents.FIELDS == contents.FIELDS_THAT_STAY
