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

NEW_TABLES = (
    "complaint_answer",
    "proceedings_end_answer",
    "complaint_withdrawal",
    "complaint_proposal",
    "proceedings_end",
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
    _append_only("court_proceedings", ["id"], ["stage_id", "number"])
    _append_only("award_complaint", ["id"], ["stage_id", "number"])
    _append_only("proceedings_end", ["id"], ["id", "recorded_by_id"])
    _append_only("complaint_proposal", ["id"], ["id", "proposed_by_id"])
    _append_only("complaint_withdrawal", ["complaint_id"])
    _append_only("proceedings_end_answer", ["end_id"])
    _append_only("complaint_answer", ["proposal_id"])


def downgrade() -> None:
    """Take the change back.

    Raises:
        WrongMoment: somebody complained, or what follows from that is recorded.
    """
    for table in NEW_TABLES:
        if op.get_bind().scalar(sa.text(f"SELECT EXISTS (SELECT 1 FROM {table})")):  # noqa: S608
            raise WrongMoment(
                "This database holds complaints, court proceedings, decisions that were taken"
                " again or debrief meetings. The version before this one cannot take them over."
                " Nothing was changed."
            )
    for table in NEW_TABLES:
        op.drop_table(table)


def _append_only(table: str, *keys: list[str]) -> None:
    for statement, dialect in append_only_ddl(table, keys):
        if dialect == op.get_bind().dialect.name:
            op.execute(statement)
