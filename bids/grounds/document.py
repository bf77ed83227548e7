"""The declaration of eligibility inside a `bid/1` document: its facts and its keys. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from marketplace.core.audit.entries import read_count, read_instant, read_text, write_instant


@dataclass(frozen=True)
class DeclaredGround:
    """A ground to which a supplier answered yes: its key, since when, and what was put right.

    `happened_on` is the day of the conviction or the event, None where it goes on or no day is
    asked for.
    """

    key: str
    happened_on: date | None
    put_right: str


@dataclass(frozen=True)
class Eligibility:
    """A supplier's declaration as it stood when the bid was submitted.

    `grounds` are those that apply, in the rules' order; `grounds_rules` names the version that
    asked. Money in minor units of sterling; `size_rules` names the version by which `size_class`
    holds.
    """

    declared_at: datetime
    declared_by: str
    expires_at: datetime
    grounds: Sequence[DeclaredGround]
    grounds_rules: str
    staff: int
    turnover_minor: int
    balance_minor: int
    size_class: str
    size_rules: str

    @property
    def declares_a_ground(self) -> bool:
        """Tell whether the supplier answered yes to any ground."""
        return bool(self.grounds)


def written(declared: Eligibility) -> dict[str, Any]:
    """Give the declaration as its keys in the document. Money is text, days and instants too."""
    return {
        "declared_at": write_instant(declared.declared_at),
        "declared_by": declared.declared_by,
        "expires_at": write_instant(declared.expires_at),
        "grounds": [
            {
                "key": each.key,
                "happened_on": each.happened_on.isoformat() if each.happened_on else None,
                "put_right": each.put_right,
            }
            for each in declared.grounds
        ],
        "grounds_rules": declared.grounds_rules,
        "staff": declared.staff,
        "turnover_minor": str(declared.turnover_minor),
        "balance_minor": str(declared.balance_minor),
        "size_class": declared.size_class,
        "size_rules": declared.size_rules,
    }


def read(found: Any) -> Eligibility:
    """Read what `written` gives; the caller compares the bytes, so nothing else passes.

    Raises:
        KeyError, TypeError, ValueError: it is something else.
    """
    return Eligibility(
        declared_at=read_instant(read_text(found["declared_at"])),
        declared_by=read_text(found["declared_by"]),
        expires_at=read_instant(read_text(found["expires_at"])),
        grounds=tuple(_ground(each) for each in listed(found["grounds"])),
        grounds_rules=read_text(found["grounds_rules"]),
        staff=read_count(found["staff"]),
        turnover_minor=int(read_text(found["turnover_minor"])),
        balance_minor=int(read_text(found["balance_minor"])),
        size_class=read_text(found["size_class"]),
        size_rules=read_text(found["size_rules"]),
    )


def _ground(found: Any) -> DeclaredGround:
    day = found["happened_on"]
    return DeclaredGround(
        key=read_text(found["key"]),
        happened_on=None if day is None else date.fromisoformat(read_text(day)),
        put_right=read_text(found["put_right"]),
    )


def listed(value: object) -> list[object]:
    """Give a list.

    Raises:
        TypeError: it is none.
    """
    if not isinstance(value, list):
        raise TypeError("a list was expected")
    return value
