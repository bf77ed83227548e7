"""What an entry of a chain's file tells a checker: its bytes' facts, and the values shown. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from marketplace.core.audit import entries
from marketplace.core.audit.entries import Entry


class Unshown(Exception):
    """A value is withheld in this file, so nothing that rests on it can be told."""

    def __init__(self, told: "Told", name: str) -> None:
        super().__init__(f"{told.where}, {name}")
        self.told, self.name = told, name


class Unfit(Exception):
    """An entry has no field of a name, or a value of another kind than the specification says."""

    def __init__(self, told: "Told", name: str) -> None:
        super().__init__(f"{told.where}, {name}")
        self.told, self.name = told, name


@dataclass(frozen=True)
class Told:
    """One entry, its leaf hash, and the values that this file shows of its fields."""

    entry: Entry
    leaf: bytes
    shown: Mapping[str, object]

    @property
    def n(self) -> int:
        """Give its place in the log."""
        return self.entry.n

    @property
    def action(self) -> str:
        """Give what happened."""
        return self.entry.action

    @property
    def where(self) -> str:
        """Name it in a finding."""
        return f"entry {self.n}"

    def value(self, name: str) -> object:
        """Give the value of a field.

        Raises:
            Unshown: it is withheld here.
            Unfit: the entry has no such field.
        """
        if name in self.shown:
            return self.shown[name]
        if name in self.entry.fields:
            raise Unshown(self, name)
        raise Unfit(self, name)

    def known(self, name: str) -> object:
        """Give the value of a field where it is shown; else nothing."""
        return self.shown.get(name)

    def text(self, name: str) -> str:
        """Give a field that holds text.

        Raises:
            Unshown, Unfit: as for `value`, or it holds something else.
        """
        found = self.value(name)
        if not isinstance(found, str):
            raise Unfit(self, name)
        return found

    def number(self, name: str) -> int:
        """Give a field that holds a whole number.

        Raises:
            Unshown, Unfit: as for `value`, or it holds something else.
        """
        found = self.value(name)
        if type(found) is not int:
            raise Unfit(self, name)
        return found

    def digest(self, name: str) -> bytes:
        """Give a field that holds a digest, as 32 bytes.

        Raises:
            Unshown, Unfit: as for `value`, or it holds something else.
        """
        try:
            return entries.read_digest(self.value(name))
        except ValueError as error:
            raise Unfit(self, name) from error

    def instant(self, name: str) -> datetime:
        """Give a field that holds an instant.

        Raises:
            Unshown, Unfit: as for `value`, or it holds something else.
        """
        try:
            return entries.read_instant(self.text(name))
        except ValueError as error:
            raise Unfit(self, name) from error
