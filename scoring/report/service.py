"""Freezes the facts of an award with the decision, and has its files made by a job."""

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from challenges.models import Stage
from challenges.queries import own_challenge
from challenges.stages import recording
from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from marketplace.core import jobs
from marketplace.core.audit import log
from marketplace.core.clock import Clock
from marketplace.core.colours import Brand
from marketplace.core.database import db
from marketplace.core.errors import WrongMoment
from marketplace.core.files.store import FileStore, keep
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from scoring import engine
from scoring.award import hooks
from scoring.award.queries import deciding_stage, judges_unnamed, panel_of
from scoring.award.recomputing.queries import newest_result
from scoring.report import log_words, policy, queries
from scoring.report.facts import AwardReport
from scoring.report.gather import full_report
from scoring.report.models import FrozenReport, ReportFile
from scoring.report.rendering import make_report
from scoring.report.values import Edition

__all__ = ["download_evaluation", "download_full", "log_words", "register"]

MAKE = "report.make"


@dataclass(frozen=True)
class Press:
    """What making a PDF needs besides the facts."""

    environment: Environment
    store: FileStore
    brand: Brand
    notice: str
    translate: Callable[[str], str]


def register(press: Press) -> None:
    """Freeze a report at each decision, and have the sweeper make its files with `press`."""

    def freeze_report(session: Session, stage: Stage, clock: Clock) -> None:
        _freeze(session, stage, clock, press.notice)

    def make(payload: dict[str, Any], clock: Clock) -> None:
        _make(uuid.UUID(payload["report"]), press, clock)

    # One application per process; a test that builds several must not freeze several times.
    hooks.after_decision[:] = [freeze_report]
    jobs.handles(MAKE)(make)


def _freeze(session: Session, stage: Stage, clock: Clock, notice: str) -> None:
    """Write the facts as they stand, in the transaction of the decision, and the job to print."""
    last = session.scalar(
        select(func.max(FrozenReport.number)).where(FrozenReport.stage_id == stage.id)
    )
    number = (last or 0) + 1
    now = clock.now()
    report = full_report(session, stage, number=number, now=now, notice=notice)
    content = engine.canonical(report.to_json())
    row = FrozenReport(
        stage_id=stage.id,
        number=number,
        facts=content,
        facts_sha256=hashlib.sha256(content).hexdigest(),
        frozen_at=now,
    )
    session.add(row)
    session.flush()
    jobs.enqueue(session, MAKE, clock=clock, report=str(row.id))
    log.append(
        session,
        clock=clock,
        action="report.frozen",
        chain=stage.challenge.reference,
        number=report.number,
        facts_sha256=row.facts_sha256,
    )


def _make(report_id: uuid.UUID, press: Press, clock: Clock) -> None:
    """Make each edition that is due and not made yet: it may run twice without harm."""
    row = db.session.get_one(FrozenReport, report_id)
    report = AwardReport.from_json(json.loads(row.facts))
    made = {
        file.edition
        for file in db.session.scalars(select(ReportFile).where(ReportFile.report_id == report_id))
    }
    reference = report.challenge.reference
    db.session.rollback()  # no transaction stays open while the pages are set
    editions = [Edition.FULL]
    if report.decision.contract is not None:
        editions.append(Edition.PUBLIC)
    for edition in editions:
        if edition in made:
            continue
        content = make_report(
            report,
            edition=edition,
            environment=press.environment,
            evaluate=engine.evaluate_document,
            brand=press.brand,
            translate=press.translate,
        )
        sha256 = press.store.write(content)
        with transaction() as session:
            keep(session, press.store, sha256, media_type="application/pdf", clock=clock)
            if session.get(ReportFile, (report_id, edition)) is not None:
                continue
            session.add(
                ReportFile(
                    report_id=report_id,
                    edition=edition,
                    sha256=sha256,
                    size=len(content),
                    made_at=clock.now(),
                )
            )
            log.append(
                session,
                clock=clock,
                action="report.made",
                chain=reference,
                number=report.number,
                edition=edition.value,
                sha256=sha256,
            )


def download_full(
    reference: str, *, actor: Actor, store: FileStore, clock: Clock
) -> tuple[bytes, str]:
    """Give the newest full edition and its number to an auditor, and record the reading first.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor is no auditor.
        WrongMoment: the report is not made yet.
        DamagedFile: the stored file is gone or has changed.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor)
        ensure(policy.can_audit(actor))
        decided = deciding_stage(session, challenge)
        file = queries.newest_file(session, decided.id, Edition.FULL) if decided else None
        if file is None:
            raise WrongMoment(N_("The award report is made when the decision is announced."))
        content = store.read(file.sha256)
        number = f"{reference}/{file.number}"
        log.append(
            session,
            clock=clock,
            action="report.downloaded",
            chain=reference,
            actor=actor,
            number=number,
            edition=Edition.FULL.value,
        )
    return content, number


def download_evaluation(at: Where, *, actor: Actor, clock: Clock) -> bytes:
    """Give the evaluation document of a stage to an auditor, and record the reading first.

    Raises:
        NotFound: the challenge is another body's, or nothing is judged at such a stage of it.
        Forbidden: the actor is no auditor.
        WrongMoment: nothing is computed yet.
    """
    with transaction() as session:
        stage = own_stage(session, at, actor)
        panel = panel_of(session, stage.id)
        ensure(policy.can_audit(actor, unnamed=judges_unnamed(stage, panel, actor)))
        computed = newest_result(session, stage.id)
        if computed is None:
            raise WrongMoment(N_("The result has not been computed yet."))
        content = computed.evaluation
        recording.append(
            session,
            stage,
            clock=clock,
            action="evaluation.downloaded",
            actor=actor,
            sha256=computed.evaluation_sha256,
        )
    return content
