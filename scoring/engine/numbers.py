"""Reading numbers, rounding them and showing them; nothing here is ever a binary float.

A number in a document has at most 30 digits, so at most 29 stand after the point. Every number
read is therefore a whole number of *grains* of 10^-29, and sums of scores and prices are sums of
plain integers: exact, and quick. Everything divided is a `Fraction`.
"""

from collections.abc import Collection
from fractions import Fraction
from math import lcm

from scoring.engine.canonical import LARGEST_INTEGER

MOST_DIGITS = 30
GRAINS: int = 10 ** (MOST_DIGITS - 1)

NUMBER_EXPECTED = 'an integer from 0 to 9007199254740991, or a string such as "12.5"'


class JsonFloat:
    """A number that the JSON text wrote with a fraction, an exponent, or as NaN."""

    def __init__(self, text: str) -> None:
        self.text = text


class NotANumber(ValueError):
    """The value is not a number as `evaluation/1` writes them; the message says why."""


def read_grains(raw: object) -> int:
    """Read a number of an evaluation document, in grains of 10^-29.

    Takes an integer from 0 to 2^53-1, or text of the form `(0|[1-9][0-9]*)(\\.[0-9]+)?` with at
    most 30 ASCII digits.

    Raises:
        NotANumber: for anything else, booleans and None included.
    """
    if isinstance(raw, str):
        return _grains_of_text(raw)
    if isinstance(raw, int) and not isinstance(raw, bool):
        if 0 <= raw <= LARGEST_INTEGER:
            return int(raw) * GRAINS
        raise NotANumber("the number is negative" if raw < 0 else "the integer is beyond 2^53-1")
    if isinstance(raw, JsonFloat):
        raise NotANumber(f"{shortened(raw.text)} is not exact in JSON; write it as a string")
    raise NotANumber(f"found {kind_of(raw)}")


def _grains_of_text(raw: str) -> int:
    whole, point, decimals = raw.partition(".")
    well_formed = (
        raw.isascii()
        and whole.isdigit()
        and (whole == "0" or whole[0] != "0")
        and (decimals.isdigit() or not point)
    )
    if not well_formed:
        raise NotANumber(f"{quoted(raw)} is not a number")
    if len(whole) + len(decimals) > MOST_DIGITS:
        raise NotANumber(f"the number has more than {MOST_DIGITS} digits")
    return int(whole + decimals.ljust(MOST_DIGITS - 1, "0"))


def read_number(raw: object) -> Fraction:
    """Read a number of an evaluation document.

    Raises:
        NotANumber: when it is not one.
    """
    return from_grains(read_grains(raw))


def read_ratio(raw: object) -> Fraction:
    """Read a number, or a percentage brought from an earlier stage as text `n/d`.

    In `n/d` both parts are whole, each of at most 30 digits, and d is not 0.

    Raises:
        NotANumber: when it is neither.
    """
    if not (isinstance(raw, str) and "/" in raw):
        return read_number(raw)
    top, _, bottom = raw.partition("/")
    if "." in raw or bottom == "0":
        raise NotANumber(f"{quoted(raw)} is not a whole number over a whole number above 0")
    return Fraction(_grains_of_text(top), _grains_of_text(bottom))


def exact_sum(values: Collection[Fraction]) -> Fraction:
    """Add up fractions, over one common denominator rather than two at a time: far quicker."""
    common = lcm(*[value.denominator for value in values])
    return Fraction(sum(v.numerator * (common // v.denominator) for v in values), common)


def to_grains(value: Fraction) -> int:
    """Turn a number that was read from a document back into grains."""
    return value.numerator * GRAINS // value.denominator


def from_grains(grains: int) -> Fraction:
    """Turn grains back into the number they stand for."""
    return Fraction(grains, GRAINS)


def round_half_away(value: Fraction, decimals: int) -> Fraction:
    """Round to so many decimals; a value halfway between two goes to the one further from 0."""
    step: int = 10**decimals
    return Fraction(nearest(value.numerator * step, value.denominator), step)


def nearest(top: int, bottom: int) -> int:
    """Give the whole number nearest to top / bottom (bottom > 0), halves away from zero."""
    size = (2 * abs(top) + bottom) // (2 * bottom)
    return size if top >= 0 else -size


def exact_text(value: Fraction) -> str:
    """Write a value exactly: an integer, or p/q in lowest terms."""
    return str(value)


def display_text(value: Fraction, decimals: int) -> str:
    """Write a value for people, rounded half away from zero, always with so many decimals."""
    steps = nearest(value.numerator * 10**decimals, value.denominator)
    digits = str(abs(steps)).rjust(decimals + 1, "0")
    sign = "-" if steps < 0 else ""
    if decimals == 0:
        return sign + digits
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"


def shown(value: Fraction, decimals: int) -> dict[str, str]:
    """Make a number of the result document: exact, and rounded for display."""
    return {"exact": exact_text(value), "display": display_text(value, decimals)}


def plain_text(value: Fraction) -> str:
    """Write a number that was read from a document as a person would: `4`, `12.5`.

    A value without an end in decimals, which can only have been computed, is written as p/q.
    """
    grains, rest = divmod(value.numerator * GRAINS, value.denominator)
    if rest:
        return exact_text(value)
    digits = str(abs(grains)).rjust(MOST_DIGITS, "0")
    text = f"{digits[: -MOST_DIGITS + 1]}.{digits[-MOST_DIGITS + 1 :]}".rstrip("0").rstrip(".")
    return text if grains >= 0 else f"-{text}"


def kind_of(value: object) -> str:
    """Name what stands in the document where something else was expected."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    if isinstance(value, int):
        return f"the integer {shortened(str(value))}" if abs(value) < GRAINS else "a huge integer"
    if isinstance(value, JsonFloat):
        return f"the number {shortened(value.text)}"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, (list, tuple)):
        return "a list"
    return f"a {type(value).__name__}"


def quoted(text: str) -> str:
    """Quote a piece of the document for a message: short, on one line, ASCII only."""
    escaped = one_line(shortened(text)).replace('"', '\\"')
    return f'"{escaped}"'


def one_line(text: str) -> str:
    """Write text so that it stays on its line: other than printable ASCII is escaped."""
    return text.encode("ascii", "backslashreplace").decode().translate(_ESCAPES)


def shortened(text: str) -> str:
    """Cut a long text, so that a hostile document cannot fill the screen."""
    return text if len(text) <= 60 else text[:57] + "..."


_ESCAPES = {code: f"\\x{code:02x}" for code in (*range(32), 127)}
