"""interviews: slots for interviews and who chose them.

Revision: 0030, after 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

STANDS = "withdrawn_at IS NULL"


def upgrade() -> None:
    """Make the change."""
    op.add_column("notice", sa.Column("calendar", sa.Text(), nullable=True))
    op.create_table(
        "interview_slot",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=500), nullable=True),
        sa.Column("join_url", sa.String(length=500), nullable=True),
        sa.Column("choose_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("notice_hours", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("offered_by_id", sa.Uuid(), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 5 AND 480", name=op.f("ck_interview_slot_minutes")),
        sa.CheckConstraint("notice_hours >= 0", name=op.f("ck_interview_slot_notice")),
        sa.CheckConstraint("edition >= 0", name=op.f("ck_interview_slot_edition")),
        sa.CheckConstraint(
            "(place IS NULL) <> (join_url IS NULL)", name=op.f("ck_interview_slot_somewhere")
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_because IS NULL)",
            name=op.f("ck_interview_slot_withdrawn_has_reason"),
        ),
        _to("interview_slot", "stage_id", "panel", "stage_id"),
        _to("interview_slot", "offered_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_slot")),
    )
    op.create_index(
        "uq_interview_slot_one_at_a_time",
        "interview_slot",
        ["stage_id", "starts_at"],
        unique=True,
        sqlite_where=sa.text(STANDS),
        postgresql_where=sa.text(STANDS),
    )
    op.create_table(
        "interview",
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("slot_id", sa.Uuid(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_edition", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                *("held", "missed", "without"),
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("edition >= 0", name=op.f("ck_interview_edition")),
        sa.CheckConstraint(
            "(outcome IS NULL) = (recorded_at IS NULL)", name=op.f("ck_interview_recorded_whole")
        ),
        sa.CheckConstraint(
            "outcome = 'without' OR outcome IS NULL OR slot_id IS NOT NULL",
            name=op.f("ck_interview_at"),
        ),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome = 'held' OR length(trim(reason)) > 0",
            name=op.f("ck_interview_reason"),
        ),
        _to("interview", "bid_id", "bid"),
        _to("interview", "slot_id", "interview_slot"),
        _to("interview", "recorded_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview")),
        sa.UniqueConstraint("bid_id", name=op.f("uq_interview_bid_id")),
        sa.UniqueConstraint("slot_id", name=op.f("uq_interview_slot_id")),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("interview")
    op.drop_table("interview_slot")
    with op.batch_alter_table("notice") as batch:
        batch.drop_column("calendar")


def _to(table: str, column: str, other: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.{key}"], name=op.f(f"fk_{table}_{column}_{other}")
    )
