"""Holds stored openings against the log: who signed, when it was opened, and what was found.

What a challenge's chain says of its opening is checked as whoever has its file checks it.
"""

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from bids import log_words
from bids.models import Bid, OpenedSubmission, Opening, OpeningConfirmation, Submission
from challenges.closing_models import OpeningOfficer
from challenges.models import Challenge, Stage
from marketplace.core.audit import entries, opening_check, tree, verifying
from marketplace.core.audit.bid_order import CLOSED
from marketplace.core.audit.findings import Finding, Status, failed
from marketplace.core.audit.models import LogDetail, LogEntry, LogKey
from marketplace.core.audit.opening_keys import NAMED
from marketplace.core.audit.stages import FIRST, stage_of
from marketplace.core.audit.told import Told
from marketplace.core.audit.verifying.recorded import recorded
from marketplace.core.text import N_
from marketplace.core.vault.models import OfficerKey


@verifying.also
def check(connection: Connection) -> Iterator[Finding]:
    """Compare openings, signatures and named officers with their entries, and the chains' word."""
    for chain in sorted({each.chain for each in recorded(connection, log_words.OPENED)}):
        yield from _chain(connection, chain)
    yield from _confirmations(connection)
    yield from _openings(connection)
    yield from _officers(connection)


def _chain(connection: Connection, chain: str) -> Iterator[Finding]:
    """Check a chain with all that it holds, as an auditor's file would show it."""
    shown: dict[int, dict[str, object]] = {}
    for n, name, value in connection.execute(
        select(LogDetail.n, LogDetail.name, LogDetail.value)
        .join(LogEntry, LogEntry.n == LogDetail.n)
        .where(LogEntry.chain == chain)
    ):
        shown.setdefault(n, {})[name] = json.loads(value)
    bodies = connection.execute(
        select(LogEntry.n, LogEntry.body).where(LogEntry.chain == chain).order_by(LogEntry.cn)
    ).all()
    try:
        told = [
            Told(entries.read(bytes(body)), tree.leaf_hash(bytes(body)), shown.get(n, {}))
            for n, body in bodies
        ]
    except entries.DamagedEntry:
        return  # the log's own check says which, and how
    key = connection.scalar(select(LogKey.verifier).order_by(LogKey.entry_n.desc()).limit(1))
    if key is None:
        return  # the first checkpoint names it, at once after an opening
    origin = key.partition("+")[0]
    for found in opening_check.check(origin, told, Status.ASSERTED).findings:
        if found.status is Status.FAILED:
            yield Finding(found.status, found.what, f"{found.where} (chain {chain})", found.data)


def _confirmations(connection: Connection) -> Iterator[Finding]:
    """Match officers' stored statements with the entries that record them."""
    unmatched = {
        (each.chain, each.values.get("statement")): each
        for each in recorded(connection, log_words.CONFIRMED)
    }
    for row in connection.execute(
        select(
            Challenge.reference,
            OpeningConfirmation.closed_n,
            OpeningConfirmation.officer_id,
            OpeningConfirmation.statement,
            OfficerKey.verifier,
        )
        .join(Stage, Stage.id == OpeningConfirmation.stage_id)
        .join(Challenge, Challenge.id == Stage.challenge_id)
        .join(OfficerKey, OfficerKey.id == OpeningConfirmation.officer_key_id)
        .order_by(Challenge.reference, OpeningConfirmation.confirmed_at)
    ):
        where = f"challenge {row.reference}, an officer's confirmation"
        entry = unmatched.pop((row.reference, row.statement), None)
        if entry is None:
            yield failed(N_("No entry records its statement"), where)
        elif (
            entry.n <= row.closed_n
            or entry.values.get("key") != row.verifier
            or entry.values.get("actor_id") not in (None, str(row.officer_id))
        ):
            yield failed(
                N_("Entry %(entry)s records another officer, key or closing"), where, entry=entry.n
            )
    for entry in unmatched.values():
        yield failed(
            N_("It records an officer's confirmation that is not stored"), f"entry {entry.n}"
        )


def _openings(connection: Connection) -> Iterator[Finding]:
    """Match stored openings, and what each envelope held, with the entries that record them."""
    rows = {
        (row.reference, row.ordinal): row
        for row in connection.execute(
            select(
                Challenge.reference,
                Stage.ordinal,
                Opening.stage_id,
                Opening.closed_n,
                Opening.opened_at,
                Opening.first_officer_id,
                Opening.second_officer_id,
            )
            .join(Stage, Stage.id == Opening.stage_id)
            .join(Challenge, Challenge.id == Stage.challenge_id)
        )
    }
    closed: dict[tuple[str, int], int] = {}
    for entry in recorded(connection, CLOSED, log_words.OPENED):
        at = (entry.chain, stage_of(entry.values))
        if entry.action == CLOSED:
            closed[at] = entry.n
            continue
        row = rows.pop(at, None)
        if row is None:
            yield failed(N_("It records an opening that is not stored"), f"entry {entry.n}")
            continue
        where = _where(*at)
        officers = [str(row.first_officer_id), str(row.second_officer_id)]
        if (row.opened_at, row.closed_n) != (entry.at, closed.get(at)) or sorted(
            entry.values.get("officers", [])
        ) != sorted(officers):
            yield failed(
                N_("Entry %(entry)s records another instant, closing or other officers"),
                where,
                entry=entry.n,
            )
        if _read(connection, row.stage_id, row.closed_n) != (
            entry.values.get("bids"),
            entry.values.get("flaws"),
        ):
            yield failed(
                N_("What is stored of its envelopes is not what entry %(entry)s records"),
                where,
                entry=entry.n,
            )
    for at in sorted(rows):
        yield failed(N_("No entry records it"), _where(*at))


def _where(reference: str, ordinal: int) -> str:
    stage = "" if ordinal == FIRST else f", stage {ordinal}"
    return f"challenge {reference}{stage}, opening"


def _read(
    connection: Connection, stage_id: Any, closed_n: int
) -> tuple[dict[str, str | None], dict[str, str]]:
    """Give the digest that each bid's envelope had at an opening, and how bids were flagged."""
    found = connection.execute(
        select(Bid.reference, OpenedSubmission.found_sha256, OpenedSubmission.flaw)
        .join(Submission, Submission.id == OpenedSubmission.submission_id)
        .join(Bid, Bid.id == Submission.bid_id)
        .where(Bid.stage_id == stage_id, OpenedSubmission.closed_n == closed_n)
    ).all()
    return (
        {row.reference: row.found_sha256 for row in found},
        {row.reference: row.flaw.value for row in found if row.flaw is not None},
    )


def _officers(connection: Connection) -> Iterator[Finding]:
    """Find officers whom the log names and who are not stored as named."""
    stored = {
        (reference, ordinal, str(officer))
        for reference, ordinal, officer in connection.execute(
            select(Challenge.reference, Stage.ordinal, OpeningOfficer.officer_id)
            .join(Stage, Stage.challenge_id == Challenge.id)
            .join(OpeningOfficer, OpeningOfficer.stage_id == Stage.id)
        )
    }
    for entry in recorded(connection, NAMED):
        named = (entry.chain, stage_of(entry.values), entry.values.get("officer_id"))
        if named not in stored:
            yield failed(
                N_("It names an officer who is not stored as one who may open the bids"),
                f"entry {entry.n}",
            )
