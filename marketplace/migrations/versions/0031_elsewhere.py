"""elsewhere: bids that were received elsewhere.

Revision: 0031, after 0030
"""

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""


def downgrade() -> None:
    """Take the change back."""
