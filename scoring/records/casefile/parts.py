"""Lists what a challenge's case file holds, in order, and what is left out and why."""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from flask_babel import gettext as _
from jinja2 import Environment
from sqlalchemy import select
from sqlalchemy.orm import Session

from bids.attachments.models import OpenedFile
from bids.elsewhere.models import BroughtBid, BroughtFile
from bids.models import Bid, OpenedSubmission, Submission
from bids.opened import opened_at
from challenges.changing.models import Addendum
from challenges.documents.models import Document
from challenges.models import Challenge, EvaluationPlan, Plan, Stage
from marketplace.core import printing
from marketplace.core.audit import chain_reading, keys, log
from marketplace.core.files.store import DamagedFile, FileStore
from marketplace.core.regimes.shapes import Kept
from scoring.award.letters import reading
from scoring.award.letters.models import Letter
from scoring.award.models import Result
from scoring.records.casefile import tables
from scoring.records.casefile.tables import AUDITORS_ONLY, LEFT_OUT, WHY_WORDS, Why
from scoring.records.casefile.words import KEPT_WORDS, TABLE_WORDS
from scoring.records.casefile.writing import Left, Part, safe_name
from scoring.report.models import DebriefFile, FrozenReport, ReportFile
from scoring.report.values import Edition

_CHUNK = 256 * 1024


def parts_of(
    session: Session,
    challenge: Challenge,
    store: FileStore,
    templates: Environment,
    *,
    whole: bool,
) -> tuple[list[Part], list[Left]]:
    """Give the parts of a case file, and what is not in it; `whole` is for auditors.

    `templates` set the letters that went out, which are kept as what they say.
    """
    opened = any(opened_at(session, stage.id) is not None for stage in challenge.stages)
    parts = [
        *_challenge(session, challenge, store),
        *(_bids(session, challenge, store) if opened else ()),
        *_results(session, challenge, whole=whole),
        *_reports(session, challenge, store, whole=whole),
        *(_debriefs(session, challenge, store) if whole else ()),
        *_letters(session, challenge, templates),
        *_log(session, challenge, whole=whole),
    ]
    left = [] if whole else [Left(each, _(WHY_WORDS[Why.AUDITORS])) for each in _for_auditors()]
    called = tables.names(session, challenge.id)
    for name, found in tables.reached().items():
        why = _why_left(name, found.over, opened=opened, whole=whole)
        told = TABLE_WORDS.get(name)
        title = _(told) if told else name.replace("_", " ")
        if why is not None:
            if tables.count(session, name, challenge.id):
                left.append(Left(title, _(WHY_WORDS[why])))
            continue
        if not tables.count(session, name, challenge.id):
            continue
        if name in tables.HIDDEN:
            left.append(Left(title, _(WHY_WORDS[Why.HIDDEN])))
        content = partial(tables.written, session, name, challenge.id, called)
        kind = Kept.CONTRACT if name.startswith("contract") else Kept.FILE
        path = f"records/{safe_name(name)}.csv"
        parts.append(Part(path, title, None, _(KEPT_WORDS[kind]), content))
    return parts, left


def _why_left(name: str, over: tuple[str, ...], *, opened: bool, whole: bool) -> Why | None:
    if name in LEFT_OUT:
        return LEFT_OUT[name]
    if name in AUDITORS_ONLY and not whole:
        return Why.AUDITORS
    if "bid" in over and not opened:
        return Why.SEALED
    return None


def _for_auditors() -> list[str]:
    return [
        _("Evaluation documents and whole results, which tell every evaluator’s own scores"),
        _("The full edition of the award report, its facts, and the editions of the bidders"),
        _("What entries of the log say of single bids"),
    ]


def _bytes(content: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: [content]


def _challenge(session: Session, challenge: Challenge, store: FileStore) -> Iterator[Part]:
    kept = _(KEPT_WORDS[Kept.FILE])
    for plan in session.scalars(
        select(Plan).where(Plan.challenge_id == challenge.id).order_by(Plan.version)
    ):
        yield Part(
            f"challenge/plan-{plan.version}.json",
            _("The plan as bidders were told it, version %(version)s", version=plan.version),
            plan.frozen_at,
            kept,
            _bytes(plan.canonical),
        )
    for evaluation, stage in session.execute(
        select(EvaluationPlan, Stage.ordinal)
        .join(Stage, Stage.id == EvaluationPlan.stage_id)
        .where(Stage.challenge_id == challenge.id)
        .order_by(Stage.ordinal, EvaluationPlan.version)
    ):
        yield Part(
            f"challenge/stage-{stage}-criteria-{evaluation.version}.json",
            _("Criteria and method of stage %(stage)s", stage=stage),
            evaluation.frozen_at,
            kept,
            _bytes(evaluation.canonical),
        )
    for change in session.scalars(
        select(Addendum).where(Addendum.challenge_id == challenge.id).order_by(Addendum.number)
    ):
        for side, content in (("before", change.before), ("after", change.after)):
            yield Part(
                f"challenge/change-{change.number}-{side}.json",
                _("What change %(number)s changed: %(side)s", number=change.number, side=side),
                change.published_at,
                kept,
                _bytes(content),
            )
    documents = session.scalars(
        select(Document).where(Document.challenge_id == challenge.id).order_by(Document.id)
    ).unique()
    for number, document in enumerate(documents, start=1):
        yield Part(
            f"challenge/documents/{number:02d}-{safe_name(document.name)}",
            document.title,
            document.added_at,
            kept,
            partial(_stored, store, document.sha256),
        )


def _bids(session: Session, challenge: Challenge, store: FileStore) -> Iterator[Part]:
    """Give each bid as it was opened or brought in, with its files and receipts."""
    kept = _(KEPT_WORDS[Kept.BIDS])
    for reference, submission_id, version, at, receipt in session.execute(
        select(
            Bid.reference,
            OpenedSubmission.submission_id,
            Submission.version,
            OpenedSubmission.opened_at,
            Submission.receipt,
        )
        .join(Submission, Submission.bid_id == Bid.id)
        .join(OpenedSubmission, OpenedSubmission.submission_id == Submission.id)
        .where(Bid.challenge_id == challenge.id)
        .order_by(Bid.reference, Submission.version)
    ).all():
        base, told = f"bids/{safe_name(reference)}", _("Bid %(bid)s", bid=reference)
        document = partial(_opened_document, session, submission_id)
        yield Part(f"{base}/bid-{version}.json", told, at, kept, document)
        title = _("Receipt of bid %(bid)s", bid=reference)
        yield Part(f"{base}/receipt-{version}.txt", title, at, kept, _bytes(receipt.encode()))
        files = session.scalars(
            select(OpenedFile)
            .where(OpenedFile.submission_id == submission_id)
            .order_by(OpenedFile.place)
        )
        names = _file_names(b"".join(document()))
        yield from _files(base, reference, files.all(), names, store)
    for reference, brought in session.execute(
        select(Bid.reference, BroughtBid)
        .join(BroughtBid, BroughtBid.bid_id == Bid.id)
        .where(Bid.challenge_id == challenge.id)
        .order_by(Bid.reference)
    ).all():
        base, told = f"bids/{safe_name(reference)}", _("Bid %(bid)s", bid=reference)
        yield Part(f"{base}/bid.json", told, brought.received_at, kept, _bytes(brought.document))
        found = session.scalars(
            select(BroughtFile)
            .where(BroughtFile.bid_id == brought.bid_id)
            .order_by(BroughtFile.place)
        )
        yield from _files(base, reference, found.all(), _file_names(brought.document), store)


def _files(
    base: str,
    reference: str,
    files: Iterable[OpenedFile | BroughtFile],
    names: list[str],
    store: FileStore,
) -> Iterator[Part]:
    for each in files:
        name = names[each.place] if each.place < len(names) else each.sha256[:12]
        yield Part(
            f"{base}/files/{each.place + 1:02d}-{safe_name(name)}",
            _("File of bid %(bid)s: %(name)s", bid=reference, name=name),
            None,
            _(KEPT_WORDS[Kept.BIDS]),
            partial(_stored, store, each.sha256),
        )


def _opened_document(session: Session, submission_id: uuid.UUID) -> list[bytes]:
    document = session.scalar(
        select(OpenedSubmission.document).where(OpenedSubmission.submission_id == submission_id)
    )
    return [document or b""]


def _file_names(document: bytes) -> list[str]:
    """Give the names of a bid's files, in their order; none where it could not be read."""
    try:
        return [str(each["name"]) for each in json.loads(document).get("attachments", [])]
    except (ValueError, TypeError, KeyError, AttributeError):
        return []


def _results(session: Session, challenge: Challenge, *, whole: bool) -> Iterator[Part]:
    if not whole:
        return
    kept = _(KEPT_WORDS[Kept.FILE])
    rows = session.execute(
        select(Result.id, Result.computed_at, Stage.ordinal)
        .join(Stage, Stage.id == Result.stage_id)
        .where(Stage.challenge_id == challenge.id)
        .order_by(Stage.ordinal, Result.computed_at, Result.id)
    ).all()
    for number, (result_id, at, stage) in enumerate(rows, start=1):
        for name, column, title in (
            ("evaluation", Result.evaluation, _("What stage %(stage)s was computed from")),
            ("result", Result.result, _("What was computed for stage %(stage)s")),
        ):
            content = partial(_column, session, select(column).where(Result.id == result_id))
            path = f"results/{number:02d}-stage-{stage}-{name}.json"
            yield Part(path, title % {"stage": stage}, at, kept, content)


def _column(session: Session, query: object) -> list[bytes]:
    content = session.scalar(query)  # type: ignore[call-overload]  # one column of bytes
    return [content or b""]


def _reports(
    session: Session, challenge: Challenge, store: FileStore, *, whole: bool
) -> Iterator[Part]:
    kept = _(KEPT_WORDS[Kept.FILE])
    rows = session.execute(
        select(FrozenReport.id, FrozenReport.number, FrozenReport.frozen_at, Stage.ordinal)
        .join(Stage, Stage.id == FrozenReport.stage_id)
        .where(Stage.challenge_id == challenge.id)
        .order_by(Stage.ordinal, FrozenReport.number)
    ).all()
    for report_id, number, at, stage in rows:
        base = f"report/stage-{stage}-{number}"
        if whole:
            title = _("Facts of award report %(number)s", number=number)
            query = select(FrozenReport.facts).where(FrozenReport.id == report_id)
            yield Part(f"{base}-facts.json", title, at, kept, partial(_column, session, query))
        for made in session.scalars(
            select(ReportFile).where(ReportFile.report_id == report_id).order_by(ReportFile.edition)
        ).all():
            if whole or made.edition is Edition.PUBLIC:
                yield Part(
                    f"{base}-{made.edition.value}.pdf",
                    _(
                        "Award report %(number)s, %(edition)s edition",
                        number=number,
                        edition=made.edition.value,
                    ),
                    made.made_at,
                    kept,
                    partial(_stored, store, made.sha256),
                )


def _debriefs(session: Session, challenge: Challenge, store: FileStore) -> Iterator[Part]:
    """Give the edition of each report that one bidder has, as it was made."""
    rows = session.execute(
        select(DebriefFile, FrozenReport.number, Stage.ordinal, Bid.reference)
        .join(FrozenReport, FrozenReport.id == DebriefFile.report_id)
        .join(Stage, Stage.id == FrozenReport.stage_id)
        .join(Bid, Bid.id == DebriefFile.bid_id)
        .where(Stage.challenge_id == challenge.id)
        .order_by(Stage.ordinal, FrozenReport.number, Bid.reference)
    )
    for made, number, stage, bid in rows.all():
        yield Part(
            f"report/stage-{stage}-{number}-bid-{safe_name(bid)}.pdf",
            _("Award report %(number)s, the edition of bid %(bid)s", number=number, bid=bid),
            made.made_at,
            _(KEPT_WORDS[Kept.FILE]),
            partial(_stored, store, made.sha256),
        )


def _letters(session: Session, challenge: Challenge, templates: Environment) -> Iterator[Part]:
    """Give each letter that went out, as its bidder reads it."""
    rows = session.execute(
        select(Letter, Stage.ordinal, Bid.reference)
        .join(Stage, Stage.id == Letter.stage_id)
        .join(Bid, Bid.id == Letter.bid_id)
        .where(Stage.challenge_id == challenge.id, Letter.sha256.is_not(None))
        .order_by(Stage.ordinal, Letter.made_at, Bid.reference)
    ).all()
    for number, (letter, stage, bid) in enumerate(rows, start=1):
        if letter.content is None:
            continue
        yield Part(
            f"letters/{number:03d}-stage-{stage}-bid-{safe_name(bid)}.pdf",
            _("Letter to the bidder of %(bid)s, as it went out", bid=bid),
            letter.available_at,
            _(KEPT_WORDS[Kept.FILE]),
            partial(_letter, session, templates, letter.id),
        )


def _letter(session: Session, templates: Environment, letter_id: uuid.UUID) -> list[bytes]:
    letter = session.get_one(Letter, letter_id)
    return [
        printing.pdf(
            reading.paper(session, letter),
            environment=templates,
            created=letter.available_at or letter.made_at,
            identifier=letter.id.bytes,
        )
    ]


def _log(session: Session, challenge: Challenge, *, whole: bool) -> Iterator[Part]:
    kept = _(KEPT_WORDS[Kept.FILE])
    shown = (lambda _action: None) if whole else log.public_fields
    content = chain_reading.chain_file(session, challenge.reference, shown)
    if content is not None:
        title = _("The log of this challenge with its proofs: marketplace verify log.json")
        yield Part("log/log.json", title, None, kept, _bytes(content))
    named = "".join(f"{key}\n" for key in keys.known(session))
    title = _("The public keys of the log, by which log.json is checked")
    yield Part("log/keys.txt", title, None, kept, _bytes(named.encode()))


def _stored(store: FileStore, sha256: str) -> Iterator[bytes]:
    """Give a stored file by chunks; one that is not there any more is told in its place."""
    try:
        file = store.open(sha256)
    except DamagedFile:
        yield f"This file is not kept any more. Its SHA-256 was {sha256}.\n".encode()
        return
    with file:
        while chunk := file.read(_CHUNK):
            yield chunk
