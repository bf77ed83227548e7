"""Collecting what is wrong with a document, each problem with its JSON path.

A checker never stops at the first mistake: the person who wrote the document sees them all at
once. It does stop at a thousand, so that a hostile document cannot keep it busy.
"""

import json
from collections.abc import Callable, Sequence
from fractions import Fraction

from scoring.engine.errors import BadEvaluation, Problem
from scoring.engine.json_text import Repeated
from scoring.engine.numbers import (
    NUMBER_EXPECTED,
    NotANumber,
    kind_of,
    quoted,
    read_number,
    read_ratio,
    shortened,
)

MOST_PROBLEMS = 1_000


class Checker:
    """The problems found so far, and the small questions that every part of a document is asked."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def add(self, path: str, message: str, expected: str) -> None:
        """Note a problem.

        Raises:
            BadEvaluation: at once, when there are a thousand.
        """
        self.problems.append(Problem(path, message, expected))
        if len(self.problems) >= MOST_PROBLEMS:
            self.problems.append(
                Problem("$", f"more than {MOST_PROBLEMS} problems, the rest not looked for", "none")
            )
            raise BadEvaluation(self.problems)

    def raise_if_any(self) -> None:
        """Refuse the document if anything was wrong.

        Raises:
            BadEvaluation: with every problem found.
        """
        if self.problems:
            raise BadEvaluation(self.problems)

    def fields(
        self, value: object, path: str, required: Sequence[str], optional: Sequence[str] = ()
    ) -> dict[str, object]:
        """Take an object with known keys; what is not an object counts as an empty one."""
        # What was expected is put into words only where it is needed: large documents have
        # tens of thousands of objects.
        plain = type(value) is dict
        expected = "" if plain else f"an object with {listed(required or optional)}"
        found = self.mapping(value, path, expected)
        for key in found:
            if key not in required and key not in optional:
                self.add(
                    below(path, key), "unknown key", f"one of {listed([*required, *optional])}"
                )
        if isinstance(value, dict):
            for key in required:
                if key not in found:
                    self.add(path, f"{quoted(key)} is missing", f"an object with {quoted(key)}")
        return found

    def mapping(self, value: object, path: str, expected: str) -> dict[str, object]:
        """Take an object with any text keys; what is not an object counts as an empty one."""
        if not isinstance(value, dict):
            self.add(path, f"found {kind_of(value)}", expected)
            return {}
        if isinstance(value, Repeated):
            for key in value.twice:
                self.add(below(path, key), "the key stands twice", "each key once")
        if not all(isinstance(key, str) for key in value):
            self.add(path, "a key is not text", "text keys")
            return {key: item for key, item in value.items() if isinstance(key, str)}
        return value

    def items(self, value: object, path: str, expected: str) -> Sequence[object]:
        """Take a list; what is not a list counts as an empty one."""
        if isinstance(value, (list, tuple)):
            return value
        self.add(path, f"found {kind_of(value)}", expected)
        return ()

    def text(self, value: object, path: str, *, lines: bool = False) -> str:
        """Take text without control characters; `lines` lets it have line ends and tabs."""
        if not isinstance(value, str):
            self.add(path, f"found {kind_of(value)}", "text")
            return ""
        plain = value.translate(_LINE_ENDS) if lines else value
        if not plain.isprintable() and any(map(_is_forbidden, plain)):
            self.add(path, f"{quoted(value)} holds a character that is not text", "plain text")
        return value

    def identifier(self, value: object, path: str) -> str:
        """Take an id: text that is not empty."""
        identifier = self.text(value, path)
        if value == "":
            self.add(path, "the id is empty", 'an id, such as "a1"')
        return identifier

    def unique(self, identifiers: Sequence[str], path: str, what: str) -> None:
        """Note every id that stands a second time in a list of objects."""
        seen: set[str] = set()
        for place, identifier in enumerate(identifiers):
            if identifier in seen:
                self.add(
                    f"{path}[{place}].id", f"{what} {quoted(identifier)} stands twice", "unique ids"
                )
            seen.add(identifier)

    def choice(self, value: object, path: str, choices: Sequence[str]) -> str:
        """Take one of a few words; anything else counts as the first of them."""
        if isinstance(value, str) and value in choices:
            return value
        self.add(path, f"found {kind_of(value)}", f"one of {listed(choices)}")
        return choices[0]

    def number(
        self,
        value: object,
        path: str,
        *,
        above: Fraction | int | None = None,
        least: Fraction | int = 0,
        most: Fraction | int | None = None,
        read: Callable[[object], Fraction] = read_number,
        expected: str = NUMBER_EXPECTED,
    ) -> Fraction | None:
        """Take a number within bounds, or None after noting why it is none."""
        try:
            number = read(value)
        except NotANumber as error:
            self.add(path, str(error), expected)
            return None
        if above is not None and number <= above:
            self.add(path, f"{number} is too small", f"a number above {above}")
            return None
        if number < least or (most is not None and number > most):
            reach = f"from {least} to {most}" if most is not None else f"of at least {least}"
            self.add(path, f"{number} is out of range", f"a number {reach}")
            return None
        return number

    def percentage(self, value: object, path: str, *, most: int | None = 100) -> Fraction | None:
        """Take a percentage from 0 to 100, as a number or as `n/d`; `most=None` for any size."""
        return self.number(
            value,
            path,
            most=most,
            read=read_ratio,
            expected='a number or "n/d" from 0 to 100, such as "248/3"',
        )

    def whole(self, value: object, path: str, least: int, most: int | None = None) -> int | None:
        """Take a whole number within bounds, or None after noting why it is none."""
        number = self.number(value, path, least=least, most=most)
        if number is None:
            return None
        if number.denominator != 1:
            self.add(path, f"{number} is not whole", f"a whole number of at least {least}")
            return None
        return number.numerator


def below(path: str, key: str) -> str:
    """Write the path of one key of an object."""
    if key.isidentifier() and key.isascii():
        return f"{path}.{shortened(key)}"
    return f"{path}[{json.dumps(shortened(key))}]"


def listed(words: Sequence[str]) -> str:
    """List words for a message."""
    return ", ".join(quoted(word) for word in words) if words else "no keys"


def _is_forbidden(character: str) -> bool:
    code = ord(character)
    return code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000


_LINE_ENDS = {ord(character): " " for character in "\n\r\t"}
