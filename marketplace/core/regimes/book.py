"""Reads the regimes and answers which band applies and when a standstill ends."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from govuk_bank_holidays.bank_holidays import BankHolidays

LONDON = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class Standstill:
    """How long a body waits between saying whom it means to award to and signing.

    `kind` is `none`, `voluntary` or `required`; days are calendar days.
    """

    kind: str
    calendar_days_electronic: int = 0
    calendar_days_other: int = 0
    ends: str = "any_day"


@dataclass(frozen=True)
class Notices:
    """Which notices a purchase has on the national notice service; `contract`, `award` and
    `modification` name their fields in the regime's book of notices.

    `contract_first` says that nothing is published anywhere before the contract notice. The award
    is published within `award_days` calendar days of signing.
    """

    contract: str
    award: str
    modification: str
    contract_required: bool
    contract_first: bool
    award_required: bool
    modification_required: bool
    award_days: int


@dataclass(frozen=True)
class Rule:
    """One thing that follows for a purchase, with where it is written; `topic` groups them.

    With `from_pounds` it holds only from that value without VAT.
    """

    topic: str
    says: str
    provision: str
    from_pounds: int = 0


@dataclass(frozen=True)
class Band:
    """The rules that hold from a value upward, for each type of body."""

    key: str
    name: str
    rules: str
    from_pounds: Mapping[str, int]
    includes_vat: bool
    standstill: Standstill
    further_information_days: int
    retention_years: int
    notices: Notices
    follows: tuple[Rule, ...]

    def rules_at(self, value_minor: int) -> tuple[Rule, ...]:
        """Give what follows for a contract of this value, in minor units without VAT."""
        return tuple(rule for rule in self.follows if value_minor >= rule.from_pounds * 100)


@dataclass(frozen=True)
class Lifted:
    """What a route takes out of the rules of the bands it names, and what holds in their place.

    `condition` says when the route may be used at all; `lifts` says in words what is left out. The
    body confirms both for itself.
    """

    bands: tuple[str, ...]
    rules: str
    provision: str
    condition: str
    lifts: tuple[str, ...]
    standstill_kind: str
    notices: Mapping[str, bool]
    follows: tuple[Rule, ...]

    def of(self, band: Band) -> Band:
        """Give a band as it holds under the route; days and the time of keeping stay."""
        return replace(
            band,
            rules=self.rules,
            standstill=replace(band.standstill, kind=self.standstill_kind),
            notices=Notices(**{**vars(band.notices), **self.notices}),
            follows=self.follows,
        )


@dataclass(frozen=True)
class Route:
    """A legal way of buying: the bands it is meant for, and the fewest days to bid in each.

    Days are calendar days from the notice to the closing; a band without an entry sets none.
    """

    key: str
    provision: str
    bands: tuple[str, ...]
    days_to_bid: Mapping[str, int]
    lifted: Lifted | None = None

    def lifts(self, band: Band) -> Lifted | None:
        """Give what the route takes out of a band's rules, if it does."""
        return self.lifted if self.lifted and band.key in self.lifted.bands else None


@dataclass(frozen=True)
class NoticeService:
    """Where the law has notices published."""

    name: str
    url: str


@dataclass(frozen=True)
class ReportItem:
    """One thing that the law asks an award report to say; `answer` names where it comes from."""

    provision: str
    asks: str
    answer: str


@dataclass(frozen=True)
class Regime:
    """One dated version of a body of rules; `bands` from the lowest value up."""

    key: str
    name: str
    version: str
    valid_from: date
    source: str
    notes: str
    vat_percent: int
    notice_service: NoticeService
    routes: Mapping[str, Route]
    bands: tuple[Band, ...]
    report_items: tuple[ReportItem, ...]
    # The most of a bidder's yearly turnover that a body may ask for without special reasons.
    required_turnover_times_value: int | None = None

    def band(self, key: str) -> Band:
        """Give a band by its key.

        Raises:
            LookupError: there is no such band.
        """
        for band in self.bands:
            if band.key == key:
                return band
        raise LookupError(f"no band {key} in the regime {self.key}, version {self.version}")

    def under(self, band: Band, route: str | None) -> Band:
        """Give a band as it holds for a purchase by a route; without a route, all of the band."""
        lifted = self.routes[route].lifts(band) if route else None
        return lifted.of(band) if lifted else band

    def band_for(self, body_type: str, value_minor: int) -> Band:
        """Give the band of a contract.

        `value_minor` is the total of all stages, options and prizes in minor units, without VAT.
        A value that equals a threshold is in the band that begins there.
        """

        def reaches(band: Band) -> bool:
            return self.counted(band, value_minor) >= band.from_pounds[body_type] * 100 * 100

        return [band for band in self.bands if reaches(band)][-1]

    def counted(self, band: Band, value_minor: int) -> int:
        """Give a value as a band's threshold counts it, in hundredths of a minor unit, so that VAT
        stays exact."""
        return value_minor * (100 + self.vat_percent if band.includes_vat else 100)


@cache
def versions(key: str) -> tuple[Regime, ...]:
    """Give all versions of a regime, the oldest first.

    Raises:
        FileNotFoundError: there is no such regime.
    """
    file = resources.files("marketplace.core.regimes") / f"{key}.toml"
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    found = [
        Regime(
            key=data["key"],
            name=data["name"],
            version=item["version"],
            valid_from=item["valid_from"],
            source=item["source"],
            notes=item["notes"],
            vat_percent=item["vat_percent"],
            notice_service=NoticeService(**item["notice_service"]),
            routes={route["key"]: _route(route) for route in item["routes"]},
            bands=tuple(_band(band) for band in item["bands"]),
            report_items=tuple(ReportItem(**found) for found in item["report_items"]),
            required_turnover_times_value=item.get("required_turnover_times_value"),
        )
        for item in data["versions"]
    ]
    return tuple(sorted(found, key=lambda regime: regime.valid_from))


def _band(item: Mapping[str, Any]) -> Band:
    return Band(
        **{
            **item,
            "standstill": Standstill(**item["standstill"]),
            "notices": Notices(**item["notices"]),
            "follows": tuple(Rule(**rule) for rule in item["follows"]),
        }
    )


def _route(item: Mapping[str, Any]) -> Route:
    return Route(
        key=item["key"],
        provision=item["provision"],
        bands=tuple(item["bands"]),
        days_to_bid=item.get("days_to_bid", {}),
        lifted=_lifted(item["lifted"]) if "lifted" in item else None,
    )


def _lifted(item: Mapping[str, Any]) -> Lifted:
    return Lifted(
        **{
            **item,
            "bands": tuple(item["bands"]),
            "lifts": tuple(item["lifts"]),
            "follows": tuple(Rule(**rule) for rule in item["follows"]),
        }
    )


def regime_on(key: str, day: date) -> Regime:
    """Give the version in force on `day`; before the first version, the first.

    Raises:
        FileNotFoundError: there is no such regime.
    """
    known = versions(key)
    return ([known[0]] + [regime for regime in known if regime.valid_from <= day])[-1]


def version_of(key: str, version: str) -> Regime:
    """Give the version a plan was pinned to.

    Raises:
        LookupError: there is no such version.
    """
    for regime in versions(key):
        if regime.version == version:
            return regime
    raise LookupError(f"no version {version} of the regime {key}")


def standstill_end(rule: Standstill, sent_at: datetime, *, electronic: bool = True) -> datetime:
    """Give the instant at which a standstill that began with letters at `sent_at` has ended.

    It ends at midnight, London time, at the end of its last day; day 1 is the day after sending;
    a last day that is no working day in Scotland moves to the next that is. Without a standstill
    the answer is `sent_at`.

    Source: Public Contracts (Scotland) Regulations 2015, reg. 2 and 86-88, as the regime states.
    """
    if rule.kind == "none":
        return sent_at
    days = rule.calendar_days_electronic if electronic else rule.calendar_days_other
    last = sent_at.astimezone(LONDON).date() + timedelta(days=days)
    if rule.ends == "working_day":
        last = next_working_day(last)
    return datetime.combine(last + timedelta(days=1), time(), LONDON)


def next_working_day(day: date) -> date:
    """Give `day` if it is a working day in Scotland, else the next that is."""
    holidays = _holidays()
    while day.weekday() >= 5 or day in holidays:
        day += timedelta(days=1)
    return day


@cache
def _holidays() -> frozenset[date]:
    # The bundled list: an answer about a date must not depend on the network.
    calendar = BankHolidays(use_cached_holidays=True)
    return frozenset(
        holiday["date"] for holiday in calendar.get_holidays(division=BankHolidays.SCOTLAND)
    )
