"""Reads the Single Procurement Document of a regime: its parts and questions, in their order."""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from marketplace.core.strict_toml import build, read_table


@dataclass(frozen=True)
class Item:
    """One question: its number, what it asks, and which part of a passport answers it.

    `number` is that of its section where the question's own is not confirmed, and None where the
    section is not either. `answer` is a subject, or a subject and one of its parts joined by a
    dot; None where a passport does not answer it.
    """

    label: str
    number: str | None = None
    answer: str | None = None


@dataclass(frozen=True)
class SpdPart:
    """One of the document's parts; `note` says who fills it in, where that needs saying."""

    number: str
    title: str
    items: tuple[Item, ...]
    note: str | None = None


@dataclass(frozen=True)
class SpdForm:
    """The whole document, where its order is published, and what is to be known of its numbers."""

    source: str
    parts: tuple[SpdPart, ...]
    notes: str | None = None


@cache
def spd_form(regime: str) -> SpdForm:
    """Give the document of a regime.

    Raises:
        ContentError: its file is missing or malformed.
    """
    with resources.as_file(
        resources.files("marketplace.core.regimes") / f"{regime}_spd.toml"
    ) as file:
        return build(SpdForm, read_table(Path(file)), file.name)
