"""Reads what proves the facts of a frozen report: plans, log, sealed bids."""

import hashlib
import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.proven import ProvenBid, proven_bids
from challenges.models import Plan, Stage
from challenges.stages.kinds import is_judged
from marketplace.core.audit import evidence as logged
from marketplace.core.audit import log
from marketplace.core.audit.models import LogDetail, LogEntry
from marketplace.core.clock import Clock
from scoring.engine.canonical import canonical
from scoring.report.assembling import Evidence, Recorded, Sealed
from scoring.report.bundle import Earlier, Proofs, Shown
from scoring.report.models import FrozenReport

FROZEN = "report.frozen"
# After these a checkpoint is signed at once: that the last one continues it shows that nothing of
# what came before was written anew.
_MARKS = frozenset(
    {
        "challenge.published",
        "challenge.changed",
        "challenge.closed",
        "stage.opened",
        "bids.opened",
        "bids.brought",
        "intention.announced",
    }
)


def entry_of(session: Session, row: FrozenReport, reference: str) -> LogEntry:
    """Give the entry by which a report was frozen.

    Raises:
        LookupError: the log has none, so that somebody wrote past it.
    """
    number = canonical(f"{reference}/{row.number}")
    found = session.scalar(
        select(LogEntry)
        .join(LogDetail, (LogDetail.n == LogEntry.n) & (LogDetail.name == "number"))
        .where(LogEntry.chain == reference, LogEntry.action == FROZEN, LogDetail.value == number)
        .order_by(LogEntry.cn.desc())
        .limit(1)
    )
    if found is None:
        raise LookupError(f"the log has no entry of report {reference}/{row.number}")
    return found


def evidence_of(session: Session, row: FrozenReport, *, clock: Clock) -> Evidence:
    """Give all that proves a report; sign a checkpoint where none covers it yet.

    The chain is given up to and with the entry that froze the report.

    Raises:
        LookupError: the log has no entry of it.
    """
    stage = session.get_one(Stage, row.stage_id)
    challenge = stage.challenge
    entry = entry_of(session, row, challenge.reference)
    checkpoint = logged.ensure_covered(session, entry.n, clock=clock)
    found = logged.read(session, challenge.reference, entry.cn, checkpoint, _MARKS)
    return Evidence(
        plans=_plans(session, challenge.id),
        entries=[
            Recorded(
                each.place,
                each.body,
                {
                    name: Shown(field.salt, field.value)
                    for name, field in each.fields.items()
                    if name not in log.hidden_fields(each.action)
                },
                log.public_fields(each.action),
                each.proof,
            )
            for each in found.entries
        ],
        proofs=Proofs(
            found.chain,
            found.note,
            [Earlier(each.place, each.note, each.consistency) for each in found.earlier],
            found.keys,
            found.changes,
            found.stamp,
        ),
        size=found.size,
        sealed=[
            _sealed(each.ordinal, bid)
            for each in challenge.stages
            if is_judged(each) and each.ordinal <= stage.ordinal
            for bid in proven_bids(session, each.id)
        ],
        release=row.release,
        # Whoever has such a report in full knows these facts, and nobody else does.
        secret=row.secret or hashlib.sha256(row.facts).digest(),
    )


def _plans(session: Session, challenge_id: uuid.UUID) -> list[bytes]:
    return list(
        session.scalars(
            select(Plan.canonical).where(Plan.challenge_id == challenge_id).order_by(Plan.version)
        )
    )


def _sealed(stage: int, bid: ProvenBid) -> Sealed:
    return Sealed(
        stage,
        bid.reference,
        bid.version,
        bid.place,
        {name: Shown(bid.salts[name], value) for name, value in bid.values.items()},
        bid.digests,
    )
