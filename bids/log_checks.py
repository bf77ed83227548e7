"""Holds stored bids against the log: no submission without its entry, no entry without its bid."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.orm import Session

from bids import documents, log_words
from bids.models import Bid, Submission
from marketplace.core.audit import entries, proofs, receipts, retention, verifying
from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.models import LogEntry, LogKey
from marketplace.core.text import N_

# What a receipt states; without it nobody could match one with the log.
retention.keep(
    {
        log_words.SUBMITTED: frozenset(
            {"bid", "version", "arrived", "closes_at", "envelope", "fields_root"}
        ),
        log_words.WITHDRAWN: frozenset({"bid", "version", "arrived", "closes_at"}),
        log_words.REFUSED: frozenset({"bid", "reason", "arrived", "closes_at"}),
        log_words.OPENED: frozenset({"bids", "differing", "officers"}),
    }
)


@verifying.also
def check(connection: Connection) -> Iterator[Finding]:
    """Compare each stored submission and its receipt with its entry, and the other way round."""
    named = connection.scalars(select(LogKey.__table__.c.verifier))
    origins = {str(key).partition("+")[0] for key in named}
    stored = (
        select(
            Bid.reference,
            Submission.version,
            Submission.arrived_at,
            Submission.recorded_at,
            Submission.entry_n,
            Submission.content,
            Submission.sha256,
            Submission.receipt,
            LogEntry.__table__.c.action,
            LogEntry.__table__.c.at,
            LogEntry.__table__.c.body,
        )
        .join(Bid, Bid.id == Submission.bid_id)
        .outerjoin(LogEntry.__table__, LogEntry.__table__.c.n == Submission.entry_n)
        .order_by(Submission.entry_n)
    )
    for row in connection.execution_options(yield_per=100).execute(stored):
        where = f"bid {row.reference}, version {row.version}"
        yield from _submission(row, where)
        if row.action == log_words.SUBMITTED:
            yield from _receipt(row, where, connection, origins)
    alone = (
        select(LogEntry.n)
        .outerjoin(Submission, Submission.entry_n == LogEntry.n)
        .where(LogEntry.action == log_words.SUBMITTED, Submission.id.is_(None))
        .order_by(LogEntry.n)
    )
    for (n,) in connection.execute(alone):
        yield failed(N_("It records a bid of which no submission is stored"), f"entry {n}")


def _submission(row: Any, where: str) -> Iterator[Finding]:
    if row.action != log_words.SUBMITTED:
        yield failed(N_("Entry %(entry)s does not record it"), where, entry=row.entry_n)
    elif row.recorded_at != row.at:
        yield failed(
            N_("It is not of the instant at which entry %(entry)s was recorded"),
            where,
            entry=row.entry_n,
        )
    if documents.digest(row.content) != row.sha256:
        yield failed(
            N_("Its stored content has another fingerprint than was stored with it"), where
        )


def _receipt(row: Any, where: str, connection: Connection, origins: set[str]) -> Iterator[Finding]:
    """Make the receipt again from the log, and compare."""
    where += ", receipt"
    body = bytes(row.body)
    try:
        held = receipts.read(row.receipt)
        entry = entries.read(body)
        session = Session(connection)
        size = row.entry_n + 1
        made = receipts.compose(
            held.origin,
            body,
            held.disclosed,
            tuple(proofs.inclusion(session, row.entry_n, size)),
            proofs.root(session, size),
        )
    except (ValueError, TypeError, KeyError) as error:
        yield failed(N_("It cannot be matched with the log: %(why)s"), where, why=error)
        return
    digests = {
        name: entries.field_digest(field.salt, entries.value_bytes(field.value))
        for name, field in held.disclosed.items()
    }
    if held != made or digests != entry.fields or (origins and held.origin not in origins):
        yield failed(
            N_("It is not the one that follows from entry %(entry)s"), where, entry=row.entry_n
        )
    stated = (held.bid, held.version, held.arrived, held.envelope.hex())
    if stated != (row.reference, row.version, row.arrived_at, row.sha256):
        yield failed(N_("It does not state what is stored of the submission"), where)
    try:
        root = documents.fields_root(documents.read(row.content))
    except (ValueError, TypeError, KeyError) as error:
        yield failed(N_("The stored bid cannot be read: %(why)s"), where, why=error)
        return
    if root != held.fields_root:
        yield failed(N_("It does not state the root over the fields of the stored bid"), where)
