"""What a proposal about a decision keeps back until it is answered, and for whom it waits."""

import uuid
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from bids.inviting import taking_back
from challenges.models import Stage
from marketplace.core.permissions import ALLOWED, Answer, wrong_moment
from marketplace.core.text import N_
from scoring.award import blocking
from scoring.award.advancing.models import AdvanceWithdrawal
from scoring.award.again.models import Reconsideration, ReconsiderationAnswer
from scoring.award.holding import Hold
from scoring.award.models import Contract, IntentionWithdrawal, Recommendation

SIGNING_WAITS = N_(
    "It is proposed to take the decision again, or to end what is not signed. An approver answers "
    "that first."
)
_BEGINNING_WAITS = N_(
    "It is proposed to decide again who goes on to this stage. An approver answers that first."
)


def is_waiting() -> ColumnElement[bool]:
    """Give the condition that a proposal waits for its answer, for a statement that reads
    proposals: what it is about stands, and it can still be followed."""
    newest = aliased(Recommendation)
    of_newest = (
        select(newest.id)
        .where(newest.stage_id == Reconsideration.stage_id)
        .order_by(newest.recommended_at.desc(), newest.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    recommendation_id = Reconsideration.recommendation_id
    return and_(
        ~exists().where(ReconsiderationAnswer.reconsideration_id == Reconsideration.id),
        ~exists().where(AdvanceWithdrawal.advance_id == Reconsideration.advance_id),
        or_(
            recommendation_id.is_(None),
            and_(
                recommendation_id == of_newest,
                ~exists().where(IntentionWithdrawal.recommendation_id == recommendation_id),
                or_(
                    Reconsideration.point.is_(None),
                    ~exists().where(Contract.recommendation_id == recommendation_id),
                ),
            ),
        ),
    )


def waits_for(
    stage_id: InstrumentedAttribute[uuid.UUID], user_id: uuid.UUID
) -> ColumnElement[bool]:
    """Give the condition that a proposal of another person about a stage waits, for a statement
    about many stages."""
    return exists().where(
        Reconsideration.stage_id == stage_id,
        Reconsideration.proposed_by_id != user_id,
        is_waiting(),
    )


def keeping_back(session: Session, stage: Stage, _now: datetime) -> Iterator[Hold]:
    """Give that no contract is signed while it is not answered whether any is to be."""
    waits = select(exists().where(Reconsideration.stage_id == stage.id, is_waiting()))
    if session.scalar(waits):
        yield Hold("again", SIGNING_WAITS, endpoint="again.show")


def answered_first(session: Session, stage: Stage) -> Answer:
    """Answer whether a stage may begin: not while it is not answered who goes on to it."""
    before = [each.id for each in stage.challenge.stages if each.ordinal < stage.ordinal]
    waits = select(exists().where(Reconsideration.stage_id.in_(before), is_waiting()))
    return wrong_moment(_BEGINNING_WAITS) if session.scalar(waits) else ALLOWED


blocking.register("scoring.award.again", keeping_back)
taking_back.before_begin.append(answered_first)
