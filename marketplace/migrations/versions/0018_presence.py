"""presence: who has a page open that several people write.

Revision: 0018, after 0017
"""

import sqlalchemy as sa
from alembic import op


revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "presence",
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_presence_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("place", "user_id", name=op.f("pk_presence")),
    )
    with op.batch_alter_table("presence") as batch:
        batch.create_index(batch.f("ix_presence_seen_at"), ["seen_at"], unique=False)


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("presence")
