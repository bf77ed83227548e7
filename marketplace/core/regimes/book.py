"""The regimes: reads their files, and finds the version that held on a day or that a plan has."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path

from marketplace.core.regimes.reading import read_version
from marketplace.core.regimes.shapes import (
    Band,
    Lifted,
    Notices,
    Regime,
    ReportItem,
    Route,
    Rule,
    Standstill,
)
from marketplace.core.regimes.usual import usual
from marketplace.core.regimes.working_days import LONDON, next_working_day, standstill_end
from marketplace.core.strict_toml import Table, read_list, read_table

__all__ = [
    "LONDON",
    "USUAL",
    "Band",
    "Lifted",
    "Notices",
    "Regime",
    "ReportItem",
    "Route",
    "Rule",
    "Standstill",
    "next_working_day",
    "regime_on",
    "regimes",
    "shipped",
    "standstill_end",
    "version_of",
    "versions",
]

# By this one a body buys of which nobody has said otherwise.
USUAL = usual().regime


@cache
def regimes() -> tuple[str, ...]:
    """Name the regimes that come with the service, the usual one first: those with notices."""
    files = resources.files("marketplace.core.regimes").iterdir()
    ends = "_notices.toml"
    found = sorted(file.name[: -len(ends)] for file in files if file.name.endswith(ends))
    return (USUAL, *(key for key in found if key != USUAL))


@cache
def tables(key: str) -> tuple[Table, ...]:
    """Give the versions of a regime that come with the service, as they stand in its file.

    Raises:
        ContentError: there is no such regime, or its file is malformed.
    """
    with resources.as_file(resources.files("marketplace.core.regimes") / f"{key}.toml") as file:
        data = read_table(Path(file))
        named = {"key": data["key"], "name": data["name"]}
        return tuple({**named, **table} for table in read_list(data, "versions", file.name))


@cache
def shipped(key: str) -> tuple[Regime, ...]:
    """Give the versions of a regime that come with the service, the oldest first.

    Raises:
        ContentError: there is no such regime, or its file is malformed.
    """
    found = [read_version(table, f"{key}.toml") for table in tables(key)]
    return tuple(sorted(found, key=lambda regime: regime.valid_from))


Loader = Callable[[str], Sequence[Regime]]


class _Stored:
    """Where versions come from that were set in the service itself; without one there are none."""

    load: Loader = staticmethod(lambda _key: ())


def read_stored_with(loader: Loader) -> None:
    """Say where the versions come from that administrators set; each process says it once.

    The files are read without a database, so what is stored is read by a room above this book.
    """
    _Stored.load = staticmethod(loader)


def versions(key: str) -> tuple[Regime, ...]:
    """Give all versions of a regime, those of the service's own and those set in it, the oldest
    first; of two that are valid from the same day, the one that was set is the later.

    Raises:
        ContentError: there is no such regime.
    """
    stored = _Stored.load(key)
    if not stored:
        return shipped(key)
    return tuple(sorted([*shipped(key), *stored], key=lambda regime: regime.valid_from))


def regime_on(key: str, day: date) -> Regime:
    """Give the version in force on `day`; before the first version, the first.

    Raises:
        ContentError: there is no such regime.
    """
    known = versions(key)
    return ([known[0]] + [regime for regime in known if regime.valid_from <= day])[-1]


def version_of(key: str, version: str) -> Regime:
    """Give the version a plan was pinned to.

    Raises:
        LookupError: there is no such version.
    """
    # Those of the service's own first: most plans have one, and it needs no database.
    for known in (shipped, _Stored.load):
        for regime in known(key):
            if regime.version == version:
                return regime
    raise LookupError(f"no version {version} of the regime {key}")
