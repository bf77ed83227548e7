"""Tables of challenges: problem, stages, criteria, and the plan frozen at publication."""

import uuid
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    exists,
    false,
    text,
)
from sqlalchemy.orm import Mapped, column_property, declared_attr, mapped_column, relationship

from challenges.documents.models import Document
from challenges.drafting.models import ApprovedText, RecordAnswer, TeamMember
from challenges.joining.models import JointSponsor
from challenges.kinds import Combine, CriterionKind, LegalRoute, PriceModel, Rounded
from challenges.lifecycle import CHALLENGE_STATES, NoAward, State
from challenges.notices.models import ChosenCode, NoticeRecord
from challenges.stages.models import TERMS_RULES, LaterPurchase, Prize, StageRun, StageTerms
from marketplace.core.accounts.models import Organisation, User
from marketplace.core.audit.models import append_only
from marketplace.core.database import Base, ExactDecimal, Identified, enum_type
from marketplace.core.vault.models import SealingKey

_STATES = ", ".join(f"'{each.value}'" for each in State if each in CHALLENGE_STATES)


class Challenge(Identified, Base):
    """A published problem, or one on its way there. Texts are light Markdown."""

    __tablename__ = "challenge"
    __table_args__ = (
        # CLOSED follows from the clock, so it must not be stored beside it.
        CheckConstraint("state <> 'closed'", name="closed_is_derived"),
        CheckConstraint(f"state IN ({_STATES})", name="state"),
        # What stands open or beyond was published, by a person other than the one who drafted.
        CheckConstraint(
            "state IN ('draft','in_review','ready','cancelled') OR published_at IS NOT NULL",
            name="published",
        ),
        CheckConstraint("approved_by_id <> submitted_by_id", name="approved_by_another"),
        CheckConstraint("(state = 'stopped') = (lessons IS NOT NULL)", name="stopped_has_lessons"),
        CheckConstraint(
            "(state = 'cancelled') = (cancelled_because IS NOT NULL)", name="cancelled_has_reason"
        ),
        CheckConstraint(
            "no_award IS NULL OR (state = 'cancelled' AND published_at IS NOT NULL)",
            name="no_award_ended",
        ),
        CheckConstraint("value_minor > 0", name="value_positive"),
        # The public list: newest first, over everything or one filter, read page by page by key.
        # What was never published has no instant and so stays out of all of them.
        Index("ix_challenge_published", "published_at", "id"),
        Index("ix_challenge_state_published", "state", "published_at", "id"),
        Index("ix_challenge_region_published", "region", "published_at", "id"),
        Index("ix_challenge_sector_published", "sector", "published_at", "id"),
        Index("ix_challenge_buyer_published", "buyer_id", "published_at", "id"),
        Index("ix_challenge_round_published", "round", "published_at", "id"),
        Index("ix_challenge_value", "value_minor", "id"),
        Index("ix_challenge_region_value", "region", "value_minor", "id"),
        Index("ix_challenge_sector_value", "sector", "value_minor", "id"),
        Index("ix_challenge_buyer_created", "buyer_id", "created_at", "id"),
    )

    reference: Mapped[str] = mapped_column(String(20), unique=True)
    buyer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    round: Mapped[str | None] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(String(300), default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    affected: Mapped[str] = mapped_column(Text, default="")
    today: Mapped[str] = mapped_column(Text, default="")
    why_now: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str] = mapped_column(Text, default="")
    measures: Mapped[str] = mapped_column(Text, default="")
    tried: Mapped[str] = mapped_column(Text, default="")
    constraints: Mapped[str] = mapped_column(Text, default="")
    support: Mapped[str] = mapped_column(Text, default="")
    research: Mapped[str] = mapped_column(Text, default="", server_default="")
    people_offered: Mapped[str] = mapped_column(Text, default="", server_default="")
    benefits: Mapped[str] = mapped_column(Text, default="", server_default="")
    reach: Mapped[str | None] = mapped_column(String(20))
    pooling: Mapped[str] = mapped_column(Text, default="", server_default="")
    # What bidders must show, in minor units, and why: a small firm stays away from what is asked.
    required_turnover_minor: Mapped[int | None] = mapped_column(BigInteger)
    required_insurance_minor: Mapped[int | None] = mapped_column(BigInteger)
    requirements: Mapped[str] = mapped_column(Text, default="", server_default="")
    terms: Mapped[str] = mapped_column(Text, default="", server_default="")
    terms_link: Mapped[str] = mapped_column(String(500), default="", server_default="")
    # Days that are planned and not promised; only the closing instant binds.
    interviews_on: Mapped[date | None]
    decision_on: Mapped[date | None]
    starts_on: Mapped[date | None]
    panel_planned: Mapped[int | None]
    contact_name: Mapped[str] = mapped_column(String(200), default="", server_default="")
    contact_email: Mapped[str] = mapped_column(String(254), default="", server_default="")
    contact_shown: Mapped[bool] = mapped_column(default=False, server_default=false())
    region: Mapped[str | None] = mapped_column(String(40))
    sector: Mapped[str | None] = mapped_column(String(40))
    legal_route: Mapped[LegalRoute | None] = mapped_column(enum_type(LegalRoute))
    # The total of all stages, options and prizes, without VAT: it decides the regime's band.
    value_minor: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="GBP")
    # Whether bids go elsewhere, by which notice and where; fixed at publication.
    bids_elsewhere: Mapped[bool] = mapped_column(default=False, server_default=false())
    elsewhere_reference: Mapped[str] = mapped_column(String(100), default="", server_default="")
    elsewhere_link: Mapped[str] = mapped_column(String(500), default="", server_default="")
    # Whether people of other public bodies may read the title and the problem of the draft.
    open_to_partners: Mapped[bool] = mapped_column(default=False)

    state: Mapped[State] = mapped_column(enum_type(State, checked=False), default=State.DRAFT)
    created_at: Mapped[datetime]
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    submitted_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    submitted_at: Mapped[datetime | None]
    returned_because: Mapped[str | None] = mapped_column(Text)
    approved_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    approved_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    lessons: Mapped[str | None] = mapped_column(Text)
    cancelled_because: Mapped[str | None] = mapped_column(Text)
    # Why no contract came of it, where that was decided after publication.
    no_award: Mapped[NoAward | None] = mapped_column(enum_type(NoAward))
    row_version: Mapped[int] = mapped_column()

    buyer: Mapped[Organisation] = relationship()
    owner: Mapped[User] = relationship(foreign_keys=[owner_id])
    co_sponsors: Mapped[list["CoSponsor"]] = relationship(
        order_by="CoSponsor.name", cascade="all, delete-orphan"
    )
    # Bodies that are registered here; a name of theirs stands among the above while they sponsor.
    joint_sponsors: Mapped[list[JointSponsor]] = relationship(viewonly=True)
    stages: Mapped[list["Stage"]] = relationship(
        back_populates="challenge", order_by="Stage.ordinal", cascade="all, delete-orphan"
    )
    later: Mapped[LaterPurchase | None] = relationship(cascade="all, delete-orphan")
    plans: Mapped[list["Plan"]] = relationship(order_by="Plan.version")
    codes: Mapped[list[ChosenCode]] = relationship(
        order_by=(ChosenCode.main.desc(), ChosenCode.code), cascade="all, delete-orphan"
    )
    notices: Mapped[list[NoticeRecord]] = relationship(
        order_by=(NoticeRecord.recorded_at, NoticeRecord.id), viewonly=True
    )
    team: Mapped[list[TeamMember]] = relationship(cascade="all, delete-orphan")
    record: Mapped[list[RecordAnswer]] = relationship(cascade="all, delete-orphan")
    documents: Mapped[list[Document]] = relationship(order_by=Document.id)

    @declared_attr
    @classmethod
    def keeps_text(cls) -> Mapped[bool]:
        """Tell whether a text that was approved is kept: texts were not kept from the beginning."""
        return column_property(exists().where(ApprovedText.challenge_id == cls.id), deferred=True)

    # Two people editing at once: the second is told, nothing is overwritten unseen.
    __mapper_args__ = {"version_id_col": row_version}  # noqa: RUF012  (SQLAlchemy's own form)

    @property
    def stage(self) -> "Stage":
        """Give the first stage: the one that bids are written for."""
        return self.stages[0]

    @property
    def plan(self) -> "Plan | None":
        """Give the plan that holds: its newest version; nothing before publication."""
        return self.plans[-1] if self.plans else None


class CoSponsor(Base):
    """A body that joins in, by name: it need not be registered here."""

    __tablename__ = "co_sponsor"

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), primary_key=True)


class Stage(StageTerms, Identified, Base):
    """One step of selection or delivery.

    The first is the one that bids are written for. Only a step of selection has criteria.
    """

    __tablename__ = "stage"
    __table_args__ = (
        UniqueConstraint("challenge_id", "ordinal"),
        UniqueConstraint("id", "challenge_id"),  # lets other tables tie a stage to its challenge
        CheckConstraint("minimum_panel >= 3", name="minimum_panel"),
        CheckConstraint("best_minor < worst_minor", name="bounds_in_order"),
        *TERMS_RULES,
        # Bids are written for the first stage, so it is always one that is judged.
        CheckConstraint(
            "ordinal <> 1 OR kind IN ('application', 'interview', 'judging')", name="first_judged"
        ),
        # A percentage, in thousandths; a threshold of nothing would be none.
        CheckConstraint(
            "quality_threshold > 0 AND quality_threshold <= 100000", name="quality_threshold"
        ),
        CheckConstraint(
            "(rounded IS NULL) = (rounded_decimals IS NULL) "
            "AND (rounded_decimals IS NULL OR rounded_decimals BETWEEN 0 AND 6)",
            name="rounded_whole",
        ),
        # A ranking by price rounds nothing: rounded prices would make ties that nobody meant.
        CheckConstraint(
            "rounded IS NULL OR price_model NOT IN "
            "('lowest_price_per_quality_point','lowest_quality_adjusted_price')",
            name="ranking_not_rounded",
        ),
        # Percentages, in tenths. Where no bid gives a price, none can look too low.
        CheckConstraint(
            "below_mean IS NULL OR "
            "(below_mean > 0 AND below_mean <= 1000 AND price_model <> 'fixed_budget')",
            name="below_mean",
        ),
        CheckConstraint(
            "below_next IS NULL OR "
            "(below_next > 0 AND below_next <= 1000 AND price_model <> 'fixed_budget')",
            name="below_next",
        ),
        Index("ix_stage_closes_at", "closes_at", "challenge_id"),
        Index("uq_stage_sealing_key", "sealing_key_id", unique=True),
    )

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), index=True)
    ordinal: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(120), default="Application")
    closes_at: Mapped[datetime | None]
    questions_until: Mapped[datetime | None]
    price_model: Mapped[PriceModel] = mapped_column(
        enum_type(PriceModel), default=PriceModel.FIXED_BUDGET
    )
    # Fixed budget: what is paid. Otherwise: the most that may be asked.
    budget_minor: Mapped[int | None] = mapped_column(BigInteger)
    best_minor: Mapped[int | None] = mapped_column(BigInteger)
    worst_minor: Mapped[int | None] = mapped_column(BigInteger)
    # What else the published method says; `challenges.method` reads and writes these.
    quality_threshold: Mapped[Decimal | None] = mapped_column(ExactDecimal(3))
    rounded: Mapped[Rounded | None] = mapped_column(enum_type(Rounded))
    rounded_decimals: Mapped[int | None]
    # Steps in order, parted by spaces; null is the usual order, empty that ties stay.
    tie_break: Mapped[str | None] = mapped_column(String(500))
    below_mean: Mapped[Decimal | None] = mapped_column(ExactDecimal(1))
    below_next: Mapped[Decimal | None] = mapped_column(ExactDecimal(1))
    minimum_panel: Mapped[int] = mapped_column(default=3)
    combine: Mapped[Combine] = mapped_column(
        enum_type(Combine), default=Combine.CONSENSUS, server_default=Combine.CONSENSUS
    )
    # Whether the panel judges without seeing who bids.
    names_withheld: Mapped[bool] = mapped_column(default=False, server_default=false())
    # What bids are sealed to: made at publication, and kept when the closing instant moves.
    sealing_key_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("sealing_key.id"))

    challenge: Mapped[Challenge] = relationship(back_populates="stages")
    sealing_key: Mapped[SealingKey | None] = relationship()
    criteria: Mapped[list["Criterion"]] = relationship(
        back_populates="stage", order_by="Criterion.ordinal", cascade="all, delete-orphan"
    )
    prizes: Mapped[list[Prize]] = relationship(order_by=Prize.place, cascade="all, delete-orphan")
    plans: Mapped[list["EvaluationPlan"]] = relationship(order_by="EvaluationPlan.version")
    # What there is of it beside the challenge's own state: `challenges.stages.running`.
    run: Mapped[StageRun | None] = relationship(cascade="all, delete-orphan", lazy="joined")

    @property
    def scores_stand(self) -> bool:
        """Tell whether each evaluator's score counts as it was given, and the panel agrees none."""
        return self.combine is not Combine.CONSENSUS

    @property
    def plan(self) -> "EvaluationPlan | None":
        """Give the criteria and method that hold; nothing before publication."""
        return self.plans[-1] if self.plans else None


class Criterion(Identified, Base):
    """How a bid is judged on one question, by its price, or by what it reached in an earlier stage.

    `key` is its id in the evaluation document. Weights have at most three decimal places.
    `carried_stage` is the number of that earlier stage, and `carried_key` the criterion there; its
    total where there is none.
    """

    __tablename__ = "criterion"
    __table_args__ = (
        UniqueConstraint("stage_id", "key"),
        UniqueConstraint("id", "stage_id"),
        CheckConstraint("weight > 0", name="weight_positive"),
        # A question is scored on a scale; a price has none.
        CheckConstraint(
            "(kind = 'quality') = (max_score IS NOT NULL)", name="scale_for_quality_only"
        ),
        CheckConstraint("max_score > 0", name="max_score_positive"),
        CheckConstraint("min_score >= 0 AND min_score <= max_score", name="min_score_in_scale"),
        CheckConstraint("point_value_minor >= 0", name="point_value"),
        # What is carried comes from an earlier stage: from one criterion there, or from its total.
        CheckConstraint("(kind = 'carried') = (carried_stage IS NOT NULL)", name="carried_from"),
        CheckConstraint("carried_stage >= 1", name="carried_stage"),
        CheckConstraint(
            "carried_key IS NULL OR carried_stage IS NOT NULL", name="carried_key_has_stage"
        ),
        Index(
            "uq_criterion_one_price",
            "stage_id",
            unique=True,
            sqlite_where=text("kind = 'price'"),
            postgresql_where=text("kind = 'price'"),
        ),
    )

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), index=True)
    ordinal: Mapped[int]
    key: Mapped[str] = mapped_column(String(60))
    kind: Mapped[CriterionKind] = mapped_column(enum_type(CriterionKind))
    title: Mapped[str] = mapped_column(String(120))
    question: Mapped[str] = mapped_column(Text, default="")
    guidance: Mapped[str] = mapped_column(Text, default="")
    weight: Mapped[Decimal] = mapped_column(ExactDecimal(3))
    max_score: Mapped[Decimal | None] = mapped_column(ExactDecimal(3))
    min_score: Mapped[Decimal | None] = mapped_column(ExactDecimal(3))
    word_limit: Mapped[int | None]
    # What one point of its score is worth in money, where the lowest adjusted price wins.
    point_value_minor: Mapped[int | None] = mapped_column(BigInteger)
    carried_stage: Mapped[int | None]
    carried_key: Mapped[str | None] = mapped_column(String(60))

    stage: Mapped[Stage] = relationship(back_populates="criteria")
    descriptors: Mapped[list["ScaleDescriptor"]] = relationship(
        order_by="ScaleDescriptor.score", cascade="all, delete-orphan"
    )


class ScaleDescriptor(Base):
    """What one score on a criterion's scale means."""

    __tablename__ = "scale_descriptor"

    criterion_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    score: Mapped[Decimal] = mapped_column(ExactDecimal(3), primary_key=True)
    text: Mapped[str] = mapped_column(Text)


class EvaluationPlan(Base):
    """A stage's criteria and method as they will stand in the evaluation document, frozen.

    `canonical` are the RFC 8785 bytes of `{"criteria": …, "method": …}`; `sha256` is theirs.
    `version` is that of the challenge's plan which it is a part of.
    """

    __tablename__ = "evaluation_plan"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)

    stage_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("stage.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    canonical: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    regime: Mapped[str] = mapped_column(String(40))
    regime_version: Mapped[str] = mapped_column(String(20))
    band: Mapped[str] = mapped_column(String(40))
    frozen_at: Mapped[datetime]


class Plan(Base):
    """One version of a challenge's `plan/1`: what bidders are told will be judged, and how.

    The first is frozen at publication; a change that every bidder must confirm makes the next. The
    newest holds. `canonical` are its RFC 8785 bytes, `sha256` is theirs. Each stage's `evaluation`
    in it is the very content of that stage's `EvaluationPlan`.
    """

    __tablename__ = "plan"
    __table_args__ = (CheckConstraint("version >= 1", name="version"),)

    challenge_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    canonical: Mapped[bytes] = mapped_column(LargeBinary)
    sha256: Mapped[str] = mapped_column(String(64))
    frozen_at: Mapped[datetime]


append_only(EvaluationPlan)
append_only(Plan)
