"""Tables of the panel, its declarations and its scores."""

import uuid
from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from challenges.models import Criterion, Stage
from marketplace.core.accounts.models import User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, ExactDecimal, Identified, enum_type
from scoring.panel.lifecycle import Expertise, Interest, Measure, PartyRole, Seat

__all__ = [
    "BidderParty",
    "ConflictDecision",
    "ConflictDeclaration",
    "ConsensusScore",
    "Expertise",
    "Interest",
    "Measure",
    "Panel",
    "PanelAssignment",
    "PanelMember",
    "PartyBid",
    "Score",
    "ScoreDraft",
    "Seat",
]


class Panel(Base):
    """The panel of one stage and how far it has come. Each instant is null until it happens."""

    __tablename__ = "panel"
    __table_args__ = (
        CheckConstraint(
            "quality_locked_at IS NULL OR moderation_began_at IS NOT NULL", name="lock_after_talk"
        ),
        CheckConstraint(
            "moderation_began_at IS NULL OR scoring_began_at IS NOT NULL", name="talk_after_scores"
        ),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), primary_key=True)
    named_at: Mapped[datetime]
    scoring_began_at: Mapped[datetime | None]
    moderation_began_at: Mapped[datetime | None]
    quality_locked_at: Mapped[datetime | None]

    stage: Mapped[Stage] = relationship()
    # Those who sit now: whoever was replaced is read by `queries.seats`, never by accident.
    members: Mapped[list["PanelMember"]] = relationship(
        back_populates="panel",
        order_by="PanelMember.label",
        primaryjoin="and_(Panel.stage_id == PanelMember.stage_id, PanelMember.left_at.is_(None))",
    )


def _among_sitting(name: str, *columns: str, where: str) -> Index:
    return Index(
        name, *columns, unique=True, sqlite_where=text(where), postgresql_where=text(where)
    )


class PanelMember(Identified, Base):
    """A person's seat on a panel. `label` is how their scores are shown without their name.

    Who is replaced keeps a row with `left_at` and the reason: the record tells who sat when.
    """

    __tablename__ = "panel_member"
    __table_args__ = (
        UniqueConstraint("stage_id", "label"),
        # A person sits once, and there is one chair; those who have left do not count.
        _among_sitting("uq_panel_member_sits_once", "stage_id", "user_id", where="left_at IS NULL"),
        _among_sitting(
            "uq_panel_member_one_chair", "stage_id", where="seat = 'chair' AND left_at IS NULL"
        ),
        CheckConstraint(
            "(left_at IS NULL AND left_because IS NULL) OR "
            "(left_at IS NOT NULL AND length(trim(left_because)) > 0)",
            name="left_because",
        ),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel.stage_id"), index=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    seat: Mapped[Seat] = mapped_column(enum_type(Seat))
    label: Mapped[str] = mapped_column(String(20))
    # Null where nobody has said.
    expertise: Mapped[Expertise | None] = mapped_column(enum_type(Expertise))
    briefed_at: Mapped[datetime | None]
    # Of the text they accepted, by `briefing.with_digest`.
    briefing_sha256: Mapped[str | None] = mapped_column(String(64))
    interests_declared_at: Mapped[datetime | None]
    scores_submitted_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    left_because: Mapped[str | None] = mapped_column(Text)

    panel: Mapped[Panel] = relationship(back_populates="members")
    user: Mapped[User] = relationship()
    assigned: Mapped[list["PanelAssignment"]] = relationship()

    def scores_criterion(self, criterion_id: uuid.UUID) -> bool:
        """Tell whether an evaluator scores a criterion: all, where none is assigned to them."""
        assigned = {row.criterion_id for row in self.assigned}
        return not assigned or criterion_id in assigned


class PanelAssignment(Base):
    """That an evaluator scores this criterion; one who has no such row scores all of them."""

    __tablename__ = "panel_assignment"

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"), primary_key=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criterion.id"), primary_key=True)


class BidderParty(Identified, Base):
    """An organisation that has a part in bids of a stage, as members of the panel know it.

    `key` follows from its name and names it in addresses; neither leads to what a bid is called.
    """

    __tablename__ = "bidder_party"
    __table_args__ = (UniqueConstraint("stage_id", "key"),)

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    key: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(Text)

    parts: Mapped[list["PartyBid"]] = relationship()

    @property
    def bid_ids(self) -> frozenset[uuid.UUID]:
        """Give the bids in which it has a part."""
        return frozenset(part.bid_id for part in self.parts)


class PartyBid(Base):
    """That an organisation has a part in a bid, and which."""

    __tablename__ = "party_bid"

    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bidder_party.id"), primary_key=True)
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), primary_key=True)
    role: Mapped[PartyRole] = mapped_column(enum_type(PartyRole))


class ConflictDeclaration(Identified, Base):
    """What a member declares about one party, before seeing any content; it holds for each bid in
    which the party has a part."""

    __tablename__ = "conflict_declaration"
    __table_args__ = (
        UniqueConstraint("member_id", "party_id"),
        CheckConstraint("interest = 'none' OR length(trim(statement)) > 0", name="statement"),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"), index=True)
    party_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bidder_party.id"), index=True)
    interest: Mapped[Interest] = mapped_column(enum_type(Interest))
    statement: Mapped[str] = mapped_column(Text, default="")
    declared_at: Mapped[datetime]

    member: Mapped[PanelMember] = relationship()
    party: Mapped[BidderParty] = relationship()


class ConflictDecision(Identified, Base):
    """What was decided about a declared interest, with its reason; the latest counts."""

    __tablename__ = "conflict_decision"
    __table_args__ = (CheckConstraint("length(trim(reason)) > 0", name="reason"),)

    declaration_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("conflict_declaration.id"), index=True
    )
    measure: Mapped[Measure] = mapped_column(enum_type(Measure))
    reason: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime]

    declaration: Mapped[ConflictDeclaration] = relationship()
    decided_by: Mapped[User] = relationship()


class ScoreDraft(Base):
    """A score an evaluator is still thinking about: nobody else sees it, and it may change."""

    __tablename__ = "score_draft"

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"), primary_key=True)
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), primary_key=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    value: Mapped[Decimal | None] = mapped_column(ExactDecimal(3))
    rationale: Mapped[str] = mapped_column(Text, default="")
    changed_at: Mapped[datetime]


def _one_first(name: str, *columns: str) -> Index:
    """Let a cell have one first row; each later row must replace the one before."""
    return Index(
        name,
        *columns,
        unique=True,
        sqlite_where=text("replaces_id IS NULL"),
        postgresql_where=text("replaces_id IS NULL"),
    )


class Score(Identified, Base):
    """An evaluator's submitted score of one bid on one criterion, with its reason.

    A correction is a further row that replaces one before and says why.
    """

    __tablename__ = "score"
    __table_args__ = (
        CheckConstraint("value >= 0", name="value"),
        CheckConstraint("length(trim(rationale)) > 0", name="rationale"),
        CheckConstraint(
            "(replaces_id IS NULL) = (correction_reason IS NULL)", name="correction_reason"
        ),
        UniqueConstraint("replaces_id"),
        _one_first("uq_score_first", "member_id", "bid_id", "criterion_id"),
    )

    member_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_member.id"), index=True)
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criterion.id"))
    value: Mapped[Decimal] = mapped_column(ExactDecimal(3))
    rationale: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime]
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("score.id"))
    correction_reason: Mapped[str | None] = mapped_column(Text)

    member: Mapped[PanelMember] = relationship()
    criterion: Mapped[Criterion] = relationship()


class ConsensusScore(Identified, Base):
    """The panel's agreed score of one bid on one criterion, its reason, and who was present.

    `present` are the labels of members, joined by ", ". A later row replaces one before.
    """

    __tablename__ = "consensus_score"
    __table_args__ = (
        CheckConstraint("value >= 0", name="value"),
        CheckConstraint("length(trim(rationale)) > 0", name="rationale"),
        CheckConstraint("length(trim(present)) > 0", name="present"),
        UniqueConstraint("replaces_id"),
        _one_first("uq_consensus_score_first", "bid_id", "criterion_id"),
    )

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criterion.id"))
    value: Mapped[Decimal] = mapped_column(ExactDecimal(3))
    rationale: Mapped[str] = mapped_column(Text)
    present: Mapped[str] = mapped_column(Text)
    recorded_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime]
    replaces_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("consensus_score.id"))

    criterion: Mapped[Criterion] = relationship()
    recorded_by: Mapped[User] = relationship()


for _table in (BidderParty, PartyBid):
    append_only(_table)
append_only(Score, erasable=("rationale", "correction_reason"))
append_only(ConsensusScore, erasable=("rationale",))
append_only(ConflictDeclaration, erasable=("statement",))
append_only(ConflictDecision, erasable=("reason",))
