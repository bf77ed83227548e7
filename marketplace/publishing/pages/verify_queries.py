"""Checks what a visitor brings against this site's own log. Reads, and writes nothing."""

from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.stages.disclosing import public_file
from marketplace.core.audit import checkpoints, keys, passports, proofs, receipt_check
from marketplace.core.audit.findings import Finding, asserted, failed
from marketplace.core.audit.models import LogCheckpoint, LogEntry
from marketplace.core.audit.receipt_check import Newer
from marketplace.core.audit.receipts import Receipt
from marketplace.core.audit.signing import Verifier
from marketplace.core.text import N_
from scoring.report.verifying import report

Checked = receipt_check.Checked | passports.Checked | report.Checked


def known_keys(session: Session) -> list[Verifier]:
    """Give this log's keys, the newest last; none while they cannot be read."""
    try:
        return keys.known(session)
    except keys.WrongKey:
        return []


def check(session: Session, given: str, known: Sequence[Verifier]) -> Checked:
    """Check what was brought: the file of a passport by itself, a receipt as `check_receipt`."""
    content = given.encode()
    if passports.looks_like(content):
        return passports.check(content, known)
    return check_receipt(session, given, known)


def check_report(session: Session, pdf: bytes, known: Sequence[Verifier]) -> report.Checked:
    """Check the PDF of an award report; one of this log's own also against the log as it is now,
    and against the chain that everybody may have.
    """
    newest = checkpoints.newest(session)
    log = report.log_of(pdf, known)
    if newest is None or log is None or log.size > newest.size:
        return report.check(pdf, known)
    copy = public_file(session, log.chain)
    try:
        proof = proofs.consistency(session, log.size, newest.size)
    except KeyError:
        checked = report.check(pdf, known, copy=copy)
        broken = failed(
            N_("This site’s log is damaged: it cannot prove that it continues the report’s"),
            f"checkpoint {newest.size}",
        )
        found = {**checked.parts, report.Part.LOG: [*checked.parts[report.Part.LOG], broken]}
        return replace(checked, parts=found, verdict=receipt_check.Verdict.FAILED)
    return report.check(pdf, known, newer=Newer(newest.note, proof), copy=copy)


def check_receipt(session: Session, note: str, known: Sequence[Verifier]) -> receipt_check.Checked:
    """Check a receipt; one of this log's own also against the log as it is now.

    A receipt in another log's name is checked by itself: nothing here could confirm or deny it.
    """
    checked = receipt_check.check(note, known)
    receipt = checked.receipt
    if checked.signer is None or receipt is None:
        return checked
    newest = checkpoints.newest(session)
    covered = newest is not None and newest.size >= receipt.size
    if newest is not None and covered:
        checked = _against_newest(session, note, known, receipt, newest)
    found = [*checked.findings, _entry_today(session, receipt, covered=covered)]
    return replace(
        checked, findings=found, verdict=receipt_check.verdict(found, trusted=True), receipt=receipt
    )


def _against_newest(
    session: Session,
    note: str,
    known: Sequence[Verifier],
    receipt: Receipt,
    newest: LogCheckpoint,
) -> receipt_check.Checked:
    try:
        proof = proofs.consistency(session, receipt.size, newest.size)
    except KeyError:
        checked = receipt_check.check(note, known)
        broken = failed(
            N_("This site’s log is damaged: it cannot prove that it continues the receipt’s"),
            f"checkpoint {newest.size}",
        )
        return replace(checked, findings=[*checked.findings, broken])
    return receipt_check.check(note, known, Newer(newest.note, proof))


def _entry_today(session: Session, receipt: Receipt, *, covered: bool) -> Finding:
    """Compare the receipt's entry with the one that stands at its place now."""
    body = session.scalar(select(LogEntry.body).where(LogEntry.n == receipt.place))
    where = f"entry {receipt.place}"
    if body is None:
        return failed(N_("This site’s log has no entry at the receipt’s place any more"), where)
    if body != receipt.entry:
        return failed(
            N_("Another entry stands at the receipt’s place in this site’s log today"), where
        )
    if not covered:
        return asserted(
            N_(
                "This site holds the very same entry today. No checkpoint covers it yet; "
                "one is signed within the hour"
            ),
            where,
        )
    # Computed here, not by who asks: that the log continues the receipt's is what is proven.
    return asserted(N_("This site holds the very same entry today"), where)
