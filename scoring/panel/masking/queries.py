"""Reads which words are masked."""

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bids.models import Bid
from challenges.models import Stage
from scoring.panel.masking.models import AnswerMask


def masks(session: Session, stage: Stage) -> Mapping[uuid.UUID, Sequence[AnswerMask]]:
    """Give what is masked in a stage's bids, by bid, the first first; where the panel reads names
    nothing is asked."""
    found: dict[uuid.UUID, list[AnswerMask]] = defaultdict(list)
    if stage.names_withheld:
        for each in session.scalars(
            select(AnswerMask)
            .join(Bid, Bid.id == AnswerMask.bid_id)
            .where(Bid.stage_id == stage.id)
            .options(joinedload(AnswerMask.masked_by))
            .order_by(AnswerMask.masked_at, AnswerMask.words)
        ):
            found[each.bid_id].append(each)
    return found
