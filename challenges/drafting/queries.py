"""Reads of the people of a body who can be named in a challenge's team."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.drafting.kinds import Colleague
from marketplace.core.accounts.models import Membership, User


def colleagues(session: Session, organisation_id: uuid.UUID) -> Sequence[Colleague]:
    """Give who acts for an organisation now, by name."""
    found = session.execute(
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == organisation_id,
            Membership.ended_at.is_(None),
            User.active,
        )
        .order_by(User.name, User.id)
    )
    return [Colleague(*row) for row in found]
