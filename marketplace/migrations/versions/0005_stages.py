"""stages: stages of every kind, their templates and packs of criteria.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.errors import WrongMoment


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

KINDS = (
    "application",
    "interview",
    "judging",
    "exploration",
    "accelerator",
    "demo_day",
    "agreement",
    "delivery",
)
UNITS = ("minutes", "days", "weeks", "months")
PROPERTIES = ("supplier", "shared", "body", "open")

# Name, type on SQLite and on PostgreSQL, and what is said of the column and of those before it.
# SQLite can add a constraint only with a column; else the table would be made anew, to which
# others refer.
COLUMNS = (
    (
        "kind",
        "VARCHAR(40) DEFAULT 'application' NOT NULL",
        (
            ("stagekind", f"kind IN {KINDS}"),
            (
                "first_judged",
                "ordinal <> 1 OR kind IN ('application', 'interview', 'judging')",
            ),
        ),
    ),
    ("description", "TEXT DEFAULT '' NOT NULL", ()),
    ("suppliers", "INTEGER", (("suppliers_positive", "suppliers > 0"),)),
    (
        "payment",
        "VARCHAR(40) DEFAULT 'none' NOT NULL",
        (("payment", "payment IN ('none', 'fixed', 'cap')"),),
    ),
    (
        "amount_minor",
        "BIGINT",
        (
            ("amount_positive", "amount_minor > 0"),
            ("amount_is_paid", "payment <> 'none' OR amount_minor IS NULL"),
        ),
    ),
    ("vat_on_top", "BOOLEAN DEFAULT true NOT NULL", ()),
    ("how_paid", "TEXT DEFAULT '' NOT NULL", ()),
    ("lasts", "INTEGER", (("length_positive", "lasts > 0"),)),
    (
        "lasts_in",
        "VARCHAR(40)",
        (
            ("unit", f"lasts_in IN {UNITS}"),
            ("length_whole", "(lasts IS NULL) = (lasts_in IS NULL)"),
        ),
    ),
    (
        "property",
        "VARCHAR(40) DEFAULT 'supplier' NOT NULL",
        (("property", f"property IN {PROPERTIES}"),),
    ),
    ("property_note", "TEXT DEFAULT '' NOT NULL", ()),
    ("options_minor", "BIGINT", (("options_positive", "options_minor > 0"),)),
    ("prizes_paid", "TEXT DEFAULT '' NOT NULL", ()),
)


def upgrade() -> None:
    """Make the change. What was a stage before is a written application, for which nothing is paid."""
    for name, kind, rules in COLUMNS:
        said = "".join(f" CONSTRAINT ck_stage_{rule} CHECK ({words})" for rule, words in rules)
        op.execute(f"ALTER TABLE stage ADD COLUMN {name} {kind}{said}")
    op.create_table(
        "prize",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_prize_amount_positive")),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_prize_stage_id_stage")),
        sa.PrimaryKeyConstraint("stage_id", "place", name=op.f("pk_prize")),
    )
    op.create_table(
        "later_purchase",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "included",
                "new_competition",
                name="laterkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("value_minor", sa.BigInteger(), nullable=True),
        sa.Column("bodies", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind = 'included' OR (value_minor IS NULL AND bodies = '')",
            name=op.f("ck_later_purchase_included_only"),
        ),
        sa.CheckConstraint("value_minor > 0", name=op.f("ck_later_purchase_value_positive")),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_later_purchase_challenge_id_challenge"),
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_later_purchase")),
    )
    op.create_table(
        "saved_template",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["user_account.id"], name=op.f("fk_saved_template_made_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_saved_template_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_template")),
        sa.UniqueConstraint(
            "organisation_id", "name", name=op.f("uq_saved_template_organisation_id_name")
        ),
    )


def downgrade() -> None:
    """Undo it: of each draft only the first stage is kept, and no template.

    Raises:
        WrongMoment: a challenge was published with several stages, prizes or terms of later
            purchases, which its plan holds for good; nothing was changed.
    """
    if op.get_bind().scalar(
        sa.text(
            "SELECT EXISTS (SELECT 1 FROM challenge WHERE published_at IS NOT NULL AND ("
            "EXISTS (SELECT 1 FROM stage WHERE challenge_id = challenge.id AND ordinal > 1)"
            " OR EXISTS (SELECT 1 FROM later_purchase WHERE challenge_id = challenge.id)"
            " OR EXISTS (SELECT 1 FROM prize JOIN stage ON stage.id = prize.stage_id"
            " WHERE stage.challenge_id = challenge.id)))"
        )
    ):
        raise WrongMoment(
            "This database holds published challenges with several stages, prizes or terms of"
            " later purchases. The version before this one cannot take them over. Nothing was changed."
        )
    op.drop_table("saved_template")
    op.drop_table("later_purchase")
    op.drop_table("prize")
    later = "(SELECT id FROM stage WHERE ordinal > 1)"
    of_later = f"(SELECT id FROM criterion WHERE stage_id IN {later})"
    op.execute(f"DELETE FROM scale_descriptor WHERE criterion_id IN {of_later}")
    op.execute(f"DELETE FROM criterion WHERE stage_id IN {later}")
    op.execute("DELETE FROM stage WHERE ordinal > 1")
    # In a batch: a later version makes the table anew, after which a rule no longer goes with its
    # column.
    with op.batch_alter_table("stage") as stage:
        for _name, _kind, rules in COLUMNS:
            for rule, _words in rules:
                stage.drop_constraint(op.f(f"ck_stage_{rule}"), type_="check")
        for name, _kind, _rules in COLUMNS:
            stage.drop_column(name)
