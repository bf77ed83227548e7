"""own data: people's requests to have what is held of them erased, and how they ended.

Revision: 0045, after 0044
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import Erasing, append_only_ddl
from marketplace.core.errors import WrongMoment

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_ENDS = {"request_id", "user_id", "ending", "ended_by_id", "ended_at"}
# The keys of each table, and how what was answered is erased with the name.
APPEND_ONLY = {
    "own_erasure": ([["id"], ["id", "user_id"]], None),
    "own_erasure_end": ([["request_id"]], Erasing("request_id", _ENDS)),
}
_IDENTIFIERS = sa.text("length(value) = 38")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "own_erasure",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_own_erasure_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_erasure")),
        sa.UniqueConstraint("id", "user_id", name=op.f("uq_own_erasure_id_user_id")),
    )
    op.create_index(op.f("ix_own_erasure_user_id"), "own_erasure", ["user_id"])
    op.create_table(
        "own_erasure_end",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column(
            "ending",
            sa.Enum(
                *("granted", "refused", "taken_back"),
                name="ending",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ended_by_id", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(ending = 'taken_back') = (ended_by_id = user_id)",
            name=op.f("ck_own_erasure_end_by_whom"),
        ),
        sa.CheckConstraint(
            "ending = 'taken_back' OR length(trim(reason)) > 0",
            name=op.f("ck_own_erasure_end_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id", "user_id"],
            ["own_erasure.id", "own_erasure.user_id"],
            name=op.f("fk_own_erasure_end_request"),
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"],
            ["user_account.id"],
            name=op.f("fk_own_erasure_end_ended_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_own_erasure_end")),
    )
    op.create_table(
        "own_erasure_run",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("entry_n", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("messages_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("name_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["own_erasure.id"], name=op.f("fk_own_erasure_run_request_id_own_erasure")
        ),
        sa.ForeignKeyConstraint(
            ["entry_n"], ["log_entry.n"], name=op.f("fk_own_erasure_run_entry_n_log_entry")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_own_erasure_run")),
    )
    op.create_index(
        "ix_log_detail_identifier",
        "log_detail",
        ["value"],
        sqlite_where=_IDENTIFIERS,
        postgresql_where=_IDENTIFIERS,
    )
    for table, (keys, erasing) in APPEND_ONLY.items():
        for statement, dialect in append_only_ddl(table, keys, None, erasing):
            if op.get_context().dialect.name == dialect:
                op.execute(statement)


def downgrade() -> None:
    """Take the change back.

    Raises:
        WrongMoment: somebody asked, and what came of it would be lost.
    """
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM own_erasure")):
        raise WrongMoment("Who asked for their data to be erased would be lost. Nothing was changed.")
    op.drop_index("ix_log_detail_identifier", "log_detail")
    op.drop_table("own_erasure_run")
    op.drop_table("own_erasure_end")
    op.drop_table("own_erasure")
    if op.get_context().dialect.name == "postgresql":
        for table in APPEND_ONLY:
            op.execute(f"DROP FUNCTION IF EXISTS refuse_{table}_change()")
