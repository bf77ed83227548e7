"""Checks what was signed: checkpoints with the roots of their sizes, and the keys one by one."""

import base64
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from marketplace.core.audit import keychain, signing, stamps, trust
from marketplace.core.audit.findings import Finding, asserted, failed
from marketplace.core.audit.models import LogCheckpoint, LogKey, LogStamp
from marketplace.core.audit.signing import BadKey, BadNote, Verifier
from marketplace.core.audit.verifying.places import Told
from marketplace.core.audit.verifying.reading import Batch, table
from marketplace.core.audit.verifying.subtrees import Subtrees
from marketplace.core.text import N_

NAMED, CHANGED = "log.key_named", "log.key_changed"

_STAMPED = ("at", "authority", "token")
_CHECKPOINT, _KEY, _STAMP = map(table, (LogCheckpoint, LogKey, LogStamp))


class Checkpoints:
    """Checks checkpoints as the tree grows past them."""

    def __init__(self, connection: Connection, roots: bytes | None) -> None:
        self._connection, self._roots = connection, roots
        self._keys: list[tuple[int, Verifier]] = []
        named = select(_KEY.c.entry_n, _KEY.c.verifier).order_by(_KEY.c.entry_n)
        for n, text in connection.execute(named):
            try:
                self._keys.append((n, signing.parse_verifier(text)))
            except BadKey:
                continue  # `keys` says so
        self.count = self.unstamped = self.unchecked = 0

    def check(self, batch: Batch, subtrees: Subtrees) -> Iterator[Finding]:
        """Check those whose last entry lies in the batch that the tree has grown by just now."""
        for row in self._rows(_CHECKPOINT.c.size > batch.start, _CHECKPOINT.c.size <= batch.end):
            yield from self._signature(row)
            where = f"checkpoint {row.size}"
            roots = subtrees.roots(row.size)
            if roots is not None and bytes(row.root) not in roots:
                yield failed(
                    N_(
                        "Its root is not that of the first %(size)s entries as they are stored: "
                        "entries were changed, removed or added after it was signed"
                    ),
                    where,
                    size=row.size,
                )
            last = batch.entries.get(row.size - 1)
            if last is not None and row.at < last.at:
                yield failed(N_("It is of an instant before its last entry"), where)

    def beyond(self, size: int) -> Iterator[Finding]:
        """Check those of sizes that the log does not have, or that none can have."""
        for row in self._rows((_CHECKPOINT.c.size > size) | (_CHECKPOINT.c.size < 1)):
            yield from self._signature(row)
            yield failed(
                N_("It was signed for %(signed)s entries; the log has %(size)s"),
                f"checkpoint {row.size}",
                signed=row.size,
                size=size,
            )

    def _rows(self, *conditions: Any) -> Iterator[Any]:
        found = self._connection.execute(
            select(_CHECKPOINT, *(_STAMP.c[name].label(f"stamp_{name}") for name in _STAMPED))
            .select_from(_CHECKPOINT.outerjoin(_STAMP))
            .where(*conditions)
            .order_by(_CHECKPOINT.c.size)
        )
        for row in found:
            self.count += 1
            self.unstamped += row.stamp_token is None
            yield row

    def _signature(self, row: Any) -> Iterator[Finding]:
        """Check the signature of a checkpoint, and that its columns are what was signed."""
        where = f"checkpoint {row.size}"
        known = [key for n, key in self._keys if n < row.size]
        try:
            found, signer = trust.open_checkpoint(row.note, known)
        except BadNote as error:
            yield failed(N_("Its note cannot be right: %(why)s"), where, why=error)
            return
        if signer is None:
            yield failed(N_("It is signed by no key that the log had named by then"), where)
        elif signer != known[-1]:
            yield failed(N_("It is signed by a key that the log had given up by then"), where)
        elif row.note != _only(row.note):
            yield failed(N_("Its note is not in the form in which it was written"), where)
        if (found.size, found.root) != (row.size, bytes(row.root)):
            yield failed(N_("Its columns are not what its note says"), where)
        if row.stamp_token is not None:
            yield from self._stamp(row)

    def _stamp(self, row: Any) -> Iterator[Finding]:
        """Check the time stamp of a checkpoint, where its authority's certificates are at hand."""
        if self._roots is None:
            self.unchecked += 1
            return
        where = f"checkpoint {row.size}, time stamp"
        try:
            stamp = stamps.check(row.note, bytes(row.stamp_token), self._roots)
        except stamps.BadStamp as error:
            yield failed(N_("It does not check: %(why)s"), where, why=error)
            return
        if (stamp.at, stamp.by[:200]) != (row.stamp_at, row.stamp_authority):
            yield failed(N_("Its columns are not what it says"), where)


def _only(note: str) -> str:
    """Write a note as the log does: three lines, one signature, base64 in its one form."""
    *text, empty, line, end = note.split("\n")
    start, _, coded = line.rpartition(" ")
    again = base64.b64encode(base64.b64decode(coded)).decode()
    return "\n".join([*text[:3], empty, f"{start} {again}", end])


def keys(connection: Connection, told: Mapping[int, Told]) -> Iterator[Finding]:
    """Compare the keys with the entries that named them, each later one signed by the one before.

    `told` are the entries that name keys, among others.
    """
    held = {row.entry_n: row.verifier for row in connection.execute(select(_KEY))}
    last = None
    for n in sorted(n for n, said in told.items() if said.action in (NAMED, CHANGED)):
        said, where = told[n], f"entry {n}"
        values = said.values
        key = values.get("key" if said.action == NAMED else "new")
        if said.action == NAMED and last is not None:
            yield asserted(
                N_("It begins with a new key that the key before, which was lost, did not name"),
                where,
            )
        if said.action == CHANGED:
            yield from _change(values, last, where)
        if held.pop(n, None) != key:
            yield failed(N_("The key that it names is not the one that is kept beside it"), where)
        last = key
    for n in sorted(held):
        yield failed(N_("A key is kept beside it, and it names none"), f"entry {n}")


def _change(values: Mapping[str, object], last: object, where: str) -> Iterator[Finding]:
    if values.get("old") != last:
        yield failed(N_("It changes another key than the one in use"), where)
    note = str(values.get("signature"))
    try:
        old, new = keychain.read_change(note)
        keychain.follow(old, [note])
    except BadKey as error:
        yield failed(N_("The old key did not sign the change: %(why)s"), where, why=error)
        return
    if (str(old), str(new)) != (values.get("old"), values.get("new")):
        yield failed(N_("The old key signed a change of other keys"), where)
