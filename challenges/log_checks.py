"""Holds stored plans, sealing keys and closing instants against what the log says of them."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from challenges import log_words
from challenges.models import Challenge, EvaluationPlan, Plan, Stage
from challenges.plan import evaluations
from challenges.stages.kinds import DELIVERY_KINDS, Source
from challenges.stages.models import StageRun
from marketplace.core.audit import retention, verifying
from marketplace.core.audit.entries import write_instant
from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.stages import FIRST, stage_of
from marketplace.core.audit.verifying.recorded import recorded
from marketplace.core.text import N_
from marketplace.core.vault.models import SealingKey

_BEGUN = (log_words.PUBLISHED, log_words.STAGE_OPENED)
_CLOSINGS = (*_BEGUN, log_words.DEADLINE_EXTENDED, log_words.REOPENED)
_PLANS = (log_words.PUBLISHED, log_words.CHANGED)

# What bids and their opening are held against.
retention.keep(
    {
        log_words.APPROVED: frozenset({"text"}),
        log_words.PUBLISHED: frozenset({"plan", "text", "closes_at", "sealing_key", "elsewhere"}),
        log_words.CHANGED: frozenset({"number", "reason", "confirm", "plan", "before", "after"}),
        log_words.STAGE_OPENED: frozenset({"plan", "source", "closes_at", "sealing_key"}),
        log_words.CLOSED: frozenset({"closes_at"}),
        log_words.DEADLINE_EXTENDED: frozenset({"former", "closes_at"}),
        log_words.REOPENED: frozenset({"former", "closes_at"}),
        log_words.OPENER_NAMED: frozenset({"officer_id", "key"}),
    }
)


@verifying.also
def check(connection: Connection) -> Iterator[Finding]:
    """Compare what is stored of each published challenge with the entry of its publication, and
    of each later stage with the entry that opened it."""
    published: dict[str, Mapping[str, Any]] = {}
    begun: dict[tuple[str, int], Mapping[str, Any]] = {}
    closing: dict[tuple[str, int], object] = {}
    plans: dict[str, list[object]] = {}
    for entry in recorded(connection, *_CLOSINGS, log_words.CHANGED):
        if entry.action == log_words.PUBLISHED:
            published[entry.chain] = entry.values
        at = (entry.chain, stage_of(entry.values))
        if entry.action in _BEGUN:
            begun[at] = entry.values
        if entry.action in _CLOSINGS:
            closing[at] = entry.values.get("closes_at")
        if entry.action in _PLANS:
            held = plans.setdefault(entry.chain, [])
            if entry.values.get("plan") not in held[-1:]:
                held.append(entry.values.get("plan"))
    rows = connection.execute(
        select(
            Challenge.reference,
            Challenge.published_at,
            Stage.ordinal,
            Stage.closes_at,
            SealingKey.recipient,
            StageRun.source,
        )
        .join(Stage, Stage.challenge_id == Challenge.id)
        .outerjoin(StageRun, StageRun.stage_id == Stage.id)
        .outerjoin(SealingKey, SealingKey.id == Stage.sealing_key_id)
        .order_by(Challenge.reference, Stage.ordinal)
    )
    seen = set()
    for row in rows:
        seen.add(row.reference)
        if row.reference in published:
            at = (row.reference, row.ordinal)
            yield from _stage(row, begun.pop(at, None), closing.get(at))
        elif row.published_at is not None:
            yield failed(
                N_("It is stored as published, and no publication is recorded"),
                f"challenge {row.reference}",
            )
    yield from _plans(connection, {each: plans[each] for each in plans if each in seen})
    for reference in sorted(published.keys() - seen):
        yield failed(
            N_("Its publication is recorded, and it is not stored"), f"challenge {reference}"
        )
    for reference, ordinal in sorted(begun.keys() - {(each, FIRST) for each in published}):
        yield failed(
            N_("Its opening is recorded, and it is not stored"), _where(reference, ordinal)
        )


def _stage(row: Any, said: Mapping[str, Any] | None, closes_at: object) -> Iterator[Finding]:
    where = _where(row.reference, row.ordinal)
    if said is None:
        if row.ordinal > FIRST and row.recipient is None and row.source is None:
            return  # it has not begun, and whatever closing was drafted binds nobody
        yield failed(N_("It has begun, and no entry says so"), where)
        return
    if row.recipient != said.get("sealing_key"):
        yield failed(N_("Its bids are sealed to another key than the log names"), where)
    if said.get("source") == Source.HEARD:
        if row.source != Source.HEARD:
            yield failed(N_("Its bids come in another way than the log says"), where)
        return
    if row.ordinal > FIRST and row.source != said.get("source"):
        yield failed(N_("Its bids come in another way than the log says"), where)
    if row.closes_at is None or write_instant(row.closes_at) != closes_at:
        yield failed(N_("It closes at another instant than the log says"), where)


def _where(reference: str, ordinal: int) -> str:
    return f"challenge {reference}" + ("" if ordinal == FIRST else f", stage {ordinal}")


def _plans(connection: Connection, logged: Mapping[str, list[object]]) -> Iterator[Finding]:
    """Compare each version of each plan with the digest that the log names for it, in order."""
    stored: dict[str, list[Any]] = {reference: [] for reference in logged}
    for row in connection.execute(
        select(
            Challenge.reference,
            Stage.ordinal,
            Stage.kind,
            Plan.version,
            Plan.canonical,
            Plan.sha256,
            EvaluationPlan.canonical.label("evaluation"),
            EvaluationPlan.sha256.label("evaluation_sha256"),
        )
        .join(Plan, Plan.challenge_id == Challenge.id)
        .join(Stage, Stage.challenge_id == Challenge.id)
        .outerjoin(
            EvaluationPlan,
            (EvaluationPlan.stage_id == Stage.id) & (EvaluationPlan.version == Plan.version),
        )
        .order_by(Challenge.reference, Stage.ordinal, Plan.version)
    ):
        stored.setdefault(row.reference, []).append(row)
    for reference in sorted(logged):
        where, rows = f"challenge {reference}", stored[reference]
        said = dict(enumerate(logged[reference], 1))
        if {row.version for row in rows} != said.keys() or any(
            row.sha256 != said[row.version]
            or hashlib.sha256(row.canonical).hexdigest() != row.sha256
            for row in rows
        ):
            yield failed(N_("Its plan is not the one that the log names"), where)
        elif not all(map(_as_planned, rows)):
            yield failed(
                N_("The criteria and method of its stage are not those of its plan"), where
            )


def _as_planned(row: Any) -> bool:
    """Tell whether a stage's evaluation is the plan's; in a stage of delivery there is none."""
    planned = evaluations(row.canonical).get(row.ordinal)
    if row.kind in DELIVERY_KINDS:
        return planned is None and row.evaluation is None
    return (
        planned is not None
        and planned == row.evaluation
        and hashlib.sha256(planned).hexdigest() == row.evaluation_sha256
    )
