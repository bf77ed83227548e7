"""terms: what a plan says of combining, withholding and carrying scores.

Revision: 0028, after 0027
"""

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""


def downgrade() -> None:
    """Take the change back."""
