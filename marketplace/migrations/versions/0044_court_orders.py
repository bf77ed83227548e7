"""court orders about contracts; lists of who goes on decided again, and the rest that ends.

Revision: 0044, after 0043
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import Erasing, append_only_ddl
from marketplace.core.errors import WrongMoment

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

POINTS = ("eligibility", "scoring", "moderation", "recommendation")
_POINT = sa.Enum(*POINTS, name="point", native_enum=False, create_constraint=False, length=40)
ABOUT = {
    "of_one": "(recommendation_id IS NULL) <> (advance_id IS NULL)",
    "list_from_a_point": "advance_id IS NULL OR point IS NOT NULL",
}
KINDS = ("ineffective", "shortened", "penalty")
ORDER_CHECKS = {
    "number": "number >= 1",
    "court": "length(trim(court)) > 0",
    "reference": "length(trim(reference)) > 0",
    "says": "length(trim(says)) > 0",
    "ends_on": "(kind = 'shortened') = (ends_on IS NOT NULL)",
    "penalty_is_told": "kind <> 'penalty' OR penalty_minor IS NOT NULL",
    "penalty": "penalty_minor > 0",
    "file_whole": (
        "(sealed IS NULL) = (key_id IS NULL) AND (sealed IS NULL) = (stored_sha256 IS NULL) "
        "AND (sealed IS NULL) = (file_sha256 IS NULL)"
    ),
}


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "court_order",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                *KINDS, name="orderkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("court", sa.String(length=200), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("penalty_minor", sa.BigInteger(), nullable=True),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("stored_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_court_order_{name}"))
            for name, rule in ORDER_CHECKS.items()
        ),
        _refers("court_order", "contract_id", "contract"),
        _refers("court_order", "recorded_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_court_order")),
        sa.UniqueConstraint(
            "contract_id", "number", name=op.f("uq_court_order_contract_id_number")
        ),
        sa.UniqueConstraint("id", "recorded_by_id", name=op.f("uq_court_order_id_recorded_by_id")),
    )
    _append_only("court_order", [["id"], ["contract_id", "number"], ["id", "recorded_by_id"]])
    op.create_table(
        "court_order_answer",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "answered_by_id <> recorded_by_id", name=op.f("ck_court_order_answer_another_person")
        ),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_court_order_answer_reason")),
        sa.ForeignKeyConstraint(
            ["order_id", "recorded_by_id"],
            ["court_order.id", "court_order.recorded_by_id"],
            name="court_order",
        ),
        _refers("court_order_answer", "answered_by_id", "user_account"),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_court_order_answer")),
    )
    _append_only("court_order_answer", [["order_id"]], {"reason"})
    op.create_table(
        "rest_end",
        sa.Column("recommendation_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_by_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_rest_end_reason")),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["sign_off.recommendation_id"],
            name=op.f("fk_rest_end_recommendation_id_sign_off"),
        ),
        _refers("rest_end", "ended_by_id", "user_account"),
        sa.PrimaryKeyConstraint("recommendation_id", name=op.f("pk_rest_end")),
    )
    _append_only("rest_end", [["recommendation_id"]])
    op.create_table(
        "advance_withdrawal",
        sa.Column("advance_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_advance_withdrawal_reason")),
        sa.ForeignKeyConstraint(
            ["advance_id"],
            ["advance_answer.advance_id"],
            name=op.f("fk_advance_withdrawal_advance_id_advance_answer"),
        ),
        _refers("advance_withdrawal", "withdrawn_by_id", "user_account"),
        sa.PrimaryKeyConstraint("advance_id", name=op.f("pk_advance_withdrawal")),
    )
    _append_only("advance_withdrawal", [["advance_id"]], {"reason"})
    with op.batch_alter_table("reconsideration") as table:
        table.alter_column("point", existing_type=_POINT, nullable=True)
        table.alter_column("recommendation_id", existing_type=sa.Uuid(), nullable=True)
        table.add_column(sa.Column("advance_id", sa.Uuid(), nullable=True))
        table.create_foreign_key(
            "advance", "advance", ["advance_id", "stage_id"], ["id", "stage_id"]
        )
        for name, rule in ABOUT.items():
            table.create_check_constraint(op.f(f"ck_reconsideration_{name}"), rule)
    op.create_index(op.f("ix_reconsideration_advance_id"), "reconsideration", ["advance_id"])
    _triggers_again()


def downgrade() -> None:
    """Take the change back.

    Raises:
        WrongMoment: a court's order is recorded, or a proposal has no point, which the table of
            before cannot say.
    """
    connection = op.get_bind()
    new = sa.text(
        "SELECT count(*) FROM reconsideration WHERE point IS NULL OR recommendation_id IS NULL"
    )
    if connection.scalar(new):
        raise WrongMoment("What was proposed about a list or about the rest would be lost.")
    if connection.scalar(sa.text("SELECT count(*) FROM court_order")):
        raise WrongMoment("What courts ordered about contracts would be lost.")
    op.drop_index(op.f("ix_reconsideration_advance_id"), "reconsideration")
    with op.batch_alter_table("reconsideration") as table:
        for name in ABOUT:
            table.drop_constraint(op.f(f"ck_reconsideration_{name}"), type_="check")
        table.drop_constraint("advance", type_="foreignkey")
        table.drop_column("advance_id")
        table.alter_column("recommendation_id", existing_type=sa.Uuid(), nullable=False)
        table.alter_column("point", existing_type=_POINT, nullable=False)
    _triggers_again()
    op.drop_table("advance_withdrawal")
    op.drop_table("rest_end")
    op.drop_table("court_order_answer")
    op.drop_table("court_order")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_court_order_answer_change()")
        op.execute("DROP FUNCTION refuse_advance_withdrawal_change()")


def _triggers_again() -> None:
    """Put back what SQLite loses where a table is made anew; PostgreSQL has another function then,
    for the columns that an erasure leaves are others."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER reconsideration_no_change ON reconsideration")
    columns = {column["name"] for column in sa.inspect(op.get_bind()).get_columns("reconsideration")}
    erasing = Erasing("id", columns - {"reason"}, {"named"})
    for statement, dialect in append_only_ddl(
        "reconsideration", [["id"], ["id", "proposed_by_id"]], None, erasing
    ):
        about_changes = (
            "reconsideration_no_change " in statement
            or statement.startswith("CREATE OR REPLACE FUNCTION")
        )
        if dialect == op.get_bind().dialect.name and (dialect == "sqlite" or about_changes):
            op.execute(statement)


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}")
    )


def _append_only(table: str, keys: list[list[str]], erasable: frozenset[str] | set[str] = frozenset()) -> None:
    """Have the database itself keep what stands in a table, but for what an erasure empties."""
    kind = op.get_bind().dialect.name
    erasing = None
    if erasable:
        columns = sa.inspect(op.get_bind()).get_columns(table)
        erasing = Erasing(
            keys[0][0],
            {column["name"] for column in columns} - erasable,
            {column["name"] for column in columns if isinstance(column["type"], sa.JSON)},
        )
    for statement, dialect in append_only_ddl(table, keys, None, erasing):
        if dialect == kind:
            op.execute(statement)
