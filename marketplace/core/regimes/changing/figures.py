"""The figures of a regime's version that an administrator can set, and what a change makes of it.

Pure. What a law says in words, its notices and its routes, comes with the service.
"""

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from marketplace.core.errors import Invalid
from marketplace.core.strict_toml import Table
from marketplace.core.text import N_

Value = int | str

TEXT_MOST = 300


class Unit(StrEnum):
    """What a figure counts, or that it is words."""

    POUNDS = "pounds"
    DAYS = "days"
    YEARS = "years"
    PERCENT = "percent"
    TIMES = "times"
    WORDS = "words"


@dataclass(frozen=True)
class Span:
    """The least and the most that a unit may be, and how that is said."""

    low: int
    high: int
    says: str


# Beyond these a number is a slip of the keyboard, whatever a law says.
SPANS: Mapping[Unit, Span] = {
    Unit.POUNDS: Span(0, 1_000_000_000, N_("Enter whole pounds from 0 to 1,000,000,000.")),
    Unit.DAYS: Span(0, 366, N_("Enter whole days from 0 to 366.")),
    Unit.YEARS: Span(1, 100, N_("Enter whole years from 1 to 100.")),
    Unit.PERCENT: Span(0, 1000, N_("Enter a whole percentage from 0 to 1,000.")),
    Unit.TIMES: Span(1, 100, N_("Enter a whole number from 1 to 100.")),
    Unit.WORDS: Span(1, TEXT_MOST, N_("Enter 1 to 300 characters.")),
}

BODY_WORDS = {
    "central": N_("Begins at, for central government"),
    "local": N_("Begins at, for local bodies"),
    "health": N_("Begins at, for health bodies"),
    "other": N_("Begins at, for other bodies"),
}
LETTER_WORDS = {
    "not_shortlisted": N_("Letter to those who do not go on"),
    "not_eligible": N_("Letter to those whose bid is not judged"),
    "intention": N_("Letter of the intention to award"),
    "further_information": N_("Further information"),
}
KEPT_WORDS = {
    "file": N_("The file of the purchase"),
    "bids": N_("Bids that were not successful"),
    "contract": N_("The contract"),
    "no_award": N_("A purchase that ended without an award"),
}


@dataclass(frozen=True)
class Figure:
    """One figure: `name` says where it stands, by keys; `label` what it is.

    `about` is what the label is said of, such as a kind of letter, and `band` the key of the band
    whose it is, empty for those of the whole version.
    """

    name: str
    label: str
    unit: Unit
    value: Value
    band: str = ""
    about: str = ""

    def fault(self, value: Value | None) -> str | None:
        """Say what is wrong with a new value, nothing where it can stand."""
        span = SPANS[self.unit]
        if self.unit is Unit.WORDS:
            ok = isinstance(value, str) and span.low <= len(value) <= span.high
        else:
            ok = type(value) is int and span.low <= value <= span.high
        return None if ok else span.says


@dataclass(frozen=True)
class Difference:
    """What a change makes of one figure."""

    figure: Figure
    old: Value
    new: Value


def figures_of(table: Table) -> list[Figure]:
    """List the figures of a version, those of the whole first, then band by band."""
    found = [Figure("vat_percent", N_("VAT"), Unit.PERCENT, table["vat_percent"])]
    if "required_turnover_times_value" in table:
        found.append(
            Figure(
                "required_turnover_times_value",
                N_("The most yearly turnover that may be asked for, as times of the value"),
                Unit.TIMES,
                table["required_turnover_times_value"],
            )
        )
    for band in table["bands"]:
        found += _of_band(band)
        found += _of_routes(table, band["key"])
    return found


def _of_band(band: Table) -> Iterator[Figure]:
    key = band["key"]

    def figure(path: str, label: str, unit: Unit, value: Value, about: str = "") -> Figure:
        return Figure(f"bands.{key}.{path}", label, unit, value, key, about)

    yield figure("name", N_("Name of this band"), Unit.WORDS, band["name"])
    for body, words in BODY_WORDS.items():
        yield figure(f"from_pounds.{body}", words, Unit.POUNDS, band["from_pounds"][body])
    if band["standstill"]["kind"] != "none":
        standstill = band["standstill"]
        for part, words in (
            ("days_electronic", N_("Standstill after electronic letters")),
            ("days_other", N_("Standstill where a letter went by other means")),
        ):
            yield figure(f"standstill.{part}", words, Unit.DAYS, standstill[part])
    yield figure(
        "notices.award_days",
        N_("Award notice, days after signing"),
        Unit.DAYS,
        band["notices"]["award_days"],
    )
    for kind, letter in band["letters"].items():
        for part, words in (
            ("days", N_("is sent within")),
            ("asked_within_days", N_("can be asked for within")),
        ):
            if part in letter:
                about = LETTER_WORDS.get(kind, kind)
                yield figure(f"letters.{kind}.{part}", words, Unit.DAYS, letter[part], about)
    for kind, keeping in band["keeping"].items():
        about = KEPT_WORDS.get(kind, kind)
        yield figure(
            f"keeping.{kind}.years", N_("is kept for at least"), Unit.YEARS, keeping["years"], about
        )
    change = band["contract_change"]
    yield figure("contract_change.says", N_("Changes of a contract"), Unit.WORDS, change["says"])
    for path, label, unit in (
        ("contract_change.most_percent", N_("Most that a contract may rise in all"), Unit.PERCENT),
        (
            "contracts_register.from_pounds",
            N_("Contracts register, from a value without VAT of"),
            Unit.POUNDS,
        ),
        (
            "annual_report.spending_from_pounds",
            N_("Annual report, from a yearly spending of"),
            Unit.POUNDS,
        ),
    ):
        part, name = path.split(".")
        if name in band.get(part, {}):
            yield figure(path, label, unit, band[part][name])


def _of_routes(table: Table, band: str) -> Iterator[Figure]:
    for route in table["routes"]:
        days = route.get("days_to_bid", {})
        if band in days:
            yield Figure(
                f"routes.{route['key']}.days_to_bid.{band}",
                N_("fewest days to bid"),
                Unit.DAYS,
                days[band],
                band,
                route["provision"],
            )


def ensure_fits(table: Table, values: Mapping[str, Value | None]) -> None:
    """Hold new values against the figures that a version has.

    Raises:
        Invalid: a value is of no figure, or is out of its range, by the figure's name.
    """
    known = {figure.name: figure for figure in figures_of(table)}
    if set(values) - set(known):
        raise Invalid(N_("This page was sent with something that it does not ask for."))
    faults = {name: known[name].fault(value) for name, value in values.items()}
    if found := {name: fault for name, fault in faults.items() if fault}:
        raise Invalid(N_("Some figures need another look."), fields=found)


def differences(table: Table, values: Mapping[str, Value]) -> list[Difference]:
    """Give what new values make other, in the figures' order."""
    return [
        Difference(figure, figure.value, values[figure.name])
        for figure in figures_of(table)
        if figure.name in values and values[figure.name] != figure.value
    ]


def changed(
    table: Table, values: Mapping[str, Value], *, version: str, valid_from: date, **words: str
) -> Table:
    """Give a version with new values, under its own name and date; the old one stays as it is.

    Raises:
        KeyError: a value is of no figure.
    """
    new = copy.deepcopy(table)
    new.update({**words, "version": version, "valid_from": valid_from})
    for name, value in values.items():
        *path, last = name.split(".")
        found: Any = new
        for key in path:
            found = (
                next(each for each in found if each["key"] == key)
                if isinstance(found, list)
                else found[key]
            )
        if last not in found:
            raise KeyError(name)
        found[last] = value
    return new
