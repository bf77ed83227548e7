"""Reads the grounds of exclusion of a regime, group by group, in their dated versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path

from marketplace.core.dates import months_after
from marketplace.core.strict_toml import ContentError, Table, build, read_list, read_table
from marketplace.core.text import N_


class Force(StrEnum):
    """What a ground does where it applies: it must exclude, it may, or the body's rules say."""

    MANDATORY = "mandatory"
    DISCRETIONARY = "discretionary"
    OWN_RULES = "own_rules"


class Remedy(StrEnum):
    """What clears a ground."""

    SELF_CLEANSING = "self_cleansing"
    PAYMENT = "payment"


FORCE_WORDS = {
    Force.MANDATORY: N_("Must exclude, unless it was put right"),
    Force.DISCRETIONARY: N_("May exclude: weigh it"),
    Force.OWN_RULES: N_("The body’s own rules say whether it excludes"),
}

REMEDY_WORDS = {
    Remedy.SELF_CLEANSING: N_(
        "It is cleared by evidence that you paid for the harm, told the authorities all of it, and "
        "changed what let it happen."
    ),
    Remedy.PAYMENT: N_("It is cleared once you have paid, or agreed with the authority to pay."),
}


@dataclass(frozen=True)
class Group:
    """Grounds that are asked for by one question, in plain words."""

    key: str
    title: str
    asks: str
    hint: str


@dataclass(frozen=True, eq=False)
class ExclusionGround:
    """One ground: `plain` for people, `law` as the rules list it.

    `kinds` and `provisions` are by band. `look_back_months` counts from the conviction or the
    event; 0 where no time ends it.
    """

    key: str
    group: str
    name: str
    plain: str
    law: str
    look_back_months: int
    remedy: Remedy
    kinds: Mapping[str, Force]
    provisions: Mapping[str, str]

    def force(self, band: str) -> Force:
        """Say what the ground does in a band; one the data do not name is the body's own matter."""
        return self.kinds.get(band, Force.OWN_RULES)

    def looks_back_to(self, day: date) -> date | None:
        """Give the first day that counts, seen from `day`; None where no time ends the ground."""
        if not self.look_back_months:
            return None
        return months_after(day, -self.look_back_months)


@dataclass(frozen=True, eq=False)
class GroundRules:
    """One dated version of a regime's grounds, with where it comes from."""

    version: str
    valid_from: date
    source: str
    notes: str
    groups: tuple[Group, ...]
    grounds: tuple[ExclusionGround, ...]

    def find(self, key: str) -> ExclusionGround | None:
        """Give a ground by its key; None where this version has none of that name."""
        return next((ground for ground in self.grounds if ground.key == key), None)

    def of_group(self, key: str) -> tuple[ExclusionGround, ...]:
        """Give the grounds of a group, in their order."""
        return tuple(ground for ground in self.grounds if ground.group == key)


@cache
def ground_versions(regime: str) -> tuple[GroundRules, ...]:
    """Give all versions of a regime's grounds, the oldest first.

    Raises:
        ContentError: the file is missing or malformed, or a ground stands in no group.
    """
    with resources.as_file(
        resources.files("marketplace.core.regimes") / f"{regime}_grounds.toml"
    ) as file:
        tables = read_list(read_table(Path(file)), "versions", file.name)
        found = [_version(table, file.name) for table in tables]
    return tuple(sorted(found, key=lambda rules: rules.valid_from))


def grounds_on(regime: str, day: date) -> GroundRules:
    """Give the version in force on `day`; before the first version, the first."""
    known = ground_versions(regime)
    return ([known[0]] + [rules for rules in known if rules.valid_from <= day])[-1]


def grounds_of_version(regime: str, version: str) -> GroundRules:
    """Give a version by its name.

    Raises:
        LookupError: the regime has none of that name.
    """
    for rules in ground_versions(regime):
        if rules.version == version:
            return rules
    raise LookupError(f"{regime} has no grounds of version {version}")


def _version(table: Table, where: str) -> GroundRules:
    rules = build(GroundRules, table, where)
    groups = {group.key for group in rules.groups}
    if stray := [ground.key for ground in rules.grounds if ground.group not in groups]:
        raise ContentError(where, "group", f"{', '.join(stray)} stand in no group")
    return rules
