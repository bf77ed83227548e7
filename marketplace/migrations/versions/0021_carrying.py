"""carrying: what a register said of a supplier.

Revision: 0021, after 0020
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_TABLE = "register_reading"
_STATUSES = ("active", "insolvency", "dissolved", "other")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        _TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("register", _one_of("register", "companies_house"), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        sa.Column("outcome", _one_of("outcome", "found", "not_found", "unavailable"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("name", sa.String(200), nullable=True),
        sa.Column("status", _one_of("status", *_STATUSES), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(outcome = 'found') = (name IS NOT NULL)", name=op.f(f"ck_{_TABLE}_name")
        ),
        sa.CheckConstraint(
            "(outcome = 'found') = (status IS NOT NULL)", name=op.f(f"ck_{_TABLE}_status_given")
        ),
        sa.ForeignKeyConstraint(
            ["supplier_id"],
            ["organisation.id"],
            name=op.f(f"fk_{_TABLE}_supplier_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{_TABLE}")),
    )
    op.create_index("register_reading_newest", _TABLE, ["supplier_id", "number", "asked_at"])
    dialect = op.get_bind().dialect.name
    for statement, wanted in append_only_ddl(_TABLE, [["id"]]):
        if wanted == dialect:
            op.execute(statement)


def downgrade() -> None:
    """Take the change back."""
    op.drop_table(_TABLE)


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
