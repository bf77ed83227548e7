"""methods: more ways in which price and quality make a result.

Revision: 0006, after 0005

A stage can hold more price models, and what else its method says: a threshold of quality, rounding,
the order of tie-breaks, and when a price is asked about because it is so low.
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.errors import WrongMoment


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OLD_MODELS = ("fixed_budget", "fixed_bounds", "lowest_price_ratio")
NEW_MODELS = (
    *OLD_MODELS,
    "deviation_from_lowest",
    "range_of_bids",
    "deviation_from_mean",
    "lowest_price_per_quality_point",
    "lowest_quality_adjusted_price",
)
COLUMNS = (
    "quality_threshold",
    "rounded",
    "rounded_decimals",
    "tie_break",
    "below_mean",
    "below_next",
)
CHECKS = {
    "quality_threshold": "quality_threshold > 0 AND quality_threshold <= 100000",
    "rounded": "rounded IN ('percentage', 'points')",
    "rounded_whole": "(rounded IS NULL) = (rounded_decimals IS NULL) "
    "AND (rounded_decimals IS NULL OR rounded_decimals BETWEEN 0 AND 6)",
    "ranking_not_rounded": "rounded IS NULL OR price_model NOT IN "
    "('lowest_price_per_quality_point','lowest_quality_adjusted_price')",
    "below_mean": "below_mean IS NULL OR (below_mean > 0 AND below_mean <= 1000 AND price_model <> 'fixed_budget')",
    "below_next": "below_next IS NULL OR (below_next > 0 AND below_next <= 1000 AND price_model <> 'fixed_budget')",
}


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("stage") as stage:
        stage.drop_constraint(op.f("ck_stage_pricemodel"), type_="check")
        stage.create_check_constraint(op.f("ck_stage_pricemodel"), _one_of(NEW_MODELS))
        stage.add_column(sa.Column("quality_threshold", sa.BigInteger(), nullable=True))
        stage.add_column(sa.Column("rounded", sa.String(length=40), nullable=True))
        stage.add_column(sa.Column("rounded_decimals", sa.Integer(), nullable=True))
        stage.add_column(sa.Column("tie_break", sa.String(length=500), nullable=True))
        stage.add_column(sa.Column("below_mean", sa.BigInteger(), nullable=True))
        stage.add_column(sa.Column("below_next", sa.BigInteger(), nullable=True))
        for name, rule in CHECKS.items():
            stage.create_check_constraint(op.f(f"ck_stage_{name}"), rule)
    with op.batch_alter_table("criterion") as criterion:
        criterion.add_column(sa.Column("point_value_minor", sa.BigInteger(), nullable=True))
        criterion.create_check_constraint(
            op.f("ck_criterion_point_value"), "point_value_minor >= 0"
        )


def downgrade() -> None:
    """Undo the change; what else a draft's method said is gone then.

    Raises:
        WrongMoment: a stage has a price model that the version before does not know; nothing was
            changed.
    """
    known = ", ".join(f"'{model}'" for model in OLD_MODELS)
    if op.get_bind().scalar(
        sa.text(f"SELECT EXISTS (SELECT 1 FROM stage WHERE price_model NOT IN ({known}))")
    ):
        raise WrongMoment(
            "This database holds challenges in which price counts by a method that the version"
            " before this one does not know. Nothing was changed."
        )
    with op.batch_alter_table("criterion") as criterion:
        criterion.drop_constraint(op.f("ck_criterion_point_value"), type_="check")
        criterion.drop_column("point_value_minor")
    with op.batch_alter_table("stage") as stage:
        for name in CHECKS:
            stage.drop_constraint(op.f(f"ck_stage_{name}"), type_="check")
        for column in COLUMNS:
            stage.drop_column(column)
        stage.drop_constraint(op.f("ck_stage_pricemodel"), type_="check")
        stage.create_check_constraint(op.f("ck_stage_pricemodel"), _one_of(OLD_MODELS))


def _one_of(models: tuple[str, ...]) -> str:
    return f"price_model IN ({', '.join(repr(model) for model in models)})"
