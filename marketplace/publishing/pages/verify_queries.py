"""Checks what a visitor brings against this site's own log. Reads, and writes nothing."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.stages.disclosing import public_file
from marketplace.core.audit import checkpoints, keys, log, passports, proofs, receipt_check
from marketplace.core.audit.findings import Finding, Status, Vouching, asserted, failed
from marketplace.core.audit.models import LogCheckpoint, LogEntry
from marketplace.core.audit.receipt_check import Newer, Verdict
from marketplace.core.audit.receipts import Receipt
from marketplace.core.audit.signing import Verifier
from marketplace.core.text import N_
from scoring.report.verifying import history, report

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
    return _as_made(session, _against_log(session, pdf, known), pdf)


def _against_log(session: Session, pdf: bytes, known: Sequence[Verifier]) -> report.Checked:
    newest = checkpoints.newest(session)
    told = report.log_of(pdf, known)
    if newest is None or told is None or told.size > newest.size:
        return report.check(pdf, known)
    copy = public_file(session, told.chain)
    try:
        proof = proofs.consistency(session, told.size, newest.size)
    except KeyError:
        checked = report.check(pdf, known, copy=copy)
        broken = failed(
            N_("This site’s log is damaged: it cannot prove that it continues the report’s"),
            f"checkpoint {newest.size}",
        )
        return checked.with_finding(report.Part.LOG, broken)
    return report.check(pdf, known, newer=Newer(newest.note, proof), copy=copy)


def _as_made(session: Session, checked: report.Checked, pdf: bytes) -> report.Checked:
    """Look in this site's log for the digest of a file for which nothing else vouches.

    The public part of a chain has it once it is public and a checkpoint covers it; the log has it
    from the instant at which the file was made.
    """
    if checked.verdict is not Verdict.UNVOUCHED:
        return checked
    chain = checked.number.partition("/")[0]
    places = session.scalars(
        select(LogEntry.n)
        .where(LogEntry.chain == chain, LogEntry.action == history.MADE)
        .order_by(LogEntry.n)
    ).all()
    same = (checked.number, checked.edition)
    made = {
        place: said.get("sha256")
        for place, said in log.fields_of(session, places).items()
        if (said.get("number"), said.get("edition")) == same
    }
    digest = hashlib.sha256(pdf).hexdigest()
    this = next((place for place, known in made.items() if known == digest), None)
    if this is not None:
        # Computed here, not by who asks: it is this site's word.
        what = N_("This site’s log has the digest of this very file from when it was made")
        found: Finding = Vouching(Status.ASSERTED, what, f"entry {this}")
    elif made:
        found = failed(history.ANOTHER_FILE, f"entry {max(made)}")
    else:
        return checked
    return checked.with_finding(report.Part.LOG, found)


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
