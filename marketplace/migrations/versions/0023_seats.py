"""seats: who is asked onto a panel, what each scores, and the trial.

Revision: 0023, after 0022
"""

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""


def downgrade() -> None:
    """Take the change back."""
