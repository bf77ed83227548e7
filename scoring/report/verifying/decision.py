"""Checks who decided what and when, by the entries of the log. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marketplace.core.audit import entries
from marketplace.core.audit.findings import Finding, failed, withheld
from marketplace.core.audit.told import Told
from marketplace.core.text import N_
from scoring.report.verifying.files import DamagedReport, Files
from scoring.report.verifying.history import History
from scoring.report.verifying.rules import told_of

RECOMMENDED, ANNOUNCED, SIGNED = "award.recommended", "intention.announced", "contract.signed"
APPROVED = ("award.cleared", "award.approved")
DECIDED_BY = "actor"


def check(files: Files, history: History) -> Iterator[Finding]:
    """Find a decision that is printed otherwise than it was recorded.

    Raises:
        DamagedReport: the facts have another form.
    """
    facts = files.json("report.json")
    try:
        number = int(facts["stages"][-1]["id"].rpartition("-")[2])
        decision, told = facts["decision"], told_of(history.told, number)
        found = [*_decided(decision, told), *_contracts(decision, told), *_by_another(told)]
        hidden = not any("reason" in e.shown for e in told if e.action == RECOMMENDED)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        raise DamagedReport(f"report.json has no decision of the usual form: {error!r}") from error
    yield from found
    if not found:
        yield Finding(
            history.sure, N_("Who was preferred, when, and what was signed is as recorded"), "log"
        )
    if hidden:
        yield withheld(N_("Who decided, and why, is not shown by the log in this edition"), "log")


def _decided(decision: Mapping[str, Any], told: Sequence[Told]) -> Iterator[Finding]:
    winners = [decision["recommended"], *decision["also_recommended"]]
    for actions, at, reason in (
        ((RECOMMENDED,), "recommended_at", "reason"),
        (APPROVED, "approved_at", "approval_reason"),
        ((ANNOUNCED,), "intention_at", None),
    ):
        last = next((each for each in reversed(told) if each.action in actions), None)
        if last is None:
            yield failed(N_("No entry says so"), f"report.json, {at}")
            continue
        named = last.known("bid")
        if isinstance(named, str) and named != ", ".join(winners):
            yield failed(
                N_("Preferred is %(now)s here; recorded was %(before)s"),
                f"report.json, decision; {last.where}",
                now=", ".join(winners),
                before=named,
            )
        yield from _instant(decision, at, last)
        if reason and "reason" in last.shown and last.shown["reason"] != decision[reason]:
            yield failed(
                N_("The reason is not the one that was recorded in entry %(n)s"),
                f"report.json, {reason}",
                n=last.n,
            )
    announced = next((each for each in reversed(told) if each.action == ANNOUNCED), None)
    ends = decision["standstill_ends_at"]
    until = announced.known("standstill") if announced is not None else None
    if ends is not None and until is not None and not _same(ends, until):
        yield failed(
            N_("The standstill ends %(now)s here; recorded was %(before)s"),
            "report.json, standstill_ends_at",
            now=ends,
            before=until,
        )


def _instant(decision: Mapping[str, Any], key: str, told: Told) -> Iterator[Finding]:
    """An instant of the facts is that of its entry, or one that the entry states."""
    given = entries.read_instant(decision[key])
    stated = told.known("sent")
    recorded = told.entry.at if not isinstance(stated, str) else entries.read_instant(stated)
    # The entry is written a moment after the row, by the same clock and never before it.
    if abs((recorded - given).total_seconds()) > _MOMENT:
        yield failed(
            N_("It is %(now)s here; recorded was %(before)s, in entry %(n)s"),
            f"report.json, {key}",
            now=decision[key],
            before=entries.write_instant(recorded),
            n=told.n,
        )


_MOMENT = 60


def _contracts(decision: Mapping[str, Any], told: Sequence[Told]) -> Iterator[Finding]:
    signed = {str(each.known("contract")): each for each in told if each.action == SIGNED}
    printed = [decision["contract"], *decision["further_contracts"]]
    for contract in filter(None, printed):
        where = f"report.json, contract {contract['reference']}"
        found = signed.get(contract["reference"])
        if found is None:
            yield failed(N_("No entry says that this contract was signed"), where)
        elif str(contract["value"]["minor"]) != found.known("value_minor"):
            yield failed(
                N_("Its value is %(now)s here; recorded was %(before)s, in minor units"),
                where,
                now=contract["value"]["minor"],
                before=found.known("value_minor"),
            )
    named = {contract["reference"] for contract in printed if contract}
    for reference in sorted(signed.keys() - named):
        yield failed(
            N_("Contract %(contract)s was signed and is missing here"),
            "report.json, decision",
            contract=reference,
        )


def _by_another(told: Sequence[Told]) -> Iterator[Finding]:
    """Nobody approved what they had recommended."""
    for place, each in enumerate(told):
        if each.action not in APPROVED or DECIDED_BY not in each.shown:
            continue
        by = next((e for e in reversed(told[:place]) if e.action == RECOMMENDED), None)
        if by is not None and by.known(DECIDED_BY) == each.known(DECIDED_BY):
            yield failed(
                N_("It was approved by the person who had recommended it, in entry %(n)s"),
                each.where,
                n=by.n,
            )


def _same(one: object, other: object) -> bool:
    try:
        return entries.read_instant(str(one)) == entries.read_instant(str(other))
    except ValueError:
        return False
