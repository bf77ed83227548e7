"""Tables of award reports: facts as frozen, and the files made from them."""

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type
from scoring.report.values import Edition


class FrozenReport(Identified, Base):
    """The facts of an award as they stood at one instant; every edition is made from them.

    `number` counts the reports of a stage from 1: a later one replaces none before. `release` is
    the release package as it stood then; `secret`, 32 bytes, salts what editions hold back, and is
    in none of them. Reports that were frozen before there were such have neither.
    """

    __tablename__ = "frozen_report"
    __table_args__ = (UniqueConstraint("stage_id", "number"),)

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    number: Mapped[int]
    facts: Mapped[bytes] = mapped_column(LargeBinary)
    facts_sha256: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[datetime]
    release: Mapped[bytes | None] = mapped_column(LargeBinary)
    secret: Mapped[bytes | None] = mapped_column(LargeBinary(32))


class ReportFile(Base):
    """An edition of a report that is one for all, as a finished PDF."""

    __tablename__ = "report_file"
    # A debrief is one for each bid, and has a table of its own.
    __table_args__ = (CheckConstraint("edition IN ('full', 'public')", name="edition"),)

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("frozen_report.id"), primary_key=True)
    edition: Mapped[Edition] = mapped_column(enum_type(Edition, checked=False), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    size: Mapped[int]
    made_at: Mapped[datetime]


class DebriefFile(Base):
    """The edition of a report for the supplier of one bid, as a finished PDF."""

    __tablename__ = "debrief_file"

    report_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("frozen_report.id"), primary_key=True)
    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), primary_key=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    size: Mapped[int]
    made_at: Mapped[datetime]


append_only(FrozenReport, erasable=("facts",))
append_only(DebriefFile)
append_only(ReportFile)
