"""writing: what a draft holds beyond the first sections.

Revision: 0004, after 0003
"""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""


def downgrade() -> None:
    """Undo it."""
