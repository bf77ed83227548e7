"""desk: private notes of people who score, and sheets that they bring.

Revision: 0022, after 0021
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "private_note",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_private_note_text")),
        sa.ForeignKeyConstraint(
            ["member_id"], ["panel_member.id"], name=op.f("fk_private_note_member_id_panel_member")
        ),
        sa.ForeignKeyConstraint(
            ["bid_id"], ["bid.id"], name=op.f("fk_private_note_bid_id_bid")
        ),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_private_note_criterion_id_criterion")
        ),
        sa.PrimaryKeyConstraint(
            "member_id", "bid_id", "criterion_id", name=op.f("pk_private_note")
        ),
    )
    op.create_table(
        "brought_sheet",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("brought_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["panel_member.id"], name=op.f("fk_brought_sheet_member_id_panel_member")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_brought_sheet")),
    )


def downgrade() -> None:
    """Take the change back: notes and sheets that wait are lost, nothing that counts is."""
    op.drop_table("brought_sheet")
    op.drop_table("private_note")
