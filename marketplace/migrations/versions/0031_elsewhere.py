"""elsewhere: bids that were received elsewhere.

Revision: 0031, after 0030
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

KEPT = {"brought_bid": ["bid_id"], "brought_file": ["bid_id", "place"]}
ADDED = ("elsewhere_link", "elsewhere_reference", "bids_elsewhere")


def upgrade() -> None:
    """Make the change."""
    op.add_column(
        "challenge",
        sa.Column("bids_elsewhere", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    for name, length in (("elsewhere_reference", 100), ("elsewhere_link", 500)):
        op.add_column(
            "challenge", sa.Column(name, sa.String(length), server_default="", nullable=False)
        )
    op.create_table(
        "bringing",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "waiting",
                "brought",
                "discarded",
                name="bringingstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.Column("packed", sa.JSON(), nullable=False),
        sa.Column("writers", sa.JSON(), nullable=False),
        sa.Column("archive_sha256", sa.String(64), nullable=True),
        sa.Column("kept_sha256", sa.String(64), nullable=True),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state = 'waiting') = (ended_at IS NULL)", name=op.f("ck_bringing_ended")
        ),
        sa.CheckConstraint(
            "(ended_by_id IS NULL) = (ended_at IS NULL)", name=op.f("ck_bringing_ended_by")
        ),
        _to("bringing", "ended_by_id", "user_account"),
        _to("bringing", "stage_id", "stage"),
        _to("bringing", "kept_sha256", "stored_file", "sha256"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bringing")),
    )
    op.create_index(op.f("ix_bringing_stage_id"), "bringing", ["stage_id"])
    op.create_index(
        "uq_bringing_waiting",
        "bringing",
        ["stage_id"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "bringing_file",
        sa.Column("bringing_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        _to("bringing_file", "bringing_id", "bringing"),
        _to("bringing_file", "sha256", "stored_file", "sha256"),
        sa.PrimaryKeyConstraint("bringing_id", "sha256", name=op.f("pk_bringing_file")),
    )
    op.create_index(op.f("ix_bringing_file_sha256"), "bringing_file", ["sha256"])
    op.create_table(
        "brought_supplier",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(20), nullable=False),
        _to("brought_supplier", "organisation_id", "organisation"),
        _to("brought_supplier", "body_id", "organisation"),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_brought_supplier")),
    )
    op.create_index("ix_brought_supplier_body_number", "brought_supplier", ["body_id", "number"])
    op.create_table(
        "brought_bid",
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("brought_by_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=False),
        sa.Column("entry_n", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "brought_by_id <> confirmed_by_id", name=op.f("ck_brought_bid_two_officers")
        ),
        _to("brought_bid", "bid_id", "bid"),
        _to("brought_bid", "brought_by_id", "user_account"),
        _to("brought_bid", "confirmed_by_id", "user_account"),
        _to("brought_bid", "entry_n", "log_entry", "n"),
        sa.PrimaryKeyConstraint("bid_id", name=op.f("pk_brought_bid")),
    )
    op.create_index(op.f("ix_brought_bid_entry_n"), "brought_bid", ["entry_n"])
    op.create_table(
        "brought_file",
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        _to("brought_file", "bid_id", "brought_bid", "bid_id"),
        _to("brought_file", "sha256", "stored_file", "sha256"),
        sa.PrimaryKeyConstraint("bid_id", "place", name=op.f("pk_brought_file")),
    )
    op.create_index(op.f("ix_brought_file_sha256"), "brought_file", ["sha256"])
    dialect = op.get_bind().dialect.name
    for table, key in KEPT.items():
        for statement, wanted in append_only_ddl(table, [key]):
            if wanted == dialect:
                op.execute(statement)


def downgrade() -> None:
    """Take the change back.

    Raises:
        WrongMoment: bids of a challenge go elsewhere, or were brought in; nothing was undone.
    """
    used = op.get_bind().scalar(
        sa.text(
            "SELECT EXISTS (SELECT 1 FROM challenge WHERE bids_elsewhere)"
            " OR EXISTS (SELECT 1 FROM bringing)"
        )
    )
    if used:
        raise WrongMoment(
            "This database holds challenges whose bids go elsewhere. The version before this one"
            " has no place for them. Nothing was changed."
        )
    for table in ("brought_file", "brought_bid", "brought_supplier", "bringing_file", "bringing"):
        op.drop_table(table)
    for name in ADDED:
        # As one statement, since SQLite would otherwise make the table anew, on which others rest.
        op.execute(f"ALTER TABLE challenge DROP COLUMN {name}")


def _to(table: str, column: str, other: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.{key}"], name=op.f(f"fk_{table}_{column}_{other}")
    )
