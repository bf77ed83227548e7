"""runs: stages that follow the first, and their bids.

Revision: 0027, after 0026
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.errors import WrongMoment

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

FORMER = ("draft", "submitted", "withdrawn", "valid", "ineligible", "excluded")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "stage_run",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=True),
        sa.Column(
            "source",
            sa.Enum(
                "sealed",
                "heard",
                "elsewhere",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by_id", sa.Uuid(), nullable=False),
        sa.Column("bids_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('open', 'opened', 'evaluating', 'advanced')",
            name=op.f("ck_stage_run_state_of_stage"),
        ),
        sa.CheckConstraint(
            "source <> 'heard' OR bids_at IS NOT NULL", name=op.f("ck_stage_run_heard_at_once")
        ),
        sa.CheckConstraint(
            "source <> 'sealed' OR bids_at IS NULL", name=op.f("ck_stage_run_sealed_until_opened")
        ),
        sa.ForeignKeyConstraint(
            ["begun_by_id"],
            ["user_account.id"],
            name=op.f("fk_stage_run_begun_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stage.id"], name=op.f("fk_stage_run_stage_id_stage")
        ),
        sa.PrimaryKeyConstraint("stage_id", name=op.f("pk_stage_run")),
    )
    with op.batch_alter_table("bid") as bid:
        bid.add_column(sa.Column("previous_id", sa.Uuid(), nullable=True))
        bid.add_column(
            sa.Column("unsealed", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        bid.create_foreign_key(op.f("fk_bid_previous_id_bid"), "bid", ["previous_id"], ["id"])
        bid.create_unique_constraint(op.f("uq_bid_previous_id"), ["previous_id"])
        _limit(bid, ("invited", *FORMER))
        bid.drop_constraint(op.f("ck_bid_submitted_has_version"), type_="check")
        bid.create_check_constraint(
            op.f("ck_bid_submitted_has_version"),
            "state IN ('draft', 'withdrawn', 'invited') OR current_version IS NOT NULL OR unsealed",
        )
        bid.create_check_constraint(
            op.f("ck_bid_invited_goes_on"), "state <> 'invited' OR previous_id IS NOT NULL"
        )
        bid.create_check_constraint(
            op.f("ck_bid_unsealed_not_submitted"), "NOT unsealed OR current_version IS NULL"
        )


def downgrade() -> None:
    """Take the change back.

    Raises:
        WrongMoment: a stage after the first has begun, or bids came in another way.
    """
    used = op.get_bind().scalar(
        sa.text(
            "SELECT EXISTS (SELECT 1 FROM stage_run)"
            " OR EXISTS (SELECT 1 FROM bid WHERE previous_id IS NOT NULL OR unsealed)"
        )
    )
    if used:
        raise WrongMoment(
            "This database holds stages that follow the first. The version before this one cannot"
            " take them over. Nothing was changed."
        )
    with op.batch_alter_table("bid") as bid:
        for name in ("unsealed_not_submitted", "invited_goes_on", "submitted_has_version"):
            bid.drop_constraint(op.f(f"ck_bid_{name}"), type_="check")
        bid.create_check_constraint(
            op.f("ck_bid_submitted_has_version"),
            "state IN ('draft', 'withdrawn') OR current_version IS NOT NULL",
        )
        _limit(bid, FORMER)
        bid.drop_constraint(op.f("uq_bid_previous_id"), type_="unique")
        bid.drop_constraint(op.f("fk_bid_previous_id_bid"), type_="foreignkey")
        bid.drop_column("unsealed")
        bid.drop_column("previous_id")
    op.drop_table("stage_run")


def _limit(bid: object, states: tuple[str, ...]) -> None:
    bid.drop_constraint(op.f("ck_bid_bidstate"), type_="check")
    bid.create_check_constraint(
        op.f("ck_bid_bidstate"), f"state IN ({', '.join(repr(each) for each in states)})"
    )
