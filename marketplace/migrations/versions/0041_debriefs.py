"""debriefs: the edition for each bidder, and what salts the editions of a report.

Revision: 0041, after 0040
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

TABLE = "debrief_file"


def upgrade() -> None:
    """Make the change. Columns are added to the table as it stands, so its triggers stay too."""
    op.add_column("frozen_report", sa.Column("release", sa.LargeBinary(), nullable=True))
    op.add_column("frozen_report", sa.Column("secret", sa.LargeBinary(32), nullable=True))
    op.create_table(
        TABLE,
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["frozen_report.id"], name=op.f("fk_debrief_file_report_id_frozen_report")
        ),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_debrief_file_bid_id_bid")),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_file.sha256"], name=op.f("fk_debrief_file_sha256_stored_file")
        ),
        sa.PrimaryKeyConstraint("report_id", "bid_id", name=op.f("pk_debrief_file")),
    )
    for statement, dialect in append_only_ddl(TABLE, [["report_id", "bid_id"]]):
        if op.get_context().dialect.name == dialect:
            op.execute(statement)


def downgrade() -> None:
    """Take the change back."""
    op.drop_table(TABLE)
    op.drop_column("frozen_report", "secret")
    op.drop_column("frozen_report", "release")
