"""interviews: slots for interviews and who chose them.

Revision: 0030, after 0029
"""

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""


def downgrade() -> None:
    """Take the change back."""
