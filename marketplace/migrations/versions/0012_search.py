"""search: the words of challenges, indexed.

Revision: 0012, after 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.orm import Session

from challenges.finding import keeping


revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "challenge_text",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_challenge_text_challenge_id_challenge"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_challenge_text")),
        sa.UniqueConstraint("challenge_id", name=op.f("uq_challenge_text_challenge_id")),
    )
    # The public list by body and by round, as by region and sector.
    for column in ("buyer_id", "round"):
        name = f"ix_challenge_{column.removesuffix('_id')}_published"
        op.create_index(name, "challenge", [column, "published_at", "id"])
    for column in ("region", "sector"):
        op.create_index(f"ix_challenge_{column}_value", "challenge", [column, "value_minor", "id"])
    bind = op.get_bind()
    for statement in keeping.statements(bind.dialect.name):
        bind.exec_driver_sql(statement)
    keeping.rebuild(Session(bind))


def downgrade() -> None:
    """Undo it."""
    bind = op.get_bind()
    for statement in keeping.undoing(bind.dialect.name):
        bind.exec_driver_sql(statement)
    for name in ("buyer_published", "round_published", "region_value", "sector_value"):
        op.drop_index(f"ix_challenge_{name}", "challenge")
    op.drop_table("challenge_text")
