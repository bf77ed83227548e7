"""Why a bid is not ranked, with its criteria called as people know them. Pure.

The engine's reasons stand in the result document, which calls a criterion by its key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_KEYED = re.compile(r'criterion "(?P<key>[^"]*)": ')


def in_words(reasons: Iterable[str], titles: Mapping[str, str]) -> list[str]:
    """Write the reasons of a result with the title of each criterion; `titles` are by key.

    What is no key of a criterion stays as it is.
    """

    def named(found: re.Match[str]) -> str:
        title = titles.get(found["key"])
        return found[0] if title is None else f"{title}: "

    return [_KEYED.sub(named, str(reason)) for reason in reasons]
