"""Whom those who judge must have no interest in: bidders, partners and main subcontractors.

They are known by their names alone, and by nothing that leads to a bid: what is declared about a
party cannot be held against what a bid is called where names are withheld.
"""

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from bids import opened
from bids.team import document as teams
from bids.team.document import Member
from marketplace.core.errors import NotFound
from marketplace.core.text import N_
from scoring.panel import queries
from scoring.panel.lifecycle import PartyRole
from scoring.panel.models import BidderParty, PartyBid


@dataclass(frozen=True)
class Part:
    """What a party does in one bid, whose bidder's name is given."""

    bid_id: uuid.UUID
    bidder: str
    role: PartyRole


@dataclass(frozen=True)
class Party:
    """An organisation that has a part in one bid or in several. `key` names it in addresses."""

    key: str
    name: str
    parts: Sequence[Part]

    @property
    def beside(self) -> list[Part]:
        """Give its parts in bids of others."""
        return [part for part in self.parts if part.role is not PartyRole.BIDDER]


def key_of(name: str) -> str:
    """Give what names a party: 48 bits of SHA-256 of its name, without case and spare spaces.

    Two organisations of one name are one party: what is declared about it holds for both.
    """
    folded = " ".join(name.split()).casefold()
    return f"p{hashlib.sha256(folded.encode()).hexdigest()[:12]}"


def of_bids(bids: Iterable[tuple[uuid.UUID, str, Sequence[Member]]]) -> list[Party]:
    """Give the parties of bids (each its id, its bidder's name and its team) in the alphabet's
    order. Pure."""
    names: dict[str, str] = {}
    parts: dict[str, list[Part]] = defaultdict(list)
    for bid_id, bidder, team in bids:
        inside = {key_of(bidder): (bidder, PartyRole.BIDDER)}
        partners = {each.name for each in teams.partners(team)}
        for name in teams.concerned(team):
            role = PartyRole.PARTNER if name in partners else PartyRole.SUBCONTRACTOR
            inside.setdefault(key_of(name), (name, role))
        for key, (name, role) in inside.items():
            names.setdefault(key, name)
            parts[key].append(Part(bid_id, bidder, role))
    found = [Party(key, name, parts[key]) for key, name in names.items()]
    return sorted(found, key=lambda party: (party.name.casefold(), party.key))


def parties(session: Session, stage_id: uuid.UUID) -> list[Party]:
    """Give the parties of a stage's opened bids; before the opening there are none to be named."""
    if not opened.is_opened(session, stage_id):
        return []
    teams_of = {bid.bid_id: bid.team for bid in opened.opened_bids(session, stage_id)}
    return of_bids(
        (bidder.bid_id, bidder.supplier_name, teams_of.get(bidder.bid_id, ()))
        for bidder in queries.bidders(session, stage_id)
    )


def stored(session: Session, stage_id: uuid.UUID, known: Sequence[Party]) -> dict[str, BidderParty]:
    """Give the rows of these parties by key, and make those that are missing, in the caller's
    transaction."""
    rows = recorded(session, stage_id)
    for party in known:
        if party.key not in rows:
            rows[party.key] = BidderParty(
                stage_id=stage_id,
                key=party.key,
                name=party.name,
                parts=[PartyBid(bid_id=part.bid_id, role=part.role) for part in party.parts],
            )
            session.add(rows[party.key])
    session.flush()
    return rows


def recorded(session: Session, stage_id: uuid.UUID) -> dict[str, BidderParty]:
    """Give the parties about which something was declared, by key, in the alphabet's order."""
    rows = session.scalars(select(BidderParty).where(BidderParty.stage_id == stage_id)).all()
    return {row.key: row for row in sorted(rows, key=lambda row: (row.name.casefold(), row.key))}


def party_named(rows: Mapping[str, BidderParty], key: str) -> BidderParty:
    """Give the party with this key.

    Raises:
        NotFound: nothing was declared about such a party.
    """
    if key not in rows:
        raise NotFound(N_("There is no such bidder, partner or subcontractor."))
    return rows[key]
