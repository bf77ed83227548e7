"""terms: what a plan says of combining, withholding and carrying scores.

Revision: 0028, after 0027
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.errors import WrongMoment


revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

COMBINATIONS = ("consensus", "mean", "median")
OLD_KINDS = ("quality", "price")
NEW_KINDS = (*OLD_KINDS, "carried")
CHECKS = {
    "carried_from": "(kind = 'carried') = (carried_stage IS NOT NULL)",
    "carried_stage": "carried_stage >= 1",
    "carried_key_has_stage": "carried_key IS NULL OR carried_stage IS NOT NULL",
}


def upgrade() -> None:
    """Make the change. A plan that was made before has agreed scores, and names are seen."""
    op.execute(
        "ALTER TABLE stage ADD COLUMN combine VARCHAR(40) DEFAULT 'consensus' NOT NULL"
        f" CONSTRAINT ck_stage_combine CHECK ({_one_of('combine', COMBINATIONS)})"
    )
    op.execute("ALTER TABLE stage ADD COLUMN names_withheld BOOLEAN DEFAULT false NOT NULL")
    with op.batch_alter_table("criterion") as criterion:
        criterion.drop_constraint(op.f("ck_criterion_criterionkind"), type_="check")
        criterion.create_check_constraint(
            op.f("ck_criterion_criterionkind"), _one_of("kind", NEW_KINDS)
        )
        criterion.add_column(sa.Column("carried_stage", sa.Integer(), nullable=True))
        criterion.add_column(sa.Column("carried_key", sa.String(length=60), nullable=True))
        for name, rule in CHECKS.items():
            criterion.create_check_constraint(op.f(f"ck_criterion_{name}"), rule)


def downgrade() -> None:
    """Undo it.

    Raises:
        WrongMoment: a stage has scores that stand, withholds names or carries a result, which the
            version before does not know; nothing was changed.
    """
    if op.get_bind().scalar(
        sa.text(
            "SELECT EXISTS (SELECT 1 FROM stage WHERE combine <> 'consensus' OR names_withheld)"
            " OR EXISTS (SELECT 1 FROM criterion WHERE kind = 'carried')"
        )
    ):
        raise WrongMoment(
            "This database holds challenges whose panels do not agree their scores or do not see"
            " names, or that carry results between stages. The version before this one cannot take"
            " them over. Nothing was changed."
        )
    with op.batch_alter_table("criterion") as criterion:
        for name in CHECKS:
            criterion.drop_constraint(op.f(f"ck_criterion_{name}"), type_="check")
        criterion.drop_column("carried_key")
        criterion.drop_column("carried_stage")
        criterion.drop_constraint(op.f("ck_criterion_criterionkind"), type_="check")
        criterion.create_check_constraint(
            op.f("ck_criterion_criterionkind"), _one_of("kind", OLD_KINDS)
        )
    with op.batch_alter_table("stage") as stage:
        stage.drop_constraint(op.f("ck_stage_combine"), type_="check")
        stage.drop_column("names_withheld")
        stage.drop_column("combine")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
