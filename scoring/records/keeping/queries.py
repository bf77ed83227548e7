"""Reads when records fall due, what holds them, and what was erased."""

import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session, joinedload

from challenges.lifecycle import State
from challenges.models import Challenge, EvaluationPlan, Stage
from challenges.plan import FIRST_VERSION
from challenges.queries import own_challenge
from marketplace.core.dates import PLACE
from marketplace.core.permissions import Actor, Answer, ensure
from marketplace.core.regimes.book import version_of
from marketplace.core.regimes.shapes import Kept
from scoring.award.complaints.models import (
    AwardComplaint,
    ComplaintAnswer,
    ComplaintProposal,
    ComplaintWithdrawal,
    CourtProceedings,
    ProceedingsEnd,
    ProceedingsEndAnswer,
)
from scoring.award.delivery.models import WorkEnd
from scoring.award.models import Contract
from scoring.records.changed import ends_on_now
from scoring.records.keeping import policy
from scoring.records.keeping.clocks import Clock, Ends, all_due_on, clocks
from scoring.records.keeping.models import (
    Erasure,
    ErasureAnswer,
    ErasureRun,
    HoldLift,
    KeepingTime,
    LegalHold,
)
from scoring.records.keeping.policy import Keeps

_Query = Select[*tuple[Any, ...]]

PAGE_SIZE = 50
# Later than any day on which something falls due.
_NEVER = date.max


@dataclass(frozen=True)
class Line:
    """One challenge with its clocks and what keeps it."""

    id: uuid.UUID
    reference: str
    title: str
    state: State
    clocks: Sequence[Clock]
    keeps: Keeps


@dataclass(frozen=True)
class Due:
    """A page of challenges by when they fall due, the first first."""

    lines: Sequence[Line]
    count: int
    due_now: int
    held: int
    after: str | None
    first_page: bool


@dataclass(frozen=True)
class KeepingPage:
    """How long the records of one challenge are kept, and what the actor may do about it."""

    challenge: Challenge
    line: Line
    holds: Sequence[LegalHold]
    erasures: Sequence[Erasure]
    may_hold: Answer
    may_propose: Answer
    may_go: Answer

    @property
    def proposal(self) -> Erasure | None:
        """Give the proposal that waits for its answer."""
        return next((each for each in self.erasures if each.answer is None), None)

    @property
    def run(self) -> ErasureRun | None:
        """Give how far the erasure has come that was confirmed."""
        return next((each.run for each in self.erasures if each.run is not None), None)


def own_times(session: Session, body_id: uuid.UUID) -> dict[Kept, int]:
    """Give the years of a body's own schedule, by kind."""
    return _own_times(session, KeepingTime.body_id == body_id).get(body_id, {})


def _own_times(session: Session, which: Any) -> dict[uuid.UUID, dict[Kept, int]]:
    found: dict[uuid.UUID, dict[Kept, int]] = {}
    for body_id, kind, years in session.execute(
        select(KeepingTime.body_id, KeepingTime.kind, KeepingTime.years)
        .where(which)
        .order_by(KeepingTime.set_at, KeepingTime.id)
    ):
        found.setdefault(body_id, {})[kind] = years
    return found


def due(
    session: Session, actor: Actor, now: datetime, *, after: str | None = None, only_due: bool
) -> Due:
    """Give the body's published challenges by when their records fall due.

    Raises:
        Forbidden: by `policy.can_read`.
    """
    ensure(policy.can_read(actor))
    today = now.astimezone(PLACE).date()
    lines = sorted(
        _lines(session, Challenge.buyer_id == actor.organisation_id),
        key=lambda line: (line.keeps.due_on or _NEVER, line.reference),
    )
    waiting = [line for line in lines if policy.may_go(line.keeps, today).allowed]
    chosen = waiting if only_due else lines
    places = {line.reference: place for place, line in enumerate(chosen, start=1)}
    begins = places.get(after or "", 0)
    shown = chosen[begins : begins + PAGE_SIZE]
    return Due(
        lines=shown,
        count=len(chosen),
        due_now=len(waiting),
        held=sum(bool(line.keeps.holds or line.keeps.disputed) for line in lines),
        after=shown[-1].reference if begins + PAGE_SIZE < len(chosen) else None,
        first_page=begins == 0,
    )


def line_of(session: Session, challenge: Challenge) -> Line:
    """Give the clocks of one challenge; one that was never published has none."""
    found = _lines(session, Challenge.id == challenge.id)
    if found:
        return found[0]
    nothing = Keeps(None, 0, disputed=False, proposed=False, erased=False)
    return Line(challenge.id, challenge.reference, challenge.title, challenge.state, (), nothing)


def lines_of(session: Session, references: Collection[str]) -> list[Line]:
    """Give the clocks of some challenges, of whichever bodies; those never published have none."""
    return _lines(session, Challenge.reference.in_(references)) if references else []


def page_of(session: Session, reference: str, actor: Actor, now: datetime) -> KeepingPage:
    """Gather the page of one challenge.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden: by `policy.can_read`.
    """
    challenge = own_challenge(session, reference, actor)
    ensure(policy.can_read(actor))
    line = line_of(session, challenge)
    today = now.astimezone(PLACE).date()
    return KeepingPage(
        challenge=challenge,
        line=line,
        holds=session.scalars(
            select(LegalHold)
            .where(LegalHold.challenge_id == challenge.id)
            .options(joinedload(LegalHold.set_by), joinedload(LegalHold.lifted))
            .order_by(LegalHold.set_at.desc(), LegalHold.id.desc())
        ).all(),
        erasures=session.scalars(
            select(Erasure)
            .where(Erasure.challenge_id == challenge.id)
            .options(
                joinedload(Erasure.proposed_by),
                joinedload(Erasure.answer),
                joinedload(Erasure.run),
            )
            .order_by(Erasure.proposed_at.desc(), Erasure.id.desc())
        ).all(),
        may_hold=policy.can_hold(actor, line.keeps),
        may_propose=policy.can_propose(actor, line.keeps, today),
        may_go=policy.may_go(line.keeps, today),
    )


def _lines(session: Session, which: Any) -> list[Line]:
    """Read published challenges with their clocks, in a fixed number of statements."""
    rows = session.execute(
        select(
            Challenge.id,
            Challenge.reference,
            Challenge.title,
            Challenge.state,
            Challenge.ended_at,
            Challenge.buyer_id,
            EvaluationPlan.regime,
            EvaluationPlan.regime_version,
            EvaluationPlan.band,
        )
        .join(Stage, and_(Stage.challenge_id == Challenge.id, Stage.ordinal == 1))
        .join(
            EvaluationPlan,
            and_(EvaluationPlan.stage_id == Stage.id, EvaluationPlan.version == FIRST_VERSION),
        )
        .where(which, Challenge.published_at.is_not(None))
    ).all()
    about = select(Challenge.id).where(which)
    own = _own_times(session, KeepingTime.body_id.in_(select(Challenge.buyer_id).where(which)))
    ends = _ends(session, about)
    holds = _counted(session, _held(about))
    disputed = {*_counted(session, _complaints(about)), *_counted(session, _in_court(about))}
    proposed = _counted(session, _proposed(about))
    erased = _counted(
        session,
        select(Erasure.challenge_id, func.count())
        .join(ErasureRun, ErasureRun.erasure_id == Erasure.id)
        .where(Erasure.challenge_id.in_(about))
        .group_by(Erasure.challenge_id),
    )
    found = []
    for row in rows:
        keeping = version_of(row.regime, row.regime_version).band(row.band).keeping
        signed = ends.get(row.id)
        times = clocks(
            keeping, own.get(row.buyer_id, {}), signed or Ends(ended_on=_day(row.ended_at))
        )
        found.append(
            Line(
                row.id,
                row.reference,
                row.title,
                row.state,
                times,
                Keeps(
                    due_on=all_due_on(times),
                    holds=holds.get(row.id, 0),
                    disputed=row.id in disputed,
                    proposed=row.id in proposed,
                    erased=row.id in erased,
                ),
            )
        )
    return found


def _ends(session: Session, about: _Query) -> Mapping[uuid.UUID, Ends]:
    """Give from when the clocks of challenges with contracts run.

    A contract ends on its last day, or when its work did where that was later.
    """
    rows = session.execute(
        select(Stage.challenge_id, Contract.signed_at, ends_on_now(), WorkEnd.ended_at)
        .join(Stage, Stage.id == Contract.stage_id)
        .outerjoin(WorkEnd, WorkEnd.contract_id == Contract.id)
        .where(Stage.challenge_id.in_(about))
    )
    found: dict[uuid.UUID, Ends] = {}
    for challenge_id, signed_at, ends_on, ended_at in rows:
        before = found.get(challenge_id, Ends())
        days = [day for day in (ends_on, _day(ended_at)) if day is not None]
        found[challenge_id] = Ends(
            awarded_on=max(filter(None, (before.awarded_on, _day(signed_at)))),
            contracts_end=max([*days, *filter(None, (before.contracts_end,))], default=None),
            open_ended=before.open_ended or not days,
        )
    return found


def _day(instant: datetime | None) -> date | None:
    return instant.astimezone(PLACE).date() if instant else None


def _counted(session: Session, query: _Query) -> Counter[uuid.UUID]:
    found: Counter[uuid.UUID] = Counter()
    for challenge_id, count in session.execute(query):
        found[challenge_id] += count
    return found


def _held(about: _Query) -> _Query:
    return (
        select(LegalHold.challenge_id, func.count())
        .outerjoin(HoldLift, HoldLift.hold_id == LegalHold.id)
        .where(LegalHold.challenge_id.in_(about), HoldLift.hold_id.is_(None))
        .group_by(LegalHold.challenge_id)
    )


def _complaints(about: _Query) -> _Query:
    """Count the complaints that are neither decided nor taken back."""
    decided = (
        select(ComplaintProposal.id)
        .join(ComplaintAnswer, ComplaintAnswer.proposal_id == ComplaintProposal.id)
        .where(ComplaintProposal.complaint_id == AwardComplaint.id, ComplaintAnswer.confirmed)
        .exists()
    )
    withdrawn = (
        select(ComplaintWithdrawal.complaint_id)
        .where(ComplaintWithdrawal.complaint_id == AwardComplaint.id)
        .exists()
    )
    return (
        select(Stage.challenge_id, func.count())
        .join(AwardComplaint, AwardComplaint.stage_id == Stage.id)
        .where(Stage.challenge_id.in_(about), ~decided, ~withdrawn)
        .group_by(Stage.challenge_id)
    )


def _in_court(about: _Query) -> _Query:
    """Count the proceedings whose end two people have not recorded."""
    ended = (
        select(ProceedingsEnd.id)
        .join(ProceedingsEndAnswer, ProceedingsEndAnswer.end_id == ProceedingsEnd.id)
        .where(ProceedingsEnd.proceedings_id == CourtProceedings.id, ProceedingsEndAnswer.confirmed)
        .exists()
    )
    return (
        select(Stage.challenge_id, func.count())
        .join(CourtProceedings, CourtProceedings.stage_id == Stage.id)
        .where(Stage.challenge_id.in_(about), ~ended)
        .group_by(Stage.challenge_id)
    )


def _proposed(about: _Query) -> _Query:
    return (
        select(Erasure.challenge_id, func.count())
        .outerjoin(ErasureAnswer, ErasureAnswer.erasure_id == Erasure.id)
        .where(Erasure.challenge_id.in_(about), ErasureAnswer.erasure_id.is_(None))
        .group_by(Erasure.challenge_id)
    )
