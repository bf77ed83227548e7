"""Tells the people of both bodies what waits for them when one joins the other's challenge."""

import uuid
from collections.abc import Collection, Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges.joining.models import JointSponsor
from challenges.models import Challenge
from marketplace.core.access import current_settings
from marketplace.core.accounts.models import Membership, MembershipRole, User
from marketplace.core.clock import Clock
from marketplace.core.notices import post
from marketplace.core.permissions import Actor, Role


def tell_invited(
    session: Session, challenge: Challenge, entry: JointSponsor, actor: Actor, clock: Clock
) -> None:
    """Ask the procurement officers of the invited body for an answer."""
    _send(
        session,
        people(session, entry.body_id, Role.PROCUREMENT_OFFICER),
        subject=_("Will you join? %(title)s", title=challenge.title),
        parts=[
            _(
                "%(name)s of %(body)s invites your organisation to sponsor this challenge jointly.",
                name=actor.name,
                body=challenge.buyer.name,
            ),
            entry.message,
            _("Read the draft, then accept or decline:"),
            _address(f"/work/challenges/{challenge.reference}/joint"),
        ],
        challenge=challenge,
        clock=clock,
    )


def tell_asked(
    session: Session, challenge: Challenge, entry: JointSponsor, actor: Actor, clock: Clock
) -> None:
    """Ask the procurement officers and the lead of the body whose challenge it is."""
    _send(
        session,
        _leading(session, challenge),
        subject=_("Another body asks to join: %(title)s", title=challenge.title),
        parts=[
            _(
                "%(name)s asks that %(body)s joins in your challenge.",
                name=actor.name,
                body=entry.body.name,
            ),
            entry.message,
            _("A procurement officer accepts or declines:"),
            _address(f"/work/challenges/{challenge.reference}/sponsors"),
        ],
        challenge=challenge,
        clock=clock,
    )


def tell_answer(
    session: Session,
    challenge: Challenge,
    entry: JointSponsor,
    *,
    invited: bool,
    joined: bool,
    clock: Clock,
) -> None:
    """Tell the body that invited, or that asked, what the other answered.

    Its officers are told, the lead where it invited, and whoever began while they act for it.
    """
    role, began = Role.PROCUREMENT_OFFICER, entry.begun_by_id
    to = (
        people(session, challenge.buyer_id, role, also=[challenge.owner_id, began])
        if invited
        else people(session, entry.body_id, role, also=[began])
    )
    page = "sponsors" if invited else "joint"
    _send(
        session,
        to,
        subject=_("Joined: %(title)s", title=challenge.title)
        if joined
        else _("Declined: %(title)s", title=challenge.title),
        parts=[
            _("%(body)s joins in this challenge.", body=entry.body.name)
            if joined
            else _("%(body)s does not join in this challenge.", body=entry.body.name),
            "" if joined else _("Reason: %(reason)s", reason=entry.because),
            _address(f"/work/challenges/{challenge.reference}/{page}") if joined or invited else "",
        ],
        challenge=challenge,
        clock=clock,
    )


def tell_left(session: Session, challenge: Challenge, entry: JointSponsor, clock: Clock) -> None:
    """Tell the lead body that a sponsor has left, and that the shares are to be set again."""
    _send(
        session,
        _leading(session, challenge),
        subject=_("A sponsor has left: %(title)s", title=challenge.title),
        parts=[
            _("%(body)s no longer sponsors this challenge.", body=entry.body.name),
            _("Reason: %(reason)s", reason=entry.because),
            _("Set anew who pays what:"),
            _address(f"/work/challenges/{challenge.reference}/sponsors"),
        ],
        challenge=challenge,
        clock=clock,
    )


def people(
    session: Session, body_id: uuid.UUID, *roles: Role, also: Collection[uuid.UUID] = ()
) -> Sequence[User]:
    """Give a body's people with one of these roles, and those named, who still stand; each once."""
    return session.scalars(
        select(User)
        .where(
            User.active,
            User.id.in_(
                select(Membership.user_id)
                .outerjoin(MembershipRole, MembershipRole.membership_id == Membership.id)
                .where(
                    Membership.organisation_id == body_id,
                    Membership.ended_at.is_(None),
                    MembershipRole.role.in_(roles) | Membership.user_id.in_(also),
                )
            ),
        )
        .order_by(User.email)
    ).all()


def _leading(session: Session, challenge: Challenge) -> Sequence[User]:
    role = Role.PROCUREMENT_OFFICER
    return people(session, challenge.buyer_id, role, also=[challenge.owner_id])


def _address(path: str) -> str:
    return f"{current_settings().public_url}{path}"


def _send(
    session: Session,
    to: Sequence[User],
    *,
    subject: str,
    parts: Sequence[str],
    challenge: Challenge,
    clock: Clock,
) -> None:
    for person in to:
        post.queue(
            session,
            to_email=person.email,
            user_id=person.id,
            subject=subject,
            text="\n\n".join(part for part in [challenge.title, *parts] if part),
            clock=clock,
        )
