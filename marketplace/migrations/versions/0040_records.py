"""records: holds on them, and what was erased when.

Revision: 0040, after 0039
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "case_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("parts_all", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stored_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(made_at IS NULL) = (sha256 IS NULL)", name=op.f("ck_case_file_made")
        ),
        sa.CheckConstraint(
            "stored_sha256 IS NULL OR stored_sha256 = sha256", name=op.f("ck_case_file_stored")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_case_file_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_case_file_asked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["stored_sha256"],
            ["stored_file.sha256"],
            name=op.f("fk_case_file_stored_sha256_stored_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint(
            "challenge_id", "number", name=op.f("uq_case_file_challenge_id_number")
        ),
    )
    op.create_index(op.f("ix_case_file_stored_sha256"), "case_file", ["stored_sha256"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("case_file")
