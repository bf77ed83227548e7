"""passport: what a supplier says of itself, once.

Revision: 0013, after 0012
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment


revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SUBJECTS = (
    *("identity", "size", "signatories", "insurance", "certificates"),
    *("fair_work", "prompt_payment", "climate"),
)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "passport_answer",
        sa.Column("id", sa.Uuid(), primary_key=True),
        sa.Column("supplier_id", sa.Uuid(), sa.ForeignKey("organisation.id"), nullable=False),
        sa.Column(
            "subject",
            sa.Enum(
                *SUBJECTS, name="subject", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("values", sa.JSON(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), sa.ForeignKey("user_account.id"), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("expires_at > answered_at", name="expires_later"),
    )
    op.create_index(
        "passport_answer_newest", "passport_answer", ["supplier_id", "subject", "answered_at"]
    )
    dialect = op.get_bind().dialect.name
    for statement, kind in append_only_ddl("passport_answer", [["id"]]):
        if kind == dialect:
            op.execute(statement)


def downgrade() -> None:
    """Undo it.

    Raises:
        WrongMoment: a supplier answered; nothing was undone.
    """
    if op.get_bind().scalar(sa.text("SELECT EXISTS (SELECT 1 FROM passport_answer)")):
        raise WrongMoment(
            "This database holds suppliers' answers. The version before this one has no place for"
            " them. Nothing was changed."
        )
    op.drop_table("passport_answer")
