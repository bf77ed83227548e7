"""Tables of eligibility, bids, submissions and openings."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bids.grounds.models import GroundDeclared, GroundFinding
from bids.lifecycle import BidState
from challenges.lifecycle import State
from challenges.models import Challenge, Stage
from challenges.stages.standing import stored_state
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, Identified, enum_type
from marketplace.core.vault.models import DraftKey


class EligibilityDeclaration(Identified, Base):
    """What a supplier declares about itself, once for all bids until it expires.

    `grounds` are those that apply, each with what was done to put it right; `grounds_rules` is the
    version of the rules that asked. Money in minor units of sterling.
    """

    __tablename__ = "eligibility_declaration"
    __table_args__ = (
        CheckConstraint("staff >= 0", name="staff"),
        CheckConstraint("turnover_minor >= 0", name="turnover"),
    )

    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    declared_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    declared_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    grounds_rules: Mapped[str] = mapped_column(String(20))
    staff: Mapped[int]
    turnover_minor: Mapped[int] = mapped_column(BigInteger)
    balance_minor: Mapped[int] = mapped_column(BigInteger)

    supplier: Mapped[Organisation] = relationship()
    declared_by: Mapped[User] = relationship()
    grounds: Mapped[list[GroundDeclared]] = relationship(order_by=GroundDeclared.place)


class Bid(Identified, Base):
    """A supplier's answer to one stage: its draft, and which submission counts.

    What is written stands in `fields`, encrypted under the draft's key. There is no draft between
    a submission and the moment somebody begins to change what was submitted: its key is destroyed
    then, and a new draft has another. `copy_key_id` is what lets the supplier read its submitted
    versions again.

    `previous_id` is the bid that led to this one, in a stage after the first: nobody has one there
    without it. `unsealed` tells that nothing was submitted here (`challenges.stages.kinds.Source`).
    """

    __tablename__ = "bid"
    __table_args__ = (
        UniqueConstraint("stage_id", "supplier_id"),
        UniqueConstraint("id", "stage_id"),  # lets a recommendation tie a bid to its stage
        ForeignKeyConstraint(
            ["stage_id", "challenge_id"], ["stage.id", "stage.challenge_id"], name="stage"
        ),
        # The submission that counts is one of this bid's own, and at most one.
        ForeignKeyConstraint(
            ["id", "current_version"],
            ["submission.bid_id", "submission.version"],
            name="current_submission",
            use_alter=True,
            deferrable=True,
            initially="DEFERRED",
        ),
        CheckConstraint(
            "state IN ('draft', 'withdrawn', 'invited') OR current_version IS NOT NULL OR unsealed",
            name="submitted_has_version",
        ),
        CheckConstraint("state <> 'invited' OR previous_id IS NOT NULL", name="invited_goes_on"),
        CheckConstraint("NOT unsealed OR current_version IS NULL", name="unsealed_not_submitted"),
    )

    reference: Mapped[str] = mapped_column(String(20), unique=True)
    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), index=True)
    stage_id: Mapped[uuid.UUID] = mapped_column(index=True)
    supplier_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[BidState] = mapped_column(enum_type(BidState), default=BidState.DRAFT)
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    draft_key_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("draft_key.id"), unique=True)
    copy_key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("sealing_key.id"), unique=True)
    current_version: Mapped[int | None]
    previous_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("bid.id"), unique=True)
    unsealed: Mapped[bool] = mapped_column(default=False, server_default=false())
    row_version: Mapped[int] = mapped_column()

    challenge: Mapped[Challenge] = relationship(foreign_keys=[challenge_id], viewonly=True)
    stage: Mapped[Stage] = relationship(
        primaryjoin="Bid.stage_id == Stage.id", foreign_keys=[stage_id], viewonly=True
    )
    supplier: Mapped[Organisation] = relationship()
    # With it at hand, `drafts.find` asks the database for nothing.
    draft_key: Mapped[DraftKey | None] = relationship(viewonly=True)
    fields: Mapped[list["BidField"]] = relationship(cascade="all, delete-orphan")
    submissions: Mapped[list["Submission"]] = relationship(
        back_populates="bid",
        order_by="Submission.version",
        primaryjoin="Bid.id == Submission.bid_id",
        foreign_keys="Submission.bid_id",
    )

    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012  (SQLAlchemy's own form)

    @property
    def standing(self) -> State:
        """Give where the stage stands that it is a bid in, as that is kept."""
        return stored_state(self.challenge, self.stage)


class BidField(Base):
    """One field of a draft, encrypted: see `marketplace.core.vault.drafts`.

    The names are those of the `bid/1` document: `answers.` and a criterion's key, `price_minor`,
    `contract`, `ai_statement`, `adjustments`, `milestones`; `attachments`, where what opens each
    file stands beside its name; and `team`, which has the subcontractors alone (`bids.team.models`
    says why).
    """

    __tablename__ = "bid_field"

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)


class Submission(Identified, Base):
    """One submitted version of a bid: an envelope in the file store, whose digest is `sha256`.

    `draft_version` is the row version of the draft it was made from, so that the same button
    pressed twice gives the same receipt. `arrived_at` is when the service began to handle the
    complete request, `recorded_at` the instant of its log entry `entry_n`. `receipt` is the text of
    its `receipt/1`, unsigned: the log's key signs it whenever it is shown.
    """

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("bid_id", "version"),
        CheckConstraint("version >= 1", name="version"),
    )

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    version: Mapped[int]
    submitted_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    arrived_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    entry_n: Mapped[int] = mapped_column(ForeignKey("log_entry.n"), unique=True)
    sha256: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"), unique=True)
    draft_version: Mapped[int]
    receipt: Mapped[str] = mapped_column(Text)

    bid: Mapped[Bid] = relationship(back_populates="submissions", foreign_keys=[bid_id])
    submitted_by: Mapped[User] = relationship()


class OpeningConfirmation(Base):
    """That one officer has confirmed the opening of a stage's bids, by a statement of their own.

    `closed_n` is the place of the closing it follows: one given before bids were taken again does
    not count for the closing after. `statement` is the signed note of an `opening/1`.
    """

    __tablename__ = "opening_confirmation"

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), primary_key=True)
    closed_n: Mapped[int] = mapped_column(
        ForeignKey("log_entry.n"), primary_key=True, autoincrement=False
    )
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    confirmed_at: Mapped[datetime]
    officer_key_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("officer_key.id"))
    statement: Mapped[str] = mapped_column(Text)

    officer: Mapped[User] = relationship()


class Opening(Base):
    """That a stage's bids were opened, and by which two officers."""

    __tablename__ = "opening"
    __table_args__ = (
        CheckConstraint("first_officer_id <> second_officer_id", name="two_officers"),
        ForeignKeyConstraint(
            ["stage_id", "closed_n", "first_officer_id"],
            [
                "opening_confirmation.stage_id",
                "opening_confirmation.closed_n",
                "opening_confirmation.officer_id",
            ],
            name="first_confirmed",
        ),
        ForeignKeyConstraint(
            ["stage_id", "closed_n", "second_officer_id"],
            [
                "opening_confirmation.stage_id",
                "opening_confirmation.closed_n",
                "opening_confirmation.officer_id",
            ],
            name="second_confirmed",
        ),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), primary_key=True)
    closed_n: Mapped[int] = mapped_column(BigInteger)
    opened_at: Mapped[datetime]
    first_officer_id: Mapped[uuid.UUID]
    second_officer_id: Mapped[uuid.UUID]


class Flaw(StrEnum):
    """What is wrong with an envelope at its opening. The bid is flagged and never dropped."""

    MISSING = "missing"
    DIFFERS = "differs"  # its digest is not the one in the log
    UNREADABLE = "unreadable"  # it does not open with the closing's key, or holds no bid
    ANOTHER = "another"  # it holds another bid or version, or one of another supplier
    FIELDS = "fields"  # its fields or its plan are not those that the log states


class OpenedSubmission(Base):
    """What one envelope held when it was opened: the bytes of its `bid/1`, or what was wrong.

    Written one after another while the opening is under way; nobody reads them until it is done.
    `found_sha256` is the digest that the envelope had then, None where it was missing.
    `grounds_declared` tells whether the bidder or a partner declared a ground of exclusion.
    """

    __tablename__ = "opened_submission"
    __table_args__ = (
        CheckConstraint("flaw IS NOT NULL OR document IS NOT NULL", name="read_or_flagged"),
    )

    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    closed_n: Mapped[int] = mapped_column(ForeignKey("log_entry.n"))
    opened_at: Mapped[datetime]
    found_sha256: Mapped[str | None] = mapped_column(String(64))
    document: Mapped[bytes | None] = mapped_column(LargeBinary)
    flaw: Mapped[Flaw | None] = mapped_column(enum_type(Flaw))
    grounds_declared: Mapped[bool] = mapped_column(default=False)


class OpeningRehearsal(Identified, Base):
    """That an officer tested before closing that their passphrase and the sealing key work."""

    __tablename__ = "opening_rehearsal"

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    officer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    rehearsed_at: Mapped[datetime]


class EligibilityFinding(StrEnum):
    """What an officer finds about an opened bid."""

    VALID = "valid"
    INELIGIBLE = "ineligible"
    EXCLUDED = "excluded"


class EligibilityDecision(Identified, Base):
    """An officer's finding about an opened bid, with its reason; the latest counts."""

    __tablename__ = "eligibility_decision"
    __table_args__ = (CheckConstraint("length(trim(reason)) > 0", name="reason"),)

    bid_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("bid.id"), index=True)
    finding: Mapped[EligibilityFinding] = mapped_column(enum_type(EligibilityFinding))
    reason: Mapped[str] = mapped_column(Text)
    decided_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    decided_at: Mapped[datetime]

    decided_by: Mapped[User] = relationship()
    grounds: Mapped[list[GroundFinding]] = relationship(
        order_by=(GroundFinding.party, GroundFinding.ground)
    )


for _table in (
    EligibilityDeclaration,
    Submission,
    Opening,
    OpeningConfirmation,
    OpeningRehearsal,
):
    append_only(_table)
append_only(OpenedSubmission, erasable=("document",))
append_only(EligibilityDecision, erasable=("reason",))
