"""Reads on which grounds a part of a committee's paper is kept from the public."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Exemption:
    """One ground: `name` for those who choose it, `says` for the paper, with its provision."""

    key: str
    name: str
    says: str
    provision: str


@dataclass(frozen=True)
class Exemptions:
    """One dated version of the grounds."""

    version: str
    valid_from: date
    source: str
    grounds: tuple[Exemption, ...]

    def find(self, key: str) -> Exemption | None:
        """Give a ground by its key, nothing where there is none."""
        return next((each for each in self.grounds if each.key == key), None)


@cache
def exemption_versions(key: str) -> tuple[Exemptions, ...]:
    """Give all versions of a regime's grounds, the oldest first."""
    name = f"{key}_exemptions.toml"
    text = resources.files("marketplace.core.regimes").joinpath(name).read_text("utf-8")
    found = [
        Exemptions(
            version=each["version"],
            valid_from=each["valid_from"],
            source=each["source"],
            grounds=tuple(Exemption(**ground) for ground in each["grounds"]),
        )
        for each in tomllib.loads(text)["versions"]
    ]
    return tuple(sorted(found, key=lambda each: each.valid_from))


def exemptions_on(key: str, day: date) -> Exemptions:
    """Give the grounds that hold on a day.

    Raises:
        LookupError: none do yet.
    """
    for each in reversed(exemption_versions(key)):
        if each.valid_from <= day:
            return each
    raise LookupError(f"no grounds of exemption for {key} on {day}")
