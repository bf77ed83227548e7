"""Reads a body's awards with what was made of their reports, in a fixed number of statements."""

import uuid
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from bids.models import Bid
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from marketplace.core.accounts.models import Organisation
from marketplace.core.erased.models import ErasedFile
from marketplace.core.jobs import Job
from marketplace.core.permissions import Actor, ensure
from marketplace.publishing.pages import queries as awards
from marketplace.publishing.pages.auditing import policy
from marketplace.publishing.pages.auditing.reports import MadeEdition, Report, Work, newest_of
from scoring.award.models import Contract, Intention, IntentionWithdrawal, Result
from scoring.award.standing import intention_stands
from scoring.panel.aliases.queries import judged_unnamed
from scoring.records.periods import year_of
from scoring.report.models import DebriefFile, FrozenReport, ReportFile
from scoring.report.service import DEBRIEF, MAKE
from scoring.report.values import Edition

PAGE = 10
_WORDS_MOST = 8


@dataclass(frozen=True)
class Judged:
    """A stage that was judged, and so has a result and a panel."""

    ordinal: int
    name: str


@dataclass(frozen=True)
class Award:
    """One award of the body. `stands` tells that it was not taken back; `stage` is the one that
    decided, `year` the financial year of the decision, as it begins."""

    reference: str
    title: str
    state: State
    stage: int
    announced_at: datetime
    stands: bool
    suppliers: str
    reports: Sequence[Report]
    judged: Sequence[Judged]

    @property
    def year(self) -> int:
        """Give the calendar year in which the financial year of the decision begins."""
        return year_of(self.announced_at)

    @property
    def full(self) -> MadeEdition | None:
        """Give the newest full edition."""
        return newest_of(self.reports, Edition.FULL)

    @property
    def public(self) -> MadeEdition | None:
        """Give the newest public edition."""
        return newest_of(self.reports, Edition.PUBLIC)

    @property
    def under_way(self) -> bool:
        """Tell whether something of its reports is being made."""
        return any(report.under_way for report in self.reports)


@dataclass(frozen=True)
class Room:
    """One page of the body's awards, the newest first; `after` begins the next, null at the end.

    `reads_full` tells whether the reader may have what is for auditors alone.
    """

    awards: Sequence[Award]
    after: str | None
    reads_full: bool


def room(session: Session, actor: Actor, words: str, after: str | None) -> Room:
    """Read the awards of the actor's body, by words in title, reference or supplier.

    Those whose bids the actor judges without names are left out: their evidence names the bidders.

    Raises:
        Forbidden: by `policy.can_read_awards`.
    """
    ensure(policy.can_read_awards(actor))
    rows = _rows(session, actor, words, after)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    stages = [row.stage_id for row in rows]
    suppliers = _suppliers(session, stages)
    reports, judged = _reports(session, stages), _judged(session, [row.id for row in rows])
    listed = [
        Award(
            reference=row.reference,
            title=row.title,
            state=row.state,
            stage=row.ordinal,
            announced_at=row.announced_at,
            stands=row.withdrawn < row.announced,
            suppliers=", ".join(suppliers.get(row.stage_id, ())),
            reports=reports.get(row.stage_id, ()),
            judged=judged.get(row.id, ()),
        )
        for row in rows
    ]
    last = rows[-1] if more else None
    key = f"{last.announced_at.isoformat()}~{last.stage_id}" if last else None
    return Room(listed, key, policy.reads_full(actor))


def _rows(
    session: Session, actor: Actor, words: str, after: str | None
) -> Sequence[Row[*tuple[Any, ...]]]:
    # One that was taken back keeps its report: an auditor asks what came of it.
    announced = (
        select(
            Intention.stage_id,
            func.max(Intention.announced_at).label("announced_at"),
            func.count(Intention.bid_id).label("announced"),
            func.count(IntentionWithdrawal.recommendation_id).label("withdrawn"),
        )
        .outerjoin(
            IntentionWithdrawal,
            IntentionWithdrawal.recommendation_id == Intention.recommendation_id,
        )
        .group_by(Intention.stage_id)
        .subquery()
    )
    query = (
        select(
            Challenge.id,
            Challenge.reference,
            Challenge.title,
            Challenge.state,
            Stage.id.label("stage_id"),
            Stage.ordinal,
            announced.c.announced_at,
            announced.c.announced,
            announced.c.withdrawn,
        )
        .join(Stage, Stage.challenge_id == Challenge.id)
        .join(announced, announced.c.stage_id == Stage.id)
        .where(
            Challenge.buyer_id == actor.organisation_id,
            Challenge.id.not_in(judged_unnamed(actor.user_id)),
        )
        .order_by(announced.c.announced_at.desc(), Stage.id.desc())
        .limit(PAGE + 1)
    )
    for word in words.split()[:_WORDS_MOST]:
        query = query.where(
            or_(
                Challenge.title.icontains(word, autoescape=True),
                Challenge.reference.icontains(word, autoescape=True),
                exists().where(
                    Intention.stage_id == Stage.id,
                    Bid.id == Intention.bid_id,
                    Organisation.id == Bid.supplier_id,
                    Organisation.name.icontains(word, autoescape=True),
                ),
            )
        )
    if mark := awards.mark_of(after):
        at, stage_id = mark
        query = query.where(
            or_(
                announced.c.announced_at < at,
                and_(announced.c.announced_at == at, Stage.id < stage_id),
            )
        )
    return session.execute(query).all()


def _suppliers(
    session: Session, stages: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[str]]:
    """Give who was chosen, by the stage that decided; where no decision stands, who was before."""
    rows = session.execute(
        select(Intention.stage_id, Organisation.name, intention_stands())
        .join(Bid, Bid.id == Intention.bid_id)
        .join(Organisation, Organisation.id == Bid.supplier_id)
        .where(Intention.stage_id.in_(stages))
        .distinct()
        .order_by(Organisation.name)
    ).tuples()
    standing: dict[uuid.UUID, list[str]] = defaultdict(list)
    before: dict[uuid.UUID, list[str]] = defaultdict(list)
    for stage_id, name, stands in rows:
        (standing if stands else before)[stage_id].append(name)
    return {**before, **standing}


def _reports(
    session: Session, stages: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[Report]]:
    debriefs = DebriefFile.report_id == FrozenReport.id
    signed = exists().where(
        Contract.stage_id == FrozenReport.stage_id,
        Contract.recommendation_id.is_not(None),
        Contract.signed_at <= FrozenReport.frozen_at,
    )
    # A report is frozen with a decision or after it: what was taken back since is what it tells of.
    taken_back = exists().where(
        Intention.stage_id == FrozenReport.stage_id,
        IntentionWithdrawal.recommendation_id == Intention.recommendation_id,
        IntentionWithdrawal.withdrawn_at >= FrozenReport.frozen_at,
    )
    rows = session.execute(
        select(
            FrozenReport.id,
            FrozenReport.stage_id,
            FrozenReport.number,
            FrozenReport.frozen_at,
            signed.label("signed"),
            taken_back.label("taken_back"),
            select(func.count()).select_from(DebriefFile).where(debriefs).scalar_subquery(),
            select(func.max(DebriefFile.made_at)).where(debriefs).scalar_subquery(),
        )
        .where(FrozenReport.stage_id.in_(stages))
        .order_by(FrozenReport.number.desc())
    ).tuples()
    frozen = list(rows)
    ids = [row[0] for row in frozen]
    editions, work = _editions(session, ids), _work(session, ids)
    found: dict[uuid.UUID, list[Report]] = defaultdict(list)
    for report_id, stage_id, number, frozen_at, is_signed, was_taken_back, count, last in frozen:
        found[stage_id].append(
            Report(
                number=number,
                frozen_at=frozen_at,
                signed=is_signed,
                editions=editions.get(report_id, ()),
                debriefs=count,
                debriefed_at=last,
                work=work.get(str(report_id), Work()),
                taken_back=was_taken_back,
            )
        )
    return found


def _editions(
    session: Session, reports: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[MadeEdition]]:
    rows = session.execute(
        select(
            ReportFile.report_id,
            ReportFile.edition,
            ReportFile.made_at,
            ReportFile.size,
            ErasedFile.erased_at,
        )
        .outerjoin(ErasedFile, ErasedFile.sha256 == ReportFile.sha256)
        .where(ReportFile.report_id.in_(reports))
        .order_by(ReportFile.edition)
    ).tuples()
    found: dict[uuid.UUID, list[MadeEdition]] = defaultdict(list)
    for report_id, edition, made_at, size, erased_at in rows:
        found[report_id].append(MadeEdition(edition, made_at, size, erased_at))
    return found


def _work(session: Session, reports: Collection[uuid.UUID]) -> Mapping[str, Work]:
    """Read which jobs about reports are not done, by the report's id as their payload has it."""
    about = Job.payload["report"].as_string()
    rows = session.execute(
        select(about, Job.kind, Job.failed_at.is_not(None)).where(
            Job.kind.in_((MAKE, DEBRIEF)),
            Job.done_at.is_(None),
            about.in_([str(each) for each in reports]),
        )
    ).tuples()
    counts = Counter((report, None if failed else kind) for report, kind, failed in rows)
    return {
        report: Work(
            making=counts[report, MAKE] > 0,
            debriefs=counts[report, DEBRIEF],
            failed=counts[report, None],
        )
        for report in {report for report, _kind in counts}
    }


def _judged(
    session: Session, challenges: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, Sequence[Judged]]:
    """Give the stages of challenges that have a result, in their order."""
    rows = session.execute(
        select(Stage.challenge_id, Stage.ordinal, Stage.name)
        .where(
            Stage.challenge_id.in_(challenges),
            exists().where(Result.stage_id == Stage.id),
        )
        .order_by(Stage.ordinal)
    ).tuples()
    found: dict[uuid.UUID, list[Judged]] = defaultdict(list)
    for challenge_id, ordinal, name in rows:
        found[challenge_id].append(Judged(ordinal, name))
    return found
