"""contracts: what each is for, and intentions by their recommendation.

Revision: 0034, after 0033
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

# What a contract is told to be, beside its value.
TOLD = ("bought_by", "starts_on", "ends_on", "ends_when", "extensions_most", "extension_months")
CHECKS = {
    "rests_on_one": "(recommendation_id IS NULL) <> (advance_id IS NULL)",
    "stage_of_work": "advance_id IS NULL OR work_stage_id IS NOT NULL",
    "later_purchase": (
        "NOT later_purchase OR (recommendation_id IS NOT NULL AND work_stage_id IS NULL)"
    ),
    "bought_by": "bought_by IS NULL OR later_purchase",
    "dates": "ends_on >= starts_on",
    "extensions_most": "extensions_most >= 0",
    "extension_months": "COALESCE(extensions_most, 0) = 0 OR extension_months > 0",
}

KINDS = ("value", "extension", "scope", "novation")
CHANGE_CHECKS = {
    "supplier": "(kind = 'novation') = (supplier_id IS NOT NULL)",
    "extension": "(kind = 'extension') = (ends_on IS NOT NULL)",
}


def upgrade() -> None:
    """Make the change. A contract of before rests on the one intention that its bid had."""
    op.create_table(
        "intention_withdrawal",
        sa.Column("recommendation_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_intention_withdrawal_reason")),
        _refers("intention_withdrawal", "recommendation_id", "sign_off"),
        _refers("intention_withdrawal", "withdrawn_by_id", "user_account"),
        sa.PrimaryKeyConstraint("recommendation_id", name=op.f("pk_intention_withdrawal")),
    )
    _append_only("intention_withdrawal", ["recommendation_id"])
    with op.batch_alter_table("contract") as contract:
        contract.drop_constraint("intention", type_="foreignkey")
        contract.drop_constraint(op.f("uq_contract_stage_id_bid_id"), type_="unique")
        for name in ("recommendation_id", "advance_id", "work_stage_id"):
            contract.add_column(sa.Column(name, sa.Uuid(), nullable=True))
        contract.add_column(
            sa.Column("later_purchase", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        contract.add_column(sa.Column("bought_by", sa.String(length=200), nullable=True))
        contract.add_column(sa.Column("ends_when", sa.Text(), nullable=True))
        contract.add_column(sa.Column("starts_on", sa.Date(), nullable=True))
        contract.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        contract.add_column(sa.Column("extensions_most", sa.Integer(), nullable=True))
        contract.add_column(sa.Column("extension_months", sa.Integer(), nullable=True))
    with _changing("contract"):
        op.execute(
            "UPDATE contract SET recommendation_id = (SELECT recommendation_id FROM intention"
            " WHERE intention.stage_id = contract.stage_id AND intention.bid_id = contract.bid_id)"
        )
    with op.batch_alter_table("intention") as intention:
        intention.drop_constraint(op.f("pk_intention"), type_="primary")
        intention.create_primary_key(op.f("pk_intention"), ["recommendation_id", "bid_id"])
    op.create_index(op.f("ix_intention_stage_id"), "intention", ["stage_id"])
    _triggers_again("intention", ["recommendation_id", "bid_id"])
    with op.batch_alter_table("contract") as contract:
        for name, (columns, table, to) in {
            "intention": (["recommendation_id", "bid_id"], "intention", None),
            "going_on": (["advance_id", "bid_id"], "advancing_bid", None),
            "bid": (["bid_id", "stage_id"], "bid", ["id", "stage_id"]),
            op.f("fk_contract_advance_id_advance_answer"): (["advance_id"], "advance_answer", None),
            op.f("fk_contract_work_stage_id_stage"): (["work_stage_id"], "stage", ["id"]),
        }.items():
            contract.create_foreign_key(name, table, columns, to or columns)
        contract.create_unique_constraint(
            op.f("uq_contract_bid_id_work_stage_id"), ["bid_id", "work_stage_id"]
        )
        for name, rule in CHECKS.items():
            contract.create_check_constraint(op.f(f"ck_contract_{name}"), rule)
    op.create_index(op.f("ix_contract_work_stage_id"), "contract", ["work_stage_id"])
    op.create_index(
        "uq_contract_bid_without_stage_of_work",
        "contract",
        ["bid_id"],
        unique=True,
        sqlite_where=sa.text("work_stage_id IS NULL AND NOT later_purchase"),
        postgresql_where=sa.text("work_stage_id IS NULL AND NOT later_purchase"),
    )
    _triggers_again("contract", ["id"], ["bid_id", "work_stage_id"], ["stage_id", "reference"])
    _details()
    _changes()


def _details() -> None:
    """Make the table of what is told of a contract later."""
    op.create_table(
        "contract_detail",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("purchase_order", sa.String(length=80), nullable=False),
        sa.Column("manager", sa.String(length=200), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _refers("contract_detail", "contract_id", "contract"),
        _refers("contract_detail", "recorded_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_detail")),
    )
    op.create_index(op.f("ix_contract_detail_contract_id"), "contract_detail", ["contract_id"])
    _append_only("contract_detail", ["id"])


def _changes() -> None:
    """Say of a change what kind it is, and let another person answer it.

    One of before changed the value where the value is another, and else the work.
    """
    kinds = ", ".join(repr(each) for each in KINDS)
    with op.batch_alter_table("contract_change") as change:
        change.add_column(sa.Column("kind", sa.String(length=40), nullable=True))
        change.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        change.add_column(
            sa.Column("uses_option", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        change.add_column(sa.Column("supplier_id", sa.Uuid(), nullable=True))
        change.add_column(sa.Column("supplier_check", sa.Text(), nullable=True))
        change.add_column(
            sa.Column("awaits", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        change.create_check_constraint(op.f("ck_contract_change_changekind"), f"kind IN ({kinds})")
        for name, rule in CHANGE_CHECKS.items():
            change.create_check_constraint(op.f(f"ck_contract_change_{name}"), rule)
        change.create_unique_constraint(
            op.f("uq_contract_change_id_described_by_id"), ["id", "described_by_id"]
        )
        change.create_foreign_key(
            op.f("fk_contract_change_supplier_id_organisation"),
            "organisation",
            ["supplier_id"],
            ["id"],
        )
    with _changing("contract_change"):
        op.execute(
            "UPDATE contract_change SET kind = CASE WHEN value_before_minor = value_after_minor"
            " THEN 'scope' ELSE 'value' END"
        )
    with op.batch_alter_table("contract_change") as change:
        change.alter_column("kind", existing_type=sa.String(length=40), nullable=False)
    _triggers_again(
        "contract_change", ["id"], ["contract_id", "number"], ["id", "described_by_id"]
    )
    op.create_table(
        "contract_change_answer",
        sa.Column("change_id", sa.Uuid(), nullable=False),
        sa.Column("described_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decided_by_id <> described_by_id", name=op.f("ck_contract_change_answer_another_person")
        ),
        sa.CheckConstraint(
            "length(trim(reason)) > 0", name=op.f("ck_contract_change_answer_reason")
        ),
        sa.ForeignKeyConstraint(
            ["change_id", "described_by_id"],
            ["contract_change.id", "contract_change.described_by_id"],
            name="change",
        ),
        _refers("contract_change_answer", "decided_by_id", "user_account"),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_contract_change_answer")),
    )
    _append_only("contract_change_answer", ["change_id"])


def downgrade() -> None:
    """Take the change back.

    Raises:
        WrongMoment: a decision was taken back, or a contract says what there is no place for.
    """
    told = " OR ".join(f"{name} IS NOT NULL" for name in ("advance_id", "work_stage_id", *TOLD))
    used = op.get_bind().scalar(
        sa.text(
            "SELECT EXISTS (SELECT 1 FROM intention_withdrawal)"
            f" OR EXISTS (SELECT 1 FROM contract WHERE {told})"  # noqa: S608  (our own names)
            " OR EXISTS (SELECT 1 FROM contract_detail)"
            " OR EXISTS (SELECT 1 FROM contract_change WHERE awaits OR ends_on IS NOT NULL)"
        )
    )
    if used:
        raise WrongMoment(
            "This database holds decisions that were taken back, or contracts with a stage of work"
            " or with dates. The version before this one cannot take them over. Nothing was"
            " changed."
        )
    _without_kinds()
    op.drop_index("uq_contract_bid_without_stage_of_work", "contract")
    op.drop_index(op.f("ix_contract_work_stage_id"), "contract")
    with op.batch_alter_table("contract") as contract:
        for name in CHECKS:
            contract.drop_constraint(op.f(f"ck_contract_{name}"), type_="check")
        for name in (
            "intention",
            "going_on",
            "bid",
            op.f("fk_contract_advance_id_advance_answer"),
            op.f("fk_contract_work_stage_id_stage"),
        ):
            contract.drop_constraint(name, type_="foreignkey")
        contract.drop_constraint(op.f("uq_contract_bid_id_work_stage_id"), type_="unique")
        for name in ("recommendation_id", "advance_id", "work_stage_id", "later_purchase", *TOLD):
            contract.drop_column(name)
    op.drop_index(op.f("ix_intention_stage_id"), "intention")
    with op.batch_alter_table("intention") as intention:
        intention.drop_constraint(op.f("pk_intention"), type_="primary")
        intention.create_primary_key(op.f("pk_intention"), ["stage_id", "bid_id"])
    _triggers_again("intention", ["stage_id", "bid_id"])
    with op.batch_alter_table("contract") as contract:
        contract.create_foreign_key(
            "intention", "intention", ["stage_id", "bid_id"], ["stage_id", "bid_id"]
        )
        contract.create_unique_constraint(
            op.f("uq_contract_stage_id_bid_id"), ["stage_id", "bid_id"]
        )
    _triggers_again("contract", ["id"], ["stage_id", "bid_id"], ["stage_id", "reference"])
    op.drop_table("intention_withdrawal")


def _without_kinds() -> None:
    """Take from the changes what they say since."""
    op.drop_table("contract_change_answer")
    with op.batch_alter_table("contract_change") as change:
        change.drop_constraint(op.f("ck_contract_change_changekind"), type_="check")
        for name in CHANGE_CHECKS:
            change.drop_constraint(op.f(f"ck_contract_change_{name}"), type_="check")
        change.drop_constraint(op.f("uq_contract_change_id_described_by_id"), type_="unique")
        change.drop_constraint(
            op.f("fk_contract_change_supplier_id_organisation"), type_="foreignkey"
        )
        for name in ("kind", "ends_on", "uses_option", "supplier_id", "supplier_check", "awaits"):
            change.drop_column(name)
    _triggers_again("contract_change", ["id"], ["contract_id", "number"])
    op.drop_table("contract_detail")


@contextmanager
def _changing(table: str) -> Iterator[None]:
    """Let rows be changed that are kept as they are else; SQLite's triggers are gone already."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    if postgresql:
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    yield
    if postgresql:
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    key = "recommendation_id" if to == "sign_off" else "id"
    return sa.ForeignKeyConstraint([column], [f"{to}.{key}"], name=op.f(f"fk_{table}_{column}_{to}"))


def _append_only(table: str, *keys: list[str]) -> None:
    for statement, dialect in append_only_ddl(table, keys):
        if dialect == op.get_bind().dialect.name:
            op.execute(statement)


def _triggers_again(table: str, *keys: list[str]) -> None:
    """Put back what SQLite loses where a table is made anew; PostgreSQL changes it in place."""
    if op.get_bind().dialect.name == "sqlite":
        _append_only(table, *keys)
