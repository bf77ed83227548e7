"""Reads what holds where nobody has said otherwise: which regime, and whose bank holidays."""

from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

from marketplace.core.regimes.shapes import Part
from marketplace.core.strict_toml import build, read_table


@dataclass(frozen=True)
class Usual:
    """The key of the regime by which a body buys that has chosen none, and by which suppliers
    declare; and the part of the country whose bank holidays count where no regime is at hand."""

    regime: str
    bank_holidays: Part


@cache
def usual() -> Usual:
    """Give what is usual here.

    Raises:
        ContentError: its file is missing or malformed.
    """
    with resources.as_file(resources.files("marketplace.core.regimes") / "usual.toml") as file:
        return build(Usual, read_table(Path(file)), file.name)
