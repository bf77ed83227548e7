"""followers: who wants to hear of changes to a challenge.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "follow",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_follow_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_follow_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("challenge_id", "user_id", name=op.f("pk_follow")),
    )
    op.create_index(op.f("ix_follow_user_id"), "follow", ["user_id"])


def downgrade() -> None:
    """Undo it."""
    op.drop_table("follow")
