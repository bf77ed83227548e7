"""Reads how long a supplier's answers hold, and when it is reminded that they end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from pathlib import Path

from marketplace.core.strict_toml import ContentError, build, read_list, read_table

_FILE = "passport.toml"


@dataclass(frozen=True)
class Holding:
    """For how many months an answer holds at most, and why; `source` is what that follows."""

    months: int
    reason: str
    source: str | None = None


@dataclass(frozen=True)
class PassportRules:
    """One dated version; `reminder_days` are days before the end, the first reminder first."""

    version: str
    valid_from: date
    reminder_days: tuple[int, ...]
    reminder_reason: str
    declaration: Holding
    subjects: Mapping[str, Holding]

    @property
    def reminders(self) -> tuple[timedelta, ...]:
        """Give how long before the end a supplier is reminded, the first reminder first."""
        return tuple(timedelta(days=days) for days in self.reminder_days)

    @property
    def soon(self) -> timedelta:
        """Give from how long before its end on an answer expires soon."""
        return self.reminders[0]


def read_versions(file: Path) -> tuple[PassportRules, ...]:
    """Read all versions, the oldest first.

    Raises:
        ContentError: the file is missing, malformed, or says what cannot be.
    """
    found = []
    for number, item in enumerate(read_list(read_table(file), "versions", file.name)):
        where = f"{file.name}, versions[{number}]"
        rules = build(PassportRules, item, where)
        for name, holding in {"declaration": rules.declaration, **rules.subjects}.items():
            if holding.months < 1:
                raise ContentError(where, name, "must hold for a month or longer")
        days = rules.reminder_days
        if not days or days[-1] < 1 or list(days) != sorted(set(days), reverse=True):
            raise ContentError(where, "reminder_days", "must be whole days, the most first")
        found.append(rules)
    return tuple(sorted(found, key=lambda rules: rules.valid_from))


@cache
def passport_versions() -> tuple[PassportRules, ...]:
    """Give all versions that the service came with, the oldest first."""
    with resources.as_file(resources.files("marketplace.core.regimes") / _FILE) as file:
        return read_versions(Path(file))


def passport_rules_on(day: date) -> PassportRules:
    """Give the version in force on `day`; before the first version, the first."""
    known = passport_versions()
    return ([known[0]] + [rules for rules in known if rules.valid_from <= day])[-1]
