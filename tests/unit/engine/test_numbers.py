"""Reading, rounding and showing numbers."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine.numbers import (
    JsonFloat,
    NotANumber,
    display_text,
    exact_sum,
    kind_of,
    plain_text,
    quoted,
    read_number,
    read_ratio,
    round_half_away,
)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (0, "0"),
        (7, "7"),
        (2**53 - 1, "9007199254740991"),
        ("0", "0"),
        ("0.50", "1/2"),
        ("10.05", "201/20"),
        ("9" * 30, "9" * 30),
        ("0." + "0" * 28 + "1", "1/" + "1" + "0" * 29),
    ],
)
def test_read_number_of_the_grammar_is_exact(raw: object, value: str) -> None:
    assert read_number(raw) == Fraction(value)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("", '"" is not a number'),
        ("-1", '"-1" is not a number'),
        ("+1", '"+1" is not a number'),
        ("01", '"01" is not a number'),
        ("00", '"00" is not a number'),
        (".5", '".5" is not a number'),
        ("5.", '"5." is not a number'),
        ("1.2.3", '"1.2.3" is not a number'),
        ("1e3", '"1e3" is not a number'),
        (" 1", '" 1" is not a number'),
        ("1\n", '"1\\x0a" is not a number'),
        ("1,000", '"1,000" is not a number'),
        ("NaN", '"NaN" is not a number'),
        ("\u0661", '"\\u0661" is not a number'),
        ("1.\u0661", '"1.\\u0661" is not a number'),
        ("\u00b2", '"\\xb2" is not a number'),
        ("1" * 31, "the number has more than 30 digits"),
        ("0." + "1" * 30, "the number has more than 30 digits"),
        (2**53, "the integer is beyond 2^53-1"),
        (-1, "the number is negative"),
        (True, "found true"),
        (False, "found false"),
        (None, "found null"),
        (0.5, "found a float"),
        ([], "found a list"),
        ({}, "found an object"),
    ],
)
def test_read_number_outside_the_grammar_says_why(raw: object, message: str) -> None:
    with pytest.raises(NotANumber) as caught:
        read_number(raw)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("raw", "value"), [("248/3", "248/3"), ("0/1", "0"), ("50", "50"), (5, "5")]
)
def test_read_ratio_is_exact(raw: object, value: str) -> None:
    assert read_ratio(raw) == Fraction(value)


@pytest.mark.parametrize(
    "raw", ["1/0", "1/", "/1", "1/-2", "-1/2", "1.5/2", "1/2.5", "1/2/3", "01/2", "1/" + "9" * 31]
)
def test_read_ratio_of_another_form_is_refused(raw: str) -> None:
    with pytest.raises(NotANumber):
        read_ratio(raw)


@pytest.mark.parametrize(
    ("value", "decimals", "rounded"),
    [
        ("5/2", 0, "3"),
        ("-5/2", 0, "-3"),
        ("7/2", 0, "4"),
        ("1/8", 2, "13/100"),
        ("-1/8", 2, "-13/100"),
        ("2/3", 1, "7/10"),
        ("249999/100000", 0, "2"),
    ],
)
def test_round_half_away_goes_away_from_zero(value: str, decimals: int, rounded: str) -> None:
    assert round_half_away(Fraction(value), decimals) == Fraction(rounded)


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        ("248/3", 2, "82.67"),
        ("248/3", 0, "83"),
        ("-1/8", 2, "-0.13"),
        ("1/200", 2, "0.01"),
        ("-1/1000", 2, "0.00"),
        ("0", 3, "0.000"),
        ("1000", 1, "1000.0"),
    ],
)
def test_display_text_has_its_decimals(value: str, decimals: int, text: str) -> None:
    assert display_text(Fraction(value), decimals) == text


@given(st.integers(-(10**12), 10**12), st.integers(0, 6))
def test_display_text_agrees_with_decimal(thousandths: int, decimals: int) -> None:
    value = Fraction(thousandths, 1000)
    wanted = (Decimal(thousandths) / 1000).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)

    assert Decimal(display_text(value, decimals)) == wanted


@pytest.mark.parametrize(
    ("value", "text"),
    [("4", "4"), ("25/2", "12.5"), ("-25/2", "-12.5"), ("7/3", "7/3"), ("0", "0"), ("100", "100")],
)
def test_plain_text_writes_as_a_person_would(value: str, text: str) -> None:
    assert plain_text(Fraction(value)) == text


@given(st.lists(st.fractions(), max_size=8))
def test_exact_sum_is_the_sum(values: list[Fraction]) -> None:
    assert exact_sum(values) == sum(values, Fraction(0))


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("a" * 100, 'the text "' + "a" * 57 + '..."'),
        (10**40, "a huge integer"),
        (-(10**40), "a huge integer"),
        (12, "the integer 12"),
        (10**29 - 1, "the integer " + "9" * 29),
        (10**29, "a huge integer"),
        (JsonFloat("1e5"), "the number 1e5"),
        ("\ud800", 'the text "\\ud800"'),
    ],
)
def test_kind_of_names_values_shortly_and_on_one_line(value: object, named: str) -> None:
    assert kind_of(value) == named


@given(st.text())
def test_quoted_is_always_one_line_of_ascii(text: str) -> None:
    line = quoted(text)

    assert line.isascii()
    assert line.isprintable()


def test_quoted_marks_inside_are_escaped() -> None:
    assert quoted('a"b\x7f') == '"a\\"b\\x7f"'
