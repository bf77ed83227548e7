"""What a regime consists of: the shapes that its data are read into. Pure.

A field without a default must stand in the data; a key that is no field here is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Literal


class LetterKind(StrEnum):
    """The letters that a regime has something to say about."""

    NOT_SHORTLISTED = "not_shortlisted"
    NOT_ELIGIBLE = "not_eligible"
    INTENTION = "intention"
    FURTHER_INFORMATION = "further_information"


class LetterItem(StrEnum):
    """What a letter can be asked to tell."""

    CRITERIA = "criteria"
    OWN_SCORES = "own_scores"
    OWN_REASONS = "own_reasons"
    WHY_EXCLUDED = "why_excluded"
    NAMES_GOING_ON = "names_going_on"
    SUCCESSFUL_NAME = "successful_name"
    SUCCESSFUL_SCORES = "successful_scores"
    RELATIVE_ADVANTAGES = "relative_advantages"
    IMPROVEMENTS = "improvements"
    STANDSTILL = "standstill"
    FURTHER_INFORMATION = "further_information"


class Whom(StrEnum):
    """Whom an item of a letter is for."""

    ALL = "all"
    SUCCESSFUL = "successful"
    UNSUCCESSFUL = "unsuccessful"


class Kept(StrEnum):
    """The kinds of record that have a time of keeping."""

    FILE = "file"
    BIDS = "bids"
    CONTRACT = "contract"
    NO_AWARD = "no_award"


class KeptFrom(StrEnum):
    """What a time of keeping is counted from."""

    AWARD = "award"
    END_OF_CONTRACT = "end_of_contract"
    END_WITHOUT_AWARD = "end_without_award"


# A part of the country with bank holidays of its own.
Part = Literal["scotland", "england-and-wales", "northern-ireland"]


@dataclass(frozen=True)
class Standstill:
    """How long a body waits between telling whom it means to award to and signing.

    The days are calendar days or working days, as `counts` says; the first of them is the day
    after the letters, or the day of the letters itself, as `begins` says. `bank_holidays` names the
    part of the country whose holidays are no working days.
    """

    kind: Literal["none", "voluntary", "required"]
    days_electronic: int = 0
    days_other: int = 0
    ends: Literal["any_day", "working_day"] = "any_day"
    counts: Literal["calendar_days", "working_days"] = "calendar_days"
    begins: Literal["day_after", "same_day"] = "day_after"
    bank_holidays: Part = "scotland"


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
class Told:
    """One thing that a letter tells, and to whom; `says` it as people ask for it."""

    item: LetterItem
    says: str
    provision: str
    whom: Whom = Whom.ALL


@dataclass(frozen=True)
class LetterRules:
    """What one kind of letter tells, in that order.

    It goes out within `days` calendar days of what it answers, the day of the request being day 0;
    0 is "at once". A bidder may ask for it within `asked_within_days` of the letter before, 0 where
    nothing limits that.
    """

    provision: str
    tells: tuple[Told, ...]
    days: int = 0
    asked_within_days: int = 0

    def to(self, whom: Whom) -> tuple[Told, ...]:
        """Give what is told to a successful or an unsuccessful bidder."""
        return tuple(told for told in self.tells if told.whom in (Whom.ALL, whom))


@dataclass(frozen=True)
class Keeping:
    """For how many years at least one kind of record is kept, and from when."""

    years: int
    starts: KeptFrom
    provision: str


@dataclass(frozen=True)
class ContractChange:
    """By how much of its first value a contract may rise in all without a new competition.

    What the contract's own clauses foresaw does not count. Without `most_percent` no law sets a
    limit: the body's own rules do.
    """

    says: str
    provision: str
    most_percent: int | None = None


@dataclass(frozen=True)
class ContractsRegister:
    """From which value without VAT a contract is entered in the body's register, with what."""

    from_pounds: int
    provision: str
    tells: tuple[str, ...]


@dataclass(frozen=True)
class AnnualReport:
    """What a body's yearly report says of a purchase.

    A body must make one from a yearly spending of `spending_from_pounds` without VAT.
    """

    spending_from_pounds: int
    provision: str
    tells: tuple[str, ...]


@dataclass(frozen=True)
class Band:
    """The rules that hold from a value upward, for each type of body."""

    key: str
    name: str
    rules: str
    from_pounds: Mapping[str, int]
    includes_vat: bool
    standstill: Standstill
    notices: Notices
    follows: tuple[Rule, ...]
    letters: Mapping[str, LetterRules]
    keeping: Mapping[str, Keeping]
    contract_change: ContractChange
    contracts_register: ContractsRegister | None = None
    annual_report: AnnualReport | None = None

    @property
    def further_information_days(self) -> int:
        """Give within how many days a bidder that asks is told more."""
        return self.letters[LetterKind.FURTHER_INFORMATION].days

    @property
    def retention_years(self) -> int:
        """Give for how many years at least the records of a purchase are kept."""
        return self.keeping[Kept.FILE].years

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
    standstill_kind: Literal["none", "voluntary", "required"]
    notices: Mapping[str, bool]
    follows: tuple[Rule, ...]
    contract_change: ContractChange

    def of(self, band: Band) -> Band:
        """Give a band as it holds under the route; days, letters and times of keeping stay."""
        return replace(
            band,
            rules=self.rules,
            standstill=replace(band.standstill, kind=self.standstill_kind),
            notices=Notices(**{**vars(band.notices), **self.notices}),
            follows=self.follows,
            contract_change=self.contract_change,
            contracts_register=None,
            annual_report=None,
        )


@dataclass(frozen=True)
class Route:
    """A legal way of buying: the bands it is meant for, and the fewest days to bid in each.

    `name` is what the regime calls it, `means` says it to people who buy. Days are calendar days
    from the notice to the closing; a band without an entry sets none.
    """

    key: str
    name: str
    means: str
    provision: str
    bands: tuple[str, ...]
    days_to_bid: Mapping[str, int] = field(default_factory=dict)
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
    """One thing that an award report says; `answer` names where it comes from.

    `bands` are those in which the law asks for it: elsewhere the report says it all the same.
    """

    provision: str
    asks: str
    answer: str
    bands: tuple[str, ...]


@dataclass(frozen=True)
class RedactionGround:
    """Why a fact may be held back: `law` cites it, `reason` says it in plain words."""

    key: str
    law: str
    reason: str


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
    redaction_grounds: tuple[RedactionGround, ...]
    # Which version of the regime's book of notices has the fields.
    notice_forms: str
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

    def asked_in(self, band: str) -> tuple[ReportItem, ...]:
        """Give what the law itself asks of an award report in a band."""
        return tuple(item for item in self.report_items if band in item.bands)
