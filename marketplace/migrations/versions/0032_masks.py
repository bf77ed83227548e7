"""masks: words that a panel does not read in answers, and low prices asked about elsewhere.

Revision: 0032, after 0031

For a short time both were made by 0025 and 0031, which others stood on already. A database that
was made then has them, and keeps them.
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_MASKS = "answer_mask"
_PRICES = "low_price_decision"
_ELSEWHERE = "asked_elsewhere"
_ASKED_HERE = "finding = 'no_doubt' OR query_id IS NOT NULL"


def upgrade() -> None:
    """Make the change."""
    there = sa.inspect(op.get_bind())
    if not there.has_table(_MASKS):
        _add_masks()
    if all(column["name"] != _ELSEWHERE for column in there.get_columns(_PRICES)):
        _add_elsewhere()


def downgrade() -> None:
    """Undo it.

    Raises:
        WrongMoment: words are masked, or a price was asked about elsewhere; nothing was undone.
    """
    if op.get_bind().scalar(
        sa.text(
            "SELECT EXISTS (SELECT 1 FROM answer_mask)"
            " OR EXISTS (SELECT 1 FROM low_price_decision WHERE asked_elsewhere)"
        )
    ):
        raise WrongMoment(
            "This database holds words that are masked in answers, or prices that were asked about"
            " elsewhere. The version before this one has no place for them. Nothing was changed."
        )
    with op.batch_alter_table(_PRICES) as prices:
        prices.drop_constraint(op.f(f"ck_{_PRICES}_asked"), type_="check")
        prices.create_check_constraint(op.f(f"ck_{_PRICES}_asked"), _ASKED_HERE)
        prices.drop_column(_ELSEWHERE)
    _keep_append_only_again()
    op.drop_table(_MASKS)


def _add_masks() -> None:
    op.create_table(
        _MASKS,
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("masked_by_id", sa.Uuid(), nullable=False),
        sa.Column("masked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(trim(words)) > 0", name=op.f("ck_answer_mask_words")),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_answer_mask_reason")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_answer_mask_bid_id_bid")),
        sa.ForeignKeyConstraint(
            ["masked_by_id"],
            ["user_account.id"],
            name=op.f("fk_answer_mask_masked_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_mask")),
        sa.UniqueConstraint("bid_id", "words", name=op.f("uq_answer_mask_bid_id_words")),
    )
    op.create_index(op.f("ix_answer_mask_bid_id"), _MASKS, ["bid_id"])
    for statement, dialect in append_only_ddl(_MASKS, [["id"], ["bid_id", "words"]]):
        if dialect == op.get_bind().dialect.name:
            op.execute(statement)


def _add_elsewhere() -> None:
    with op.batch_alter_table(_PRICES) as prices:
        prices.add_column(
            sa.Column(_ELSEWHERE, sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        prices.drop_constraint(op.f(f"ck_{_PRICES}_asked"), type_="check")
        prices.create_check_constraint(
            op.f(f"ck_{_PRICES}_asked"), f"{_ASKED_HERE} OR {_ELSEWHERE}"
        )
    _keep_append_only_again()


def _keep_append_only_again() -> None:
    """Put triggers back where the table was made anew, which SQLite alone does."""
    if op.get_bind().dialect.name == "sqlite":
        for statement, dialect in append_only_ddl(_PRICES, [["id"]]):
            if dialect == "sqlite":
                op.execute(statement)
