"""Reads TOML tables into frozen dataclasses and refuses whatever does not fit exactly.

A misspelt key that is silently ignored would leave a gap in a page that nobody looks for, so an
unknown key, a missing one and a value of the wrong type each stop the reading, with the file and
the key named.
"""

import dataclasses
import enum
import re
import tomllib
import types
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

Shape = TypeVar("Shape")
Table = dict[str, Any]


class ContentError(ValueError):
    """A content file that cannot be used; `where` is the file and place, `key` the culprit."""

    def __init__(self, where: str, key: str, problem: str) -> None:
        super().__init__(f"{where}: {key}: {problem}")
        self.where = where
        self.key = key
        self.problem = problem


def read_table(path: Path) -> Table:
    """Read one TOML file.

    Raises:
        ContentError: the file is missing or is not TOML.
    """
    try:
        with path.open("rb") as file:
            return tomllib.load(file)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ContentError(path.name, "file", str(error)) from error


def read_list(table: Table, key: str, where: str) -> list[Table]:
    """Return the list of tables at `key`; a missing or empty list is refused.

    Raises:
        ContentError: there is no such list, or an item of it is not a table.
    """
    items = table.get(key)
    if not isinstance(items, list) or not items:
        raise ContentError(where, key, "must be a list of one or more tables")
    for item in items:
        if not isinstance(item, dict):
            raise ContentError(where, key, "must hold tables only")
    return items


def only_keys(table: Table, allowed: set[str], where: str) -> None:
    """Refuse every key of `table` that is not in `allowed`.

    Raises:
        ContentError: naming the first unknown key.
    """
    for key in table:
        if key not in allowed:
            raise ContentError(where, key, "is not a known key")


def build(shape: type[Shape], table: object, where: str) -> Shape:
    """Make one dataclass of type `shape` from a table, or from a list in field order.

    Text is stripped of surrounding white space; empty text counts as missing.

    Raises:
        ContentError: an unknown key, a missing field, or a value of another type.
    """
    fields = dataclasses.fields(cast(Any, shape))
    if isinstance(table, list):
        if len(table) != len(fields):
            raise ContentError(where, shape.__name__, f"must have {len(fields)} items")
        table = dict(zip((field.name for field in fields), table, strict=True))
    if not isinstance(table, dict):
        raise ContentError(where, shape.__name__, "must be a table")
    only_keys(table, {field.name for field in fields}, where)
    hints = get_type_hints(shape)
    values: dict[str, Any] = {}
    for field in fields:
        if field.name in table:
            values[field.name] = _value(hints[field.name], table[field.name], where, field.name)
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise ContentError(where, field.name, "is missing")
    return shape(**values)


def _value(hint: Any, value: object, where: str, key: str) -> Any:
    """Check one value against its type hint and return it in its frozen form."""
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        present = next(part for part in get_args(hint) if part is not types.NoneType)
        return _value(present, value, where, key)
    if origin is Literal:
        if value not in get_args(hint):
            raise ContentError(where, key, f"must be one of {', '.join(get_args(hint))}")
        return value
    if origin is tuple:
        return _tuple(get_args(hint)[0], value, where, key)
    if origin is Mapping:
        return _mapping(get_args(hint)[1], value, where, key)
    if dataclasses.is_dataclass(hint):
        return build(cast(type[Any], hint), value, f"{where}, {key}")
    if isinstance(hint, type) and issubclass(hint, enum.StrEnum):
        return _member(hint, value, where, key)
    return _scalar(hint, value, where, key)


def _tuple(part: Any, value: object, where: str, key: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise ContentError(where, key, "must be a list")
    return tuple(_value(part, item, where, f"{key}[{n}]") for n, item in enumerate(value))


def _mapping(part: Any, value: object, where: str, key: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ContentError(where, key, "must be a table")
    read = {name: _value(part, item, where, f"{key}.{name}") for name, item in value.items()}
    return types.MappingProxyType(read)


def _member(hint: type[enum.StrEnum], value: object, where: str, key: str) -> enum.StrEnum:
    try:
        return hint(str(value))
    except ValueError:
        allowed = ", ".join(member.value for member in hint)
        raise ContentError(where, key, f"must be one of {allowed}") from None


def _scalar(hint: Any, value: object, where: str, key: str) -> object:
    if hint is Decimal:
        return _decimal(value, where, key)
    # bool is a subclass of int in Python: compare the type itself.
    if type(value) is not hint:
        raise ContentError(where, key, f"must be of type {hint.__name__}")
    if isinstance(value, str):
        value = value.strip()
        if not value:
            raise ContentError(where, key, "must not be empty")
    return value


def _decimal(value: object, where: str, key: str) -> Decimal:
    """Read a whole number, or a decimal written as text, since TOML's own are binary floats."""
    if type(value) is int:
        return Decimal(value)
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,15}(\.[0-9]{1,3})?", value, re.ASCII):
        return Decimal(value)
    raise ContentError(where, key, 'must be a whole number, or a decimal as text such as "2.5"')
