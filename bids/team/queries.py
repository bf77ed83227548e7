"""Reads of who does the work: for the bidder its own team, for a partner what it is asked."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from bids import drafts, expiring
from bids import queries as bids
from bids.lifecycle import BidState
from bids.models import Bid, Submission
from bids.policy import Gap
from bids.team import holding, policy
from bids.team.document import Subcontractor
from bids.team.holding import HeldSubcontractor, Terms
from bids.team.lifecycle import STANDING, InvitationState, LeadShare, lead_share
from bids.team.models import TeamInvitation
from challenges.models import Challenge, Stage
from challenges.stages.running import takes_bids
from marketplace.core.accounts.models import Membership, Organisation, OrganisationKind, User
from marketplace.core.errors import NotFound
from marketplace.core.text import N_

NO_SUCH_INVITATION = N_("There is no such invitation.")
NO_SUCH_SUBCONTRACTOR = N_("There is no such subcontractor.")
LIST_MOST = 100


@dataclass(frozen=True)
class Partnering:
    """One invitation as the bidder sees it, with what was asked, and the words of a refusal.

    `eligible_until` is when the declaration of a partner that accepted expires.
    """

    invitation: TeamInvitation
    terms: Terms
    answer: str
    eligible_until: datetime | None

    @property
    def name(self) -> str:
        """Give the name of the organisation: its own where it has accepted."""
        return self.invitation.partner.name if self.invitation.partner else self.terms.name

    @property
    def stands(self) -> bool:
        """Tell whether it is a part of the bid, or may still become one."""
        return self.invitation.state in STANDING


@dataclass(frozen=True)
class Team:
    """Who does the work of a bid besides the bidder; partners in the order they were asked."""

    subcontractors: Sequence[HeldSubcontractor]
    partners: Sequence[Partnering]

    @property
    def standing(self) -> list[Partnering]:
        """Give the partners that count."""
        return [each for each in self.partners if each.stands]

    @property
    def ended(self) -> list[Partnering]:
        """Give those who declined or left, or were taken back."""
        return [each for each in self.partners if not each.stands]

    @property
    def shares(self) -> list[int | None]:
        """Give the shares of all but the bidder, in whole percent."""
        return [
            *(each.terms.share_percent for each in self.standing),
            *(each.told.share_percent for each in self.subcontractors),
        ]

    @property
    def lead(self) -> LeadShare:
        """Give what is left for the bidder."""
        return lead_share(self.shares)

    @property
    def alone(self) -> bool:
        """Tell whether the bidder does all of the work."""
        return not self.shares


@dataclass(frozen=True)
class Invited:
    """Who was invited into several bids, by the bid; and until when the partners have declared."""

    by_bid: Mapping[uuid.UUID, Sequence[TeamInvitation]]
    until: Mapping[uuid.UUID, datetime]


def team_of(session: Session, bid: Bid) -> Team:
    """Give the team of a bid: its partners, and the subcontractors that its draft has.

    Raises:
        LostKey: what stands there cannot be read.
    """
    return team_from(session, bid, invited_in(session, [bid.id]))


def invited_in(session: Session, bid_ids: Collection[uuid.UUID]) -> Invited:
    """Read who was invited into bids, many at once, in the order they were asked."""
    found: dict[uuid.UUID, list[TeamInvitation]] = {}
    for each in session.scalars(
        select(TeamInvitation)
        .where(TeamInvitation.bid_id.in_(bid_ids))
        # The keys too, which else were asked for one by one.
        .options(joinedload(TeamInvitation.key), joinedload(TeamInvitation.partner))
        .order_by(TeamInvitation.asked_at, TeamInvitation.id)
    ):
        found.setdefault(each.bid_id, []).append(each)
    partners = {
        each.partner_id
        for invitations in found.values()
        for each in invitations
        if each.partner_id and each.state in STANDING
    }
    return Invited(found, expiring.declared_until(session, partners))


def team_from(session: Session, bid: Bid, invited: Invited) -> Team:
    """Give the team of one of the bids that `invited` was read for.

    Raises:
        LostKey: what stands there cannot be read.
    """
    return Team(
        drafts.held_subcontractors(session, bid) if bid.draft_key_id else [],
        [
            Partnering(
                each,
                holding.terms_of(session, each),
                holding.answer_of(session, each),
                invited.until.get(each.partner_id) if each.partner_id else None,
            )
            for each in invited.by_bid.get(bid.id, ())
        ],
    )


def gaps_of(team: Team, now: datetime) -> list[Gap]:
    """List what the partners of a bid, and its shares, still keep from being submitted."""
    standings = [
        policy.Standing(each.name, each.invitation.state, each.eligible_until)
        for each in team.partners
    ]
    return [*policy.share_gaps(team.lead), *policy.team_gaps(standings, now)]


def gone_from(session: Session, bid_id: uuid.UUID) -> dict[str, InvitationState]:
    """Say of organisations that had accepted in a bid, and are in it no more, how that ended.

    By the organisation's identifier as text; one that was asked again and accepted is not there.
    """
    rows = session.execute(
        select(TeamInvitation.partner_id, TeamInvitation.state)
        .where(TeamInvitation.bid_id == bid_id, TeamInvitation.partner_id.is_not(None))
        .order_by(TeamInvitation.asked_at, TeamInvitation.id)
    )
    last = {str(partner_id): state for partner_id, state in rows}
    return {partner: state for partner, state in last.items() if state not in STANDING}


def changed_since(session: Session, bid_id: uuid.UUID, instant: datetime) -> bool:
    """Tell whether a partner accepted, left or was taken back from an instant on."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    TeamInvitation.bid_id == bid_id,
                    TeamInvitation.partner_id.is_not(None),
                    or_(TeamInvitation.answered_at >= instant, TeamInvitation.ended_at >= instant),
                )
            )
        )
    )


def left_since_submitted(
    session: Session, suppliers: Collection[uuid.UUID], now: datetime
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Give the suppliers' submitted bids, while they are taken, that a partner has left since.

    Each with its supplier, its reference, the challenge's title, and when bids close.
    """
    return session.execute(
        select(Bid.supplier_id, Bid.reference, Challenge.title, Stage.closes_at)
        .join(Challenge, Challenge.id == Bid.challenge_id)
        .join(Stage, Stage.id == Bid.stage_id)
        .join(
            Submission,
            and_(Submission.bid_id == Bid.id, Submission.version == Bid.current_version),
        )
        .join(TeamInvitation, TeamInvitation.bid_id == Bid.id)
        .where(
            Bid.supplier_id.in_(suppliers),
            Bid.state == BidState.SUBMITTED,
            takes_bids(now),
            TeamInvitation.state == InvitationState.LEFT,
            TeamInvitation.answered_at < Submission.recorded_at,
            TeamInvitation.ended_at >= Submission.recorded_at,
        )
        .distinct()
        .order_by(Stage.closes_at, Bid.reference)
    ).all()


def team_shown(session: Session, bid: Bid) -> Team:
    """Give the team of a bid as its own pages show it: without a draft, what was submitted last.

    Raises:
        Unreadable: the supplier's own copy cannot be read.
        LostKey: what stands there cannot be read.
    """
    team = team_of(session, bid)
    if bid.draft_key_id is not None:
        return team
    return replace(team, subcontractors=holding.held(bids.shown_content(session, bid).team))


def invitation_of(session: Session, bid: Bid, invitation_id: uuid.UUID) -> TeamInvitation:
    """Give an invitation of a bid, read afresh.

    Raises:
        NotFound: the bid has none of that identifier.
    """
    found = session.scalar(
        select(TeamInvitation)
        .where(TeamInvitation.id == invitation_id, TeamInvitation.bid_id == bid.id)
        .options(joinedload(TeamInvitation.key), joinedload(TeamInvitation.partner))
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(NO_SUCH_INVITATION)
    return found


def subcontractor_of(team: Team, member_id: uuid.UUID) -> Subcontractor:
    """Give a subcontractor of a draft.

    Raises:
        NotFound: there is none of that identifier.
    """
    for each in team.subcontractors:
        if each.id == member_id:
            return each.told
    raise NotFound(NO_SUCH_SUBCONTRACTOR)


def partners_in(session: Session, bid_id: uuid.UUID) -> frozenset[uuid.UUID]:
    """Name the organisations that have accepted in a bid."""
    found = session.scalars(
        select(TeamInvitation.partner_id).where(
            TeamInvitation.bid_id == bid_id, TeamInvitation.state == InvitationState.ACCEPTED
        )
    )
    return frozenset(each for each in found if each is not None)


def acts_for(session: Session, email: str, organisation_id: uuid.UUID) -> bool:
    """Tell whether somebody with this address acts for an organisation today."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    Membership.organisation_id == organisation_id,
                    Membership.ended_at.is_(None),
                    Membership.user_id == User.id,
                    User.email == email,
                )
            )
        )
    )


def asked_since(session: Session, user_id: uuid.UUID, start: datetime) -> int:
    """Count how many partners somebody has invited after `start`."""
    return (
        session.scalar(
            select(func.count())
            .select_from(TeamInvitation)
            .where(TeamInvitation.asked_by_id == user_id, TeamInvitation.asked_at > start)
        )
        or 0
    )


def is_supplier(session: Session, organisation_id: uuid.UUID | None) -> bool:
    """Tell whether an organisation is a supplier."""
    found = session.get(Organisation, organisation_id) if organisation_id else None
    return found is not None and found.kind is OrganisationKind.SUPPLIER


def own_invitation(
    session: Session,
    invitation_id: uuid.UUID,
    *,
    user_id: uuid.UUID,
    organisation_id: uuid.UUID | None,
) -> TeamInvitation:
    """Give an invitation to whom it is for, read afresh, with the bid and the challenge.

    Until it is accepted that is the person who was invited, by the address; then it is everybody
    who acts for the partner.

    Raises:
        NotFound: there is none, or it is for somebody else.
    """
    found = session.scalar(
        _for(user_id, organisation_id)
        .where(TeamInvitation.id == invitation_id)
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFound(NO_SUCH_INVITATION)
    return found


def partnerships(
    session: Session, *, user_id: uuid.UUID, organisation_id: uuid.UUID | None
) -> Sequence[TeamInvitation]:
    """Give all invitations to a person and partnerships of their organisation, the latest first."""
    return session.scalars(
        _for(user_id, organisation_id)
        .order_by(TeamInvitation.asked_at.desc(), TeamInvitation.id.desc())
        .limit(LIST_MOST)
    ).all()


def invitations_for(
    session: Session, user_id: uuid.UUID, now: datetime
) -> Sequence[TeamInvitation]:
    """Give the invitations that wait for a person's answer and can still be answered."""
    return session.scalars(
        _for(user_id, None)
        .where(
            TeamInvitation.state == InvitationState.ASKED,
            takes_bids(now),
        )
        .order_by(Stage.closes_at, TeamInvitation.id)
        .limit(LIST_MOST)
    ).all()


def own_bid_beside(session: Session, invitation: TeamInvitation, supplier_id: uuid.UUID) -> bool:
    """Tell whether a supplier that is asked to join a bid has one of its own for the challenge."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    Bid.stage_id == invitation.bid.stage_id, Bid.supplier_id == supplier_id
                )
            )
        )
    )


def partner_elsewhere(session: Session, bid: Bid) -> bool:
    """Tell whether the bidder is a partner in another bid for the same challenge."""
    return bool(
        session.scalar(
            select(
                exists().where(
                    TeamInvitation.partner_id == bid.supplier_id,
                    TeamInvitation.state == InvitationState.ACCEPTED,
                    TeamInvitation.bid_id == Bid.id,
                    Bid.stage_id == bid.stage_id,
                )
            )
        )
    )


def _for(user_id: uuid.UUID, organisation_id: uuid.UUID | None) -> Select[TeamInvitation]:
    """Select what a person may see of invitations, for the organisation they act for."""
    email = select(User.email).where(User.id == user_id).scalar_subquery()
    own: list[Any] = [and_(TeamInvitation.partner_id.is_(None), TeamInvitation.email == email)]
    if organisation_id is not None:
        own.append(TeamInvitation.partner_id == organisation_id)
    return (
        select(TeamInvitation)
        .join(TeamInvitation.bid)
        .join(Challenge, Challenge.id == Bid.challenge_id)
        .join(Stage, Stage.id == Bid.stage_id)
        .where(or_(*own))
        .options(
            contains_eager(TeamInvitation.bid).options(
                joinedload(Bid.supplier),
                joinedload(Bid.stage),
                joinedload(Bid.challenge).joinedload(Challenge.buyer),
            ),
            joinedload(TeamInvitation.key),
            joinedload(TeamInvitation.asked_by),
            joinedload(TeamInvitation.partner),
        )
    )
