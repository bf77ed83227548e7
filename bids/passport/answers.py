"""An answer to a subject: its values, whether they may stand, and until when they hold. Pure.

Values are what JSON holds: texts, whole numbers, and under `rows` a list of objects with the same.
A part that was left empty is not there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from bids.passport import contacts, numbers
from bids.passport.kinds import Kind, Part, Subject
from bids.passport.subjects import ASKED, ROWS_MOST
from marketplace.core.dates import months_after
from marketplace.core.regimes.passport import PassportRules, passport_rules_on
from marketplace.core.text import N_

LONDON = ZoneInfo("Europe/London")
# One line, and a text of several paragraphs; what is longer belongs into a bid.
LINE_MOST = 200
TEXT_MOST = 5_000
# The largest amount that every database and every reader of JSON takes exactly.
FIGURE_MOST = 2**53 - 1

Values = Mapping[str, Any]

_READ = {
    Kind.COMPANY: numbers.company,
    Kind.CHARITY: numbers.charity,
    Kind.VAT: numbers.vat_registration,
    Kind.EMAIL: contacts.email,
    Kind.TELEPHONE: contacts.telephone,
    Kind.WEBSITE: contacts.website,
}


class Standing(StrEnum):
    """What may be said of a subject at a moment."""

    MISSING = "missing"
    GOOD = "good"
    SOON = "soon"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Answer:
    """What a supplier answered to a subject, who did and when, and when it expires."""

    subject: Subject
    values: Values
    answered_by: str
    answered_at: datetime
    expires_at: datetime

    @property
    def last_day(self) -> date:
        """Give the last day on which the answer holds, in London."""
        return last_day(self.expires_at)

    def standing(self, now: datetime) -> Standing:
        """Tell whether the answer holds, and whether it will for long."""
        if now >= self.expires_at:
            return Standing.EXPIRED
        soon = now >= self.expires_at - rules_at(now).soon
        return Standing.SOON if soon else Standing.GOOD


def last_day(expires_at: datetime) -> date:
    """Give the last day, in London, on which an answer that expires then holds."""
    return (expires_at.astimezone(LONDON) - timedelta(days=1)).date()


def checked(subject: Subject, values: Values) -> tuple[dict[str, Any], dict[str, str]]:
    """Give the values in the form in which they are kept, and what is wrong with them by name.

    A part of the third row has the name `rows-2-` and its own. Rows with nothing in them are left
    out, so rows may be kept under another number than they came with.
    """
    asked = ASKED[subject]
    kept, wrong = _parts(asked.parts, values, "")
    rows = []
    given: Sequence[Values] = values.get("rows", ()) if asked.rows else ()
    for at, row in enumerate(given):
        if all(value in (None, "") for value in row.values()):
            continue
        found, faults = _parts(asked.rows, row, f"rows-{at}-")
        rows.append(found)
        wrong |= faults
    if asked.rows:
        kept["rows"] = rows
    if len(rows) > ROWS_MOST:
        wrong["rows"] = N_("Enter at most 20 of them here")
    if subject is Subject.IDENTITY:
        wrong |= _missing_number(kept, wrong)
    return kept, wrong


def expires(subject: Subject, values: Values, at: datetime) -> datetime:
    """Give the instant from which an answer given at `at` holds no more: a day's end in London.

    So many months later at most as the rules say; where the first of its rows ends sooner, with
    that row.
    """
    asked = ASKED[subject]
    months = rules_at(at).subjects[subject].months
    last = months_after(at.astimezone(LONDON).date(), months)
    if asked.ends:
        ends = [date.fromisoformat(row[asked.ends]) for row in values.get("rows", ())]
        last = min([last, *ends])
    after = datetime.combine(last, time(), LONDON) + timedelta(days=1)
    return after.astimezone(UTC)


def rules_at(at: datetime) -> PassportRules:
    """Give the rules about how long answers hold that are in force at an instant."""
    return passport_rules_on(at.astimezone(LONDON).date())


def _parts(parts: Sequence[Part], values: Values, prefix: str) -> tuple[dict[str, Any], Any]:
    kept: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    for part in parts:
        value = values.get(part.name)
        if value in (None, ""):
            if part.required:
                wrong[prefix + part.name] = part.required
            continue
        try:
            kept[part.name] = _value(part, value)
        except ValueError as error:
            wrong[prefix + part.name] = str(error)
    return kept, wrong


def _value(part: Part, value: Any) -> Any:
    """Give a value in its kept form, whoever calls: a form, an import, a script.

    Raises:
        ValueError: it may not stand; the message is for the person.
    """
    if part.kind in (Kind.MONEY, Kind.WHOLE, Kind.PERCENT):
        return _figure(part, value)
    if not isinstance(value, str):
        raise ValueError(N_("Enter words here"))
    if part.kind in _READ:
        return _READ[part.kind](value)
    if part.kind is Kind.CHOICE and value not in dict(part.choices):
        raise ValueError(N_("Choose one of the options on this page"))
    if part.kind is Kind.DAY:
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            raise ValueError(N_("Enter a real date, such as 8 12 2026")) from None
    if part.kind is Kind.TEXT and len(value) > LINE_MOST:
        raise ValueError(N_("Shorten this to 200 characters or fewer"))
    if len(value) > TEXT_MOST:
        raise ValueError(N_("Shorten this to 5,000 characters or fewer"))
    return value


def _figure(part: Part, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= FIGURE_MOST:
        raise ValueError(N_("Enter a whole number of 0 or more"))
    if part.kind is Kind.PERCENT and not part.least <= value <= 100:
        raise ValueError(
            N_("Enter a number from 1 to 100") if part.least else N_("Enter a number from 0 to 100")
        )
    return value


def _missing_number(kept: Values, wrong: Mapping[str, str]) -> dict[str, str]:
    """Ask a company and a charity for their number, or why they have none; and nobody else."""
    if kept.get("no_number"):
        return {}
    for kind, name, message in (
        ("company", "company_number", N_("Enter your company number, or say why you have none")),
        ("charity", "charity_number", N_("Enter your charity number, or say why you have none")),
    ):
        if kept.get("kind") == kind and name not in kept and name not in wrong:
            return {name: message}
    return {}
