"""What is wrong with bids that wait to be brought in, over all of them and their files. Pure."""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from bids.elsewhere.layout import FILES_MOST, Column
from bids.elsewhere.rows import Entry, Fault, Row, long_answers, read
from bids.policy import Asked
from marketplace.core.text import N_
from scoring.engine.canonical import canonical


@dataclass(frozen=True)
class Packed:
    """A file that was brought: its name in the archive, its size in bytes, its SHA-256 in hex.

    `form` identifies the form that it came with, empty for the archive's. Where it cannot be taken
    `fault` says why, and its bytes were not kept.
    """

    name: str
    size: int
    media_type: str = ""
    sha256: str = ""
    form: str = ""
    fault: str = ""
    data: Mapping[str, object] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "Packed":
        """Read what was stored of a file."""
        return cls(**stored)

    def stored(self) -> dict[str, Any]:
        """Give it in a form that JSON holds."""
        return asdict(self)


@dataclass(frozen=True)
class Known:
    """A supplier without an account whose bid the body brought in before."""

    identifier: str
    name: str
    number: str


@dataclass(frozen=True)
class Note:
    """What whoever checks should know of a bid, and nobody need put right."""

    message: str
    data: Mapping[str, object]


@dataclass(frozen=True)
class Candidate:
    """One bid with all that is wrong with it; `entry` is None where its own cells are wrong."""

    row: Row
    entry: Entry | None
    faults: Sequence[Fault]
    files: Sequence[Packed] = ()
    known: Known | None = None
    notes: Sequence[Note] = ()


@dataclass(frozen=True)
class Check:
    """All that a person must know before bids are brought in.

    `astray` are the files that belong to no bid. `digest` tells whether what is brought in is what
    was shown.
    """

    bids: Sequence[Candidate]
    astray: Sequence[Fault]
    digest: str

    @property
    def faults(self) -> int:
        """Count what must be put right."""
        return sum(len(bid.faults) for bid in self.bids) + len(self.astray)

    @property
    def sound(self) -> bool:
        """Tell whether there are bids, and all of them can be brought in."""
        return bool(self.bids) and not self.faults


_MISSING = N_("There is no file “%(name)s” in the ZIP. Add it, or correct the name.")
_SHARED = N_(
    "“%(name)s” stands with another bid too, %(other)s. A file belongs to one bid: give each its "
    "own."
)
_TOO_MANY = N_("There are %(count)s files. Bring at most %(most)s with a bid.")
_ASTRAY = N_(
    "No bid names this file. Write its name in the row of its bid, or take it out of the ZIP."
)
_TWICE = N_("This supplier stands in %(other)s too. A supplier has one bid: delete one of the two.")
_KNOWN_AS = N_("You brought in a bid of a supplier with this number before, as “%(name)s”.")
_LONG_ANSWER = N_("“%(title)s” has %(words)s words. The challenge asks for %(limit)s at most.")


def check(
    rows: Sequence[Row],
    packed: Sequence[Packed],
    asked: Asked,
    known: Sequence[Known],
    *,
    closes_at: datetime,
    now: datetime,
) -> Check:
    """Hold bids against what the challenge asks, their files, each other, and who is known."""
    read_rows = [(row, *read(row, asked, closes_at=closes_at, now=now)) for row in rows]
    shared = _Files(packed)
    candidates = []
    suppliers: dict[str, str] = {}
    for row, entry, faults in read_rows:
        files, wrong = shared.of(row, entry)
        found = _known(entry, known)
        twice = _twice(row, entry, found, suppliers)
        candidates.append(
            Candidate(
                row=row,
                entry=entry,
                faults=[*faults, *wrong, *twice],
                files=files,
                known=found,
                notes=_notes(entry, found, asked),
            )
        )
    astray = shared.astray()
    return Check(candidates, astray, _digest(candidates, packed))


def place_of(row: Row) -> tuple[str, dict[str, object]]:
    """Name where a bid stands, for people: words and their data."""
    if row.number is not None:
        return N_("row %(number)s"), {"number": row.number}
    return N_("the form about “%(name)s”"), {"name": row.text(Column.SUPPLIER)[:60]}


def name_key(name: str) -> str:
    """Give what two ways to write the name of one file have in common.

    A Mac parts a letter from its accent, Windows writes folders with another stroke, and neither
    tells capitals apart.
    """
    return unicodedata.normalize("NFC", name).replace("\\", "/").removeprefix("./").casefold()


class _Files:
    """The files that were brought, and which bid took which."""

    def __init__(self, packed: Sequence[Packed]) -> None:
        self._packed = packed
        self._by_key = {name_key(each.name): each for each in packed if not each.form}
        self._taken: dict[str, str] = {}

    def of(self, row: Row, entry: Entry | None) -> tuple[list[Packed], list[Fault]]:
        """Give a bid's files, and what is wrong with them."""
        if row.form:
            files = [each for each in self._packed if each.form == row.form]
            return files, [*unfit(files), *_too_many(files)]
        found: list[Packed] = []
        wrong: list[Fault] = []
        for name in entry.files if entry else _written(row):
            file = self._by_key.get(name_key(name))
            if file is None:
                wrong.append(Fault(Column.FILES, _MISSING, {"name": name}))
                continue
            first = self._taken.setdefault(name_key(file.name), _said(row))
            if file in found:
                continue
            if first != _said(row):
                wrong.append(Fault(Column.FILES, _SHARED, {"name": name, "other": first}))
            found.append(file)
        return found, [*wrong, *unfit(found), *_too_many(found)]

    def astray(self) -> list[Fault]:
        """Give the archive's files that no bid names."""
        return [
            Fault(Column.FILES, _ASTRAY, file=file.name)
            for key, file in self._by_key.items()
            if key not in self._taken
        ]


def _written(row: Row) -> list[str]:
    """Give the files of a row that is wrong in other cells: they belong to it all the same."""
    return [
        " ".join(part.split())
        for line in row.text(Column.FILES).split("\n")
        for part in line.split(";")
        if part.strip()
    ]


def unfit(files: Iterable[Packed]) -> list[Fault]:
    """Name the files that cannot be taken."""
    return [Fault(Column.FILES, each.fault, each.data, each.name) for each in files if each.fault]


def _too_many(files: Sequence[Packed]) -> list[Fault]:
    if len(files) <= FILES_MOST:
        return []
    return [Fault(Column.FILES, _TOO_MANY, {"count": len(files), "most": FILES_MOST})]


def _known(entry: Entry | None, known: Sequence[Known]) -> Known | None:
    """Find a supplier again: by its number, and by its name where no two numbers differ."""
    if entry is None:
        return None
    if entry.number:
        for each in known:
            if each.number == entry.number:
                return each
    name = entry.supplier.casefold()
    for each in known:
        if each.name.casefold() == name and not (each.number and entry.number):
            return each
    return None


def _twice(row: Row, entry: Entry | None, known: Known | None, seen: dict[str, str]) -> list[Fault]:
    """Find a supplier that an earlier bid names too, by any way to know it again."""
    name = entry.supplier if entry else " ".join(row.text(Column.SUPPLIER).split())
    keys = [f"name {name.casefold()}"] if name else []
    if entry and entry.number:
        keys.append(f"number {entry.number}")
    if known is not None:
        keys.append(f"known {known.identifier}")
    other = next((seen[key] for key in keys if key in seen), None)
    for key in keys:
        seen.setdefault(key, _said(row))
    return [Fault(Column.SUPPLIER, _TWICE, {"other": other})] if other is not None else []


def _said(row: Row) -> str:
    """Name a row within another's message."""
    words, data = place_of(row)
    return words % data


def _notes(entry: Entry | None, known: Known | None, asked: Asked) -> list[Note]:
    if entry is None:
        return []
    found = [
        Note(_LONG_ANSWER, {"title": title, "words": words, "limit": limit})
        for title, words, limit in long_answers(entry, asked)
    ]
    if known is not None and known.name.casefold() != entry.supplier.casefold():
        found.append(Note(_KNOWN_AS, {"name": known.name}))
    return found


def _digest(candidates: Sequence[Candidate], packed: Sequence[Packed]) -> str:
    """Give a digest of what a person is shown, to tell whether it is still so."""
    shown = {
        "bids": [
            [each.row.stored(), each.known.identifier if each.known else ""] for each in candidates
        ],
        "files": [[each.name, each.sha256, each.fault, each.form] for each in packed],
    }
    return sha256(canonical(shown)).hexdigest()
