"""complaints: about a decision, in court, and decisions taken again.

Revision: 0037, after 0036
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

OLD_WHY = ("eligibility", "interest", "cut_off")
NEW_WHY = (*OLD_WHY, "again")
NEW_TABLES = (
    "reconsideration_answer",
    "complaint_answer",
    "reconsideration",
    "proceedings_end_answer",
    "debrief_time",
    "complaint_withdrawal",
    "complaint_proposal",
    "agreed_again",
    "proceedings_end",
    "panel_reopening",
    "debrief",
    "award_complaint",
    "court_proceedings",
)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "court_proceedings",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("served_on", sa.Date(), nullable=False),
        sa.Column("court", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(trim(court)) > 0", name=op.f("ck_court_proceedings_court")),
        sa.CheckConstraint(
            "length(trim(reference)) > 0", name=op.f("ck_court_proceedings_reference")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_court_proceedings_number")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_court_proceedings_recorded_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stage.id"], name=op.f("fk_court_proceedings_stage_id_stage")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_court_proceedings")),
        sa.UniqueConstraint(
            "stage_id", "number", name=op.f("uq_court_proceedings_stage_id_number")
        ),
    )
    op.create_index(op.f("ix_court_proceedings_stage_id"), "court_proceedings", ["stage_id"])
    op.create_table(
        "award_complaint",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "way",
            sa.Enum(
                "here",
                "email",
                "letter",
                "other",
                name="way",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("sender", sa.String(length=200), nullable=False),
        sa.Column("grounds", sa.Text(), nullable=False),
        sa.Column("asks", sa.Text(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("standstill_ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(way = 'here') = (sender = '')", name=op.f("ck_award_complaint_sender")
        ),
        sa.CheckConstraint("length(trim(grounds)) > 0", name=op.f("ck_award_complaint_grounds")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_award_complaint_number")),
        sa.CheckConstraint(
            "recorded_at >= arrived_at", name=op.f("ck_award_complaint_recorded_after")
        ),
        sa.ForeignKeyConstraint(["bid_id", "stage_id"], ["bid.id", "bid.stage_id"], name="bid"),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_award_complaint_recorded_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stage.id"], name=op.f("fk_award_complaint_stage_id_stage")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_complaint")),
        sa.UniqueConstraint("stage_id", "number", name=op.f("uq_award_complaint_stage_id_number")),
    )
    op.create_index(op.f("ix_award_complaint_stage_id"), "award_complaint", ["stage_id"])
    op.create_table(
        "debrief",
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wishes", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=500), nullable=True),
        sa.Column("join_url", sa.String(length=500), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("reminded_edition", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attended", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(recorded_at IS NULL) = (recorded_by_id IS NULL)",
            name=op.f("ck_debrief_recorded_whole"),
        ),
        sa.CheckConstraint("edition >= 0", name=op.f("ck_debrief_edition")),
        sa.CheckConstraint("minutes BETWEEN 10 AND 240", name=op.f("ck_debrief_minutes")),
        sa.CheckConstraint("place IS NULL OR join_url IS NULL", name=op.f("ck_debrief_somewhere")),
        sa.CheckConstraint(
            "recorded_at IS NULL OR length(trim(attended)) > 0", name=op.f("ck_debrief_attended")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_debrief_asked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_debrief_bid_id_bid")),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_debrief_recorded_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debrief")),
    )
    op.create_index(op.f("ix_debrief_bid_id"), "debrief", ["bid_id"])
    op.create_table(
        "panel_reopening",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column(
            "point",
            sa.Enum(
                "eligibility",
                "scoring",
                "moderation",
                "recommendation",
                name="point",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("named", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moderation_began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_by_id", sa.Uuid(), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "point <> 'recommendation'", name=op.f("ck_panel_reopening_judged_again")
        ),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_panel_reopening_reason")),
        sa.ForeignKeyConstraint(
            ["reopened_by_id"],
            ["user_account.id"],
            name=op.f("fk_panel_reopening_reopened_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["panel.stage_id"], name=op.f("fk_panel_reopening_stage_id_panel")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_reopening")),
    )
    op.create_index(op.f("ix_panel_reopening_stage_id"), "panel_reopening", ["stage_id"])
    op.create_table(
        "proceedings_end",
        sa.Column("proceedings_id", sa.Uuid(), nullable=False),
        sa.Column(
            "how",
            sa.Enum(
                "dismissed",
                "order_lifted",
                "ineffective",
                "settled",
                name="courtend",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ended_on", sa.Date(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(trim(evidence)) > 0", name=op.f("ck_proceedings_end_evidence")),
        sa.ForeignKeyConstraint(
            ["proceedings_id"],
            ["court_proceedings.id"],
            name=op.f("fk_proceedings_end_proceedings_id_court_proceedings"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_proceedings_end_recorded_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proceedings_end")),
        sa.UniqueConstraint(
            "id", "recorded_by_id", name=op.f("uq_proceedings_end_id_recorded_by_id")
        ),
    )
    op.create_index(
        op.f("ix_proceedings_end_proceedings_id"), "proceedings_end", ["proceedings_id"]
    )
    op.create_table(
        "agreed_again",
        sa.Column("consensus_id", sa.Uuid(), nullable=False),
        sa.Column("reopening_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consensus_id"],
            ["consensus_score.id"],
            name=op.f("fk_agreed_again_consensus_id_consensus_score"),
        ),
        sa.ForeignKeyConstraint(
            ["reopening_id"],
            ["panel_reopening.id"],
            name=op.f("fk_agreed_again_reopening_id_panel_reopening"),
        ),
        sa.PrimaryKeyConstraint("consensus_id", name=op.f("pk_agreed_again")),
    )
    op.create_index(op.f("ix_agreed_again_reopening_id"), "agreed_again", ["reopening_id"])
    op.create_table(
        "complaint_proposal",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column(
            "finding",
            sa.Enum(
                "upheld",
                "not_upheld",
                "withdrawn",
                name="finding",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_complaint_proposal_reason")),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["award_complaint.id"],
            name=op.f("fk_complaint_proposal_complaint_id_award_complaint"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["user_account.id"],
            name=op.f("fk_complaint_proposal_proposed_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaint_proposal")),
        sa.UniqueConstraint(
            "id", "proposed_by_id", name=op.f("uq_complaint_proposal_id_proposed_by_id")
        ),
    )
    op.create_index(
        op.f("ix_complaint_proposal_complaint_id"), "complaint_proposal", ["complaint_id"]
    )
    op.create_table(
        "complaint_withdrawal",
        sa.Column("complaint_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["award_complaint.id"],
            name=op.f("fk_complaint_withdrawal_complaint_id_award_complaint"),
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by_id"],
            ["user_account.id"],
            name=op.f("fk_complaint_withdrawal_withdrawn_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("complaint_id", name=op.f("pk_complaint_withdrawal")),
    )
    op.create_table(
        "debrief_time",
        sa.Column("debrief_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["debrief_id"], ["debrief.id"], name=op.f("fk_debrief_time_debrief_id_debrief")
        ),
        sa.PrimaryKeyConstraint("debrief_id", "starts_at", name=op.f("pk_debrief_time")),
    )
    op.create_table(
        "proceedings_end_answer",
        sa.Column("end_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answered_by_id <> recorded_by_id",
            name=op.f("ck_proceedings_end_answer_another_person"),
        ),
        sa.CheckConstraint(
            "length(trim(reason)) > 0", name=op.f("ck_proceedings_end_answer_reason")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_proceedings_end_answer_answered_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["end_id", "recorded_by_id"],
            ["proceedings_end.id", "proceedings_end.recorded_by_id"],
            name="recorded_end",
        ),
        sa.PrimaryKeyConstraint("end_id", name=op.f("pk_proceedings_end_answer")),
    )
    op.create_table(
        "reconsideration",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("recommendation_id", sa.Uuid(), nullable=False),
        sa.Column(
            "point",
            sa.Enum(
                "eligibility",
                "scoring",
                "moderation",
                "recommendation",
                name="point",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("named", sa.JSON(), nullable=False),
        sa.Column("complaint_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_reconsideration_reason")),
        sa.ForeignKeyConstraint(
            ["complaint_id"],
            ["award_complaint.id"],
            name=op.f("fk_reconsideration_complaint_id_award_complaint"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["user_account.id"],
            name=op.f("fk_reconsideration_proposed_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id", "stage_id"],
            ["recommendation.id", "recommendation.stage_id"],
            name="recommendation",
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stage.id"], name=op.f("fk_reconsideration_stage_id_stage")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconsideration")),
        sa.UniqueConstraint(
            "id", "proposed_by_id", name=op.f("uq_reconsideration_id_proposed_by_id")
        ),
    )
    op.create_index(
        op.f("ix_reconsideration_recommendation_id"), "reconsideration", ["recommendation_id"]
    )
    op.create_index(op.f("ix_reconsideration_stage_id"), "reconsideration", ["stage_id"])
    op.create_table(
        "complaint_answer",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answered_by_id <> proposed_by_id", name=op.f("ck_complaint_answer_another_person")
        ),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_complaint_answer_reason")),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_complaint_answer_answered_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id", "proposed_by_id"],
            ["complaint_proposal.id", "complaint_proposal.proposed_by_id"],
            name="proposal",
        ),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_complaint_answer")),
    )
    op.create_table(
        "reconsideration_answer",
        sa.Column("reconsideration_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answered_by_id <> proposed_by_id",
            name=op.f("ck_reconsideration_answer_another_person"),
        ),
        sa.CheckConstraint(
            "length(trim(reason)) > 0", name=op.f("ck_reconsideration_answer_reason")
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_reconsideration_answer_answered_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["reconsideration_id", "proposed_by_id"],
            ["reconsideration.id", "reconsideration.proposed_by_id"],
            name="reconsideration",
        ),
        sa.PrimaryKeyConstraint("reconsideration_id", name=op.f("pk_reconsideration_answer")),
    )
    _append_only("court_proceedings", ["id"], ["stage_id", "number"])
    _append_only("award_complaint", ["id"], ["stage_id", "number"])
    _append_only("panel_reopening", ["id"])
    _append_only("proceedings_end", ["id"], ["id", "recorded_by_id"])
    _append_only("agreed_again", ["consensus_id"])
    _append_only("complaint_proposal", ["id"], ["id", "proposed_by_id"])
    _append_only("complaint_withdrawal", ["complaint_id"])
    _append_only("proceedings_end_answer", ["end_id"])
    _append_only("reconsideration", ["id"], ["id", "proposed_by_id"])
    _append_only("complaint_answer", ["proposal_id"])
    _append_only("reconsideration_answer", ["reconsideration_id"])
    with op.batch_alter_table("recomputation") as recomputation:
        _limit(recomputation, NEW_WHY)
    _triggers_again("recomputation", ["result_id"], ["replaced_id"])


def downgrade() -> None:
    """Take the change back.

    Raises:
        WrongMoment: somebody complained, or what follows from that is recorded.
    """
    for table in NEW_TABLES:
        if op.get_bind().scalar(sa.text(f"SELECT EXISTS (SELECT 1 FROM {table})")):  # noqa: S608  (our names)
            raise WrongMoment(
                "This database holds complaints, court proceedings, decisions that were taken"
                " again or debrief meetings. The version before this one cannot take them over."
                " Nothing was changed."
            )
    with op.batch_alter_table("recomputation") as recomputation:
        _limit(recomputation, OLD_WHY)
    _triggers_again("recomputation", ["result_id"], ["replaced_id"])
    for table in NEW_TABLES:
        op.drop_table(table)


def _limit(recomputation: object, reasons: tuple[str, ...]) -> None:
    recomputation.drop_constraint(op.f("ck_recomputation_why"), type_="check")
    recomputation.create_check_constraint(
        op.f("ck_recomputation_why"), f"why IN ({', '.join(repr(each) for each in reasons)})"
    )


def _triggers_again(table: str, *keys: list[str]) -> None:
    """Put back what SQLite loses where a table is made anew; PostgreSQL changes it in place."""
    if op.get_bind().dialect.name == "sqlite":
        _append_only(table, *keys)


def _append_only(table: str, *keys: list[str]) -> None:
    for statement, dialect in append_only_ddl(table, keys):
        if dialect == op.get_bind().dialect.name:
            op.execute(statement)
