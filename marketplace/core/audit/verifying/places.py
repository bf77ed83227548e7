"""Checks entries one after another: their bytes, columns, chains, instants and fields."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from marketplace.core.audit import entries, tree
from marketplace.core.audit.entries import DamagedEntry, Entry
from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.verifying.reading import Batch, Detail, Stored
from marketplace.core.text import N_

_NOTHING: Mapping[str, int] = {}
# Entries that other tables repeat; what they say is compared when all were read.
_TOLD = ("field.erased", "fields.erased", "log.key_named", "log.key_changed")


@dataclass
class Told:
    """What an entry says that other tables repeat: its action, and the values it holds."""

    action: str
    values: Mapping[str, object]


@dataclass
class _Last:
    """The last entry of a chain; two hashes where what is stored is not that of its bytes."""

    cn: int = 0
    leaves: tuple[bytes | None, ...] = (None,)


@dataclass
class Places:
    """Checks places in their order; `told` keeps what a few actions say, by place."""

    at: datetime | None = None
    told: dict[int, Told] = field(default_factory=dict)
    _chains: dict[str, _Last] = field(default_factory=dict)
    _skipped: int = 0

    def check(self, place: int, batch: Batch) -> tuple[Sequence[Finding], bytes | None]:
        """Give what is wrong at a place, and the hash of the bytes there; None without bytes."""
        stored = batch.entries.get(place)
        if stored is None:
            gone = self._skipped <= place
            return [failed(N_("It is missing"), f"entry {place}")] if gone else [], None
        details = batch.details.get(place, ())
        erased = batch.erased.get(place, _NOTHING)
        last = self._chains.get(stored.chain) or _Last()
        body, leaf = _octets(stored.body), _octets(stored.leaf)
        made = tree.leaf_hash(body)
        damage: Sequence[Finding] = ()
        if not (leaf == made and not erased and self._sound(place, stored, body, details, last)):
            damage = list(self._damage(stored, body, leaf, made, details, erased, last))
        if stored.action in _TOLD:
            self.told[place] = Told(stored.action, _values(details))
        self.at = max(stored.at, self.at) if self.at else stored.at
        self._chains[stored.chain] = _Last(stored.cn, (leaf,) if leaf == made else (leaf, made))
        return damage, made

    def skip(self, start: int) -> None:
        """Say nothing about missing places before `start`: it was said of all of them."""
        self._skipped = start

    def _sound(
        self, place: int, stored: Stored, body: bytes, details: Sequence[Detail], last: _Last
    ) -> bool:
        """Tell whether columns, chain and fields make these very bytes: then all of them agree."""
        fields = {}
        for _n, name, salt, value in details:
            if not (type(salt) is type(value) is bytes) or len(salt) != entries.SALT_BYTES:
                return False
            fields[name] = hashlib.sha256(salt + value).digest()
        return (
            (self.at is None or stored.at >= self.at)
            and stored.cn == last.cn + 1
            and body
            == entries.write(
                Entry(
                    n=place,
                    at=stored.at,
                    action=stored.action,
                    chain=stored.chain,
                    cn=last.cn + 1,
                    prev=last.leaves[0],
                    fields=fields,
                )
            )
        )

    def _damage(
        self,
        stored: Stored,
        body: bytes,
        leaf: bytes,
        made: bytes,
        details: Sequence[Detail],
        erased: Mapping[str, int],
        last: _Last,
    ) -> Iterator[Finding]:
        """Say of an entry that is not as its columns and fields make it what does not agree."""
        where = f"entry {stored.n} (chain {stored.chain}, {stored.cn})"
        if leaf != made:
            yield failed(
                N_("Its bytes have the hash %(found)s; %(stored)s is stored as its leaf hash"),
                where,
                found=made.hex(),
                stored=leaf.hex(),
            )
        try:
            entry = entries.read(body)
        except DamagedEntry as error:
            yield failed(N_("Its bytes are no entry: %(why)s"), where, why=error)
            return
        yield from self._columns(stored, entry, where)
        yield from self._order(entry, last, where)
        yield from _fields(entry, details, erased, where)

    def _columns(self, stored: Stored, entry: Entry, where: str) -> Iterator[Finding]:
        for column in ("n", "at", "chain", "cn", "action"):
            held, said = getattr(stored, column), getattr(entry, column)
            if held != said:
                yield failed(
                    N_("The column %(column)s holds %(held)s; its bytes say %(said)s"),
                    where,
                    column=column,
                    held=held,
                    said=said,
                )

    def _order(self, entry: Entry, last: _Last, where: str) -> Iterator[Finding]:
        if self.at is not None and entry.at < self.at:
            yield failed(
                N_("It is of %(at)s, before the entry that precedes it (%(before)s)"),
                where,
                at=entries.write_instant(entry.at),
                before=entries.write_instant(self.at),
            )
        if entry.cn != last.cn + 1:
            yield failed(
                N_("It is number %(found)s of its chain; number %(expected)s was expected"),
                where,
                found=entry.cn,
                expected=last.cn + 1,
            )
        elif entry.prev not in last.leaves:
            yield failed(
                N_("It names %(found)s as the entry before it in its chain; that is %(expected)s"),
                where,
                found=_hex(entry.prev),
                expected=_hex(last.leaves[0]),
            )


def _fields(
    entry: Entry, details: Sequence[Detail], erased: Mapping[str, int], where: str
) -> Iterator[Finding]:
    held = {detail.name: detail for detail in details}
    for name, digest in sorted(entry.fields.items()):
        at = f"{where}, field {name}"
        detail = held.pop(name, None)
        if detail is None:
            if name not in erased:
                yield failed(N_("Its value is not stored, and no erasure says why"), at)
            continue
        if name in erased:
            yield failed(
                N_("Entry %(entry)s erased it, and its value is stored all the same"),
                at,
                entry=erased[name],
            )
        salt, value = _octets(detail.salt), _octets(detail.value)
        if len(salt) != entries.SALT_BYTES:
            yield failed(N_("Its salt has %(found)s bytes; 32 were expected"), at, found=len(salt))
        elif (found := entries.field_digest(salt, value)) != digest:
            yield failed(
                N_("Its stored salt and value give the digest %(found)s; the entry says %(said)s"),
                at,
                found=found.hex(),
                said=digest.hex(),
            )
    for name in held:
        yield failed(N_("It is stored, and the entry has no such field"), f"{where}, field {name}")
    for name in erased.keys() - entry.fields.keys():
        yield failed(
            N_("An erasure names it, and the entry has no such field"), f"{where}, field {name}"
        )


def _values(details: Sequence[Detail]) -> Mapping[str, object]:
    """Read the values of fields; None for one that is damaged, of which its digest tells."""
    values: dict[str, object] = {}
    for detail in details:
        try:
            values[detail.name] = json.loads(detail.value)
        except ValueError:
            values[detail.name] = None
    return values


def _octets(found: object) -> bytes:
    """Give bytes as they are, and what else SQLite lets into a column of bytes as its text."""
    return found if isinstance(found, bytes) else str(found).encode()


def _hex(digest: bytes | None) -> str:
    return "null" if digest is None else digest.hex()
