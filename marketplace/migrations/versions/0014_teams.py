"""teams: who bids together, and what is attached.

Revision: 0014, after 0013
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    # Columns that need no table made anew: on SQLite that would lose what refers to it.
    for column in (
        sa.Column("milestones", sa.Text(), server_default="", nullable=False),
        sa.Column("attach_kinds", sa.String(length=80), server_default="", nullable=False),
        sa.Column("attach_most", sa.Integer(), nullable=True),
        sa.Column("attach_mb", sa.Integer(), nullable=True),
    ):
        op.add_column("stage", column)
    op.create_table(
        "bid_draft_file",
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["added_by_id"],
            ["user_account.id"],
            name=op.f("fk_bid_draft_file_added_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_bid_draft_file_bid_id_bid")),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_file.sha256"], name=op.f("fk_bid_draft_file_sha256_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid_draft_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_bid_draft_file_sha256")),
    )
    op.create_index(op.f("ix_bid_draft_file_bid_id"), "bid_draft_file", ["bid_id"])
    op.create_table(
        "opened_file",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_file.sha256"], name=op.f("fk_opened_file_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["opened_submission.submission_id"],
            name=op.f("fk_opened_file_submission_id_opened_submission"),
        ),
        sa.PrimaryKeyConstraint("submission_id", "place", name=op.f("pk_opened_file")),
    )
    op.create_index(op.f("ix_opened_file_sha256"), "opened_file", ["sha256"])
    dialect = op.get_bind().dialect.name
    for statement, wanted in append_only_ddl("opened_file", [["submission_id", "place"]]):
        if wanted == dialect:
            op.execute(statement)


def downgrade() -> None:
    """Undo the change; what stages ask beside answers is gone then.

    Raises:
        WrongMoment: there are files of bids, which the version before does not know.
    """
    for table in ("bid_draft_file", "opened_file"):
        if op.get_bind().scalar(sa.text(f"SELECT EXISTS (SELECT 1 FROM {table})")):  # noqa: S608  (names of ours)
            raise WrongMoment(
                "This database holds files of bids, which the version before this one does not"
                " know. Nothing was changed."
            )
    for table in ("opened_file", "bid_draft_file"):
        op.drop_table(table)
    for column in ("attach_mb", "attach_most", "attach_kinds", "milestones"):
        op.drop_column("stage", column)
