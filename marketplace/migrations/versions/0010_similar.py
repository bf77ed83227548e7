"""similar: vectors, joint sponsors, adoption.

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op


revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "challenge_vector",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("model", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(vector) > 0", name=op.f("ck_challenge_vector_vector")),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_challenge_vector_challenge_id_challenge"),
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_challenge_vector")),
    )
    op.create_index("uq_challenge_vector_number", "challenge_vector", ["number"], unique=True)


def downgrade() -> None:
    """Undo it."""
    op.drop_table("challenge_vector")
