"""Fields for money, exact decimals and instants, on what people and attackers type."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask_babel import Babel
from werkzeug.datastructures import MultiDict
from wtforms import IntegerField, StringField

from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.forms import (
    BaseForm,
    ExactDecimalField,
    LondonInstantField,
    MoneyField,
    clean,
)


class Form(BaseForm):
    """One field of each kind."""

    money = MoneyField("Money")
    number = ExactDecimalField("Number", places=3)
    instant = LondonInstantField("Instant")
    text = StringField("Text")
    count = IntegerField("Count")


@pytest.fixture(autouse=True)
def context() -> Iterator[None]:
    """Give what forms need: a request, and words."""
    app = Flask("forms")
    app.config.update(SECRET_KEY="x", WTF_CSRF_ENABLED=False)
    Babel(app)
    with app.test_request_context():
        yield


def sent(**values: Any) -> Form:
    form = Form(MultiDict(values))
    form.validate()
    return form


@pytest.mark.parametrize(
    ("typed", "minor"),
    [
        ("0", 0),
        ("5", 500),
        ("5,000", 5_000_00),
        ("£5,000", 5_000_00),
        (" £ 1,250.50 ", 1_250_50),
        ("1250.5", 1_250_50),
        ("0.01", 1),
        ("999999999999", 999_999_999_999_00),
        ("999,999,999,999.99", 999_999_999_999_99),
        ("", None),
        ("   ", None),
        ("£", None),
    ],
)
def test_money_is_read_to_the_penny(typed: str, minor: int | None) -> None:
    form = sent(money=typed)

    assert not form.money.errors
    assert form.money.data == minor


@pytest.mark.parametrize(
    "typed",
    [
        "lots",
        "-5",
        "5-",
        "1,25",
        "12,34,567",
        "1.234,56",
        "1.999",
        "1e3",
        "0x10",
        "5 000",
        "NaN",
        "Infinity",
        "٥",
        "½",
        "1000000000000",
        "9" * 5000,
        "5;DROP TABLE bid",
        ".5",
        "5.",
    ],
)
def test_money_that_is_none_is_refused_and_kept_as_typed(typed: str) -> None:
    form = sent(money=typed)

    assert form.money.errors
    assert form.money.data is None
    assert form.money._value() == typed


@pytest.mark.parametrize(
    ("minor", "shown"), [(None, ""), (0, "0"), (5_000_00, "5,000"), (1_250_05, "1,250.05")]
)
def test_money_is_shown_as_people_write_it(minor: int | None, shown: str) -> None:
    assert Form(data={"money": minor}).money._value() == shown


@pytest.mark.parametrize(
    ("typed", "value"),
    [("0", "0"), ("30", "30"), ("12.5", "12.5"), ("0.001", "0.001"), (" 7 ", "7"), ("", None)],
)
def test_number_is_read_exactly(typed: str, value: str | None) -> None:
    form = sent(number=typed)

    assert not form.number.errors
    assert form.number.data == (None if value is None else Decimal(value))


@pytest.mark.parametrize(
    "typed",
    [
        "a third",
        "1/3",
        "-1",
        "+1",
        "1e2",
        "1.0001",
        "12,5",
        "NaN",
        "sNaN",
        "Infinity",
        "٣",
        "9" * 13,
    ],
)
def test_number_that_is_none_is_refused_and_kept_as_typed(typed: str) -> None:
    form = sent(number=typed)

    assert form.number.errors
    assert form.number.data is None
    assert form.number._value() == typed


def test_number_is_shown_in_plain_digits() -> None:
    assert Form(data={"number": Decimal("1E+2")}).number._value() == "100"
    assert Form().number._value() == ""


@pytest.mark.parametrize(
    ("typed", "instant"),
    [
        (["8", "12", "2026", "12", "00"], datetime(2026, 12, 8, 12, tzinfo=UTC)),
        (["8", "6", "2026", "12", "00"], datetime(2026, 6, 8, 11, tzinfo=UTC)),
        # 25 October 2026 has half past one twice: the first is meant.
        (["25", "10", "2026", "1", "30"], datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (["29", "2", "2028", "0", "0"], datetime(2028, 2, 29, tzinfo=UTC)),
    ],
)
def test_instant_is_read_in_london_and_kept_in_utc(typed: list[str], instant: datetime) -> None:
    form = sent(instant=typed)

    assert not form.instant.errors
    assert form.instant.data == instant


@pytest.mark.parametrize(
    "typed",
    [
        ["32", "1", "2026", "12", "00"],
        ["29", "2", "2026", "12", "00"],
        ["8", "13", "2026", "12", "00"],
        ["8", "12", "2026", "24", "00"],
        ["8", "12", "2026", "12", "60"],
        ["8", "12", "2026", "12"],
        ["8", "12", "2026", "12", "00", "00"],
        ["8", "12", "", "12", "00"],
        ["x", "y", "z", "12", "00"],
        ["8", "12", "0", "12", "00"],
        ["8", "12", "99999", "12", "00"],
        ["9" * 5000, "12", "2026", "12", "00"],
        # The clocks go forward at one o'clock on 29 March 2026.
        ["29", "3", "2026", "1", "30"],
    ],
)
def test_instant_that_is_none_is_refused(typed: list[str]) -> None:
    form = sent(instant=typed)

    assert form.instant.errors
    assert form.instant.data is None


@pytest.mark.parametrize("typed", [["", "", "", "12", "00"], []])
def test_instant_without_a_date_is_none(typed: list[str]) -> None:
    form = sent(instant=typed)

    assert not form.instant.errors
    assert form.instant.data is None


@pytest.mark.parametrize("year", ["1", "9999"])
def test_instant_at_the_edge_of_time_is_no_crash(year: str) -> None:
    for month, day in (("1", "1"), ("12", "31"), ("6", "15")):
        sent(instant=[day, month, year, "23", "59"])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  a\r\nb  ", "a\nb"),
        ("a\x00b\x07c\x7f", "abc"),
        ("tab\tstays", "tab\tstays"),
        (None, None),
        ("\x00", ""),
    ],
)
def test_text_is_cleaned_of_what_has_no_place_in_it(typed: str | None, kept: str | None) -> None:
    assert clean(typed) == kept
    if typed is not None:
        assert sent(text=typed).text.data == kept


def test_refusal_is_put_to_its_fields_and_the_rest_to_the_form() -> None:
    form = sent(text="x")
    form.refuse(Invalid("Check this.", {"text": "Too short"}))
    assert form.text.errors == ["Too short"]
    assert form.form_errors == []

    form.refuse(Invalid("Check all.", {"elsewhere": "Wrong"}))
    form.refuse(WrongMoment("Not now, %(name)s.", name="Una"))
    assert form.form_errors == ["Check all.", "Not now, Una."]
