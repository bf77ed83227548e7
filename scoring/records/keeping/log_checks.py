"""Holds what was erased against the log: nothing went without the entry that gives leave."""

from collections.abc import Iterator

from sqlalchemy import Connection, null, select

from marketplace.core.audit import retention, verifying
from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.models import LogEntry
from marketplace.core.erased.models import ErasedFile, ErasedRow
from marketplace.core.text import N_
from scoring.records.log_words import ERASURE_CONFIRMED
from scoring.records.own_data.log_words import GRANTED
from scoring.records.own_data.models import OwnErasureEnd

# By which rule it was: without it nobody could say later why something is gone.
retention.keep({ERASURE_CONFIRMED: frozenset({"rule"})})

# What is erased by another leave than that of a challenge's records.
_OTHER_LEAVE: dict[str | None, str] = {OwnErasureEnd.__tablename__: GRANTED}


@verifying.also
def check(connection: Connection) -> Iterator[Finding]:
    """Compare every erased row and file with the entry that it names."""
    tables = ((ErasedRow, "erased row", ErasedRow.table_name), (ErasedFile, "erased file", null()))
    for model, what, name in tables:
        rows = connection.execute(
            select(model.entry_n, LogEntry.action, name)
            .outerjoin(LogEntry, LogEntry.n == model.entry_n)
            .distinct()
            .order_by(model.entry_n)
        )
        for entry_n, action, table in rows:
            if action != _OTHER_LEAVE.get(table, ERASURE_CONFIRMED):
                yield failed(
                    N_("It was erased, and entry %(entry)s gives no leave for that"),
                    what,
                    entry=entry_n,
                )
