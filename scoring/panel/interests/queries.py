"""Reads the interests that were found later, and what was unlocked for them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session, joinedload

from bids.lifecycle import BidState
from bids.models import Bid
from marketplace.core.accounts.models import Membership, MembershipRole, User
from marketplace.core.permissions import ROLE_PERMISSIONS, Permission
from scoring.panel.interests.models import (
    FoundDecision,
    FoundInterest,
    QualityUnlock,
    ScoringReopened,
)
from scoring.panel.models import BidderParty, PanelMember, PartyBid


@dataclass(frozen=True)
class FoundRow:
    """One interest that was found later, in whom, and what was decided."""

    found: FoundInterest
    decision: FoundDecision | None


def found_interests(
    session: Session, stage_id: uuid.UUID, *, member_id: uuid.UUID | None = None
) -> list[FoundRow]:
    """Give the interests found on a stage's panel, the undecided first, then the newest.

    They are those of one member only where `member_id` is given. Who has left is named too.
    """
    rows = session.execute(
        select(FoundInterest, FoundDecision)
        .join(PanelMember, PanelMember.id == FoundInterest.member_id)
        .outerjoin(FoundDecision, FoundDecision.found_id == FoundInterest.id)
        .where(
            PanelMember.stage_id == stage_id,
            *([PanelMember.id == member_id] if member_id is not None else []),
        )
        .options(
            joinedload(FoundInterest.member).joinedload(PanelMember.user),
            joinedload(FoundInterest.party).joinedload(BidderParty.parts),
            joinedload(FoundInterest.found_by),
            joinedload(FoundDecision.decided_by),
        )
        .order_by(FoundInterest.found_at.desc(), FoundInterest.id.desc())
    )
    found = [FoundRow(each, decision) for each, decision in rows.unique()]
    return sorted(found, key=lambda row: row.decision is not None)


def any_open(session: Session, stage_id: uuid.UUID, *, member_id: uuid.UUID | None = None) -> bool:
    """Tell whether an interest of somebody who sits, or of one member, was found and is not
    decided."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    FoundInterest.member_id == PanelMember.id,
                    PanelMember.stage_id == stage_id,
                    *([PanelMember.id == member_id] if member_id is not None else []),
                    PanelMember.left_at.is_(None),
                    FoundInterest.id.not_in(select(FoundDecision.found_id)),
                )
            )
        )
    )


@dataclass(frozen=True)
class Unlocked:
    """Why locked scores were unlocked last: an interest in whom, who has a part in which bid."""

    unlock: QualityUnlock
    bid_reference: str
    party: str
    reason: str


def last_unlock(session: Session, stage_id: uuid.UUID) -> Unlocked | None:
    """Give why the scores of a stage were unlocked last, if they ever were."""
    row = session.execute(
        select(QualityUnlock, FoundDecision.reason, BidderParty.name, Bid.reference)
        .join(FoundInterest, FoundInterest.id == QualityUnlock.found_id)
        .join(FoundDecision, FoundDecision.found_id == QualityUnlock.found_id)
        .where(QualityUnlock.stage_id == stage_id)
        .join(BidderParty, BidderParty.id == FoundInterest.party_id)
        .join(PartyBid, PartyBid.party_id == BidderParty.id)
        .join(Bid, Bid.id == PartyBid.bid_id)
        # Of several bids the one that counts, for that is why the scores were unlocked.
        .order_by(
            QualityUnlock.unlocked_at.desc(),
            QualityUnlock.found_id.desc(),
            (Bid.state == BidState.VALID).desc(),
            Bid.reference,
        )
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    unlock, reason, party, bid_reference = row
    return Unlocked(unlock, bid_reference, party, reason)


def has_seen_others(session: Session, member: PanelMember) -> bool:
    """Tell whether a member submitted before a moderation that was ended to let others score."""
    return bool(
        member.scores_submitted_at is not None
        and session.scalar(
            select(
                exists().where(
                    ScoringReopened.stage_id == member.stage_id,
                    ScoringReopened.moderation_began_at >= member.scores_submitted_at,
                )
            )
        )
    )


def saw_all_scores(session: Session, stage_id: uuid.UUID, user_id: uuid.UUID) -> bool:
    """Tell whether a person sat, in whatever seat, in a moderation that was ended to let others
    score: they have seen what everybody gave."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    PanelMember.stage_id == stage_id,
                    PanelMember.user_id == user_id,
                    ScoringReopened.stage_id == stage_id,
                    PanelMember.interests_declared_at <= ScoringReopened.moderation_began_at,
                    or_(
                        PanelMember.left_at.is_(None),
                        PanelMember.left_at >= ScoringReopened.moderation_began_at,
                    ),
                )
            )
        )
    )


def approvers(session: Session, organisation_id: uuid.UUID) -> Sequence[User]:
    """Give the people of a body who decide about the interests of a chair."""
    roles = [role for role, given in ROLE_PERMISSIONS.items() if Permission.AWARD_APPROVE in given]
    return (
        session.scalars(
            select(User)
            .join(Membership, Membership.user_id == User.id)
            .join(MembershipRole, MembershipRole.membership_id == Membership.id)
            .where(
                Membership.organisation_id == organisation_id,
                Membership.ended_at.is_(None),
                User.active.is_(True),
                MembershipRole.role.in_(roles),
            )
            .order_by(User.email)
        )
        .unique()
        .all()
    )
