"""regime versions: dated rules that administrators set, and local holidays.

Revision: 0038, after 0037
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change. A body without a regime of its own has the usual one."""
    op.add_column("organisation", sa.Column("regime", sa.String(40), nullable=True))
    op.create_table(
        "local_holiday",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_local_holiday_number")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_local_holiday_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_local_holiday_recorded_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_local_holiday")),
        sa.UniqueConstraint(
            "organisation_id",
            "day",
            "number",
            name=op.f("uq_local_holiday_organisation_id_day_number"),
        ),
    )
    op.create_table(
        "regime_proposal",
        sa.Column("regime", sa.String(40), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("based_on", sa.String(40), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["user_account.id"],
            name=op.f("fk_regime_proposal_proposed_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regime_proposal")),
        sa.UniqueConstraint(
            "id", "proposed_by_id", name=op.f("uq_regime_proposal_id_proposed_by_id")
        ),
    )
    op.create_index(op.f("ix_regime_proposal_regime"), "regime_proposal", ["regime"])
    op.create_table(
        "regime_decision",
        sa.Column("proposal_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("regime", sa.String(40), nullable=False),
        sa.Column("version", sa.String(40), nullable=True),
        sa.Column("follows", sa.String(40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(version IS NULL) = (follows IS NULL)", name=op.f("ck_regime_decision_follows")
        ),
        sa.CheckConstraint(
            "decided_by_id <> proposed_by_id", name=op.f("ck_regime_decision_another_person")
        ),
        sa.CheckConstraint(
            "(version IS NULL) = (reason IS NOT NULL)",
            name=op.f("ck_regime_decision_refused_with_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id", "proposed_by_id"],
            ["regime_proposal.id", "regime_proposal.proposed_by_id"],
            name="proposal",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_regime_decision_decided_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("proposal_id", name=op.f("pk_regime_decision")),
        sa.UniqueConstraint(
            "regime", "version", name=op.f("uq_regime_decision_regime_version")
        ),
        sa.UniqueConstraint(
            "regime", "follows", name=op.f("uq_regime_decision_regime_follows")
        ),
    )
    _append_only("local_holiday", ["id"], ["organisation_id", "day", "number"])
    _append_only("regime_proposal", ["id"], ["id", "proposed_by_id"])
    _append_only(
        "regime_decision", ["proposal_id"], ["regime", "follows"], ["regime", "version"]
    )


def downgrade() -> None:
    """Take the change back.

    Raises:
        WrongMoment: rules were set here, a body has rules of its own, or holidays were named.
    """
    used = op.get_bind().scalar(
        sa.text(
            "SELECT EXISTS (SELECT 1 FROM regime_decision WHERE version IS NOT NULL)"
            " OR EXISTS (SELECT 1 FROM local_holiday)"
            " OR EXISTS (SELECT 1 FROM organisation WHERE regime IS NOT NULL)"
        )
    )
    if used:
        raise WrongMoment(
            "This database holds rules that were set in the service, or local holidays. The version"
            " before this one cannot take them over. Nothing was changed."
        )
    for table in ("regime_decision", "regime_proposal", "local_holiday"):
        op.drop_table(table)
    op.drop_column("organisation", "regime")


def _append_only(table: str, *keys: list[str]) -> None:
    for statement, dialect in append_only_ddl(table, keys):
        if dialect == op.get_bind().dialect.name:
            op.execute(statement)
