"""interests: results computed again, interests found later, and what is set aside for them.

Revision: 0024, after 0023
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "recomputation",
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("replaced_id", sa.Uuid(), nullable=False),
        sa.Column("why", _one_of("why", "eligibility", "interest"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("result_id <> replaced_id", name=op.f("ck_recomputation_another")),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_recomputation_reason")),
        sa.ForeignKeyConstraint(
            ["result_id"], ["result.id"], name=op.f("fk_recomputation_result_id_result")
        ),
        sa.ForeignKeyConstraint(
            ["replaced_id"], ["result.id"], name=op.f("fk_recomputation_replaced_id_result")
        ),
        sa.ForeignKeyConstraint(
            ["bid_id"], ["bid.id"], name=op.f("fk_recomputation_bid_id_bid")
        ),
        sa.PrimaryKeyConstraint("result_id", name=op.f("pk_recomputation")),
        sa.UniqueConstraint("replaced_id", name=op.f("uq_recomputation_replaced_id")),
    )
    op.create_index(op.f("ix_recomputation_bid_id"), "recomputation", ["bid_id"])
    _append_only("recomputation", ["result_id"], ["replaced_id"])
    _found()
    _set_aside()


def _found() -> None:
    """Keep what was found of a member, and what was decided about it."""
    op.create_table(
        "found_interest",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column(
            "phase",
            _one_of("panelphase", "named", "declaring", "scoring", "moderating", "locked"),
            nullable=False,
        ),
        sa.Column("found_by_id", sa.Uuid(), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(trim(statement)) > 0", name=op.f("ck_found_interest_statement")),
        _refers("found_interest", "member_id", "panel_member.id"),
        _refers("found_interest", "bid_id", "bid.id"),
        _refers("found_interest", "found_by_id", "user_account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_found_interest")),
    )
    for column in ("member_id", "bid_id"):
        op.create_index(op.f(f"ix_found_interest_{column}"), "found_interest", [column])
    op.create_table(
        "found_decision",
        sa.Column("found_id", sa.Uuid(), nullable=False),
        sa.Column("measure", _one_of("measure", "keep", "restrict", "recuse"), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_found_decision_reason")),
        _refers("found_decision", "found_id", "found_interest.id"),
        _refers("found_decision", "decided_by_id", "user_account.id"),
        sa.PrimaryKeyConstraint("found_id", name=op.f("pk_found_decision")),
    )
    _append_only("found_interest", ["id"])
    _append_only("found_decision", ["found_id"])


def _set_aside() -> None:
    """Keep which scores and agreements stand no longer, and when quality was unlocked."""
    for table, key, of, when in (
        ("score_set_aside", "score_id", "score.id", "set_aside_at"),
        ("agreement_void", "consensus_id", "consensus_score.id", "voided_at"),
    ):
        op.create_table(
            table,
            sa.Column(key, sa.Uuid(), nullable=False),
            sa.Column("found_id", sa.Uuid(), nullable=False),
            sa.Column(when, sa.DateTime(timezone=True), nullable=False),
            _refers(table, key, of),
            _refers(table, "found_id", "found_decision.found_id"),
            sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{table}")),
        )
        op.create_index(op.f(f"ix_{table}_found_id"), table, ["found_id"])
        _append_only(table, [key])
    op.create_table(
        "quality_unlock",
        sa.Column("found_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("locked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unlocked_at", sa.DateTime(timezone=True), nullable=False),
        _refers("quality_unlock", "found_id", "found_decision.found_id"),
        _refers("quality_unlock", "stage_id", "panel.stage_id"),
        sa.PrimaryKeyConstraint("found_id", name=op.f("pk_quality_unlock")),
    )
    op.create_index(op.f("ix_quality_unlock_stage_id"), "quality_unlock", ["stage_id"])
    _append_only("quality_unlock", ["found_id"])
    op.create_table(
        "scoring_reopened",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("moderation_began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reopened_by_id", sa.Uuid(), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_scoring_reopened_reason")),
        _refers("scoring_reopened", "stage_id", "panel.stage_id"),
        _refers("scoring_reopened", "reopened_by_id", "user_account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scoring_reopened")),
    )
    op.create_index(op.f("ix_scoring_reopened_stage_id"), "scoring_reopened", ["stage_id"])
    _append_only("scoring_reopened", ["id"])


def downgrade() -> None:
    """Take the change back."""
    for table in (
        "scoring_reopened",
        "quality_unlock",
        "agreement_void",
        "score_set_aside",
        "found_decision",
        "found_interest",
        "recomputation",
    ):
        op.drop_table(table)


def _one_of(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to.partition('.')[0]}")
    return sa.ForeignKeyConstraint([column], [to], name=name)


def _append_only(table: str, *keys: list[str]) -> None:
    for statement, dialect in append_only_ddl(table, keys):
        if dialect == op.get_bind().dialect.name:
            op.execute(statement)
