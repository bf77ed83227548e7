"""erasable facts: those of a report can be erased, which has all its columns only now.

Revision: 0042, after 0041
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import Erasing, append_only_ddl

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

TABLE = "frozen_report"


def upgrade() -> None:
    """Make the change."""
    columns = {column["name"] for column in sa.inspect(op.get_bind()).get_columns(TABLE)}
    _change(Erasing("id", columns - {"facts"}))


def downgrade() -> None:
    """Take the change back."""
    _change(None)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION refuse_{TABLE}_change()")


def _change(erasing: Erasing | None) -> None:
    """Put another trigger about changes in place of the one that is there."""
    kind = op.get_bind().dialect.name
    op.execute(
        f"DROP TRIGGER {TABLE}_no_update"
        if kind == "sqlite"
        else f"DROP TRIGGER {TABLE}_no_change ON {TABLE}"
    )
    for statement, dialect in append_only_ddl(TABLE, [["id"]], None, erasing):
        about_changes = (
            f"{TABLE}_no_update " in statement
            or f"{TABLE}_no_change " in statement
            or statement.startswith("CREATE OR REPLACE FUNCTION")
        )
        if dialect == kind and about_changes:
            op.execute(statement)
