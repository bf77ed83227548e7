"""Reads what stands in the way of a panel's next phase."""

import uuid
from collections import defaultdict
from collections.abc import Sequence, Set

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from bids.lifecycle import OPENED_STATES
from bids.models import Bid, EligibilityDecision, OpenedSubmission, Submission
from bids.team.lifecycle import InvitationState
from bids.team.models import TeamInvitation
from challenges.models import Stage
from marketplace.core.accounts.models import Membership, Organisation
from scoring.panel.declarations import DeclaredInterest
from scoring.panel.lifecycle import MemberReadiness, Obstacle, obstacles_to_scoring
from scoring.panel.models import PanelMember
from scoring.panel.queries import Bidder, questions, questions_of, valid


def marked_undecided(session: Session, stage_id: uuid.UUID) -> list[str]:
    """Name the bidders whose bids wait for an officer's decision, which nobody has made.

    The opening flagged them, or somebody who would do the work declared a ground of exclusion.
    """
    decided = select(EligibilityDecision.bid_id)
    rows = session.scalars(
        select(Organisation.name)
        .join(Bid, Bid.supplier_id == Organisation.id)
        .join(Submission, Submission.bid_id == Bid.id)
        .join(OpenedSubmission, OpenedSubmission.submission_id == Submission.id)
        .where(
            Bid.stage_id == stage_id,
            Bid.state.in_(OPENED_STATES),
            Submission.version == Bid.current_version,
            or_(OpenedSubmission.flaw.is_not(None), OpenedSubmission.grounds_declared),
            Bid.id.not_in(decided),
        )
    )
    return sorted(rows, key=str.casefold)


def readiness(
    members: Sequence[PanelMember],
    all_bidders: Sequence[Bidder],
    interests: Sequence[DeclaredInterest],
    stage: Stage,
    acting: Set[uuid.UUID] = frozenset(),
) -> list[MemberReadiness]:
    """Say of each member what is done and what is open, in the words of the rule.

    `acting` are the people who act for a bidder, by `acting_for_bidders`.
    """
    names = {bidder.bid_id: bidder.supplier_name for bidder in all_bidders}
    mine: dict[uuid.UUID, list[DeclaredInterest]] = defaultdict(list)
    for found in interests:
        mine[found.declaration.member_id].append(found)
    return [
        MemberReadiness(
            name=member.user.name,
            seat=member.seat,
            briefed=member.briefed_at is not None,
            declared=member.interests_declared_at is not None,
            undecided=[i.declaration.party.name for i in mine[member.id] if i.open],
            recused_from=[
                names[bid_id]
                for i in mine[member.id]
                if i.recused
                for bid_id in i.bid_ids
                if bid_id in names
            ],
            questions=None
            if not member.assigned
            else {question.key for question in questions_of(member, stage)},
            for_bidder=member.user_id in acting,
        )
        for member in members
    ]


def acting_for_bidders(session: Session, stage_id: uuid.UUID) -> set[uuid.UUID]:
    """Give the people who act for a bidder whose bid was opened, or for a partner in such a bid.

    Whoever was seated before may have joined one since, and nobody is asked about that twice.
    """
    bidding = select(Bid.supplier_id).where(Bid.stage_id == stage_id, Bid.state.in_(OPENED_STATES))
    joined = aliased(Bid)
    partners = (
        select(TeamInvitation.partner_id)
        .join(joined, joined.id == TeamInvitation.bid_id)
        # Who is heard brings along the team of the bid with which they came this far.
        .join(
            Bid,
            or_(
                Bid.id == joined.id,
                and_(
                    Bid.unsealed,
                    Bid.supplier_id == joined.supplier_id,
                    Bid.challenge_id == joined.challenge_id,
                ),
            ),
        )
        .where(
            Bid.stage_id == stage_id,
            Bid.state.in_(OPENED_STATES),
            TeamInvitation.state == InvitationState.ACCEPTED,
        )
    )
    return set(
        session.scalars(
            select(Membership.user_id).where(
                Membership.ended_at.is_(None),
                or_(
                    Membership.organisation_id.in_(bidding),
                    Membership.organisation_id.in_(partners),
                ),
            )
        )
    )


def obstacles_of(
    members: Sequence[PanelMember],
    all_bidders: Sequence[Bidder],
    interests: Sequence[DeclaredInterest],
    stage: Stage,
    marked: Sequence[str] = (),
    acting: Set[uuid.UUID] = frozenset(),
) -> list[Obstacle]:
    """Name what stands in the way of the panel's next phase, by `obstacles_to_scoring`."""
    return obstacles_to_scoring(
        readiness(members, all_bidders, interests, stage, acting),
        [bidder.supplier_name for bidder in valid(all_bidders)],
        stage.minimum_panel,
        marked,
        {question.key: question.title for question in questions(stage)},
        names_withheld=stage.names_withheld,
    )
