"""What one bid's row says, as texts, and what is wrong with it. Pure.

A row of the sheet and a form that an officer fills in give the same texts, and are judged alike.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bids.documents import Milestone
from bids.elsewhere.layout import (
    ANSWER_MOST,
    NAME_MOST,
    NUMBER_MOST,
    PARTNERS_MOST,
    POINTS_MOST,
    PRICE,
    SUPPLIER_MOST,
    Column,
    answer_key,
    milestone_key,
    one_line,
)
from bids.policy import Asked
from bids.wording import count_words
from challenges.sections import MONEY_MOST
from marketplace.core.dates import PLACE, format_instant
from marketplace.core.money import money
from marketplace.core.regimes.sizes import SizeClass
from marketplace.core.text import N_


@dataclass(frozen=True)
class Row:
    """The texts of one bid by what the layout calls its columns.

    `number` is the row's in the sheet; None where an officer filled in the form, and `form` then
    identifies what was filled in. `computed` are the cells that hold a formula, whose result nobody
    typed.
    """

    number: int | None
    cells: Mapping[str, str]
    computed: Sequence[str] = ()
    form: str = ""

    def text(self, key: str) -> str:
        """Give the text of a cell, empty where there is none."""
        return self.cells.get(key, "")

    def stored(self) -> dict[str, Any]:
        """Give the row in a form that JSON holds."""
        return {
            "number": self.number,
            "cells": dict(self.cells),
            "computed": list(self.computed),
            "form": self.form,
        }

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Row":
        """Read a row that was stored."""
        return cls(stored["number"], stored["cells"], tuple(stored["computed"]), stored["form"])


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell, and what to do; `key` is what the layout calls its column.

    `file` names the file that it is about, if one.
    """

    key: str
    message: str
    data: Mapping[str, object] = field(default_factory=dict)
    file: str = ""


@dataclass(frozen=True)
class Entry:
    """One bid as it will be kept. `received_at` is when it came in elsewhere, as told from there.

    `kind` is what the supplier is in law, `size_class` is empty where nobody told it. `price_minor`
    is in minor units of the challenge's currency. `files` are the names in the archive, as the row
    writes them.
    """

    supplier: str
    number: str
    kind: str
    size_class: str
    received_at: datetime
    answers: Mapping[str, str]
    price_minor: int | None
    milestones: Sequence[Milestone]
    contract_accepted: bool | None
    contract_points: str
    partners: Sequence[str]
    files: Sequence[str]


@dataclass
class _Reading:
    """A row that is being read, with what was found wrong of it so far."""

    row: Row
    faults: list[Fault] = field(default_factory=list)

    def wrong(self, key: str, message: str, **data: object) -> None:
        self.faults.append(Fault(key, message, data))

    def text(self, key: str, most: int, too_long: str) -> str:
        if key in self.row.computed:
            self.wrong(key, _FORMULA)
            return ""
        text = self.row.text(key)
        if len(text) > most:
            self.wrong(key, too_long, most=f"{most:,}")
        return text


_FORMULA = N_(
    "This cell holds a formula. Type what it comes to. A text that begins with = needs an "
    "apostrophe (') in front of it."
)
_LONG = N_("This has more than %(most)s characters. Make it shorter.")

KINDS = ("Company", "Charity", "University", "Sole trader")
SIZES = tuple(size.value.capitalize() for size in SizeClass)

_NUMBER = re.compile(r"[A-Z0-9]{2,20}", re.ASCII)
_AMOUNT = re.compile(r"(?:[0-9]{1,13}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]+)?", re.ASCII)
_INSTANTS = ("%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")


def read(
    row: Row, asked: Asked, *, closes_at: datetime, now: datetime
) -> tuple[Entry | None, list[Fault]]:
    """Read one bid; there is no entry where anything of it is wrong.

    `closes_at` is when bidding closed elsewhere: what came at that instant was late.
    """
    found = _Reading(row)
    supplier = one_line(found.text(Column.SUPPLIER, SUPPLIER_MOST, _LONG))
    if not supplier and Column.SUPPLIER not in row.computed:
        found.wrong(Column.SUPPLIER, N_("Write the name of the supplier."))
    number = _number(found)
    kind = _kind(found)
    size = _size(found)
    received = _received(found, closes_at, now)
    answers = {question.key: _answer(found, question.key) for question in asked.questions}
    price, milestones = _price(found, asked)
    accepted = _contract(found)
    points = found.text(Column.POINTS, POINTS_MOST, _LONG)
    partners = _partners(found)
    files = _names(found.text(Column.FILES, ANSWER_MOST, _LONG))
    if found.faults or received is None:
        return None, found.faults
    entry = Entry(
        supplier,
        number,
        kind,
        size,
        received,
        answers,
        price,
        milestones,
        accepted,
        points,
        partners,
        files,
    )
    return entry, []


def long_answers(entry: Entry, asked: Asked) -> list[tuple[str, int, int]]:
    """Name the answers that have more words than the question asks for: title, words, limit.

    They were taken elsewhere, so they are taken here; whoever checks is told.
    """
    found = []
    for question in asked.questions:
        words = count_words(entry.answers.get(question.key, ""))
        if question.word_limit is not None and words > question.word_limit:
            found.append((question.title, words, question.word_limit))
    return found


def _number(found: _Reading) -> str:
    text = found.text(Column.NUMBER, NUMBER_MOST + 10, _LONG)
    number = re.sub(r"[\s.\-/]", "", text).upper()
    if number and not _NUMBER.fullmatch(number):
        found.wrong(
            Column.NUMBER,
            N_(
                "“%(text)s” is no registration number. Write the letters and digits of one, such "
                "as SC123456, or leave it empty."
            ),
            text=text[:NAME_MOST],
        )
        return ""
    return number


def _kind(found: _Reading) -> str:
    text = one_line(found.text(Column.KIND, ANSWER_MOST, _LONG)) or KINDS[0]
    if text.lower() not in {kind.lower() for kind in KINDS}:
        found.wrong(
            Column.KIND,
            N_("“%(text)s” is no kind of supplier. Write one of: %(kinds)s."),
            text=text[:NAME_MOST],
            kinds=", ".join(KINDS),
        )
    return text.lower().replace(" ", "_")


def _size(found: _Reading) -> str:
    text = one_line(found.text(Column.SIZE, ANSWER_MOST, _LONG))
    if text and text.lower() not in set(SizeClass):
        found.wrong(
            Column.SIZE,
            N_("“%(text)s” is no size class. Write one of: %(sizes)s. Or leave it empty."),
            text=text[:NAME_MOST],
            sizes=", ".join(SIZES),
        )
        return ""
    return text.lower()


def _received(found: _Reading, closes_at: datetime, now: datetime) -> datetime | None:
    key = Column.RECEIVED
    if key in found.row.computed:
        found.wrong(key, _FORMULA)
        return None
    text = one_line(found.row.text(key))
    if not text:
        found.wrong(key, N_("Write when the bid came in, such as 08/12/2026 11:58."))
        return None
    for form in _INSTANTS:
        try:
            local = datetime.strptime(text, form).replace(tzinfo=PLACE)
        except ValueError:
            continue
        break
    else:
        found.wrong(
            key,
            N_(
                "“%(text)s” is no day and time. Write the day, the month, the year and the time, "
                "such as 08/12/2026 11:58."
            ),
            text=text[:NAME_MOST],
        )
        return None
    received = local.astimezone(UTC)
    if received.astimezone(PLACE).replace(tzinfo=None) != local.replace(tzinfo=None):
        found.wrong(key, N_("The clocks go forward then: that time does not exist. Correct it."))
    elif received >= closes_at:
        found.wrong(
            key,
            N_(
                "The bid came in at %(received)s, and bidding closed at %(closed)s: it was late. "
                "Correct the time, or leave the bid out."
            ),
            received=format_instant(received, seconds=True),
            closed=format_instant(closes_at, seconds=True),
        )
    elif received > now:
        found.wrong(key, N_("This time is still to come. Correct it."))
    else:
        return received
    return None


def _answer(found: _Reading, question: str) -> str:
    key = answer_key(question)
    text = found.text(key, ANSWER_MOST, _LONG)
    if not text and key not in found.row.computed:
        found.wrong(
            key,
            N_(
                "There is no answer. Copy it here or, where the supplier answered in a file, write "
                "which file it is."
            ),
        )
    return text


def _price(found: _Reading, asked: Asked) -> tuple[int | None, Sequence[Milestone]]:
    if not asked.price:
        return None, ()
    if asked.milestones:
        parts = [
            Milestone(name, _amount(found, milestone_key(place)))
            for place, name in enumerate(asked.milestones)
        ]
        known = [each.amount_minor for each in parts if each.amount_minor is not None]
        if len(known) < len(parts):
            return None, ()
        total = sum(known)
        _ensure_payable(found, milestone_key(len(parts) - 1), total, asked)
        return total, parts
    price = _amount(found, PRICE)
    if price is not None:
        _ensure_payable(found, PRICE, price, asked)
    return price, ()


def _ensure_payable(found: _Reading, key: str, price: int, asked: Asked) -> None:
    if asked.most_minor is not None and price > asked.most_minor:
        found.wrong(
            key,
            N_(
                "The price of %(price)s is above the most that this challenge pays, %(most)s. "
                "Correct it, or leave the bid out."
            ),
            price=money(price),
            most=money(asked.most_minor),
        )
    elif price > MONEY_MOST:
        found.wrong(key, N_("This price is too high. Correct it."))


def _amount(found: _Reading, key: str) -> int | None:
    """Read an amount as people write it: £1,250.50. A comma never parts pounds from pence."""
    if key in found.row.computed:
        found.wrong(key, _FORMULA)
        return None
    text = one_line(found.row.text(key))
    if not text:
        found.wrong(key, N_("Write the price, without VAT. A price of nothing is 0."))
        return None
    digits = text.removeprefix("£").removeprefix("GBP").strip()
    if digits.startswith("-"):
        found.wrong(key, N_("The price is below 0. Correct it."))
        return None
    if not _AMOUNT.fullmatch(digits):
        found.wrong(
            key,
            N_("“%(text)s” is no price. Write an amount in pounds, such as 5,000 or 1250.50."),
            text=text[:NAME_MOST],
        )
        return None
    minor = Decimal(digits.replace(",", "")) * 100
    if minor != minor.to_integral_value():
        found.wrong(key, N_("The price has parts of a penny. Write at most two digits for pence."))
        return None
    return int(minor)


def _contract(found: _Reading) -> bool | None:
    text = one_line(found.text(Column.CONTRACT, ANSWER_MOST, _LONG)).lower()
    if text in ("", "yes", "no"):
        return None if not text else text == "yes"
    found.wrong(
        Column.CONTRACT,
        N_("Write Yes or No, or leave it empty where the supplier was not asked."),
    )
    return None


def _partners(found: _Reading) -> list[str]:
    key = Column.PARTNERS
    names = _names(found.text(key, ANSWER_MOST, _LONG))
    if len(names) > PARTNERS_MOST:
        found.wrong(
            key, N_("Name at most %(most)s partners and subcontractors."), most=PARTNERS_MOST
        )
    elif any(len(name) > SUPPLIER_MOST for name in names):
        found.wrong(
            key,
            N_("One of these names has more than 200 characters. Write each name on its own line."),
        )
    return names


def _names(text: str) -> list[str]:
    """Part a cell that names several things, by lines or semicolons; each is named once."""
    parts = (one_line(part) for part in re.split(r"[;\n]", text))
    return list(dict.fromkeys(part for part in parts if part))
