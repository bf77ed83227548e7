"""Reads of what the opening revealed, and of how far the opening has come.

Before it there is a number and nothing else. What is read here is the submission that counts, from
the bytes that its envelope held at the opening; an envelope that was not the one in the log, or
could not be opened, is flagged, never dropped. Bids that were never sealed here are read from where
they are kept (`bids.unsealed`).
"""

import json
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from bids import documents, unsealed
from bids.grounds.models import GroundFinding
from bids.lifecycle import OPENED_STATES, BidState
from bids.models import (
    Bid,
    EligibilityDecision,
    Flaw,
    OpenedSubmission,
    Opening,
    Submission,
)
from bids.opened_bid import Finding, OpenedBid
from bids.renewing import queries as renewals
from challenges.models import Challenge, Plan, Stage
from challenges.queries import is_newest
from challenges.stages.kinds import Source
from challenges.stages.models import StageRun
from challenges.stages.queries import find_stage
from challenges.stages.running import read_from
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit.models import LogDetail
from marketplace.core.errors import WrongMoment
from marketplace.core.text import N_


@dataclass(frozen=True)
class Expected:
    """Which bid an envelope must hold, by what the service has on record of it.

    `supplier` is the identifier of the organisation, `plan_sha256` the digest of the frozen plan.
    """

    bid: str
    version: int
    challenge: str
    stage: int
    supplier: str
    plan_sha256: str | None

    def is_in(self, document: documents.BidDocument) -> bool:
        """Tell whether a document is this version of this bid."""
        return (self.bid, self.version, self.challenge, self.stage, self.supplier) == (
            document.bid,
            document.version,
            document.challenge,
            document.stage,
            document.supplier_id,
        )


def expected_of(bid: Bid, submission: Submission) -> Expected:
    """Say what the envelope of a submission must hold."""
    challenge = bid.challenge
    return Expected(
        bid.reference,
        submission.version,
        challenge.reference,
        bid.stage.ordinal,
        str(bid.supplier_id),
        challenge.plan.sha256 if challenge.plan else None,
    )


def is_opened(session: Session, stage_id: uuid.UUID) -> bool:
    """Tell whether a stage's bids may be read: they were opened, or never sealed."""
    return opened_at(session, stage_id) is not None


def opened_at(session: Session, stage_id: uuid.UUID) -> datetime | None:
    """Give from when a stage's bids may be read; None while they are sealed or not there."""
    opening = session.get(Opening, stage_id)
    return opening.opened_at if opening else read_from(session, stage_id)


def bid_counts(session: Session, stage_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Count the submitted bids of each stage, opened or not; a stage without any counts 0.

    What a change asked to confirm, and was not confirmed, does not count.
    """
    wanted = list(stage_ids)
    rows = session.execute(
        select(Bid.stage_id, func.count())
        .outerjoin(
            Submission,
            and_(Submission.bid_id == Bid.id, Submission.version == Bid.current_version),
        )
        .where(
            Bid.stage_id.in_(wanted),
            or_(
                Bid.state.in_(OPENED_STATES),
                and_(Bid.state == BidState.SUBMITTED, renewals.counts()),
            ),
        )
        .group_by(Bid.stage_id)
    ).tuples()
    return dict.fromkeys(wanted, 0) | dict(rows.all())


def opened_bids(session: Session, stage_id: uuid.UUID) -> list[OpenedBid]:
    """Give all opened bids of a stage, alphabetical by supplier.

    Raises:
        WrongMoment: the stage's bids have not been opened.
    """
    found = _read(session, Bid.stage_id == stage_id)
    if not found and not is_opened(session, stage_id):
        raise WrongMoment(N_("The bids have not been opened."))
    return found


def find_opened_bid(session: Session, stage_id: uuid.UUID, reference: str) -> OpenedBid | None:
    """Give one opened bid of a stage; nothing where there is none or before the opening."""
    found = _read(session, Bid.stage_id == stage_id, Bid.reference == reference)
    return found[0] if found else None


def find_opened_bid_of(
    session: Session, challenge_id: uuid.UUID, reference: str
) -> OpenedBid | None:
    """Give one opened bid of a challenge, whatever its stage; nothing before its opening."""
    found = _read(session, Bid.challenge_id == challenge_id, Bid.reference == reference)
    return found[0] if found else None


def stage_of(session: Session, challenge: Challenge, reference: str) -> Stage:
    """Give the stage of an opened bid of a challenge; the first where no such bid was opened."""
    found = session.scalar(
        select(Bid.stage_id).where(
            Bid.challenge_id == challenge.id,
            Bid.reference == reference,
            Bid.state.in_(OPENED_STATES),
        )
    )
    return find_stage(challenge, found) if found else challenge.stage


def _read(session: Session, *which: ColumnElement[bool]) -> list[OpenedBid]:
    """Read opened bids with all decisions about each, and what the log holds of each."""
    query = (
        select(
            Bid,
            Submission,
            OpenedSubmission,
            Organisation.name,
            Challenge.reference.label("challenge"),
            Plan.sha256.label("plan_sha256"),
            EligibilityDecision,
            User.name.label("decided_by"),
            Stage.ordinal,
            StageRun.source,
            # In the same statement: a reading also writes an entry, and has few to spare.
            LogDetail.value.label("fields_root"),
        )
        .join(Stage, Stage.id == Bid.stage_id)
        .outerjoin(Opening, Opening.stage_id == Bid.stage_id)
        .outerjoin(StageRun, StageRun.stage_id == Bid.stage_id)
        .join(Organisation, Organisation.id == Bid.supplier_id)
        .join(Challenge, Challenge.id == Bid.challenge_id)
        .outerjoin(Plan, (Plan.challenge_id == Bid.challenge_id) & is_newest())
        .outerjoin(
            Submission,
            and_(Submission.bid_id == Bid.id, Submission.version == Bid.current_version),
        )
        .outerjoin(OpenedSubmission, OpenedSubmission.submission_id == Submission.id)
        .outerjoin(
            LogDetail,
            and_(LogDetail.n == Submission.entry_n, LogDetail.name == "fields_root"),
        )
        .outerjoin(EligibilityDecision, EligibilityDecision.bid_id == Bid.id)
        .outerjoin(User, User.id == EligibilityDecision.decided_by_id)
        .where(
            *which,
            Bid.state.in_(OPENED_STATES),
            or_(
                and_(Opening.stage_id.is_not(None), OpenedSubmission.submission_id.is_not(None)),
                and_(StageRun.bids_at.is_not(None), Bid.unsealed),
            ),
        )
        .order_by(
            func.lower(Organisation.name),
            Bid.id,
            EligibilityDecision.decided_at,
            EligibilityDecision.id,
        )
    )
    found = []
    read = session.execute(query).all()
    loose = {row.Bid.id: row for row in read if row.Bid.unsealed}
    known = (
        unsealed.read(
            session, next(iter(loose.values())).source, [row.Bid for row in loose.values()]
        )
        if loose
        else {}
    )
    found_of = _found_of_grounds(
        session, {row.EligibilityDecision.id for row in read if row.EligibilityDecision}
    )
    for _, group in groupby(read, key=lambda row: row.Bid.id):
        rows = list(group)
        bid, submission = rows[0].Bid, rows[0].Submission
        findings = [
            Finding(
                finding=row.EligibilityDecision.finding.value,
                reason=row.EligibilityDecision.reason,
                decided_by=row.decided_by,
                decided_at=row.EligibilityDecision.decided_at,
                grounds=found_of.get(row.EligibilityDecision.id, ()),
            )
            for row in rows
            if row.EligibilityDecision is not None
        ]
        if bid.unsealed:
            found.append(_unsealed(bid, rows[0].source, known[bid.id], findings))
            continue
        found.append(
            _opened(
                bid,
                submission,
                Expected(
                    bid.reference,
                    submission.version,
                    rows[0].challenge,
                    rows[0].ordinal,
                    str(bid.supplier_id),
                    rows[0].plan_sha256,
                ),
                rows[0].OpenedSubmission,
                _logged(rows[0].fields_root),
                rows[0].name,
                findings,
            )
        )
    return found


def _logged(fields_root: bytes | None) -> Mapping[str, object]:
    """Give what the log says of a submission that its document is held against."""
    return {} if fields_root is None else {"fields_root": json.loads(fields_root)}


def _found_of_grounds(
    session: Session, decisions: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[GroundFinding]]:
    """Give what was found of grounds, by decision; without a decision nothing is asked."""
    if not decisions:
        return {}
    rows = session.scalars(
        select(GroundFinding)
        .where(GroundFinding.decision_id.in_(decisions))
        .order_by(GroundFinding.decision_id, GroundFinding.party, GroundFinding.ground)
    )
    return {key: list(group) for key, group in groupby(rows, key=lambda row: row.decision_id)}


def _opened(
    bid: Bid,
    submission: Submission,
    expected: Expected,
    held: OpenedSubmission,
    logged: Mapping[str, object],
    supplier_name: str,
    findings: Sequence[Finding],
) -> OpenedBid:
    # Nothing that an envelope holds is without a byte: so it was emptied since.
    erased = held.document == b""
    document = read_document(held.document)
    flaw = held.flaw or (None if erased else flaw_of(document, expected, logged))
    if document and not expected.is_in(document):
        document = None  # another bid's words must not be read as this one's
    content = document.content if document else documents.Content({}, None, None, "", "")
    return OpenedBid(
        bid_id=bid.id,
        stage_id=bid.stage_id,
        reference=bid.reference,
        received=Source.SEALED,
        supplier_id=bid.supplier_id,
        supplier_name=document.supplier_name if document else supplier_name,
        state=bid.state,
        reason=findings[-1].reason if findings else "",
        price_minor=content.price_minor,
        answers=content.answers,
        contract_accepted=content.contract_accepted,
        contract_points=content.contract_points,
        ai_statement=content.ai_statement,
        size_class=document.eligibility.size_class if document else "",
        version=submission.version,
        sha256=submission.sha256,
        arrived_at=submission.arrived_at,
        recorded_at=submission.recorded_at,
        flaw=flaw,
        eligibility=document.eligibility if document else None,
        findings=findings,
        adjustments=content.adjustments,
        milestones=content.milestones,
        attachments=content.attachments,
        team=content.team,
        passport=document.passport if document else {},
        erased=erased,
    )


def _unsealed(
    bid: Bid, received: Source, known: unsealed.Unsealed, findings: Sequence[Finding]
) -> OpenedBid:
    content = known.content
    return OpenedBid(
        erased=known.erased,
        bid_id=bid.id,
        stage_id=bid.stage_id,
        reference=bid.reference,
        received=received,
        supplier_id=bid.supplier_id,
        supplier_name=known.supplier_name,
        state=bid.state,
        reason=findings[-1].reason if findings else "",
        price_minor=content.price_minor,
        answers=content.answers,
        contract_accepted=content.contract_accepted,
        contract_points=content.contract_points,
        ai_statement=content.ai_statement,
        size_class=known.eligibility.size_class if known.eligibility else known.size_class,
        version=0,
        sha256=known.sha256,
        arrived_at=known.received_at,
        recorded_at=None,
        flaw=None,
        eligibility=known.eligibility,
        findings=findings,
        adjustments=content.adjustments,
        milestones=content.milestones,
        attachments=content.attachments,
        team=content.team,
        passport=known.passport,
    )


def _heard(session: Session, bids: Sequence[Bid]) -> Mapping[uuid.UUID, unsealed.Unsealed]:
    """Give what suppliers who are heard declared in the stage that they come from.

    They write nothing, so their words and prices of then are not said again.
    """
    before = dict(
        session.execute(
            select(Bid.id, Bid.stage_id).where(Bid.id.in_([each.previous_id for each in bids]))
        )
        .tuples()
        .all()
    )
    led = {
        each.bid_id: each
        for stage_id in set(before.values())
        for each in _read(session, Bid.stage_id == stage_id)
    }
    found = {}
    for bid in bids:
        then = led.get(bid.previous_id) if bid.previous_id else None
        if then is None:
            raise LookupError(f"{bid.reference} follows no opened bid")
        found[bid.id] = unsealed.Unsealed(
            supplier_name=then.supplier_name,
            content=replace(unsealed.NOTHING_WRITTEN, team=then.team),
            eligibility=then.eligibility,
            passport=then.passport,
        )
    return found


unsealed.register(Source.HEARD, _heard)


def read_document(held: bytes | None) -> documents.BidDocument | None:
    """Read what an envelope held; None where it held no bid."""
    if held is None:
        return None
    try:
        return documents.read(held)
    except documents.DamagedDocument:
        return None


def flaw_of(
    document: documents.BidDocument | None,
    expected: Expected,
    logged: Mapping[str, object],
) -> Flaw | None:
    """Say what is wrong with a document that an envelope held, by what the log says of the bid.

    Another plan is one of the fields that do not match, for the log states the challenge's plan.
    """
    if document is None:
        return Flaw.UNREADABLE
    if not expected.is_in(document):
        return Flaw.ANOTHER
    root = documents.fields_root(document).hex()
    if root != logged.get("fields_root") or document.plan_sha256 != expected.plan_sha256:
        return Flaw.FIELDS
    return None
