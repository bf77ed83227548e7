"""checks: reminders before closing of drafts that are not submitted, and doing without them.

Revision: 0017, after 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('followed', 'saved_search')"
_KINDS_NOW = "kind IN ('followed', 'saved_search', 'closing')"


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "closing_reminder",
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_closing_reminder_bid_id_bid")),
        sa.PrimaryKeyConstraint("bid_id", name=op.f("pk_closing_reminder")),
    )
    _kinds(_KINDS_NOW)


def downgrade() -> None:
    """Take the change back. Whoever does without reminders gets none: there are none before."""
    op.execute(sa.text("DELETE FROM notice_unwanted WHERE kind = 'closing'"))
    _kinds(_KINDS)
    op.drop_table("closing_reminder")


def _kinds(allowed: str) -> None:
    """Say which kinds there are. The table is not append-only: making it anew loses no trigger."""
    with op.batch_alter_table("notice_unwanted") as table:
        table.drop_constraint(op.f("ck_notice_unwanted_kind"), type_="check")
        table.create_check_constraint(op.f("ck_notice_unwanted_kind"), allowed)
