"""Reads what members of a panel declared about parties, and whom that keeps from a bid."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from scoring.panel.interests.models import (
    FoundDecision,
    FoundInterest,
)
from scoring.panel.lifecycle import (
    Interest,
    Measure,
)
from scoring.panel.models import (
    BidderParty,
    ConflictDecision,
    ConflictDeclaration,
    PanelMember,
)


@dataclass(frozen=True)
class DeclaredInterest:
    """One declaration about one party, with the decision that counts, if there is one."""

    declaration: ConflictDeclaration | FoundInterest
    decision: ConflictDecision | FoundDecision | None

    @property
    def bid_ids(self) -> frozenset[uuid.UUID]:
        """Give the bids for which it holds: all in which the party has a part."""
        return self.declaration.party.bid_ids

    @property
    def late(self) -> bool:
        """Tell whether it was found after the member had declared."""
        return isinstance(self.declaration, FoundInterest)

    @property
    def open(self) -> bool:
        """Tell whether it still waits for a decision."""
        return self.declaration.interest is Interest.DECLARED and self.decision is None

    @property
    def recused(self) -> bool:
        """Tell whether the member must not deal with those bids."""
        return self.decision is not None and self.decision.measure is Measure.RECUSE

    @property
    def restricted(self) -> bool:
        """Tell whether the member deals with those bids under conditions."""
        return self.decision is not None and self.decision.measure is Measure.RESTRICT


def declared_interests(
    session: Session, stage_id: uuid.UUID, *, of_all: bool = False
) -> list[DeclaredInterest]:
    """Give every declaration of those who sit, with the latest decision about each.

    Interests that were found later come after them, in the order of finding. With `of_all` they
    are also those of members who left.
    """
    sitting = [] if of_all else [PanelMember.left_at.is_(None)]
    # One statement for both: pages have few to spend, and of what is found later there is little.
    rows = session.execute(
        select(ConflictDeclaration, ConflictDecision, FoundInterest, FoundDecision)
        .select_from(PanelMember)
        .join(ConflictDeclaration, ConflictDeclaration.member_id == PanelMember.id)
        .outerjoin(ConflictDecision, ConflictDecision.declaration_id == ConflictDeclaration.id)
        .outerjoin(FoundInterest, FoundInterest.member_id == PanelMember.id)
        .outerjoin(FoundDecision, FoundDecision.found_id == FoundInterest.id)
        .where(PanelMember.stage_id == stage_id, *sitting)
        .options(
            joinedload(ConflictDeclaration.party).joinedload(BidderParty.parts),
            joinedload(ConflictDecision.decided_by),
            joinedload(FoundInterest.party).joinedload(BidderParty.parts),
            joinedload(FoundDecision.decided_by),
        )
        .order_by(
            ConflictDeclaration.id,
            ConflictDecision.decided_at,
            ConflictDecision.id,
            FoundInterest.found_at,
            FoundInterest.id,
        )
    )
    latest: dict[uuid.UUID, DeclaredInterest] = {}
    late: dict[uuid.UUID, DeclaredInterest] = {}
    for declaration, decision, found, after in rows.unique():
        latest[declaration.id] = DeclaredInterest(declaration, decision)
        if found is not None:
            late[found.id] = DeclaredInterest(found, after)
    return [*latest.values(), *sorted(late.values(), key=lambda item: item.declaration.declared_at)]


def recusals(session: Session, stage_id: uuid.UUID) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Give the pairs of member and bid that must be kept apart, as `kept_apart` picks them."""
    return kept_apart(declared_interests(session, stage_id))


def kept_apart(interests: Sequence[DeclaredInterest]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Pick the pairs of member and bid that must be kept apart: recused, or not decided yet."""
    return {
        (i.declaration.member_id, bid_id)
        for i in interests
        if i.recused or i.open
        for bid_id in i.bid_ids
    }


def recused_pairs(interests: Sequence[DeclaredInterest]) -> set[tuple[uuid.UUID, uuid.UUID]]:
    """Pick the pairs of member and bid for which recusal was decided."""
    return {
        (i.declaration.member_id, bid_id) for i in interests if i.recused for bid_id in i.bid_ids
    }
