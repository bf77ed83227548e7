"""Holds what was erased against the log: nothing went without the entry that gives leave."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from marketplace.core.audit import retention, verifying
from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.models import LogEntry
from marketplace.core.erased.models import ErasedFile, ErasedRow
from marketplace.core.text import N_
from scoring.records.log_words import ERASURE_CONFIRMED

# By which rule it was: without it nobody could say later why something is gone.
retention.keep({ERASURE_CONFIRMED: frozenset({"rule"})})


@verifying.also
def check(connection: Connection) -> Iterator[Finding]:
    """Compare every erased row and file with the entry that it names."""
    for model, what in ((ErasedRow, "erased row"), (ErasedFile, "erased file")):
        rows = connection.execute(
            select(model.entry_n, LogEntry.action)
            .outerjoin(LogEntry, LogEntry.n == model.entry_n)
            .distinct()
            .order_by(model.entry_n)
        )
        for entry_n, action in rows:
            if action != ERASURE_CONFIRMED:
                yield failed(
                    N_("It was erased, and entry %(entry)s gives no leave for that"),
                    what,
                    entry=entry_n,
                )
