"""What is kept of a stage beside its criteria, of later purchases, and of a body's templates."""

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from challenges.lifecycle import State
from challenges.stages.kinds import LaterKind, Payment, Property, Source, StageKind, Unit
from marketplace.core.database import Base, Identified, enum_type


class StageTerms:
    """The part of a stage's row that says what happens, who takes part and what is paid.

    Amounts are in minor units without VAT. `suppliers` take part at most; nothing there means
    that anybody does, as in the first stage. `amount_minor` is what each of them is paid, or may
    be paid at most; `options_minor` what may be bought on top from all of them together.
    """

    kind: Mapped[StageKind] = mapped_column(enum_type(StageKind), default=StageKind.APPLICATION)
    description: Mapped[str] = mapped_column(Text, default="")
    suppliers: Mapped[int | None]
    payment: Mapped[Payment] = mapped_column(enum_type(Payment), default=Payment.NONE)
    amount_minor: Mapped[int | None] = mapped_column(BigInteger)
    vat_on_top: Mapped[bool] = mapped_column(default=True)
    how_paid: Mapped[str] = mapped_column(Text, default="")
    lasts: Mapped[int | None]
    lasts_in: Mapped[Unit | None] = mapped_column(enum_type(Unit))
    property: Mapped[Property] = mapped_column(enum_type(Property), default=Property.SUPPLIER)
    property_note: Mapped[str] = mapped_column(Text, default="")
    options_minor: Mapped[int | None] = mapped_column(BigInteger)
    prizes_paid: Mapped[str] = mapped_column(Text, default="")
    # What a bid consists of beside its answers: see `challenges.sections.Step`.
    milestones: Mapped[str] = mapped_column(Text, default="")
    attach_kinds: Mapped[str] = mapped_column(String(80), default="")
    attach_most: Mapped[int | None]
    attach_mb: Mapped[int | None]


TERMS_RULES = (
    CheckConstraint("suppliers > 0", name="suppliers_positive"),
    # An amount that nobody is paid would stand in the total all the same.
    CheckConstraint("payment <> 'none' OR amount_minor IS NULL", name="amount_is_paid"),
    CheckConstraint("amount_minor > 0", name="amount_positive"),
    CheckConstraint("(lasts IS NULL) = (lasts_in IS NULL)", name="length_whole"),
    CheckConstraint("lasts > 0", name="length_positive"),
    CheckConstraint("options_minor > 0", name="options_positive"),
)


class Prize(Base):
    """A prize of a stage: `place` orders them."""

    __tablename__ = "prize"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount_positive"),)

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    amount_minor: Mapped[int] = mapped_column(BigInteger)


class StageRun(Base):
    """That a stage has begun, how its bids come, and where it stands.

    `state` is empty for the first stage until suppliers have gone on from it: it stands where its
    challenge stands. `bids_at` is from when bids that were never sealed may be read; those that
    are sealed may be from their opening on. Either may be missing: a first stage has a row only
    where this says more of it than its challenge does.
    """

    __tablename__ = "stage_run"
    __table_args__ = (
        CheckConstraint(
            "state IN ('open', 'opened', 'evaluating', 'advanced')", name="state_of_stage"
        ),
        CheckConstraint("source <> 'heard' OR bids_at IS NOT NULL", name="heard_at_once"),
        CheckConstraint("source <> 'sealed' OR bids_at IS NULL", name="sealed_until_opened"),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), primary_key=True)
    state: Mapped[State | None] = mapped_column(enum_type(State, checked=False))
    source: Mapped[Source] = mapped_column(enum_type(Source), default=Source.SEALED)
    begun_at: Mapped[datetime]
    begun_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    bids_at: Mapped[datetime | None]


class LaterPurchase(Base):
    """What may be bought after the last stage: part of this competition, or of a new one."""

    __tablename__ = "later_purchase"
    __table_args__ = (
        # What needs a new competition has neither a value here nor bodies that may buy.
        CheckConstraint(
            "kind = 'included' OR (value_minor IS NULL AND bodies = '')", name="included_only"
        ),
        CheckConstraint("value_minor > 0", name="value_positive"),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    kind: Mapped[LaterKind] = mapped_column(enum_type(LaterKind))
    value_minor: Mapped[int | None] = mapped_column(BigInteger)
    bodies: Mapped[str] = mapped_column(Text, default="")
    note: Mapped[str] = mapped_column(Text, default="")


class SavedTemplate(Identified, Base):
    """Stages, criteria and terms that a body keeps for its next challenge.

    `content` is JSON in the shape of `challenges.stages.shapes.Template`.
    """

    __tablename__ = "saved_template"
    __table_args__ = (UniqueConstraint("organisation_id", "name"),)

    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[str] = mapped_column(String(120))
    content: Mapped[str] = mapped_column(Text)
    made_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
