"""Reads the result and the decision of a stage."""

import json
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, joinedload

from bids.elsewhere.log_words import BROUGHT
from bids.lifecycle import BidState
from bids.log_words import OPENED
from bids.models import Bid
from bids.opened import opened_bids
from challenges.frozen import frozen_evaluation
from challenges.log_words import STAGE_OPENED
from challenges.models import Challenge, Stage
from challenges.stages.running import last_entry, stored_state
from marketplace.core.accounts.models import Membership, MembershipRole, Organisation, User
from marketplace.core.audit import proofs
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor, Role
from marketplace.core.text import N_
from scoring.award.carrying import carried
from scoring.award.evaluation import Judged, evaluation_document
from scoring.award.models import (
    Contract,
    Intention,
    IntentionWithdrawal,
    Recommendation,
    RecommendedBid,
    RestEnd,
    Result,
    SignOff,
)
from scoring.award.recomputing.lifecycle import lapsed
from scoring.award.recomputing.models import Recomputation
from scoring.award.recomputing.queries import replaced
from scoring.award.standing import intention_stands
from scoring.panel import declarations
from scoring.panel import queries as panels
from scoring.panel.aliases.policy import kept_from_result
from scoring.panel.interests.queries import any_open
from scoring.panel.models import Panel, PanelMember, Seat


@dataclass(frozen=True)
class Computed:
    """A stored result, read back."""

    row: Result
    evaluation: dict[str, Any]
    result: dict[str, Any]
    # The result whose place this one took, where it was computed again.
    replaces: uuid.UUID | None = None


@dataclass(frozen=True)
class Decision:
    """How far the decision on a stage has come; each part is null until it exists."""

    panel: Panel | None
    computed: Computed | None
    recommendation: Recommendation | None
    sign_off: SignOff | None
    # Whose award is announced, the best first, and what was signed with them so far.
    intentions: Sequence[Intention]
    contracts: Sequence[Contract]
    # Whether an interest that was found later waits for a decision.
    undecided: bool = False
    # That the answered recommendation was taken back after its approval.
    withdrawal: IntentionWithdrawal | None = None

    @property
    def intention(self) -> Intention | None:
        """Give what is announced: of several that win, the first; all at one instant."""
        return self.intentions[0] if self.intentions else None

    @property
    def rest_end(self) -> RestEnd | None:
        """Give why what is not signed ended without award; None where it did not."""
        return self.recommendation.rest_end if self.recommendation else None

    @property
    def contract(self) -> Contract | None:
        """Give the first contract that was signed."""
        return self.contracts[0] if self.contracts else None

    @property
    def unsigned(self) -> list[Bid]:
        """Give the bids whose award is announced and with whose supplier nothing is signed; none
        once the rest has ended without award."""
        if self.rest_end is not None:
            return []
        signed = {contract.bid_id for contract in self.contracts}
        return [each.bid for each in self.intentions if each.bid_id not in signed]

    def recommendation_of(self, bid_id: uuid.UUID) -> uuid.UUID:
        """Give the recommendation by which an award to a bid is announced."""
        return next(each for each in self.intentions if each.bid_id == bid_id).recommendation_id

    @property
    def locked(self) -> bool:
        """Tell whether the scores for quality are locked now."""
        return self.panel is not None and self.panel.quality_locked_at is not None

    @property
    def any_ranked(self) -> bool:
        """Tell whether the result ranks a bid; also where there is no result to say otherwise."""
        return self.computed is None or bool(self.computed.result["winners"])

    @property
    def lapsed(self) -> bool:
        """Tell whether the recommendation rests on what is not there any more."""
        return self.recommendation is not None and lapsed(
            answered=self.sign_off is not None,
            rests_on=self.recommendation.result_id,
            newest=self.computed.row.id if self.computed else None,
            locked=self.locked,
        )

    @property
    def awaits_letters(self) -> bool:
        """Tell whether an award is approved of which its bidders are still to be told by letter.

        An approval of what was changed since tells nothing: a bid is recommended again.
        """
        return (
            self.recommendation is not None
            and self.sign_off is not None
            and self.sign_off.approved
            and self.withdrawal is None
            and not self.intentions
            and not self.overtaken
        )

    @property
    def overtaken(self) -> bool:
        """Tell whether the recommendation rests on what is not there any more, also if answered."""
        return self.recommendation is not None and lapsed(
            answered=False,
            rests_on=self.recommendation.result_id,
            newest=self.computed.row.id if self.computed else None,
            locked=self.locked,
        )

    @property
    def awaits_sign_off(self) -> bool:
        """Tell whether an approver can answer the recommendation."""
        return self.recommendation is not None and self.sign_off is None and not self.lapsed


def gather(session: Session, stage: Stage) -> dict[str, Any]:
    """Make the evaluation document of a stage from what is recorded.

    Raises:
        WrongMoment: the bids are not opened, or the stored plan is not the published one.
    """
    challenge = stage.challenge
    plan = frozen_evaluation(session, stage)
    evaluators = [
        member
        for member in panels.seats(session, stage.id)
        # Who was replaced owes no score, and none of theirs counts.
        if member.seat is Seat.EVALUATOR and member.left_at is None
    ]
    labels: dict[uuid.UUID, str] = {member.id: member.label for member in evaluators}
    recused: dict[str, list[str]] = {label: [] for label in labels.values()}
    bids = opened_bids(session, stage.id)
    references = {bid.bid_id: bid.reference for bid in bids}
    # One that is not decided yet keeps its member away from the bid; what it had scored counts.
    apart = declarations.recused_pairs(declarations.declared_interests(session, stage.id))
    for member_id, bid_id in apart:
        if member_id in labels:
            recused[labels[member_id]].append(references[bid_id])

    individual: dict[uuid.UUID, dict[str, dict[str, Decimal]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    for score in panels.current_scores(session, stage.id):
        if (score.member_id, score.bid_id) not in apart:
            individual[score.bid_id][score.criterion.key][labels[score.member_id]] = score.value
    agreed: dict[uuid.UUID, dict[str, Decimal]] = defaultdict(dict)
    for consensus in panels.current_consensus(session, stage.id):
        agreed[consensus.bid_id][consensus.criterion.key] = consensus.value

    published = json.loads(plan.canonical)
    brought = carried(session, stage)
    return evaluation_document(
        published,
        title=challenge.title,
        challenge=challenge.reference,
        stage=stage.name,
        evaluators=recused,
        assigned={
            member.label: [question.key for question in panels.questions_of(member, stage)]
            for member in evaluators
            if member.assigned
        },
        bids=[
            Judged(
                reference=bid.reference,
                supplier=bid.supplier_name,
                status=bid.state.value,
                reason=bid.reason,
                price_minor=bid.price_minor,
                individual=individual[bid.bid_id],
                agreed=agreed[bid.bid_id],
                carried=brought.get(bid.bid_id, {}),
            )
            for bid in bids
        ],
        draw_seed=(
            draw_seed(session, stage) if "draw" in published["method"]["tie_break"] else None
        ),
    )


def draw_seed(session: Session, stage: Stage) -> str:
    """Give what a draw between tied bids starts from: the log's root just after the opening.

    It was fixed before there was any score, and anybody can read it off the log. Where nothing was
    sealed, because suppliers are heard, the opening is that of the stage itself; where bids were
    received elsewhere, it is when they were brought in.

    Raises:
        LookupError: no opening is recorded.

    Source: docs/scoring.md, Ties.
    """
    opened = last_entry(session, stage, OPENED, BROUGHT, STAGE_OPENED)
    if opened is None:
        name = f"stage {stage.ordinal} of {stage.challenge.reference}"
        raise LookupError(f"the log has no opening of {name}")
    return proofs.root(session, opened.n + 1).hex()


def decision(session: Session, stage: Stage) -> Decision:
    """Read how far the decision on a stage has come."""
    found = session.execute(
        select(Result, Recomputation.replaced_id)
        .outerjoin(Recomputation, Recomputation.result_id == Result.id)
        .where(Result.stage_id == stage.id, Result.id.not_in(replaced()))
        .order_by(Result.computed_at.desc(), Result.id.desc())
        .limit(1)
    ).one_or_none()
    row, replaces = (None, None) if found is None else (found[0], found[1])
    recommendation = session.scalars(
        select(Recommendation)
        .where(Recommendation.stage_id == stage.id)
        .options(
            joinedload(Recommendation.recommended)
            .joinedload(RecommendedBid.bid)
            .joinedload(Bid.supplier),
            joinedload(Recommendation.recommended_by),
            joinedload(Recommendation.sign_off).joinedload(SignOff.decided_by),
            joinedload(Recommendation.withdrawal),
            joinedload(Recommendation.rest_end),
        )
        .order_by(Recommendation.recommended_at.desc(), Recommendation.id.desc())
        .limit(1)
    ).first()
    # A contract follows an announced intention, so one statement gives both; a supplier can have
    # several, one for each stage of work.
    announced = session.execute(
        select(Intention, Contract)
        .join(
            RecommendedBid,
            and_(
                RecommendedBid.recommendation_id == Intention.recommendation_id,
                RecommendedBid.bid_id == Intention.bid_id,
            ),
        )
        .outerjoin(
            Contract,
            and_(
                Contract.recommendation_id == Intention.recommendation_id,
                Contract.bid_id == Intention.bid_id,
            ),
        )
        .where(Intention.stage_id == stage.id, intention_stands())
        .options(
            joinedload(Intention.bid).joinedload(Bid.supplier), joinedload(Contract.recorded_by)
        )
        .order_by(RecommendedBid.place)
    ).all()
    signed = [contract for _intention, contract in announced if contract is not None]
    return Decision(
        panel=session.scalar(
            select(Panel)
            .where(Panel.stage_id == stage.id)
            .options(joinedload(Panel.members).joinedload(PanelMember.user))
        ),
        computed=(
            Computed(row, json.loads(row.evaluation), json.loads(row.result), replaces)
            if row
            else None
        ),
        recommendation=recommendation,
        sign_off=recommendation.sign_off if recommendation else None,
        intentions=list(dict.fromkeys(intention for intention, _contract in announced)),
        contracts=sorted(signed, key=lambda contract: (contract.signed_at, contract.id)),
        undecided=any_open(session, stage.id),
        withdrawal=recommendation.withdrawal if recommendation else None,
    )


def deciding_stage(session: Session, challenge: Challenge) -> Stage | None:
    """Give the stage whose ranking an announced award follows; None before there is one."""
    return session.scalar(
        select(Stage)
        .join(Intention, Intention.stage_id == Stage.id)
        .where(Stage.challenge_id == challenge.id, intention_stands())
        .limit(1)
    )


def panel_of(session: Session, stage_id: uuid.UUID) -> Panel | None:
    """Give the panel of a stage, as it is now."""
    return session.get(Panel, stage_id)


def chair_id(panel: Panel | None) -> uuid.UUID | None:
    """Give who chairs a panel."""
    members = panel.members if panel else []
    seated = (m for m in members if m.seat is Seat.CHAIR and m.left_at is None)
    return next((member.user_id for member in seated), None)


def judges_unnamed(stage: Stage, panel: Panel | None, actor: Actor) -> bool:
    """Tell whether the actor sits on a stage's panel and must not read its result under names."""
    return stage.names_withheld and any(
        kept_from_result(member.seat, stored_state(stage.challenge, stage))
        for member in (panel.members if panel else ())
        if member.user_id == actor.user_id and member.left_at is None
    )


def bidders_people(session: Session, stage: Stage) -> list[tuple[Bid, User]]:
    """Give each opened bid with each administrator of its supplier, for messages to all alike.

    A supplier who was invited to the stage and did not answer is told as well.
    """
    rows = session.execute(
        select(Bid, User)
        .join(Membership, Membership.organisation_id == Bid.supplier_id)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .join(User, User.id == Membership.user_id)
        .where(
            Bid.stage_id == stage.id,
            or_(
                Bid.state.in_([BidState.VALID, BidState.INELIGIBLE, BidState.EXCLUDED]),
                and_(
                    Bid.previous_id.is_not(None),
                    Bid.state.in_([BidState.INVITED, BidState.DRAFT]),
                ),
            ),
            MembershipRole.role == Role.SUPPLIER_ADMIN,
            Membership.ended_at.is_(None),
        )
        .order_by(Bid.reference, User.email)
    )
    return [(bid, user) for bid, user in rows]


def own_outcome_bid(session: Session, reference: str, supplier_id: uuid.UUID) -> Bid:
    """Give a supplier's own bid by its reference.

    Raises:
        NotFound: there is none, or it is another supplier's.
    """
    bid = session.scalar(
        select(Bid)
        .where(Bid.reference == reference, Bid.supplier_id == supplier_id)
        .options(joinedload(Bid.challenge).joinedload(Challenge.buyer))
    )
    if bid is None:
        raise NotFound(N_("There is no such bid."))
    return bid


def supplier_of(session: Session, bid_id: uuid.UUID) -> Organisation:
    """Give the supplier of a bid."""
    return session.scalars(
        select(Organisation).join(Bid, Bid.supplier_id == Organisation.id).where(Bid.id == bid_id)
    ).one()
