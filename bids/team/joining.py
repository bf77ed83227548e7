"""Puts the partners into what is to be submitted, and says who is missing.

A draft holds its subcontractors alone: which partners have accepted, and what they have declared,
is read when the bid is checked and when it is sealed, so that the copy is of that moment.
"""

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from bids import drafts
from bids.documents import Content
from bids.models import Bid, EligibilityDeclaration
from bids.policy import Gap
from bids.team import policy, queries
from bids.team.document import Partner, partners, subcontractors
from bids.team.lifecycle import InvitationState


@dataclass(frozen=True)
class Joined:
    """What is to be submitted, with its partners; and what those still have to do."""

    content: Content
    gaps: list[Gap]


def join(session: Session, bid: Bid, content: Content, now: datetime) -> Joined:
    """Give what is to be submitted with its partners, each with its declaration of now.

    Of a draft they are those who have accepted. Of what stands submitted, which is confirmed
    without a draft, they are the same as before, and each must still have a part in it.

    Raises:
        LostKey: what partners are asked for cannot be read.
    """
    if bid.draft_key_id is None:
        return _same_again(session, bid, content, now)
    team = queries.team_of(session, bid)
    accepted = [
        (each.invitation.partner_id, each)
        for each in team.standing
        if each.invitation.state is InvitationState.ACCEPTED and each.invitation.partner_id
    ]
    declared = _declarations(session, [partner_id for partner_id, _each in accepted])
    found = [
        Partner(
            each.name,
            each.terms.does,
            each.terms.share_percent,
            str(partner_id),
            drafts.eligibility_of(declared[partner_id]),
        )
        for partner_id, each in accepted
        if partner_id in declared
    ]
    whole = replace(content, team=(*found, *subcontractors(content.team)))
    return Joined(whole, queries.gaps_of(team, now))


def _same_again(session: Session, bid: Bid, content: Content, now: datetime) -> Joined:
    held = partners(content.team)
    if not held:
        return Joined(content, [])
    there = {str(each) for each in queries.partners_in(session, bid.id)}
    declared = {
        str(supplier_id): declaration
        for supplier_id, declaration in _declarations(
            session, [uuid.UUID(each.organisation_id) for each in held]
        ).items()
    }
    standings = [
        policy.Standing(
            each.name,
            InvitationState.ACCEPTED if each.organisation_id in there else InvitationState.LEFT,
            declared[each.organisation_id].expires_at if each.organisation_id in declared else None,
        )
        for each in held
    ]
    again = [
        replace(each, eligibility=drafts.eligibility_of(declared[each.organisation_id]))
        if each.organisation_id in declared
        else each
        for each in held
    ]
    whole = replace(content, team=(*again, *subcontractors(content.team)))
    return Joined(whole, [*policy.left_gaps(standings), *policy.team_gaps(standings, now)])


def _declarations(
    session: Session, suppliers: Collection[uuid.UUID]
) -> Mapping[uuid.UUID, EligibilityDeclaration]:
    """Give the latest declaration of each supplier, of those who made one."""
    if not suppliers:
        return {}
    rows = session.scalars(
        select(EligibilityDeclaration)
        .where(EligibilityDeclaration.supplier_id.in_(suppliers))
        .options(
            joinedload(EligibilityDeclaration.declared_by),
            joinedload(EligibilityDeclaration.grounds),
        )
        .order_by(EligibilityDeclaration.declared_at, EligibilityDeclaration.id)
    ).unique()
    return {each.supplier_id: each for each in rows}
