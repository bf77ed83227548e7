"""Tells supplier, lead, officers and approvers of the steps of work under a contract."""

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from challenges import telling
from marketplace.core.access import current_settings
from marketplace.core.accounts.models import Membership, MembershipRole
from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor, Role
from scoring.award.delivery.agreements import Agreement


def to_supplier(
    session: Session, agreement: Agreement, subject: str, parts: Sequence[str], clock: Clock
) -> None:
    """Write to everybody who acts for the supplier, with a link to its contract."""
    address = f"{current_settings().public_url}/contracts/{agreement.id}"
    telling.queue(
        session,
        telling.acting_for(session, agreement.supplier.id),
        subject=_subject(agreement, subject),
        parts=[agreement.challenge.title, *parts, address],
        clock=clock,
    )


def to_lead_and_officers(
    session: Session,
    agreement: Agreement,
    subject: str,
    parts: Sequence[str],
    actor: Actor,
    clock: Clock,
) -> None:
    """Write to the challenge's lead and the body's officers, but for whoever did it."""
    telling.queue(
        session,
        telling.lead_and_officers(session, agreement.challenge, besides=actor.user_id),
        subject=_subject(agreement, subject),
        parts=[agreement.challenge.title, *parts, _page(agreement)],
        clock=clock,
    )


def to_approvers(
    session: Session,
    agreement: Agreement,
    subject: str,
    parts: Sequence[str],
    actor: Actor,
    clock: Clock,
) -> None:
    """Write to the body's approvers, but for whoever proposed it."""
    found = session.scalars(
        select(Membership.user_id)
        .join(MembershipRole, MembershipRole.membership_id == Membership.id)
        .where(
            Membership.organisation_id == agreement.challenge.buyer_id,
            Membership.ended_at.is_(None),
            MembershipRole.role == Role.APPROVER,
            Membership.user_id != actor.user_id,
        )
    ).all()
    telling.queue(
        session,
        telling.people(session, found),
        subject=_subject(agreement, subject),
        parts=[agreement.challenge.title, *parts, f"{_page(agreement)}/gate"],
        clock=clock,
    )


def _subject(agreement: Agreement, subject: str) -> str:
    return str(_("%(what)s: %(title)s", what=subject, title=agreement.challenge.title))[:200]


def _page(agreement: Agreement) -> str:
    reference = agreement.challenge.reference
    return f"{current_settings().public_url}/work/challenges/{reference}/delivery/{agreement.id}"
