"""evidence asked: of preferred bidders, and a committee's minutes.

Revision: 0036, after 0035
"""

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""


def downgrade() -> None:
    """Take the change back."""
