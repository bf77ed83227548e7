"""changes: numbered changes to a published challenge.

Revision: 0008, after 0007

A plan has versions from now on, so its number becomes a part of its key. Going down is for
databases where no challenge was changed and none ended without a contract: neither can be said in
the tables of before.
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

# Why no contract came of a challenge.
_NO_AWARD = (
    "no_bid",
    "no_suitable_bid",
    "too_dear",
    "no_money",
    "need_changed",
    "procedure",
    "other",
)


def upgrade() -> None:
    """Make the change."""
    _rebuild("plan", ["challenge_id", "version"])
    with op.batch_alter_table("evaluation_plan") as plan:
        plan.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        plan.create_check_constraint(op.f("ck_evaluation_plan_version"), "version >= 1")
    _rebuild("evaluation_plan", ["stage_id", "version"])
    with op.batch_alter_table("evaluation_plan") as plan:
        plan.alter_column("version", server_default=None)
    _make_changes()
    # As one statement, since SQLite would otherwise make the table anew, on which others rest.
    values = ", ".join(f"'{value}'" for value in _NO_AWARD)
    op.execute(
        "ALTER TABLE challenge ADD COLUMN no_award VARCHAR(40)"
        f" CONSTRAINT ck_challenge_noaward CHECK (no_award IN ({values}))"
        " CONSTRAINT ck_challenge_no_award_ended CHECK (no_award IS NULL"
        " OR (state = 'cancelled' AND published_at IS NOT NULL))"
    )
    _keep_append_only("plan", "evaluation_plan", "addendum")


def downgrade() -> None:
    """Undo it.

    Raises:
        WrongMoment: a challenge was changed, or ended without a contract; nothing was undone.
    """
    if op.get_bind().scalar(
        sa.text(
            "SELECT EXISTS (SELECT 1 FROM addendum)"
            " OR EXISTS (SELECT 1 FROM challenge WHERE no_award IS NOT NULL)"
        )
    ):
        raise WrongMoment(
            "This database holds changes to published challenges, or challenges that ended without"
            " a contract. The version before this one cannot take them over. Nothing was changed."
        )
    op.drop_column("challenge", "no_award")
    op.drop_table("change_draft")
    op.drop_table("addendum")
    _rebuild("evaluation_plan", ["stage_id"])
    with op.batch_alter_table("evaluation_plan") as plan:
        plan.drop_constraint(op.f("ck_evaluation_plan_version"), type_="check")
        plan.drop_column("version")
    _rebuild("plan", ["challenge_id"])
    _keep_append_only("plan", "evaluation_plan")


def _rebuild(table: str, key: list[str]) -> None:
    """Give a table another primary key."""
    with op.batch_alter_table(table) as changed:
        changed.drop_constraint(op.f(f"pk_{table}"), type_="primary")
        changed.create_primary_key(op.f(f"pk_{table}"), key)


def _make_changes() -> None:
    op.create_table(
        "change_draft",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("confirm", sa.Boolean(), nullable=False),
        sa.Column("begun_by_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("writers", sa.JSON(), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [column], ["user_account.id"], name=op.f(f"fk_change_draft_{column}_user_account")
            )
            for column in ("begun_by_id", "changed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_change_draft_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_change_draft")),
    )
    op.create_table(
        "addendum",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("confirm", sa.Boolean(), nullable=False),
        sa.Column("new_plan", sa.Boolean(), nullable=False),
        sa.Column("plan_version", sa.Integer(), nullable=False),
        sa.Column("before", sa.LargeBinary(), nullable=False),
        sa.Column("before_sha256", sa.String(length=64), nullable=False),
        sa.Column("after", sa.LargeBinary(), nullable=False),
        sa.Column("after_sha256", sa.String(length=64), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("published_by_id", sa.Uuid(), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_n", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_addendum_number")),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_addendum_reason")),
        sa.CheckConstraint(
            "published_by_id <> written_by_id", name=op.f("ck_addendum_published_by_another")
        ),
        sa.CheckConstraint(
            "confirm OR NOT new_plan", name=op.f("ck_addendum_new_plan_is_confirmed")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_addendum_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id", "plan_version"], ["plan.challenge_id", "plan.version"], name="plan"
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["user_account.id"], name=op.f(f"fk_addendum_{column}_user_account")
            )
            for column in ("written_by_id", "published_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_n"], ["log_entry.n"], name=op.f("fk_addendum_entry_n_log_entry")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_addendum")),
        sa.UniqueConstraint(
            "challenge_id", "number", name=op.f("uq_addendum_challenge_id_number")
        ),
        sa.UniqueConstraint("entry_n", name=op.f("uq_addendum_entry_n")),
    )
    op.create_index(op.f("ix_addendum_challenge_id"), "addendum", ["challenge_id"])


def _keep_append_only(*tables: str) -> None:
    """Set the triggers of tables that were made here, or made anew."""
    bind = op.get_bind()
    inspector = sa.inspect(bind)
    for table in tables:
        if bind.dialect.name == "postgresql":
            for name in ("change", "truncate"):
                op.execute(f"DROP TRIGGER IF EXISTS {table}_no_{name} ON {table}")
        keys = [
            inspector.get_pk_constraint(table)["constrained_columns"],
            *(unique["column_names"] for unique in inspector.get_unique_constraints(table)),
        ]
        for statement, database in append_only_ddl(table, keys):
            if database == bind.dialect.name:
                op.execute(statement)
