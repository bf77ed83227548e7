"""Tells the people of a body what waits for them when a challenge moves through review."""

import uuid
from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.models import Challenge
from marketplace.core.access import current_settings
from marketplace.core.accounts.models import Membership, MembershipRole, User
from marketplace.core.clock import Clock
from marketplace.core.notices import post
from marketplace.core.permissions import Actor, Role


def ask_for_review(session: Session, challenge: Challenge, actor: Actor, clock: Clock) -> None:
    """Ask the body's procurement officers, but for the one who asks, to read a challenge."""
    _send(
        session,
        challenge,
        _officers(session, challenge, besides=actor.user_id),
        subject=_("Please review: %(title)s", title=challenge.title),
        text=_(
            "%(name)s has handed in this challenge for review. Read it, then approve it or "
            "return it with what should be changed.",
            name=actor.name,
        ),
        page="review",
        clock=clock,
    )


def tell_returned(
    session: Session, challenge: Challenge, reason: str, actor: Actor, clock: Clock
) -> None:
    """Tell the challenge lead what should be changed."""
    _send(
        session,
        challenge,
        _lead(session, challenge, besides=actor.user_id),
        subject=_("Returned to you: %(title)s", title=challenge.title),
        text=_("%(name)s asks for a change:", name=actor.name) + "\n\n" + reason,
        page="write",
        clock=clock,
    )


def tell_approved(session: Session, challenge: Challenge, actor: Actor, clock: Clock) -> None:
    """Tell the challenge lead that it can be published."""
    _send(
        session,
        challenge,
        _lead(session, challenge, besides=actor.user_id),
        subject=_("Approved: %(title)s", title=challenge.title),
        text=_(
            "%(name)s has approved this challenge. A procurement officer can publish it now.",
            name=actor.name,
        ),
        page="",
        clock=clock,
    )


def tell_opener(
    session: Session, challenge: Challenge, officer_id: uuid.UUID, *, has_key: bool, clock: Clock
) -> None:
    """Tell an officer that they were named to open the bids, and what to do before closing."""
    do = (
        _("Test before closing that you can open them.")
        if has_key
        else _("Set your opening passphrase now, and test before closing that you can open them.")
    )
    named = _(
        "You are one of the officers named to open the bids on this challenge. Any two of you "
        "open them after closing."
    )
    _send(
        session,
        challenge,
        [session.get_one(User, officer_id)],
        subject=_("You are named to open bids: %(title)s", title=challenge.title),
        text=f"{named}\n\n{do}",
        page="opening",
        clock=clock,
    )


def _officers(session: Session, challenge: Challenge, *, besides: uuid.UUID) -> Sequence[User]:
    return session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(
            Membership.organisation_id == challenge.buyer_id,
            Membership.ended_at.is_(None),
            MembershipRole.role == Role.PROCUREMENT_OFFICER,
            User.active,
            User.id != besides,
        )
        .order_by(User.email)
    ).all()


def _lead(session: Session, challenge: Challenge, *, besides: uuid.UUID) -> Sequence[User]:
    return [] if challenge.owner_id == besides else [session.get_one(User, challenge.owner_id)]


def _send(
    session: Session,
    challenge: Challenge,
    people: Sequence[User],
    *,
    subject: str,
    text: str,
    page: str,
    clock: Clock,
) -> None:
    address = f"{current_settings().public_url}/work/challenges/{challenge.reference}"
    for person in people:
        post.queue(
            session,
            to_email=person.email,
            user_id=person.id,
            subject=subject,
            text="\n\n".join([challenge.title, text, f"{address}/{page}".rstrip("/")]),
            clock=clock,
        )
