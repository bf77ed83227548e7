"""Finds the words for people in the files of rules, so that they can be translated. Pure.

`babel.cfg` names this for the files beside it: `name = "…"` is taken there as `_("…")` is in code.
"""

import tomllib
from collections.abc import Collection, Iterator, Mapping
from typing import Any, BinaryIO

# Under these names stands what people read. What the law itself is cited by is not translated.
KEYS = frozenset(
    {
        *("asks", "condition", "hint", "label", "law", "lifts", "means", "name", "note", "notes"),
        *("plain", "reason", "reminder_reason", "review_body", "rules", "says", "tells", "title"),
    }
)


def extract(
    file: BinaryIO,
    _keywords: Collection[str],
    _comment_tags: Collection[str],
    options: Mapping[str, Any],
) -> Iterator[tuple[int, None, str, list[str]]]:
    """Give each text once, with the line on which it begins, as Babel asks of an extractor."""
    written = file.read().decode()
    lines = written.splitlines()
    for text in dict.fromkeys(_texts(tomllib.loads(written), None)):
        place = next((n for n, line in enumerate(lines, start=1) if f'"{text}"' in line), 1)
        yield place, None, text, []


def _texts(value: object, key: str | None) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _texts(each, name)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, key)
    elif isinstance(value, str) and value and key in KEYS:
        yield value
