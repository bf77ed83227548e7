"""Tells what of letters keeps a contract back: one that was late, or did not arrive."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from challenges.models import Stage
from scoring.award import blocking
from scoring.award.announcing import standstill_end
from scoring.award.holding import Hold
from scoring.award.letters.models import Letter, LetterBatch, LetterMessage
from scoring.award.letters.words import UNDELIVERED, WENT_LATER
from scoring.award.models import Intention
from scoring.award.standing import intention_stands


def holds(session: Session, stage: Stage, now: datetime) -> Iterator[Hold]:
    """Give what keeps contracts of a stage's award back because a bidder was told late, or not."""
    if stage.challenge.bids_elsewhere:
        return
    letters = session.scalars(
        select(Letter)
        .join(LetterBatch, LetterBatch.id == Letter.batch_id)
        .where(
            LetterBatch.recommendation_id.in_(
                select(Intention.recommendation_id).where(
                    Intention.stage_id == stage.id, intention_stands()
                )
            ),
            Letter.read_at.is_(None) | Letter.gone_at.is_not(None),
        )
        .options(selectinload(Letter.messages).joinedload(LetterMessage.notice))
    ).all()
    ends = [
        standstill_end(session, stage, each.gone_at, electronic=bool(each.gone_electronic))
        for each in letters
        if each.gone_at is not None
    ]
    if ends and max(ends) > now:
        yield Hold("letters", WENT_LATER, until=max(ends), endpoint="award_letters.show")
    if any(each.unproven for each in letters):
        yield Hold("letters", UNDELIVERED, endpoint="award_letters.show")


blocking.register("scoring.award.letters", holds)
