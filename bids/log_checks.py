"""Holds stored bids against the log: no submission without its entry, no entry without its bid.

A sealed bid is an envelope among the stored files: each is read, by chunks, and digested. What an
opening read of it is compared with what the log and the receipt say.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, and_, select
from sqlalchemy.orm import Session, aliased

from bids import log_words, opened
from bids.envelopes import Hashed
from bids.models import Bid, Flaw, OpenedSubmission, Submission
from challenges.models import Challenge, Plan, Stage
from challenges.queries import is_newest
from marketplace.core.access import current_files
from marketplace.core.audit import entries, proofs, receipts, retention, verifying
from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.models import LogEntry, LogKey
from marketplace.core.audit.receipts import Receipt
from marketplace.core.audit.stages import FIRST, stage_of
from marketplace.core.audit.verifying.recorded import recorded
from marketplace.core.erased.models import ErasedRow, file_erased_at
from marketplace.core.files.store import DamagedFile
from marketplace.core.text import N_

# What a receipt states, and what an opening is proven by; without it nobody could match them.
retention.keep(
    {
        log_words.SUBMITTED: frozenset(
            {"bid", "version", "arrived", "closes_at", "envelope", "fields_root"}
        ),
        log_words.WITHDRAWN: frozenset({"bid", "version", "arrived", "closes_at"}),
        log_words.LAPSED: frozenset({"bids"}),
        log_words.REFUSED: frozenset({"bid", "reason", "arrived", "closes_at"}),
        log_words.KEY_SET: frozenset({"key", "former"}),
        log_words.CONFIRMED: frozenset({"place", "key", "statement"}),
        log_words.OPENED: frozenset({"count", "bids", "differing", "flaws", "officers"}),
        log_words.INVITED: frozenset({"count", "bids"}),
    }
)
# Rows with what an opening read are large, so few are held at once.
_AT_ONCE = 20


@verifying.also
def check(connection: Connection) -> Iterator[Finding]:
    """Compare each stored submission and its receipt with its entry, and the other way round."""
    named = connection.scalars(select(LogKey.__table__.c.verifier))
    origins = {str(key).partition("+")[0] for key in named}
    stored = (
        select(
            Bid.reference,
            Bid.supplier_id,
            Challenge.reference.label("challenge"),
            Stage.ordinal,
            Plan.sha256.label("plan_sha256"),
            Submission.version,
            Submission.arrived_at,
            Submission.recorded_at,
            Submission.entry_n,
            Submission.sha256,
            Submission.receipt,
            OpenedSubmission.submission_id.label("opened_id"),
            OpenedSubmission.found_sha256,
            OpenedSubmission.document,
            OpenedSubmission.flaw,
            ErasedRow.erased_at,
            LogEntry.__table__.c.action,
            LogEntry.__table__.c.at,
            LogEntry.__table__.c.body,
        )
        .join(Bid, Bid.id == Submission.bid_id)
        .join(Challenge, Challenge.id == Bid.challenge_id)
        .join(Stage, Stage.id == Bid.stage_id)
        .outerjoin(Plan, (Plan.challenge_id == Bid.challenge_id) & is_newest())
        .outerjoin(OpenedSubmission, OpenedSubmission.submission_id == Submission.id)
        .outerjoin(LogEntry.__table__, LogEntry.__table__.c.n == Submission.entry_n)
        .outerjoin(
            ErasedRow,
            and_(
                ErasedRow.table_name == OpenedSubmission.__tablename__,
                ErasedRow.row_id == Submission.id,
            ),
        )
        .order_by(Submission.entry_n)
    )
    for row in connection.execution_options(yield_per=_AT_ONCE).execute(stored):
        where = f"bid {row.reference}, version {row.version}"
        yield from _submission(row, where)
        yield from _envelope(connection, row, where)
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


@verifying.also
def check_invited(connection: Connection) -> Iterator[Finding]:
    """Compare the bids of later stages with the entries by which their suppliers were invited."""
    named = {
        (each.chain, stage_of(each.values), before, after): each.n
        for each in recorded(connection, log_words.INVITED)
        for before, after in each.values.get("bids", {}).items()
    }
    former = aliased(Bid)
    rows = connection.execute(
        select(
            Challenge.reference.label("challenge"),
            Stage.ordinal,
            former.reference.label("former"),
            Bid.reference,
        )
        .join(Stage, Stage.id == Bid.stage_id)
        .join(Challenge, Challenge.id == Bid.challenge_id)
        .outerjoin(former, former.id == Bid.previous_id)
        .where(Stage.ordinal > FIRST)
        .order_by(Bid.reference)
    )
    for row in rows:
        if named.pop((row.challenge, row.ordinal, row.former, row.reference), None) is None:
            yield failed(
                N_("No entry records that its supplier was invited to stage %(stage)s"),
                f"bid {row.reference}",
                stage=row.ordinal,
            )
    for (_chain, _stage, _before, bid), n in sorted(named.items()):
        yield failed(N_("It invites by bid %(bid)s, which is not stored"), f"entry {n}", bid=bid)


def _submission(row: Any, where: str) -> Iterator[Finding]:
    if row.action != log_words.SUBMITTED:
        yield failed(N_("Entry %(entry)s does not record it"), where, entry=row.entry_n)
    elif row.recorded_at != row.at:
        yield failed(
            N_("It is not of the instant at which entry %(entry)s was recorded"),
            where,
            entry=row.entry_n,
        )


def _envelope(connection: Connection, row: Any, where: str) -> Iterator[Finding]:
    """Read the sealed envelope, and compare its digest."""
    if file_erased_at(Session(connection), row.sha256) is not None:
        return
    where += ", envelope"
    try:
        with current_files().open(row.sha256) as file:
            found = Hashed(file).drain()
    except DamagedFile:
        if row.flaw is not Flaw.MISSING:
            yield failed(N_("It is missing among the stored files"), where)
    except OSError as error:
        if row.flaw is not Flaw.UNREADABLE or row.found_sha256 is not None:
            yield failed(N_("It cannot be read: %(why)s"), where, why=error.strerror)
    else:
        if found != row.sha256 and row.flaw is not Flaw.DIFFERS:
            yield failed(N_("It is not the one that was submitted: its bytes have changed"), where)


def _receipt(row: Any, where: str, connection: Connection, origins: set[str]) -> Iterator[Finding]:
    """Make the receipt again from the log, and compare."""
    try:
        held = receipts.read(row.receipt)
        body = bytes(row.body)
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
        yield failed(
            N_("It cannot be matched with the log: %(why)s"), f"{where}, receipt", why=error
        )
        return
    digests = {
        name: entries.field_digest(field.salt, entries.value_bytes(field.value))
        for name, field in held.disclosed.items()
    }
    if held != made or digests != entry.fields or (origins and held.origin not in origins):
        yield failed(
            N_("It is not the one that follows from entry %(entry)s"),
            f"{where}, receipt",
            entry=row.entry_n,
        )
    stage = stage_of({name: field.value for name, field in held.disclosed.items()})
    stated = (held.bid, held.version, held.arrived, held.envelope.hex(), stage)
    if stated != (row.reference, row.version, row.arrived_at, row.sha256, row.ordinal):
        yield failed(N_("It does not state what is stored of the submission"), f"{where}, receipt")
    # What was read of it may have been erased since; then nothing is left to be held against it.
    if row.opened_id is not None and row.erased_at is None:
        yield from _opened(row, held, f"{where}, opened")


def _opened(row: Any, held: Receipt, where: str) -> Iterator[Finding]:
    """Hold what the opening read, and how it was flagged, against what was submitted."""
    flaw: Flaw | None
    if row.found_sha256 is None:
        # No digest was had: there was no envelope, or none that could be read to its end.
        unread = row.flaw is Flaw.UNREADABLE and row.document is None
        flaw = Flaw.UNREADABLE if unread else Flaw.MISSING
    elif row.found_sha256 != held.envelope.hex():
        flaw = Flaw.DIFFERS
    else:
        document = opened.read_document(row.document)
        logged = {"fields_root": held.fields_root.hex()}
        expected = opened.Expected(
            row.reference,
            row.version,
            row.challenge,
            row.ordinal,
            str(row.supplier_id),
            row.plan_sha256,
        )
        flaw = opened.flaw_of(document, expected, logged)
    if flaw is not row.flaw:
        yield failed(
            N_("What was read of it is not what was submitted, and its flag does not say so")
            if flaw is not None
            else N_("It is flagged, and what was read of it is what was submitted"),
            where,
        )
