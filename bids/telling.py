"""Sends a message to everybody who acts for a supplier today."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.accounts.models import Membership, User
from marketplace.core.clock import Clock
from marketplace.core.notices import post


def tell_supplier(
    session: Session,
    supplier_id: uuid.UUID,
    *,
    subject: str,
    parts: Sequence[str],
    clock: Clock,
) -> None:
    """Queue a message to each of them, in the caller's transaction; `parts` are its paragraphs."""
    for person in session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organisation_id == supplier_id,
            Membership.ended_at.is_(None),
            User.active,
        )
        .order_by(User.email)
    ):
        post.queue(
            session,
            to_email=person.email,
            user_id=person.id,
            subject=subject,
            text="\n\n".join(parts),
            clock=clock,
        )
