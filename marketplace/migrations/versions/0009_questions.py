"""questions: questions and answers, sessions, comments.

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl


revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TOPICS = ("problem", "outcome", "offer", "money", "criteria", "timeline", "terms", "other")


def upgrade() -> None:
    """Make the change."""
    _make_questions()


def downgrade() -> None:
    """Undo it."""
    for table in ("clarification_version", "clarification", "clarification_answer"):
        op.drop_table(table)


def _instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _topic() -> sa.Enum:
    return sa.Enum(*TOPICS, name="topic", native_enum=False, create_constraint=True, length=40)


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )


def _make_questions() -> None:
    answer = "clarification_answer"
    op.create_table(
        answer,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("topic", _topic(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("private_because", sa.Text(), nullable=True),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", _instant(), nullable=False),
        sa.Column("published_by_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", _instant(), nullable=True),
        sa.Column("told_at", _instant(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_clarification_answer_number")),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL)",
            name=op.f("ck_clarification_answer_published_whole"),
        ),
        sa.CheckConstraint(
            "(number IS NOT NULL) = (published_at IS NOT NULL AND private_because IS NULL)",
            name=op.f("ck_clarification_answer_numbered_for_all"),
        ),
        sa.CheckConstraint(
            "length(trim(private_because)) > 0", name=op.f("ck_clarification_answer_private_reason")
        ),
        _refers(answer, "challenge_id", "challenge"),
        _refers(answer, "written_by_id", "user_account"),
        _refers(answer, "published_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification_answer")),
        sa.UniqueConstraint(
            "challenge_id", "number", name=op.f("uq_clarification_answer_challenge_id_number")
        ),
    )
    question = "clarification"
    op.create_table(
        question,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("topic", _topic(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", _instant(), nullable=False),
        sa.Column("names_supplier", sa.Boolean(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.Column("worded_by_id", sa.Uuid(), nullable=True),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("reminded_at", _instant(), nullable=True),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_clarification_text")),
        sa.CheckConstraint(
            "(wording IS NULL) = (worded_by_id IS NULL)",
            name=op.f("ck_clarification_wording_by_somebody"),
        ),
        _refers(question, "challenge_id", "challenge"),
        _refers(question, "supplier_id", "organisation"),
        _refers(question, "asked_by_id", "user_account"),
        _refers(question, "worded_by_id", "user_account"),
        _refers(question, "answer_id", answer),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification")),
    )
    for columns in (
        ["challenge_id", "answer_id"],
        ["supplier_id", "challenge_id"],
        ["asked_by_id", "asked_at"],
        ["answer_id"],
    ):
        op.create_index(op.f(f"ix_clarification_{'_'.join(columns)}"), question, columns)
    version = "clarification_version"
    op.create_table(
        version,
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", _instant(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_clarification_version_version")),
        sa.CheckConstraint(
            "(version = 1) = (because IS NULL)",
            name=op.f("ck_clarification_version_correction_has_reason"),
        ),
        _refers(version, "answer_id", answer),
        _refers(version, "by_id", "user_account"),
        sa.PrimaryKeyConstraint("answer_id", "version", name=op.f("pk_clarification_version")),
    )
    _keep_append_only(version, ["answer_id", "version"])


def _keep_append_only(table: str, key: list[str]) -> None:
    dialect = op.get_bind().dialect.name
    for statement, wanted in append_only_ddl(table, [key]):
        if wanted == dialect:
            op.execute(statement)
