"""portable: evidence that one body checked and others need not check again.

Revision: 0015, after 0014
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_KINDS = (
    *("identity", "grounds", "tax", "money", "insurance", "certificate"),
    *("experience", "other"),
)


def upgrade() -> None:
    """Make the change."""
    check = "evidence_check"
    op.create_table(
        check,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*_KINDS, name="evidence", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("document", sa.String(200), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("file_sha256", sa.String(64), nullable=True),
        sa.Column("checked_by_id", sa.Uuid(), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(document)) > 0", name=op.f("ck_evidence_check_document")),
        sa.CheckConstraint("length(trim(seen)) > 0", name=op.f("ck_evidence_check_seen")),
        _refers(check, "supplier_id", "organisation"),
        _refers(check, "body_id", "organisation"),
        _refers(check, "bid_id", "bid"),
        _refers(check, "checked_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_check")),
    )
    op.create_index(op.f("ix_evidence_check_supplier_id"), check, ["supplier_id"])
    op.create_index(op.f("ix_evidence_check_bid_id"), check, ["bid_id"])
    withdrawal = "evidence_withdrawal"
    op.create_table(
        withdrawal,
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_evidence_withdrawal_reason")),
        _refers(withdrawal, "check_id", check),
        _refers(withdrawal, "withdrawn_by_id", "user_account"),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_evidence_withdrawal")),
    )
    sharing = "evidence_sharing"
    op.create_table(
        sharing,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=False),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _refers(sharing, "check_id", check),
        _refers(sharing, "by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_sharing")),
    )
    op.create_index(op.f("ix_evidence_sharing_check_id"), sharing, ["check_id"])
    for table, key in ((check, "id"), (withdrawal, "check_id"), (sharing, "id")):
        _keep_append_only(table, [key])


def downgrade() -> None:
    """Undo it."""
    for table in ("evidence_sharing", "evidence_withdrawal", "evidence_check"):
        op.drop_table(table)


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}")
    )


def _keep_append_only(table: str, key: list[str]) -> None:
    dialect = op.get_bind().dialect.name
    for statement, wanted in append_only_ddl(table, [key]):
        if wanted == dialect:
            op.execute(statement)
