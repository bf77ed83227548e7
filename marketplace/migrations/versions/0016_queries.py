"""queries: questions to one bidder.

Revision: 0016, after 0015
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment


revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

QUERY, EXTENSION = "bid_query", "bid_query_extension"
PARTS = ("answer", "price", "eligibility", "terms", "other")
DECISIONS = ("accepted", "not_accepted", "no_answer")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        QUERY,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("part", _one_of("querypart", PARTS), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("answer_by", _instant(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", _instant(), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", _instant(), nullable=True),
        sa.Column("decision", _one_of("querydecision", DECISIONS), nullable=True),
        sa.Column("decided_because", sa.Text(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", _instant(), nullable=True),
        sa.Column("kept_because", sa.Text(), nullable=True),
        sa.Column("shown_at", _instant(), nullable=True),
        sa.Column("withdrawn_because", sa.Text(), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", _instant(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        _holds("number", "number >= 1"),
        _holds("text", "length(trim(text)) > 0"),
        _holds("question_of_part", "(part = 'answer') = (criterion_id IS NOT NULL)"),
        _holds(
            "answered_whole",
            "(answered_at IS NULL) = (answer IS NULL) "
            "AND (answered_at IS NULL) = (answered_by_id IS NULL)",
        ),
        _holds(
            "decided_whole",
            "(decided_at IS NULL) = (decision IS NULL) "
            "AND (decided_at IS NULL) = (decided_by_id IS NULL) "
            "AND (decided_at IS NULL) = (decided_because IS NULL)",
        ),
        _holds(
            "decision_fits_answer",
            "decision IS NULL OR (decision = 'no_answer') = (answered_at IS NULL)",
        ),
        _holds(
            "withdrawn_whole",
            "(withdrawn_at IS NULL) = (withdrawn_because IS NULL) "
            "AND (withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
        ),
        _holds("withdrawn_unanswered", "withdrawn_at IS NULL OR answered_at IS NULL"),
        _holds("shown_after_decision", "shown_at IS NULL OR decided_at IS NOT NULL"),
        _refers(QUERY, "bid_id", "bid"),
        _refers(QUERY, "criterion_id", "criterion"),
        *(
            _refers(QUERY, f"{done}_by_id", "user_account")
            for done in ("asked", "answered", "decided", "withdrawn")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid_query")),
        sa.UniqueConstraint("bid_id", "number", name=op.f("uq_bid_query_bid_id_number")),
    )
    op.create_index(op.f("ix_bid_query_criterion_id"), QUERY, ["criterion_id"])
    op.create_table(
        EXTENSION,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("query_id", sa.Uuid(), nullable=False),
        sa.Column("limit_from", _instant(), nullable=False),
        sa.Column("limit_to", _instant(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("extended_by_id", sa.Uuid(), nullable=False),
        sa.Column("extended_at", _instant(), nullable=False),
        sa.CheckConstraint(
            "length(trim(because)) > 0", name=op.f("ck_bid_query_extension_because")
        ),
        sa.CheckConstraint("limit_to > limit_from", name=op.f("ck_bid_query_extension_longer")),
        _refers(EXTENSION, "query_id", QUERY),
        _refers(EXTENSION, "extended_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bid_query_extension")),
    )
    op.create_index(op.f("ix_bid_query_extension_query_id"), EXTENSION, ["query_id"])
    dialect = op.get_bind().dialect.name
    for statement, wanted in append_only_ddl(EXTENSION, [["id"]]):
        if wanted == dialect:
            op.execute(statement)


def downgrade() -> None:
    """Take the change back.

    Raises:
        WrongMoment: a bidder was asked; nothing was undone.
    """
    if op.get_bind().scalar(sa.text(f"SELECT EXISTS (SELECT 1 FROM {QUERY})")):
        raise WrongMoment(
            "This database holds queries to bidders. The version before this one has no place for"
            " them. Nothing was changed."
        )
    op.drop_table(EXTENSION)
    op.drop_table(QUERY)


def _instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _one_of(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _holds(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=op.f(f"ck_bid_query_{name}"))


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )
