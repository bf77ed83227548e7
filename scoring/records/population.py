"""Reads all purchases of a body in a period, one row each, with the exceptions of each.

All of a period is read at once, in a fixed number of statements: exceptions are counted, sorted by
and drawn from over the whole population, never over a page of it.
"""

import uuid
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from bids.lifecycle import BidState
from bids.models import Bid
from bids.opened import bid_counts
from challenges.kinds import Combine, CriterionKind
from challenges.law import route_names
from challenges.lifecycle import State, state_at
from challenges.models import Challenge, Criterion, EvaluationPlan, Stage
from challenges.notices.kinds import NoticeKind
from challenges.notices.models import NoticeRecord
from challenges.plan import FIRST_VERSION
from marketplace.core.accounts.models import Organisation
from marketplace.core.audit.models import LogEntry
from marketplace.core.dates import PLACE
from marketplace.core.permissions import Actor, ensure
from marketplace.core.regimes.book import Band, version_of
from scoring.award.contracts.queries import notice_number
from scoring.award.models import (
    Contract,
    Intention,
    IntentionWithdrawal,
    RecommendedBid,
    Result,
)
from scoring.award.recomputing.models import Recomputation
from scoring.panel.interests.models import AgreementVoid, ScoreSetAside
from scoring.panel.lifecycle import Measure, Seat
from scoring.panel.models import (
    ConflictDecision,
    ConflictDeclaration,
    ConsensusScore,
    Panel,
    PanelMember,
    Score,
)
from scoring.records import policy
from scoring.records.changed import supplier_now, value_now
from scoring.records.flags import BY_ACTION, Cell, Flag, order_changed
from scoring.records.periods import Basis, Period

_Query = Select[*tuple[Any, ...]]

_SHUT_OUT = (BidState.INELIGIBLE, BidState.EXCLUDED)


@dataclass(frozen=True)
class Signed:
    """One contract: what it was signed for, and what it is worth after its changes.

    `notice` is the number of its award notice; None where it pays for work between stages that
    are judged, which has none.
    """

    reference: str
    supplier: str
    value_minor: int
    value_now_minor: int
    signed_at: datetime
    notice: int | None = None


@dataclass(frozen=True)
class Purchase:
    """One challenge as a row of the population.

    `state` is that of the challenge at the moment of reading. `bids` counts those received for the
    first stage, None while they are still taken. `evaluators` are those who sit there. `lifted`
    tells that its legal route takes it out of the rules that its value would bring it under.
    `decided_at` is when the award was announced, or the challenge ended without one. Each flag has
    how often it was raised.
    """

    id: uuid.UUID
    reference: str
    title: str
    state: State
    published_at: datetime
    closed_at: datetime | None
    route: str
    band: str
    rules: str
    value_minor: int | None
    elsewhere: bool
    bids: int | None
    evaluators: int
    decided_at: datetime | None
    contracts: Sequence[Signed] = ()
    flags: Mapping[Flag, int] = field(default_factory=dict)
    lifted: bool = False

    @property
    def signed_minor(self) -> int | None:
        """Give what all its contracts are worth now; None before one is signed."""
        return sum(each.value_now_minor for each in self.contracts) if self.contracts else None


def population(
    session: Session, actor: Actor, period: Period, basis: Basis, now: datetime
) -> list[Purchase]:
    """Give every published challenge of the actor's body in a period, the earliest first.

    Raises:
        Forbidden: by `policy.can_read_lists`.
    """
    ensure(policy.can_read_lists(actor))
    announced = (
        select(Stage.challenge_id, func.min(Intention.announced_at).label("at"))
        .join(Intention, Intention.stage_id == Stage.id)
        .where(Intention.recommendation_id.not_in(select(IntentionWithdrawal.recommendation_id)))
        .group_by(Stage.challenge_id)
        .subquery()
    )
    decided_at = func.coalesce(announced.c.at, Challenge.ended_at)
    day = Challenge.published_at if basis is Basis.PUBLISHED else decided_at
    chosen = (
        select(
            Challenge.id,
            Challenge.reference,
            Challenge.title,
            Challenge.state,
            Challenge.published_at,
            Challenge.legal_route,
            Challenge.value_minor,
            Challenge.bids_elsewhere,
            Stage.id.label("stage_id"),
            Stage.closes_at,
            EvaluationPlan.regime,
            EvaluationPlan.regime_version,
            EvaluationPlan.band,
            announced.c.at.label("announced_at"),
            Challenge.ended_at,
        )
        .join(Stage, and_(Stage.challenge_id == Challenge.id, Stage.ordinal == 1))
        .outerjoin(
            EvaluationPlan,
            and_(EvaluationPlan.stage_id == Stage.id, EvaluationPlan.version == FIRST_VERSION),
        )
        .outerjoin(announced, announced.c.challenge_id == Challenge.id)
        .where(
            Challenge.buyer_id == actor.organisation_id,
            Challenge.published_at.is_not(None),
            day >= period.begins,
            day < period.ends,
        )
        .order_by(day, Challenge.reference)
    )
    rows = session.execute(chosen).all()
    if not rows:
        return []
    found = _Found(session, chosen, [row.stage_id for row in rows])
    return [_purchase(row, found, now) for row in rows]


class _Found:
    """What the challenges of a selection have besides their own rows, each read once."""

    def __init__(self, session: Session, chosen: _Query, first_stages: Sequence[uuid.UUID]) -> None:
        ids = chosen.with_only_columns(Challenge.id, maintain_column_froms=True).order_by(None)
        chains = chosen.with_only_columns(Challenge.reference, maintain_column_froms=True).order_by(
            None
        )
        stages = select(Stage.id).where(Stage.challenge_id.in_(ids))
        self.bids = bid_counts(session, first_stages)
        self.contracts = _contracts(session, ids)
        self.notices = _notices(session, ids)
        seated = (
            select(PanelMember.stage_id, func.count())
            .where(
                PanelMember.stage_id.in_(first_stages),
                PanelMember.left_at.is_(None),
                PanelMember.seat.in_([Seat.EVALUATOR, Seat.CHAIR]),
            )
            .group_by(PanelMember.stage_id)
        )
        self.evaluators: dict[uuid.UUID, int] = dict(session.execute(seated).tuples().all())
        self.flags: dict[uuid.UUID, Counter[Flag]] = defaultdict(Counter)
        self._count_entries(session, chains)
        self._count(Flag.RECOMPUTED, session, _recomputed(stages))
        self._count(Flag.LEFT_OUT, session, _shut_out(ids))
        for query in _acted_on(stages):
            self._count(Flag.INTEREST, session, query)
        for challenge_id in _reordered(session, stages):
            self.flags[challenge_id][Flag.ORDER_CHANGED] += 1

    def _count_entries(self, session: Session, chains: _Query) -> None:
        query = (
            select(Challenge.id, LogEntry.action, func.count())
            .join(LogEntry, LogEntry.chain == Challenge.reference)
            .where(LogEntry.chain.in_(chains), LogEntry.action.in_(BY_ACTION))
            .group_by(Challenge.id, LogEntry.action)
        )
        for challenge_id, action, count in session.execute(query):
            self.flags[challenge_id][BY_ACTION[action]] += count

    def _count(self, flag: Flag, session: Session, query: _Query) -> None:
        for challenge_id, count in session.execute(query):
            self.flags[challenge_id][flag] += count


def _purchase(row: Any, found: _Found, now: datetime) -> Purchase:
    state = state_at(row.state, row.closes_at, now)
    taken = state is State.OPEN
    bids = None if taken else found.bids.get(row.stage_id, 0)
    contracts = found.contracts.get(row.id, ())
    flags = Counter(found.flags.get(row.id, Counter()))
    if bids == 0:
        flags[Flag.NO_BID] = 1
    if bids == 1:
        flags[Flag.ONE_BID] = 1
    if row.state is State.STOPPED and not contracts:
        flags[Flag.NO_AWARD] = 1
    band = _band(row)
    if band and notice_late(contracts, found.notices.get(row.id, {}), band, now):
        flags[Flag.NOTICE_LATE] = 1
    changed = sum(each.value_now_minor != each.value_minor for each in contracts)
    signed = sum(each.value_now_minor for each in contracts)
    above = int(row.value_minor is not None and signed > row.value_minor)
    if changed or above:
        flags[Flag.VALUE_CHANGED] = changed + above
    return Purchase(
        id=row.id,
        reference=row.reference,
        title=row.title,
        state=state,
        published_at=row.published_at,
        closed_at=None if taken else row.closes_at,
        route=route_names(row.regime).get(row.legal_route or "", ""),
        band=band.name if band else "",
        rules=band.rules if band else "",
        value_minor=row.value_minor,
        elsewhere=row.bids_elsewhere,
        bids=bids,
        evaluators=found.evaluators.get(row.stage_id, 0),
        decided_at=row.announced_at or row.ended_at,
        contracts=contracts,
        flags={flag: flags[flag] for flag in Flag if flags[flag]},
        lifted=band is not None and _is_lifted(row, band),
    )


def _band(row: Any) -> Band | None:
    if row.regime is None:
        return None
    regime = version_of(row.regime, row.regime_version)
    return regime.under(regime.band(row.band), row.legal_route)


def _is_lifted(row: Any, band: Band) -> bool:
    """Tell whether other rules hold for a purchase by its route than by its value alone."""
    return version_of(row.regime, row.regime_version).band(row.band).rules != band.rules


def notice_late(
    contracts: Sequence[Signed], notices: Mapping[int, date], band: Band, now: datetime
) -> bool:
    """Tell whether the notice of a contract went out late, or is overdue; they count alike."""
    if not band.notices.award_required:
        return False
    within, today = timedelta(days=band.notices.award_days), now.astimezone(PLACE).date()
    return any(
        notices.get(each.notice, today) > each.signed_at.astimezone(PLACE).date() + within
        for each in contracts
        if each.notice is not None
    )


def _contracts(session: Session, ids: _Query) -> dict[uuid.UUID, list[Signed]]:
    query = (
        select(
            Stage.challenge_id,
            Contract.reference,
            Organisation.name,
            Contract.value_minor,
            value_now(),
            Contract.signed_at,
            Contract.bid_id,
            RecommendedBid.place,
        )
        .join(Stage, Stage.id == Contract.stage_id)
        .join(Bid, Bid.id == Contract.bid_id)
        .join(Organisation, Organisation.id == supplier_now())
        .outerjoin(
            RecommendedBid,
            and_(
                RecommendedBid.recommendation_id == Contract.recommendation_id,
                RecommendedBid.bid_id == Contract.bid_id,
            ),
        )
        .where(Stage.challenge_id.in_(ids))
        .order_by(Contract.signed_at, Contract.id)
    )
    found: dict[uuid.UUID, list[Signed]] = defaultdict(list)
    with_any: set[uuid.UUID] = set()
    for challenge_id, reference, supplier, first, now, signed_at, bid_id, place in session.execute(
        query
    ).tuples():
        notice = notice_number(
            advanced=place is None,
            place=place or 0,
            number=len(found[challenge_id]) + 1,
            again=bid_id in with_any,
        )
        with_any.add(bid_id)
        found[challenge_id].append(Signed(reference, supplier, first, now, signed_at, notice))
    return dict(found)


def _notices(session: Session, ids: _Query) -> dict[uuid.UUID, dict[int, date]]:
    """Give the days on which award notices were published first, by their numbers."""
    query = (
        select(NoticeRecord.challenge_id, NoticeRecord.number, func.min(NoticeRecord.published_on))
        .where(NoticeRecord.challenge_id.in_(ids), NoticeRecord.kind == NoticeKind.AWARD)
        .group_by(NoticeRecord.challenge_id, NoticeRecord.number)
    )
    found: dict[uuid.UUID, dict[int, date]] = defaultdict(dict)
    for challenge_id, number, day in session.execute(query).tuples():
        found[challenge_id][number] = day
    return found


def _recomputed(stages: _Query) -> _Query:
    return (
        select(Stage.challenge_id, func.count())
        .join(Result, Result.stage_id == Stage.id)
        .join(Recomputation, Recomputation.result_id == Result.id)
        .where(Stage.id.in_(stages))
        .group_by(Stage.challenge_id)
    )


def _shut_out(ids: _Query) -> _Query:
    return (
        select(Bid.challenge_id, func.count())
        .where(Bid.challenge_id.in_(ids), Bid.state.in_(_SHUT_OUT))
        .group_by(Bid.challenge_id)
    )


def _acted_on(stages: _Query) -> list[_Query]:
    """Count the declared interests that a measure was taken on, by the decision that counts."""
    later = aliased(ConflictDecision)
    overtaken = (
        select(later.id)
        .where(
            later.declaration_id == ConflictDecision.declaration_id,
            or_(
                later.decided_at > ConflictDecision.decided_at,
                and_(
                    later.decided_at == ConflictDecision.decided_at,
                    later.id > ConflictDecision.id,
                ),
            ),
        )
        .exists()
    )
    return [
        select(Stage.challenge_id, func.count())
        .join(PanelMember, PanelMember.stage_id == Stage.id)
        .join(ConflictDeclaration, ConflictDeclaration.member_id == PanelMember.id)
        .join(ConflictDecision, ConflictDecision.declaration_id == ConflictDeclaration.id)
        .where(Stage.id.in_(stages), ConflictDecision.measure != Measure.KEEP, ~overtaken)
        .group_by(Stage.challenge_id)
    ]


def _reordered(session: Session, stages: _Query) -> list[uuid.UUID]:
    """Give the challenges with a stage whose bids changed places when the panel agreed scores."""
    agreed = _agreed_by_cell(session, stages)
    later = aliased(Score)
    counts: ColumnElement[int] = func.count()
    query = (
        select(
            Stage.challenge_id,
            Stage.id,
            Score.bid_id,
            Score.criterion_id,
            Criterion.weight,
            Criterion.max_score,
            func.sum(Score.value),
            counts,
        )
        .join(PanelMember, PanelMember.id == Score.member_id)
        .join(Stage, Stage.id == PanelMember.stage_id)
        .join(Panel, Panel.stage_id == Stage.id)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .outerjoin(later, later.replaces_id == Score.id)
        .where(
            Stage.id.in_(stages),
            Stage.combine == Combine.CONSENSUS,
            # Before the scores are locked nobody is told how they stand.
            Panel.quality_locked_at.is_not(None),
            Criterion.kind == CriterionKind.QUALITY,
            PanelMember.left_at.is_(None),
            later.id.is_(None),
            Score.id.not_in(select(ScoreSetAside.score_id)),
        )
        .group_by(
            Stage.challenge_id,
            Stage.id,
            Score.bid_id,
            Score.criterion_id,
            Criterion.weight,
            Criterion.max_score,
        )
    )
    cells: dict[tuple[uuid.UUID, uuid.UUID], list[Cell]] = defaultdict(list)
    for (
        challenge_id,
        stage_id,
        bid_id,
        criterion_id,
        weight,
        most,
        total,
        number,
    ) in session.execute(query).tuples():
        said = agreed.get((bid_id, criterion_id))
        cells[challenge_id, stage_id].append(
            Cell(
                bid=str(bid_id),
                criterion=str(criterion_id),
                weight=Fraction(weight),
                own=Fraction(total) / number / Fraction(most or 1),
                agreed=None if said is None else Fraction(said) / Fraction(most or 1),
            )
        )
    return [challenge for (challenge, _stage), found in cells.items() if order_changed(found)]


def _agreed_by_cell(session: Session, stages: _Query) -> dict[tuple[uuid.UUID, uuid.UUID], Decimal]:
    later = aliased(ConsensusScore)
    query = (
        select(ConsensusScore.bid_id, ConsensusScore.criterion_id, ConsensusScore.value)
        .join(Bid, Bid.id == ConsensusScore.bid_id)
        .outerjoin(later, later.replaces_id == ConsensusScore.id)
        .where(
            Bid.stage_id.in_(stages),
            later.id.is_(None),
            ConsensusScore.id.not_in(select(AgreementVoid.consensus_id)),
        )
    )
    return {
        (bid_id, criterion_id): value
        for bid_id, criterion_id, value in session.execute(query).tuples()
    }
