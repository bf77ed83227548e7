"""Reads which fields a regime's notices have, and on which grounds a contract may be changed."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from marketplace.core.regimes.book import version_of


@dataclass(frozen=True)
class Field:
    """One field of a notice: where it stands there, and the name of the answer that fills it."""

    section: str
    label: str
    answer: str
    note: str = ""


@dataclass(frozen=True)
class NoticeForm:
    """A notice as the national service asks for it: its fields in that order."""

    key: str
    name: str
    fields: tuple[Field, ...]


@dataclass(frozen=True)
class ChangeGround:
    """Why a signed contract may be changed without a new competition.

    `noticed` says that such a change is published; with `most_percent` the value may rise by at
    most that share of the first value, by all changes on this ground together. `kinds` are the
    kinds of change that it allows, all where there are none; `foreseen` says that the contract's
    own clauses provide for it.
    """

    key: str
    says: str
    provision: str
    noticed: bool
    most_percent: int | None = None
    kinds: tuple[str, ...] = ()
    foreseen: bool = False


@dataclass(frozen=True)
class NoticeBook:
    """One edition of a regime's notices; `review_body` hears complaints about a purchase."""

    version: str
    review_body: str
    forms: Mapping[str, NoticeForm]
    change_grounds: Mapping[str, ChangeGround]


@cache
def notice_book(regime: str, version: str) -> NoticeBook:
    """Give the notices of a version of a regime: the edition that the version names.

    Raises:
        ContentError: there is no such regime.
        LookupError: there is no such version, or no such edition.
    """
    edition = version_of(regime, version).notice_forms
    file = resources.files("marketplace.core.regimes") / f"{regime}_notices.toml"
    for item in tomllib.loads(file.read_text(encoding="utf-8"))["versions"]:
        if item["version"] == edition:
            return _book(item)
    raise LookupError(f"no edition {edition} of the notices of the regime {regime}")


def _book(item: Mapping[str, Any]) -> NoticeBook:
    forms = [
        NoticeForm(
            key=notice["key"],
            name=notice["name"],
            fields=tuple(Field(**field) for field in notice["fields"]),
        )
        for notice in item["notices"]
    ]
    grounds = [
        ChangeGround(**{**ground, "kinds": tuple(ground.get("kinds", ()))})
        for ground in item["change_grounds"]
    ]
    return NoticeBook(
        version=item["version"],
        review_body=item["review_body"],
        forms={form.key: form for form in forms},
        change_grounds={ground.key: ground for ground in grounds},
    )


@cache
def noticed_grounds() -> Mapping[str, frozenset[str]]:
    """Give by regime the keys of the grounds on which a change of a contract is published."""
    folder = resources.files("marketplace.core.regimes")
    ending = "_notices.toml"
    return {
        file.name.removesuffix(ending): frozenset(
            ground["key"]
            for item in tomllib.loads(file.read_text(encoding="utf-8"))["versions"]
            for ground in item["change_grounds"]
            if ground["noticed"]
        )
        for file in folder.iterdir()
        if file.name.endswith(ending)
    }
