"""interests: results computed again, interests found later, and what is set aside for them.

Revision: 0024, after 0023
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "recomputation",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("replaced_id", sa.Uuid(), nullable=False),
        sa.Column("why", _one_of("why", "eligibility", "interest"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("result_id <> replaced_id", name=op.f("ck_recomputation_another")),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_recomputation_reason")),
        sa.ForeignKeyConstraint(
            ["result_id"], ["result.id"], name=op.f("fk_recomputation_result_id_result")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_id"], ["result.id"], name=op.f("fk_recomputation_replaced_id_result")
        ),
        sa.ForeignKeyConstraint(
            ["bid_id"], ["bid.id"], name=op.f("fk_recomputation_bid_id_bid")
        ),
        sa.PrimaryKeyConstraint("result_id", name=op.f("pk_recomputation")),
        sa.UniqueConstraint("replaced_id", name=op.f("uq_recomputation_replaced_id")),
    )
    op.create_index(op.f("ix_recomputation_bid_id"), "recomputation", ["bid_id"])
    _append_only("recomputation", ["result_id"], ["replaced_id"])


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("recomputation")


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _append_only(table: str, *keys: list[str]) -> None:
    for statement, dialect in append_only_ddl(table, keys):
        if dialect == op.get_bind().dialect.name:
            op.execute(statement)
