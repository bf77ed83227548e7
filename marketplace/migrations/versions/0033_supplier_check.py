"""supplier check: how the supplier of a contract was checked where nobody acts for it here.

Revision: 0033, after 0032
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("contract", sa.Column("supplier_check", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take the change back."""
    op.drop_column("contract", "supplier_check")
