"""Writes a table as TOML, as the files of regimes have it. Pure.

The standard library reads TOML and does not write it.
"""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from marketplace.core.strict_toml import Table


def toml_text(table: Table) -> str:
    """Give a table as a TOML document: read again, it is the same.

    Raises:
        TypeError: a value is of a kind that no file of a regime has.
    """
    return "\n".join(_lines(table, "")).strip() + "\n"


def _lines(table: Table, path: str) -> Iterator[str]:
    tables = {key: value for key, value in table.items() if _is_table(value)}
    for key, value in table.items():
        if key not in tables:
            yield f"{key} = {_value(value)}"
    for key, value in tables.items():
        name = f"{path}{key}"
        for each in value if isinstance(value, list) else [value]:
            yield ""
            yield f"[[{name}]]" if isinstance(value, list) else f"[{name}]"
            yield from _lines(each, f"{name}.")


def _is_table(value: object) -> bool:
    return isinstance(value, dict) or (
        isinstance(value, list) and bool(value) and all(isinstance(each, dict) for each in value)
    )


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        # JSON's texts are TOML's, but for one control character.
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list):
        return "[" + ", ".join(_value(each) for each in value) + "]"
    raise TypeError(f"no file of a regime has {type(value).__name__}")
