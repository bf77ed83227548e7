"""Gathers the record of a panel: everybody who sat, what they declared, and all that was scored."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from scoring.panel import briefing, declarations, queries
from scoring.panel.interests.models import ScoreSetAside
from scoring.panel.interests.queries import found_interests
from scoring.panel.lifecycle import Expertise, Interest, Measure, Seat
from scoring.panel.models import (
    BidderParty,
    ConflictDecision,
    ConflictDeclaration,
    PanelMember,
    Score,
)
from scoring.panel.queries import Bidder, Meeting, Question


@dataclass(frozen=True)
class Sitter:
    """Somebody who sits, or sat until `left_at`. `questions` are titles of those they score, where
    it is not all; `briefing` the version they accepted."""

    label: str
    name: str
    seat: Seat
    expertise: Expertise | None
    questions: Sequence[str]
    briefed_at: datetime | None
    briefing: int | None
    declared_at: datetime | None
    submitted_at: datetime | None
    left_at: datetime | None
    left_because: str | None


@dataclass(frozen=True)
class Declared:
    """An interest that somebody declared, or that was found at `found_at`, later, and what was
    decided about it, each decision in turn."""

    label: str
    name: str
    bidder: str
    statement: str
    decisions: Sequence[tuple[Measure, str, str, datetime]]
    found_at: datetime | None = None


@dataclass(frozen=True)
class Given:
    """A score that was submitted. It counts unless `replaced` by a correction or `set_aside`: the
    evaluator left, or must not deal with the bid."""

    label: str
    value: Decimal
    rationale: str
    at: datetime
    correction: str | None
    replaced: bool
    set_aside: bool


@dataclass(frozen=True)
class Agreed:
    """A score the panel agreed; the last one counts, unless it is void."""

    value: Decimal
    rationale: str
    present: str
    at: datetime
    void: bool


@dataclass(frozen=True)
class Cell:
    """One bid on one question: every score given, and every one agreed, in order."""

    bidder: Bidder
    given: Sequence[Given]
    agreed: Sequence[Agreed]


@dataclass(frozen=True)
class Record:
    """The record of one panel. Plain values: it outlives the transaction that recorded its reading.

    `bids` are those in it: a member does not get the bids they are kept apart from.
    """

    reference: str
    title: str
    people: Sequence[Sitter]
    interests: Sequence[Declared]
    questions: Sequence[tuple[Question, Sequence[Cell]]]
    bids: Sequence[str]
    # Not where names are withheld.
    with_interests: bool
    # Each evaluator's score counts as it was given, so that none was agreed.
    scores_stand: bool


def record(session: Session, found: Meeting) -> Record:
    """Gather the record.

    Only `service.read_record` calls this: it asks the policy and records the read.
    """
    stage = found.stage
    seats = sorted(
        queries.seats(session, stage.id),
        key=lambda m: (m.seat is not Seat.CHAIR, *queries.numbered(m.label)),
    )
    apart = declarations.recusals(session, stage.id)
    bidders = [
        bidder
        for bidder in queries.bidders(session, stage.id, named=found.names_open)
        if found.member is None or (found.member.id, bidder.bid_id) not in apart
    ]
    cells = _cells(session, found, seats)
    return Record(
        reference=found.challenge.reference,
        title=found.challenge.title,
        people=[_sitter(found, member) for member in seats],
        # Beside the scores they would tell whose bid it is: where one is missing, one is recused.
        interests=_interests(session, stage.id, seats, bidders) if found.names_open else [],
        questions=[
            (
                question,
                [
                    Cell(bidder, *cells[(bidder.bid_id, question.id)])
                    for bidder in bidders
                    if (bidder.bid_id, question.id) in cells
                ],
            )
            for question in queries.questions(stage)
        ],
        bids=[bidder.reference for bidder in bidders],
        with_interests=found.names_open,
        scores_stand=stage.scores_stand,
    )


def _sitter(found: Meeting, member: PanelMember) -> Sitter:
    accepted = briefing.with_digest(member.briefing_sha256)
    return Sitter(
        label=member.label,
        name=member.user.name,
        seat=member.seat,
        expertise=member.expertise,
        questions=[question.title for question in queries.questions_of(member, found.stage)]
        if member.assigned
        else [],
        briefed_at=member.briefed_at,
        briefing=accepted.version if accepted else None,
        declared_at=member.interests_declared_at,
        submitted_at=member.scores_submitted_at,
        left_at=member.left_at,
        left_because=member.left_because,
    )


def _interests(
    session: Session, stage_id: uuid.UUID, seats: Sequence[PanelMember], bidders: Sequence[Bidder]
) -> list[Declared]:
    """Give the interests of all who ever sat, those found later too, with every decision."""
    members = {member.id: member for member in seats}
    shown = {bidder.bid_id for bidder in bidders}
    rows = session.execute(
        select(ConflictDeclaration, ConflictDecision)
        .outerjoin(ConflictDecision, ConflictDecision.declaration_id == ConflictDeclaration.id)
        .where(
            ConflictDeclaration.member_id.in_(members),
            ConflictDeclaration.interest == Interest.DECLARED,
        )
        .options(
            joinedload(ConflictDeclaration.party).joinedload(BidderParty.parts),
            joinedload(ConflictDecision.decided_by),
        )
        .order_by(ConflictDecision.decided_at, ConflictDecision.id)
    )
    found: dict[uuid.UUID, tuple[ConflictDeclaration, list[ConflictDecision]]] = {}
    for declaration, decision in rows.unique():
        decisions = found.setdefault(declaration.id, (declaration, []))[1]
        if decision is not None:
            decisions.append(decision)
    told = [
        Declared(
            label=members[declaration.member_id].label,
            name=members[declaration.member_id].user.name,
            bidder=declaration.party.name,
            statement=declaration.statement,
            decisions=[(d.measure, d.reason, d.decided_by.name, d.decided_at) for d in decisions],
        )
        for declaration, decisions in found.values()
        if declaration.party.bid_ids & shown
    ]
    told += [
        Declared(
            label=row.found.member.label,
            name=row.found.member.user.name,
            bidder=row.found.party.name,
            statement=row.found.statement,
            decisions=[
                (d.measure, d.reason, d.decided_by.name, d.decided_at)
                for d in (row.decision,)
                if d is not None
            ],
            found_at=row.found.found_at,
        )
        for row in found_interests(session, stage_id)
        if row.found.party.bid_ids & shown
    ]
    return sorted(told, key=lambda one: (queries.numbered(one.label), one.bidder.casefold()))


Scored = tuple[Sequence[Given], Sequence[Agreed]]


def _cells(
    session: Session,
    found: Meeting,
    seats: Sequence[PanelMember],
) -> dict[tuple[uuid.UUID, uuid.UUID], Scored]:
    """Give every submitted and every agreed score by bid and criterion, replaced ones too."""
    members = {member.id: member for member in seats}
    scores = session.scalars(
        select(Score).where(Score.member_id.in_(members)).order_by(Score.recorded_at, Score.id)
    ).all()
    replaced = {score.replaces_id for score in scores}
    aside = set(
        session.scalars(
            select(ScoreSetAside.score_id).join(Score).where(Score.member_id.in_(members))
        )
    )
    given: dict[tuple[uuid.UUID, uuid.UUID], list[Given]] = defaultdict(list)
    for score in scores:
        member = members[score.member_id]
        given[(score.bid_id, score.criterion_id)].append(
            Given(
                label=member.label,
                value=score.value,
                rationale=score.rationale,
                at=score.recorded_at,
                correction=score.correction_reason,
                replaced=score.id in replaced,
                set_aside=member.left_at is not None or score.id in aside,
            )
        )
    agreed: dict[tuple[uuid.UUID, uuid.UUID], list[Agreed]] = defaultdict(list)
    for each in queries.all_consensus(session, found.stage.id):
        row = each.score
        agreed[(row.bid_id, row.criterion_id)].append(
            Agreed(row.value, row.rationale, row.present, row.recorded_at, each.void)
        )
    return {
        place: (
            sorted(given[place], key=lambda one: (queries.numbered(one.label), one.at)),
            agreed[place],
        )
        for place in given.keys() | agreed.keys()
    }
