"""advancing: who goes on to the next stage, and several who are recommended.

Revision: 0029, after 0028
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

OLD_WHY = ("eligibility", "interest")
NEW_WHY = (*OLD_WHY, "cut_off")
NEW_TABLES = ("advance_answer", "advancing_bid", "advance", "cut_off_decision")


def upgrade() -> None:
    """Make the change. A recommendation that was made before is of one bid."""
    _advancing()
    with op.batch_alter_table("recomputation") as recomputation:
        _limit(recomputation, NEW_WHY)
        recomputation.alter_column("bid_id", existing_type=sa.Uuid(), nullable=True)
    _triggers_again("recomputation", ["result_id"], ["replaced_id"])
    with op.batch_alter_table("recommendation") as recommendation:
        recommendation.create_unique_constraint(
            op.f("uq_recommendation_id_stage_id"), ["id", "stage_id"]
        )
    op.create_table(
        "recommended_bid",
        sa.Column("recommendation_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.CheckConstraint("place >= 1", name=op.f("ck_recommended_bid_place")),
        sa.ForeignKeyConstraint(
            ["recommendation_id", "stage_id"],
            ["recommendation.id", "recommendation.stage_id"],
            name="recommendation",
        ),
        sa.ForeignKeyConstraint(["bid_id", "stage_id"], ["bid.id", "bid.stage_id"], name="bid"),
        sa.PrimaryKeyConstraint("recommendation_id", "bid_id", name=op.f("pk_recommended_bid")),
    )
    op.execute(
        "INSERT INTO recommended_bid (recommendation_id, bid_id, stage_id, place)"
        " SELECT id, bid_id, stage_id, 1 FROM recommendation"
    )
    _append_only("recommended_bid", ["recommendation_id", "bid_id"])
    with op.batch_alter_table("recommendation") as recommendation:
        recommendation.drop_constraint("bid", type_="foreignkey")
        recommendation.drop_column("bid_id")
    _triggers_again("recommendation", ["id"], ["id", "recommended_by_id"], ["id", "stage_id"])
    # What refers to the pair of a stage and a bid goes by the key from here on.
    with op.batch_alter_table("contract") as contract:
        contract.drop_constraint("intention", type_="foreignkey")
    with op.batch_alter_table("intention") as intention:
        intention.drop_constraint(op.f("uq_intention_recommendation_id"), type_="unique")
        intention.drop_constraint(op.f("uq_intention_stage_id_bid_id"), type_="unique")
        intention.drop_constraint(op.f("pk_intention"), type_="primary")
        intention.create_primary_key(op.f("pk_intention"), ["stage_id", "bid_id"])
        intention.create_foreign_key(
            "recommended",
            "recommended_bid",
            ["recommendation_id", "bid_id"],
            ["recommendation_id", "bid_id"],
        )
    _triggers_again("intention", ["stage_id", "bid_id"])
    with op.batch_alter_table("contract") as contract:
        contract.create_foreign_key(
            "intention", "intention", ["stage_id", "bid_id"], ["stage_id", "bid_id"]
        )
        contract.create_unique_constraint(
            op.f("uq_contract_stage_id_bid_id"), ["stage_id", "bid_id"]
        )
    _triggers_again("contract", ["id"], ["stage_id", "bid_id"], ["stage_id", "reference"])


def _advancing() -> None:
    """Make the tables of who goes on."""
    op.create_table(
        "cut_off_decision",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("tied", sa.JSON(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_cut_off_decision_reason")),
        sa.ForeignKeyConstraint(
            ["result_id", "stage_id"], ["result.id", "result.stage_id"], name="result"
        ),
        _refers("cut_off_decision", "stage_id", "stage.id"),
        _refers("cut_off_decision", "decided_by_id", "user_account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cut_off_decision")),
    )
    op.create_index(op.f("ix_cut_off_decision_stage_id"), "cut_off_decision", ["stage_id"])
    op.create_table(
        "advance",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_advance_reason")),
        sa.ForeignKeyConstraint(
            ["result_id", "stage_id"], ["result.id", "result.stage_id"], name="result"
        ),
        _refers("advance", "stage_id", "stage.id"),
        _refers("advance", "proposed_by_id", "user_account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_advance")),
        sa.UniqueConstraint("id", "proposed_by_id", name=op.f("uq_advance_id_proposed_by_id")),
        sa.UniqueConstraint("id", "stage_id", name=op.f("uq_advance_id_stage_id")),
    )
    op.create_index(op.f("ix_advance_stage_id"), "advance", ["stage_id"])
    op.create_table(
        "advancing_bid",
        sa.Column("advance_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.CheckConstraint("place >= 1", name=op.f("ck_advancing_bid_place")),
        sa.ForeignKeyConstraint(
            ["advance_id", "stage_id"], ["advance.id", "advance.stage_id"], name="advance"
        ),
        sa.ForeignKeyConstraint(["bid_id", "stage_id"], ["bid.id", "bid.stage_id"], name="bid"),
        sa.PrimaryKeyConstraint("advance_id", "bid_id", name=op.f("pk_advancing_bid")),
    )
    op.create_table(
        "advance_answer",
        sa.Column("advance_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decided_by_id <> proposed_by_id", name=op.f("ck_advance_answer_another_person")
        ),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_advance_answer_reason")),
        sa.ForeignKeyConstraint(
            ["advance_id", "proposed_by_id"],
            ["advance.id", "advance.proposed_by_id"],
            name="advance",
        ),
        _refers("advance_answer", "decided_by_id", "user_account.id"),
        sa.PrimaryKeyConstraint("advance_id", name=op.f("pk_advance_answer")),
    )
    _append_only("cut_off_decision", ["id"])
    _append_only("advance", ["id"], ["id", "proposed_by_id"], ["id", "stage_id"])
    _append_only("advancing_bid", ["advance_id", "bid_id"])
    _append_only("advance_answer", ["advance_id"])


def downgrade() -> None:
    """Take the change back.

    Raises:
        WrongMoment: somebody went on from a stage, or several bids were recommended together.
    """
    used = op.get_bind().scalar(
        sa.text(
            "SELECT EXISTS (SELECT 1 FROM advance) OR EXISTS (SELECT 1 FROM cut_off_decision)"
            " OR EXISTS (SELECT 1 FROM recommended_bid WHERE place > 1)"
        )
    )
    if used:
        raise WrongMoment(
            "This database holds stages from which suppliers went on, or bids that were recommended"
            " together. The version before this one cannot take them over. Nothing was changed."
        )
    with op.batch_alter_table("contract") as contract:
        contract.drop_constraint(op.f("uq_contract_stage_id_bid_id"), type_="unique")
        contract.drop_constraint("intention", type_="foreignkey")
    with op.batch_alter_table("intention") as intention:
        intention.drop_constraint("recommended", type_="foreignkey")
        intention.drop_constraint(op.f("pk_intention"), type_="primary")
        intention.create_primary_key(op.f("pk_intention"), ["stage_id"])
        intention.create_unique_constraint(
            op.f("uq_intention_stage_id_bid_id"), ["stage_id", "bid_id"]
        )
        intention.create_unique_constraint(
            op.f("uq_intention_recommendation_id"), ["recommendation_id"]
        )
    _triggers_again(
        "intention", ["stage_id"], ["recommendation_id"], ["stage_id", "bid_id"]
    )
    with op.batch_alter_table("contract") as contract:
        contract.create_foreign_key(
            "intention", "intention", ["stage_id", "bid_id"], ["stage_id", "bid_id"]
        )
    _triggers_again("contract", ["id"], ["stage_id", "reference"])
    _one_bid_each()
    op.drop_table("recommended_bid")
    with op.batch_alter_table("recommendation") as recommendation:
        recommendation.drop_constraint(op.f("uq_recommendation_id_stage_id"), type_="unique")
    _triggers_again("recommendation", ["id"], ["id", "recommended_by_id"])
    with op.batch_alter_table("recomputation") as recomputation:
        recomputation.alter_column("bid_id", existing_type=sa.Uuid(), nullable=False)
        _limit(recomputation, OLD_WHY)
    _triggers_again("recomputation", ["result_id"], ["replaced_id"])
    for table in NEW_TABLES:
        op.drop_table(table)


def _one_bid_each() -> None:
    """Keep a recommendation's bid in its own row again, which no trigger may stop meanwhile."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    with op.batch_alter_table("recommendation") as recommendation:
        recommendation.add_column(sa.Column("bid_id", sa.Uuid(), nullable=True))
    if postgresql:
        op.execute("ALTER TABLE recommendation DISABLE TRIGGER USER")
    op.execute(
        "UPDATE recommendation SET bid_id = (SELECT bid_id FROM recommended_bid"
        " WHERE recommendation_id = recommendation.id)"
    )
    if postgresql:
        op.execute("ALTER TABLE recommendation ENABLE TRIGGER USER")
    with op.batch_alter_table("recommendation") as recommendation:
        recommendation.alter_column("bid_id", existing_type=sa.Uuid(), nullable=False)
        recommendation.create_foreign_key(
            "bid", "bid", ["bid_id", "stage_id"], ["id", "stage_id"]
        )


def _limit(recomputation: object, reasons: tuple[str, ...]) -> None:
    recomputation.drop_constraint(op.f("ck_recomputation_why"), type_="check")
    recomputation.create_check_constraint(
        op.f("ck_recomputation_why"), f"why IN ({', '.join(repr(each) for each in reasons)})"
    )


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to.partition('.')[0]}")
    return sa.ForeignKeyConstraint([column], [to], name=name)


def _append_only(table: str, *keys: list[str]) -> None:
    for statement, dialect in append_only_ddl(table, keys):
        if dialect == op.get_bind().dialect.name:
            op.execute(statement)


def _triggers_again(table: str, *keys: list[str]) -> None:
    """Put back what SQLite loses where a table is made anew; PostgreSQL changes it in place."""
    if op.get_bind().dialect.name == "sqlite":
        _append_only(table, *keys)
