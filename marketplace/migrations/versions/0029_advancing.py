"""advancing: who goes on to the next stage, and several who are recommended.

Revision: 0029, after 0028
"""

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""


def downgrade() -> None:
    """Take the change back."""
