"""Verifies the whole stored log: every byte, digest, hash and signature, and says where damage is.

What is computed is compared with what is stored, place by place, in batches, so that memory stays
the same whatever the size. Who runs it gives a connection that sees one instant of the database;
the site may go on writing meanwhile.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection

from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.verifying import erasures, reading, tables, witnesses
from marketplace.core.audit.verifying.places import Places
from marketplace.core.audit.verifying.subtrees import Subtrees
from marketplace.core.text import N_

# Is told how many of how many entries are done.
Progress = Callable[[int, int], None]
# A room's own check: what of its tables does not agree with the log.
Check = Callable[[Connection], Iterable[Finding]]

_checks: list[Check] = []


def also(check: Check) -> Check:
    """Register a room's check of its own tables against the log; it runs after the log's own."""
    _checks.append(check)
    return check


@dataclass
class Verification:
    """One run over the log of a database; the counts are complete when `run` has ended.

    `roots` are the certificates (PEM) by which time stamps are trusted. `unstamped` of the
    `checkpoints` bear no stamp, and `unchecked` one that could not be checked without `roots`;
    `erased` are fields that went by the rules.
    """

    connection: Connection
    progress: Progress = lambda _done, _all: None
    roots: bytes | None = None
    entries: int = field(default=0, init=False)
    checkpoints: int = field(default=0, init=False)
    unstamped: int = field(default=0, init=False)
    unchecked: int = field(default=0, init=False)
    erased: int = field(default=0, init=False)

    def run(self) -> Iterator[Finding]:
        """Give what was found: every damage with its place, and what nobody but the log says."""
        connection = self.connection
        self.entries = reading.size(connection)
        places, subtrees = Places(), Subtrees()
        signed = witnesses.Checkpoints(connection, self.roots)
        start = 0
        while start < self.entries:
            end = min(start + reading.BATCH, self.entries)
            try:
                batch = reading.batch(connection, start, end)
            except (ValueError, TypeError):
                yield from _unreadable(connection, start, end)
                subtrees.lose()
                start = end
                continue
            if not batch.entries:
                after = reading.next_place(connection, start)
                yield failed(N_("All of these are missing"), f"entries {start} to {after - 1}")
                subtrees.lose()
                places.skip(after)
                start = after - after % reading.BATCH
                continue
            made = []
            for place in batch.places:
                damage, leaf = places.check(place, batch)
                yield from damage
                made.append(leaf)
            yield from subtrees.add(batch, made)
            yield from _readable("checkpoints", signed.check(batch, subtrees))
            start = batch.end
            self.progress(start, self.entries)
        for part, found in {
            "head": tables.head(connection, self.entries, places.at, subtrees),
            "rows without an entry": tables.strays(connection, self.entries),
            "checkpoints": signed.beyond(self.entries),
            "keys": witnesses.keys(connection, places.told),
            "erasures": erasures.check(connection, places.told),
        }.items():
            yield from _readable(part, found)
        for check in _checks:
            yield from _readable("what rooms keep", check(connection))
        self.checkpoints = signed.count
        self.unstamped, self.unchecked = signed.unstamped, signed.unchecked
        self.erased = erasures.count(connection)


def _unreadable(connection: Connection, start: int, end: int) -> Iterator[Finding]:
    """Find, one by one, the places of which something stored is no value of its column."""
    for place in range(start, end):
        try:
            reading.batch(connection, place, place + 1)
        except (ValueError, TypeError) as error:
            yield failed(N_("What is stored cannot be read: %(why)s"), f"entry {place}", why=error)


def _readable(part: str, found: Iterable[Finding]) -> Iterator[Finding]:
    """Give what a part finds; where something stored is no value of its column, say so of it."""
    try:
        yield from found
    except (ValueError, TypeError) as error:
        yield failed(N_("What is stored cannot be read: %(why)s"), part, why=error)
