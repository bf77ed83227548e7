"""runs: stages that follow the first, and their bids.

Revision: 0027, after 0026
"""

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""


def downgrade() -> None:
    """Take the change back."""
