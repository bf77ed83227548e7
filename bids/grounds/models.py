"""Tables of the grounds that a supplier declared, and of what an officer found of each."""

import uuid
from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bids.grounds.policy import Verdict
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, enum_type

# As long as a ground's key may be.
KEY = 40


class GroundDeclared(Base):
    """A ground to which a declaration says yes: since when, and what was put right.

    `happened_on` is None where no day is asked for. `place` keeps the order of the rules.
    """

    __tablename__ = "declared_ground"
    __table_args__ = (CheckConstraint("length(trim(put_right)) > 0", name="put_right"),)

    declaration_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("eligibility_declaration.id"), primary_key=True
    )
    ground: Mapped[str] = mapped_column(String(KEY), primary_key=True)
    place: Mapped[int]
    happened_on: Mapped[date | None]
    put_right: Mapped[str] = mapped_column(Text)


class GroundFinding(Base):
    """What an officer found of one ground, as a part of a decision about a bid.

    `party` is the organisation that the ground is about: the bidder, or a partner of it.
    """

    __tablename__ = "ground_finding"
    __table_args__ = (CheckConstraint("length(trim(reason)) > 0", name="reason"),)

    decision_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("eligibility_decision.id"), primary_key=True
    )
    party: Mapped[str] = mapped_column(String(36), primary_key=True)
    ground: Mapped[str] = mapped_column(String(KEY), primary_key=True)
    verdict: Mapped[Verdict] = mapped_column(enum_type(Verdict))
    reason: Mapped[str] = mapped_column(Text)


append_only(GroundDeclared)
append_only(GroundFinding, erasable=("reason",))
