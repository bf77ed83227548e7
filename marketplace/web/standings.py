"""Where each challenge of a body stands, for its people: one statement, however many rooms tell."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from bids.models import OpeningConfirmation
from challenges.asking import queries as asking
from challenges.changing.models import ChangeDraft
from challenges.closing_models import DeadlineChange
from challenges.kinds import Combine
from challenges.lifecycle import STAGE_STATES, State, state_at
from challenges.models import Challenge, EvaluationPlan, Stage
from challenges.notices.kinds import NoticeKind
from challenges.notices.models import NoticeRecord
from challenges.plan import FIRST_VERSION
from challenges.stages.kinds import DELIVERY_KINDS, StageKind
from challenges.stages.models import StageRun
from challenges.stages.running import stands
from marketplace.core.dates import PLACE
from marketplace.core.permissions import Actor, Permission
from marketplace.core.regimes.book import version_of
from marketplace.core.regimes.notice_forms import noticed_grounds
from marketplace.web.steps import Standing, Step, next_steps
from scoring.award.advancing.models import Advance, AdvanceAnswer, AdvancingBid
from scoring.award.advancing.queries import stands_still
from scoring.award.again import waiting as again
from scoring.award.complaints.queries import any_open
from scoring.award.contracts.holding import change_holds
from scoring.award.contracts.models import ContractChange, ContractChangeAnswer
from scoring.award.contracts.ordered import queries as orders
from scoring.award.debriefs.queries import any_waiting
from scoring.award.evidence.queries import undecided_in
from scoring.award.letters.waiting import letters_wait
from scoring.award.models import (
    Contract,
    Intention,
    IntentionWithdrawal,
    Recommendation,
    SignOff,
)
from scoring.award.recomputing.queries import replaced
from scoring.award.standing import intention_stands, rest_is_open
from scoring.panel.aliases.policy import kept_from_result
from scoring.panel.models import Panel, PanelMember


@dataclass(frozen=True)
class Line:
    """One challenge on a person's board."""

    thing: Standing
    state: State
    steps: list[Step]

    @property
    def to_do(self) -> bool:
        """Tell whether any step is the person's own."""
        return any(step.endpoint for step in self.steps)


def standings(actor: Actor) -> Select[*tuple[Any, ...]]:
    """Select how far challenges have come: the body's own, and those the person judges."""
    awaiting = (
        select(Recommendation.recommended_by_id)
        .outerjoin(SignOff, SignOff.recommendation_id == Recommendation.id)
        .where(
            Recommendation.stage_id == Stage.id,
            SignOff.recommendation_id.is_(None),
            # One that rests on a result whose place another has taken waits for nobody.
            Recommendation.result_id.not_in(replaced()),
        )
        .limit(1)
        .scalar_subquery()
    )
    lettered = exists().where(
        Recommendation.stage_id == Stage.id,
        SignOff.recommendation_id == Recommendation.id,
        SignOff.approved,
        Recommendation.result_id.not_in(replaced()),
        ~exists().where(Intention.recommendation_id == Recommendation.id),
        ~exists().where(IntentionWithdrawal.recommendation_id == Recommendation.id),
    )
    advancing = (
        select(Advance.proposed_by_id)
        .outerjoin(AdvanceAnswer, AdvanceAnswer.advance_id == Advance.id)
        .where(
            Advance.stage_id == Stage.id,
            AdvanceAnswer.advance_id.is_(None),
            Advance.result_id.not_in(replaced()),
        )
        .limit(1)
        .scalar_subquery()
    )
    further = aliased(Stage)
    leads_on = exists().where(
        further.challenge_id == Challenge.id,
        further.ordinal > Stage.ordinal,
        or_(further.kind.is_(None), further.kind.not_in(DELIVERY_KINDS)),
    )
    unsigned = exists().where(
        Intention.stage_id == Stage.id,
        intention_stands(),
        rest_is_open(),
        ~exists().where(Contract.bid_id == Intention.bid_id),
    )
    of_work, worker, of_contract = aliased(Stage), aliased(Stage), aliased(Stage)
    work_unsigned = exists().where(
        worker.challenge_id == Challenge.id,
        worker.kind.in_(DELIVERY_KINDS),
        worker.kind != StageKind.DEMO_DAY,
        of_work.challenge_id == Challenge.id,
        of_work.ordinal == worker.ordinal - 1,
        AdvancingBid.stage_id == of_work.id,
        AdvanceAnswer.advance_id == AdvancingBid.advance_id,
        AdvanceAnswer.confirmed,
        stands_still(),
        ~exists().where(
            Contract.bid_id == AdvancingBid.bid_id, Contract.work_stage_id == worker.id
        ),
    )
    changed_by = (
        select(ContractChange.described_by_id)
        .join(Contract, Contract.id == ContractChange.contract_id)
        .join(of_contract, of_contract.id == Contract.stage_id)
        .where(
            of_contract.challenge_id == Challenge.id,
            ContractChange.awaits,
            ~exists().where(ContractChangeAnswer.change_id == ContractChange.id),
        )
        .limit(1)
        .scalar_subquery()
    )
    standstill = (
        select(func.min(Intention.standstill_ends_at))
        .where(Intention.stage_id == Stage.id, intention_stands())
        .scalar_subquery()
    )
    proposing = (
        select(DeadlineChange.proposed_by_id)
        .where(DeadlineChange.stage_id == Stage.id, DeadlineChange.outcome.is_(None))
        .scalar_subquery()
    )
    # One that was given before bids were taken again is older than the closing that holds.
    signed = exists().where(
        OpeningConfirmation.stage_id == Stage.id,
        OpeningConfirmation.officer_id == actor.user_id,
        OpeningConfirmation.confirmed_at >= Stage.closes_at,
    )
    own = Challenge.buyer_id == actor.organisation_id
    body_reader = actor.may(Permission.CHALLENGE_READ_OWN) or actor.may(Permission.RECORD_AUDIT)
    # In whatever stage: who judged one goes on to see how far the challenge comes.
    of_stage, of_member = aliased(Stage), aliased(PanelMember)
    seated = exists().where(
        of_member.stage_id == of_stage.id,
        of_stage.challenge_id == Challenge.id,
        of_member.user_id == actor.user_id,
        of_member.left_at.is_(None),
    )
    # Each contract has its own award notice.
    noticed = (
        select(func.count(NoticeRecord.number.distinct()))
        .where(NoticeRecord.challenge_id == Challenge.id, NoticeRecord.kind == NoticeKind.AWARD)
        .scalar_subquery()
        >= select(func.count(Contract.id))
        .join(of_stage, of_stage.id == Contract.stage_id)
        # What is paid for before the next judging is told with the award that is still to come.
        .where(of_stage.challenge_id == Challenge.id, Contract.recommendation_id.is_not(None))
        .scalar_subquery()
    )
    of_first, of_changed = aliased(Stage), aliased(Stage)
    first_signed = (
        select(func.min(Contract.signed_at))
        .join(of_first, of_first.id == Contract.stage_id)
        .where(
            of_first.challenge_id == Challenge.id,
            Contract.recommendation_id.is_not(None),
            ~exists().where(
                NoticeRecord.challenge_id == Challenge.id, NoticeRecord.kind == NoticeKind.AWARD
            ),
        )
        .scalar_subquery()
    )
    change_unpublished = exists().where(
        ContractChange.contract_id == Contract.id,
        Contract.stage_id == of_changed.id,
        of_changed.challenge_id == Challenge.id,
        or_(
            *(
                and_(EvaluationPlan.regime == regime, ContractChange.ground.in_(keys))
                for regime, keys in noticed_grounds().items()
            )
        ),
        change_holds(),
        ~exists().where(
            NoticeRecord.challenge_id == Challenge.id,
            NoticeRecord.kind == NoticeKind.MODIFICATION,
            NoticeRecord.number == ContractChange.number,
        ),
    )
    begun = (
        select(func.max(of_stage.ordinal))
        .join(StageRun, StageRun.stage_id == of_stage.id)
        .where(of_stage.challenge_id == Challenge.id, StageRun.state.is_not(None))
        .scalar_subquery()
    )
    return (
        select(
            Challenge.reference,
            Challenge.title,
            Challenge.state,
            Challenge.legal_route,
            Challenge.bids_elsewhere,
            Stage.ordinal,
            stands().label("stands"),
            Stage.closes_at,
            Stage.combine,
            Stage.names_withheld,
            undecided_in(Stage.id).label("evidence_waits"),
            own.label("own"),
            Challenge.submitted_by_id,
            Panel.named_at,
            Panel.scoring_began_at,
            Panel.moderation_began_at,
            Panel.quality_locked_at,
            PanelMember.seat,
            PanelMember.briefed_at,
            PanelMember.interests_declared_at,
            PanelMember.scores_submitted_at,
            awaiting.label("awaiting_by"),
            lettered.label("lettered"),
            standstill.label("standstill_ends_at"),
            leads_on.label("leads_on"),
            unsigned.label("unsigned"),
            work_unsigned.label("work_unsigned"),
            changed_by.label("contract_change_by"),
            orders.waits_for(Challenge.id, actor.user_id).label("court_order_waits"),
            again.waits_for(Stage.id, actor.user_id).label("again_waits"),
            any_open(Stage.id).label("held_back"),
            any_waiting(Stage.id).label("debrief_waits"),
            letters_wait(Challenge.id).label("letters_wait"),
            advancing.label("advance_proposed_by"),
            proposing.label("deadline_proposed_by"),
            signed.label("signed"),
            asking.waiting_there().label("questions_waiting"),
            ChangeDraft.writers.label("change_writers"),
            ChangeDraft.handed_over_at.label("change_handed_over_at"),
            EvaluationPlan.regime,
            EvaluationPlan.regime_version,
            EvaluationPlan.band,
            noticed.label("award_noticed"),
            first_signed.label("unnoticed_since"),
            change_unpublished.label("change_unpublished"),
        )
        .select_from(Challenge)
        .join(
            Stage,
            and_(Stage.challenge_id == Challenge.id, Stage.ordinal == func.coalesce(begun, 1)),
        )
        .outerjoin(ChangeDraft, ChangeDraft.challenge_id == Challenge.id)
        # The rules that the first version pins hold for all.
        .outerjoin(
            EvaluationPlan,
            and_(EvaluationPlan.stage_id == Stage.id, EvaluationPlan.version == FIRST_VERSION),
        )
        .outerjoin(Panel, Panel.stage_id == Stage.id)
        .outerjoin(
            PanelMember,
            and_(
                PanelMember.stage_id == Stage.id,
                PanelMember.user_id == actor.user_id,
                PanelMember.left_at.is_(None),
            ),
        )
        .where(or_(own, seated) if body_reader else seated)
    )


def line_of(row: Row[*tuple[Any, ...]], actor: Actor, now: datetime) -> Line:
    stands = state_at(row.stands, row.closes_at, now)
    # Only with its first stage is a challenge itself open, or closed to bids.
    state = stands if row.ordinal == 1 and stands not in STAGE_STATES else row.state
    wanted = not row.award_noticed and _award_notice_required(row)
    thing = Standing(
        reference=row.reference,
        title=row.title,
        state=stands,
        stage=row.ordinal,
        leads_on=row.leads_on,
        unsigned=row.unsigned,
        unnamed=row.names_withheld and kept_from_result(row.seat, stands),
        evidence_waits=row.evidence_waits,
        work_unsigned=row.work_unsigned and row.state is State.EVALUATING,
        contract_change_by_id=row.contract_change_by,
        court_order_waits=row.court_order_waits,
        again_waits=row.again_waits,
        held_back=row.held_back,
        debrief_waits=row.debrief_waits,
        letters_wait=row.letters_wait,
        advance_proposed_by_id=row.advance_proposed_by,
        closes_at=row.closes_at,
        own=row.own,
        submitted_by_id=row.submitted_by_id,
        panel_named=row.named_at is not None,
        scoring_began=row.scoring_began_at is not None,
        moderation_began=row.moderation_began_at is not None,
        quality_locked=row.quality_locked_at is not None,
        seat=row.seat,
        briefed=row.briefed_at is not None,
        declared=row.interests_declared_at is not None,
        scored=row.scores_submitted_at is not None,
        recommended_by_id=row.awaiting_by,
        awaits_sign_off=row.awaiting_by is not None and row.quality_locked_at is not None,
        letters_due=row.lettered and row.quality_locked_at is not None,
        standstill_ends_at=row.standstill_ends_at,
        deadline_proposed_by_id=row.deadline_proposed_by,
        change_writers=row.change_writers,
        change_handed_over=row.change_handed_over_at is not None,
        signed=row.signed,
        questions_waiting=row.questions_waiting,
        bids_elsewhere=row.bids_elsewhere,
        scores_stand=row.combine is not Combine.CONSENSUS,
        award_notice_wanted=wanted,
        award_notice_overdue=wanted and _overdue(row, now),
        change_notice_wanted=row.change_unpublished,
    )
    return Line(thing=thing, state=state, steps=next_steps(thing, actor, now))


def _overdue(row: Row[*tuple[Any, ...]], now: datetime) -> bool:
    """Tell whether the last day for an award notice is over, and none is recorded."""
    if row.unnoticed_since is None:
        return False
    notices = version_of(row.regime, row.regime_version).band(row.band).notices
    signed_on = row.unnoticed_since.astimezone(PLACE).date()
    return bool(now.astimezone(PLACE).date() > signed_on + timedelta(days=notices.award_days))


def _award_notice_required(row: Row[*tuple[Any, ...]]) -> bool:
    """Tell whether the rules that a plan was pinned to ask for an award notice."""
    if row.band is None:
        return False
    regime = version_of(row.regime, row.regime_version)
    return regime.under(regime.band(row.band), row.legal_route).notices.award_required
