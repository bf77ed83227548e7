"""grounds: which grounds of exclusion a supplier declares, one by one, and what was found of each.

Revision: 0020, after 0019
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

DECLARATION = "eligibility_declaration"
# The three answers that stood for all grounds, with the keys by which they are known now.
EARLIER = (
    ("mandatory", "mandatory_ground"),
    ("tax", "tax_ground"),
    ("discretionary", "discretionary_ground"),
)


def upgrade() -> None:
    """Make the change; what was declared by group stays readable as that.

    Raises:
        WrongMoment: a bid was submitted; nothing was changed.
    """
    if op.get_bind().scalar(sa.text("SELECT EXISTS (SELECT 1 FROM submission)")):
        raise WrongMoment(
            "This database holds sealed bids that state their grounds of exclusion by group. This"
            " version cannot read them. Nothing was changed."
        )
    # Read before the table is made anew: on SQLite nothing may refer to it then.
    declared = [
        (row.id, key, place, row.put_right)
        for place, (key, column) in enumerate(EARLIER)
        for row in op.get_bind().execute(
            sa.text(f"SELECT id, put_right FROM {DECLARATION} WHERE {column}")  # noqa: S608  (names of ours)
        )
    ]
    with op.batch_alter_table(DECLARATION) as batch:
        batch.drop_constraint(batch.f("ck_eligibility_declaration_put_right"), type_="check")
        for name in ("put_right", *(column for _key, column in EARLIER)):
            batch.drop_column(name)
        batch.add_column(
            sa.Column(
                "grounds_rules",
                sa.String(length=20),
                server_default="three-groups",
                nullable=False,
            )
        )
    with op.batch_alter_table(DECLARATION) as batch:
        batch.alter_column("grounds_rules", server_default=None)
    op.create_table(
        "declared_ground",
        sa.Column("declaration_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("put_right", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "length(trim(put_right)) > 0", name=op.f("ck_declared_ground_put_right")
        ),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            [f"{DECLARATION}.id"],
            name=op.f("fk_declared_ground_declaration_id_eligibility_declaration"),
        ),
        sa.PrimaryKeyConstraint("declaration_id", "ground", name=op.f("pk_declared_ground")),
    )
    for declaration, key, place, put_right in declared:
        op.execute(
            sa.text(
                "INSERT INTO declared_ground (declaration_id, ground, place, put_right)"
                " VALUES (:declaration, :key, :place, :put_right)"
            ).bindparams(declaration=declaration, key=key, place=place, put_right=put_right)
        )
    op.create_table(
        "ground_finding",
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.String(length=36), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "cleared",
                "outside",
                "applies",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_ground_finding_reason")),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["eligibility_decision.id"],
            name=op.f("fk_ground_finding_decision_id_eligibility_decision"),
        ),
        sa.PrimaryKeyConstraint("decision_id", "party", "ground", name=op.f("pk_ground_finding")),
    )
    op.add_column(
        "opened_submission",
        sa.Column("grounds_declared", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    _keep_append_only(
        {
            DECLARATION: ["id"],
            "declared_ground": ["declaration_id", "ground"],
            "ground_finding": ["decision_id", "party", "ground"],
        }
    )


def downgrade() -> None:
    """Take the change back.

    Raises:
        WrongMoment: something was declared; nothing was undone.
    """
    if op.get_bind().scalar(sa.text(f"SELECT EXISTS (SELECT 1 FROM {DECLARATION})")):  # noqa: S608  (a name of ours)
        raise WrongMoment(
            "This database holds declarations ground by ground. The version before this one has no"
            " place for them. Nothing was changed."
        )
    op.drop_column("opened_submission", "grounds_declared")
    op.drop_table("ground_finding")
    op.drop_table("declared_ground")
    with op.batch_alter_table(DECLARATION) as batch:
        batch.drop_column("grounds_rules")
        for _key, column in EARLIER:
            batch.add_column(sa.Column(column, sa.Boolean(), nullable=False))
        batch.add_column(sa.Column("put_right", sa.Text(), nullable=False))
        batch.create_check_constraint(
            batch.f("ck_eligibility_declaration_put_right"),
            "NOT (mandatory_ground OR discretionary_ground OR tax_ground)"
            " OR length(trim(put_right)) > 0",
        )
    _keep_append_only({DECLARATION: ["id"]})


def _keep_append_only(tables: dict[str, list[str]]) -> None:
    """Set the triggers of tables that were made here, or made anew."""
    dialect = op.get_bind().dialect.name
    for table, key in tables.items():
        if dialect == "postgresql" and table == DECLARATION:
            continue  # altered where it stands, with its triggers
        for statement, wanted in append_only_ddl(table, [key]):
            if wanted == dialect:
                op.execute(statement)
