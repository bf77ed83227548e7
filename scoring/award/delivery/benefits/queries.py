"""Reads what was measured after the work of a challenge."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from challenges.models import Challenge
from scoring.award.delivery.benefits.models import BenefitReview


def reviews(session: Session, challenge: Challenge) -> Sequence[BenefitReview]:
    """Give all that was recorded of a challenge, by round and edition, the newest edition last."""
    return session.scalars(
        select(BenefitReview)
        .where(BenefitReview.challenge_id == challenge.id)
        .options(selectinload(BenefitReview.values), joinedload(BenefitReview.recorded_by))
        .order_by(BenefitReview.months, BenefitReview.edition)
    ).all()


def holding(found: Sequence[BenefitReview]) -> list[BenefitReview]:
    """Give the newest edition of each round, the earliest round first."""
    return list({each.months: each for each in found}.values())


def measured(session: Session, challenge: Challenge) -> set[int]:
    """Give the rounds that are measured."""
    return set(
        session.scalars(
            select(BenefitReview.months).where(BenefitReview.challenge_id == challenge.id)
        )
    )
