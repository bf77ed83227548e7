"""Reads invitations to panels: those of a panel, and those to a person."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, joinedload

from bids.models import Bid
from bids.opened import opened_at
from challenges.models import Challenge, Stage
from marketplace.core.accounts.models import Membership, User
from marketplace.core.errors import NotFound
from marketplace.core.text import N_
from scoring.panel.inviting.models import PanelInvitation
from scoring.panel.lifecycle import PanelPhase
from scoring.panel.models import Panel
from scoring.panel.seating import panel_phase

_NO_SUCH = N_("There is no such invitation.")


def of_panel(session: Session, stage_id: uuid.UUID) -> Sequence[PanelInvitation]:
    """Give a panel's invitations, the newest first."""
    return session.scalars(
        select(PanelInvitation)
        .where(PanelInvitation.stage_id == stage_id)
        .order_by(PanelInvitation.invited_at.desc(), PanelInvitation.id.desc())
    ).all()


def one_of_panel(
    session: Session, stage_id: uuid.UUID, invitation_id: uuid.UUID
) -> PanelInvitation:
    """Give one of a panel's invitations.

    Raises:
        NotFound: the panel has no such invitation.
    """
    found = session.get(PanelInvitation, invitation_id)
    if found is None or found.stage_id != stage_id:
        raise NotFound(_NO_SUCH)
    return found


def own(session: Session, invitation_id: uuid.UUID, user_id: uuid.UUID) -> PanelInvitation:
    """Give an invitation that was sent to this person's address, with its challenge.

    Raises:
        NotFound: there is none, or it was sent to somebody else.
    """
    found = session.scalar(
        select(PanelInvitation)
        .join(User, User.email == PanelInvitation.email)
        .where(PanelInvitation.id == invitation_id, User.id == user_id)
        .options(
            joinedload(PanelInvitation.stage)
            .joinedload(Stage.challenge)
            .joinedload(Challenge.buyer)
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(_NO_SUCH)
    return found


def waiting_for(session: Session, user_id: uuid.UUID, now: datetime) -> Sequence[PanelInvitation]:
    """Give the invitations that a person has not answered yet."""
    return session.scalars(
        select(PanelInvitation)
        .join(User, User.email == PanelInvitation.email)
        .where(
            User.id == user_id,
            PanelInvitation.accepted_at.is_(None),
            PanelInvitation.declined_at.is_(None),
            PanelInvitation.withdrawn_at.is_(None),
            PanelInvitation.ends_at > now,
        )
        .options(
            joinedload(PanelInvitation.stage)
            .joinedload(Stage.challenge)
            .joinedload(Challenge.buyer)
        )
        .order_by(PanelInvitation.ends_at)
    ).all()


def phase_now(session: Session, stage_id: uuid.UUID) -> PanelPhase | None:
    """Give how far a stage's panel has come."""
    return panel_phase(session.get(Panel, stage_id), opened_at(session, stage_id))


def acts_for_bidder(session: Session, user_id: uuid.UUID, stage_id: uuid.UUID) -> bool:
    """Tell whether a person acts for an organisation with a bid for a stage, or a draft of one."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    Bid.stage_id == stage_id,
                    Bid.supplier_id == Membership.organisation_id,
                    Membership.user_id == user_id,
                    Membership.ended_at.is_(None),
                )
            )
        )
    )
