"""What challenges ask of bids when they change, or close later: registered when imported."""

import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from bids import openings
from bids.inviting import queries as inviting
from bids.lifecycle import OPENED_STATES, BidState
from bids.models import Bid, Submission
from bids.renewing import queries as renewals
from bids.renewing import reminders
from challenges import hooks
from challenges.hooks import Party
from challenges.models import Challenge, Stage
from marketplace.core.accounts.models import Membership, User


def bidders(session: Session, challenge: Challenge) -> Collection[uuid.UUID]:
    """Give the people of every supplier that has a draft or a submitted bid on a challenge, in
    whatever stage.

    A supplier that withdrew its bid and has begun no other draft is done with the challenge.
    """
    return session.scalars(
        select(Membership.user_id)
        .join(Bid, Bid.supplier_id == Membership.organisation_id)
        .join(User, User.id == Membership.user_id)
        .where(
            Bid.challenge_id == challenge.id,
            or_(Bid.state == BidState.SUBMITTED, Bid.draft_key_id.is_not(None)),
            Membership.ended_at.is_(None),
            User.active,
        )
        .distinct()
    ).all()


def parties(session: Session, stage: Stage) -> Sequence[Party]:
    """Give the people of those that have one in a stage, each with the bid and how it stands.

    Whoever is invited to it and has not begun is one of them.
    """
    submitted = Bid.state.in_({BidState.SUBMITTED, *OPENED_STATES})
    drafted = Bid.draft_key_id.is_not(None)
    awaited = and_(Bid.state == BidState.SUBMITTED, ~renewals.counts())
    rows = session.execute(
        select(Membership.user_id, Bid.reference, submitted, drafted, awaited)
        .join(Bid, Bid.supplier_id == Membership.organisation_id)
        .outerjoin(Submission, renewals.is_current())
        .join(User, User.id == Membership.user_id)
        .where(
            Bid.stage_id == stage.id,
            or_(submitted, drafted, Bid.state == BidState.INVITED),
            Membership.ended_at.is_(None),
            User.active,
        )
        .order_by(Bid.reference)
        .distinct()
    )
    return [Party(*row) for row in rows]


hooks.register(
    hooks.OfBids(
        opening_began=openings.under_way,
        bidders=bidders,
        parties=parties,
        await_confirmation=reminders.await_confirmation,
        invited=inviting.invited,
    )
)
