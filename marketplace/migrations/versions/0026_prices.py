"""prices: what officers found about prices that were flagged as unusually low.

Revision: 0026, after 0025
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

TABLE = "low_price_decision"


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        TABLE,
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("query_id", sa.Uuid(), nullable=True),
        sa.Column("detectors", sa.String(length=200), nullable=False),
        sa.Column(
            "finding",
            sa.Enum(
                "no_doubt",
                "explained",
                "not_explained",
                name="pricefinding",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f(f"ck_{TABLE}_reason")),
        sa.CheckConstraint(
            "finding = 'no_doubt' OR query_id IS NOT NULL", name=op.f(f"ck_{TABLE}_asked")
        ),
        sa.ForeignKeyConstraint(
            ["bid_id", "stage_id"], ["bid.id", "bid.stage_id"], name=f"fk_{TABLE}_bid"
        ),
        sa.ForeignKeyConstraint(
            ["result_id", "stage_id"], ["result.id", "result.stage_id"], name=f"fk_{TABLE}_result"
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stage.id"], name=op.f(f"fk_{TABLE}_stage_id_stage")
        ),
        sa.ForeignKeyConstraint(
            ["query_id"], ["bid_query.id"], name=op.f(f"fk_{TABLE}_query_id_bid_query")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f(f"fk_{TABLE}_decided_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
    )
    op.create_index(op.f(f"ix_{TABLE}_stage_id"), TABLE, ["stage_id"])
    dialect = op.get_bind().dialect.name
    for statement, wanted in append_only_ddl(TABLE, [["id"]]):
        if wanted == dialect:
            op.execute(statement)


def downgrade() -> None:
    """Take the change back.

    Raises:
        WrongMoment: an officer decided about a price; nothing was undone.
    """
    if op.get_bind().scalar(sa.text(f"SELECT EXISTS (SELECT 1 FROM {TABLE})")):  # noqa: S608  (a name of ours)
        raise WrongMoment(
            "This database holds decisions about low prices. The version before this one has no"
            " place for them. Nothing was changed."
        )
    op.drop_table(TABLE)
