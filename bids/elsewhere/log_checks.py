"""Holds bids that were brought in against the log: their documents, and the files beside them."""

import hashlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from bids.documents import DamagedDocument
from bids.elsewhere import document, log_words
from bids.elsewhere.models import BroughtBid, BroughtFile
from bids.envelopes import Hashed
from bids.models import Bid
from marketplace.core.access import current_files
from marketplace.core.audit import retention, verifying
from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.verifying.recorded import Recorded, recorded
from marketplace.core.erased.models import row_erased_at
from marketplace.core.files.store import DamagedFile
from marketplace.core.text import N_

retention.keep(
    {
        log_words.PUT_DOWN: frozenset({"count", "archive"}),
        log_words.READ: frozenset({"count", "archive"}),
        log_words.DISCARDED: frozenset({"count", "archive"}),
        log_words.BROUGHT: frozenset({"count", "bids", "documents", "archive", "put_down_by"}),
    }
)
# Rows with whole documents are large, so few are held at once.
_AT_ONCE = 20


@verifying.also
def check(connection: Connection) -> Iterator[Finding]:
    """Compare each bid that was brought in with its entry, and the other way round."""
    entries = {each.n: each for each in recorded(connection, log_words.BROUGHT)}
    unmatched = {n: set(_documents(each)) for n, each in entries.items()}
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(
        select(
            Bid.id,
            Bid.reference,
            Bid.supplier_id,
            BroughtBid.document,
            BroughtBid.sha256,
            BroughtBid.entry_n,
            BroughtBid.confirmed_by_id,
        )
        .join(Bid, Bid.id == BroughtBid.bid_id)
        .order_by(BroughtBid.entry_n, Bid.reference)
    )
    for row in rows.all():
        where = f"bid {row.reference}, brought in"
        entry = entries.get(row.entry_n)
        if entry is None or _documents(entry).get(row.reference) != row.sha256:
            yield failed(N_("Entry %(entry)s does not record it"), where, entry=row.entry_n)
        else:
            unmatched[row.entry_n].discard(row.reference)
            if entry.values.get("actor_id") not in (None, str(row.confirmed_by_id)):
                yield failed(
                    N_("Entry %(entry)s records another officer"), where, entry=row.entry_n
                )
        yield from _kept(connection, row, where)
    for n, references in unmatched.items():
        for reference in sorted(references):
            yield failed(
                N_("It records bid %(bid)s, which is not stored"), f"entry {n}", bid=reference
            )


def _documents(entry: Recorded) -> dict[str, str]:
    found = entry.values.get("documents")
    return found if isinstance(found, dict) else {}


def _kept(connection: Connection, row: Any, where: str) -> Iterator[Finding]:
    """Compare a document with its digest, and its files with what it says of them."""
    if row_erased_at(Session(connection), BroughtBid.__tablename__, row.id) is not None:
        return
    if hashlib.sha256(row.document).hexdigest() != row.sha256:
        yield failed(N_("It is not the one that was brought in: its bytes have changed"), where)
        return
    try:
        held = document.read(row.document)
    except DamagedDocument:
        yield failed(N_("It is no document of a bid from elsewhere"), where)
        return
    if (held.bid, held.supplier_id) != (row.reference, str(row.supplier_id)):
        yield failed(N_("It is the document of another bid"), where)
    files = connection.scalars(
        select(BroughtFile.sha256).where(BroughtFile.bid_id == row.id).order_by(BroughtFile.place)
    ).all()
    if list(files) != [each.sha256 for each in held.attachments]:
        yield failed(N_("Its files are not those that it names"), where)
        return
    for sha256 in files:
        yield from _file(sha256, where)


def _file(sha256: str, where: str) -> Iterator[Finding]:
    try:
        with current_files().open(sha256) as file:
            found = Hashed(file).drain()
    except DamagedFile:
        yield failed(N_("A file of it is missing among the stored files"), where)
    except OSError as error:
        yield failed(N_("A file of it cannot be read: %(why)s"), where, why=error.strerror)
    else:
        if found != sha256:
            yield failed(N_("A file of it is not the one that was brought in"), where)
