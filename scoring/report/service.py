"""Freezes the facts of an award with the decision, and has its files made by a job."""

import hashlib
import json
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinja2 import Environment
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bids.models import Bid
from bids.queries import own_bid
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
from marketplace.core.dates import format_date
from marketplace.core.erased.models import file_erased_at
from marketplace.core.errors import WrongMoment
from marketplace.core.files.store import FileStore, keep
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from marketplace.publishing.ocds.gather import Addresses, challenge_facts
from marketplace.publishing.ocds.release import Publisher, package
from scoring import engine
from scoring.award import hooks
from scoring.award.queries import deciding_stage, judges_unnamed, panel_of
from scoring.award.recomputing.queries import newest_result
from scoring.panel.aliases import queries as aliases
from scoring.report import log_words, policy, queries
from scoring.report.assembling import Evidence
from scoring.report.evidence import evidence_of
from scoring.report.facts import AwardReport
from scoring.report.gather import full_report
from scoring.report.models import DebriefFile, FrozenReport, ReportFile
from scoring.report.rendering import make_report
from scoring.report.sign import Seals, sign
from scoring.report.values import Edition

__all__ = ["download_evaluation", "download_full", "log_words", "register"]

MAKE = "report.make"
DEBRIEF = "report.debrief"
_SECRET = 32


@dataclass(frozen=True)
class Press:
    """What making a PDF needs besides the facts."""

    environment: Environment
    store: FileStore
    brand: Brand
    notice: str
    translate: Callable[[str], str]
    publisher: Publisher
    seals: Seals


def register(press: Press) -> None:
    """Freeze a report at each decision, and have the sweeper make its files with `press`."""

    def freeze_report(session: Session, stage: Stage, clock: Clock) -> None:
        _freeze(session, stage, clock, press)

    def make(payload: dict[str, Any], clock: Clock) -> None:
        _make(uuid.UUID(payload["report"]), press, clock)

    def debrief(payload: dict[str, Any], clock: Clock) -> None:
        _make_debrief(uuid.UUID(payload["report"]), uuid.UUID(payload["bid"]), press, clock)

    # One application per process; a test that builds several must not freeze several times.
    hooks.register("scoring.report", freeze_report)
    jobs.handles(MAKE)(make)
    jobs.handles(DEBRIEF)(debrief)


def _freeze(session: Session, stage: Stage, clock: Clock, press: Press) -> None:
    """Write the facts as they stand, in the transaction of the decision, and the jobs to print."""
    last = session.scalar(
        select(func.max(FrozenReport.number)).where(FrozenReport.stage_id == stage.id)
    )
    number = (last or 0) + 1
    now = clock.now()
    report = full_report(session, stage, number=number, now=now, notice=press.notice)
    content = engine.canonical(report.to_json())
    row = FrozenReport(
        stage_id=stage.id,
        number=number,
        facts=content,
        facts_sha256=hashlib.sha256(content).hexdigest(),
        frozen_at=now,
        release=_release(session, stage.challenge.reference, now, press.publisher),
        secret=secrets.token_bytes(_SECRET),
    )
    session.add(row)
    session.flush()
    jobs.enqueue(session, MAKE, clock=clock, report=str(row.id))
    # A bidder is told with the announcement.
    for bid in queries.told_of(session, stage) if report.decision.contract is None else ():
        jobs.enqueue(session, DEBRIEF, clock=clock, report=str(row.id), bid=str(bid.id))
    head = log.lock(session)
    log.append(
        session,
        clock=clock,
        action="report.frozen",
        chain=stage.challenge.reference,
        number=report.number,
        facts_sha256=row.facts_sha256,
        entries=log.length(session, stage.challenge.reference),
        size=head.size,
    )


def _release(session: Session, reference: str, now: datetime, publisher: Publisher) -> bytes:
    """Give the challenge's open data as it stands, for the report to carry."""
    facts = challenge_facts(session, reference, now, Addresses(publisher.url))
    return json.dumps(package(facts, publisher), ensure_ascii=False, indent=2).encode()


def _make(report_id: uuid.UUID, press: Press, clock: Clock) -> None:
    """Make each edition that is due and not made yet: it may run twice without harm."""
    made = {
        file.edition
        for file in db.session.scalars(select(ReportFile).where(ReportFile.report_id == report_id))
    }
    report, evidence, body = _read(report_id, clock)
    editions = [Edition.FULL]
    if report.decision.contract is not None:
        editions.append(Edition.PUBLIC)
    for edition in editions:
        if edition in made:
            continue
        content = _printed(report, edition, evidence, press, body, clock)
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
            _record(session, report, edition, sha256, clock)


def _make_debrief(report_id: uuid.UUID, bid_id: uuid.UUID, press: Press, clock: Clock) -> None:
    """Make the edition for one bidder where it is not made yet: it may run twice without harm."""
    key = (report_id, bid_id)
    if db.session.get(DebriefFile, key) is not None:
        return
    about = db.session.get_one(Bid, bid_id).reference
    report, evidence, body = _read(report_id, clock)
    content = _printed(report, Edition.DEBRIEF, evidence, press, body, clock, about)
    sha256 = press.store.write(content)
    with transaction() as session:
        keep(session, press.store, sha256, media_type="application/pdf", clock=clock)
        if session.get(DebriefFile, key) is not None:
            return
        session.add(
            DebriefFile(
                report_id=report_id,
                bid_id=bid_id,
                sha256=sha256,
                size=len(content),
                made_at=clock.now(),
            )
        )
        _record(session, report, Edition.DEBRIEF, sha256, clock, bid=about)


def _read(report_id: uuid.UUID, clock: Clock) -> tuple[AwardReport, Evidence, uuid.UUID]:
    """Read frozen facts, what proves them, and whose they are; no transaction is open then."""
    with transaction() as session:
        row = session.get_one(FrozenReport, report_id)
        report = AwardReport.from_json(json.loads(row.facts))
        body = session.get_one(Stage, row.stage_id).challenge.buyer_id
        return report, evidence_of(session, row, clock=clock), body


def _printed(
    report: AwardReport,
    edition: Edition,
    evidence: Evidence,
    press: Press,
    body: uuid.UUID,
    clock: Clock,
    about: str = "",
) -> bytes:
    """Make an edition, and sign it where the body has a certificate."""
    content = make_report(
        report,
        edition=edition,
        evidence=evidence,
        about=about,
        environment=press.environment,
        evaluate=engine.evaluate_document,
        brand=press.brand,
        translate=press.translate,
    )
    now = clock.now()
    seal = press.seals.of(body, report.body, now)
    if seal is None:
        return content
    authority = press.seals.authority
    roots = authority.roots if authority else b""
    return sign(content, seal, stamper=press.seals.stamper, roots=roots)


def _record(
    session: Session,
    report: AwardReport,
    edition: Edition,
    sha256: str,
    clock: Clock,
    bid: str | None = None,
) -> None:
    said: dict[str, Any] = {"bid": bid} if bid else {}
    log.append(
        session,
        clock=clock,
        action="report.made",
        chain=report.challenge.reference,
        number=report.number,
        edition=edition.value,
        sha256=sha256,
        **said,
    )


def download_full(
    reference: str,
    *,
    actor: Actor,
    store: FileStore,
    clock: Clock,
    part: str | None = None,
) -> tuple[bytes, str]:
    """Give the newest full edition and its number to an auditor, and record the reading first.

    `part` says what of it is given out in the end, where that is not the whole.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: the actor is no auditor, or judges without names again.
        WrongMoment: the report is not made yet, or was erased.
        DamagedFile: the stored file is gone or has changed.
    """
    with transaction() as session:
        challenge = own_challenge(session, reference, actor)
        unnamed = aliases.judges_unnamed(session, reference, actor.user_id)
        ensure(policy.can_audit(actor, unnamed=unnamed))
        decided = deciding_stage(session, challenge)
        file = queries.newest_file(session, decided.id, Edition.FULL) if decided else None
        if file is None:
            raise WrongMoment(N_("The award report is made when the decision is announced."))
        erased_at = file_erased_at(session, file.sha256)
        if erased_at is not None:
            raise WrongMoment(
                N_("The full report was erased on %(day)s: the time to keep it was over."),
                day=format_date(erased_at),
            )
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
            **({"part": part} if part else {}),
        )
    return content, number


def download_debrief(
    bid_reference: str,
    *,
    actor: Actor,
    store: FileStore,
    clock: Clock,
    part: str | None = None,
) -> bytes:
    """Give a supplier the newest edition about its own bid, and record the reading first.

    `part` says as what it is given out, where that is not the file.

    Raises:
        NotFound: the bid is another supplier's.
        WrongMoment: it is not made yet, or there will be none.
        DamagedFile: the stored file is gone or has changed.
    """
    with transaction() as session:
        bid = own_bid(session, bid_reference, actor)
        file = queries.newest_debrief(session, bid)
        if file is None:
            raise WrongMoment(
                N_("The report is made when the decision is announced. Try again in a minute.")
            )
        content = store.read(file.sha256)
        reference = bid.challenge.reference
        log.append(
            session,
            clock=clock,
            action="report.downloaded",
            chain=reference,
            actor=actor,
            number=f"{reference}/{file.number}",
            edition=Edition.DEBRIEF.value,
            bid=bid_reference,
            **({"part": part} if part else {}),
        )
    return content


def debrief_progress(session: Session, bid_reference: str, actor: Actor) -> queries.Progress | None:
    """Tell a supplier how far the report is made, while the edition about its own bid is not.

    None where that edition is there, or where none is to come.

    Raises:
        NotFound: the bid is another supplier's.
    """
    bid = own_bid(session, bid_reference, actor)
    if queries.newest_debrief(session, bid) is not None:
        return None
    decided = deciding_stage(session, bid.challenge)
    told = queries.told_of(session, decided) if decided else ()
    if decided is None or bid.supplier_id not in {each.supplier_id for each in told}:
        return None
    return queries.progress(session, decided, signed=False)


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
