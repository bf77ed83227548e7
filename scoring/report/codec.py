"""Typed facts to JSON values and back, strictly: what is written is what is read.

Serves frozen dataclasses made of text, whole numbers, booleans, instants, enumerations, tuples,
JSON objects, other such dataclasses and unions of these. An unknown or missing key, or a value of
another type, is an error that names its path, because a report read years later must not be
guessed at. What has a default may be missing: a report that was made before there was such a fact.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, TypeVar

T = TypeVar("T")


class NotTheFactsError(ValueError):
    """A JSON value is not the facts that were expected; says where and what."""


def encode(value: object) -> Any:
    """Return the JSON value of facts; instants in UTC as `2026-12-08T14:00:00.000000Z`.

    Raises `TypeError` for a type that facts may not hold (a float, a naive instant).
    """
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TypeError("an instant must carry its time zone")
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, tuple | list):
        return [encode(item) for item in value]
    if isinstance(value, dict):
        return {key: encode(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value):
        return {
            field.name: encode(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    raise TypeError(f"facts do not hold {type(value).__name__}")


def decode(kind: type[T], value: object) -> T:
    """Return the facts of the dataclass `kind` that a JSON value stands for.

    Raises `NotTheFactsError` naming the path of the first difference.
    """
    return typing.cast("T", _decode(kind, value, "$"))


def _decode(kind: Any, value: object, path: str) -> Any:
    origin = typing.get_origin(kind)
    if origin in {typing.Union, types.UnionType}:
        return _union(typing.get_args(kind), value, path)
    if origin is tuple:
        item = typing.get_args(kind)[0]
        return tuple(
            _decode(item, entry, f"{path}[{index}]")
            for index, entry in enumerate(_expect(list, value, path))
        )
    if origin is dict:
        return _expect(dict, value, path)
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, value, path)
    if kind is datetime:
        return _instant(value, path)
    if issubclass(kind, StrEnum):
        try:
            return kind(_expect(str, value, path))
        except ValueError as error:
            raise NotTheFactsError(f"{path}: {error}") from None
    return _expect(kind, value, path)


def _union(kinds: tuple[Any, ...], value: object, path: str) -> Any:
    """Take the first member of the union that the value fits; the order is the type's own."""
    problems = []
    for kind in kinds:
        if kind is type(None):
            if value is None:
                return None
            continue
        try:
            return _decode(kind, value, path)
        except NotTheFactsError as problem:
            problems.append(str(problem))
    raise NotTheFactsError("; or ".join(problems))


def _dataclass(kind: Any, value: object, path: str) -> Any:
    given = _expect(dict, value, path)
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)
    if unknown := sorted(set(given) - {field.name for field in fields}):
        raise NotTheFactsError(f"{path}: unknown {', '.join(unknown)}")
    needed = {field.name for field in fields if field.default is dataclasses.MISSING}
    if missing := sorted(needed - set(given)):
        raise NotTheFactsError(f"{path}: missing {', '.join(missing)}")
    return kind(
        **{name: _decode(hints[name], value, f"{path}.{name}") for name, value in given.items()}
    )


def _expect(kind: type[T], value: object, path: str) -> T:
    # A boolean is an integer to Python and to nobody else.
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise NotTheFactsError(f"{path}: {type(value).__name__} where {kind.__name__} belongs")
    return value


def _instant(value: object, path: str) -> datetime:
    text = _expect(str, value, path)
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
    except ValueError:
        raise NotTheFactsError(f"{path}: {text!r} is not an instant in UTC") from None
