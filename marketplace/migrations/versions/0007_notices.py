"""notices: legal routes, codes, dates and references for the national notice service.

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment


revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OLD_ROUTES = ("below_threshold", "research_and_development", "open")
NEW_ROUTES = (*OLD_ROUTES, "restricted", "negotiated", "innovation_partnership", "design_contest")
KINDS = ("contract", "award", "modification")


def upgrade() -> None:
    """Make the change."""
    _allow_routes(OLD_ROUTES, NEW_ROUTES)
    _make_codes()
    _make_records()
    _make_changes()


def downgrade() -> None:
    """Undo the change; codes and references are gone then.

    Raises:
        WrongMoment: a challenge has a legal route that the version before does not know; nothing
            was changed.
    """
    if op.get_bind().scalar(
        sa.text(f"SELECT EXISTS (SELECT 1 FROM challenge WHERE legal_route NOT IN {OLD_ROUTES})")
    ):
        raise WrongMoment(
            "This database holds challenges with a legal route that the version before this one"
            " does not know. Nothing was changed."
        )
    for table in ("contract_change", "notice_record", "challenge_code"):
        op.drop_table(table)
    _allow_routes(NEW_ROUTES, OLD_ROUTES)


def _allow_routes(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    """Let a challenge have these legal routes.

    SQLite cannot alter a constraint, and to make the table anew all that refers to it would have
    to go first. Its documentation allows a change of constraints in the schema's own text, where
    what is stored stays as it is.
    """
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_challenge_legalroute"), "challenge", type_="check")
        op.create_check_constraint(
            op.f("ck_challenge_legalroute"), "challenge", f"legal_route IN {after}"
        )
        return
    bind = op.get_bind()
    version = bind.scalar(sa.text("PRAGMA schema_version"))
    bind.execute(sa.text("PRAGMA writable_schema = ON"))
    changed = bind.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :after)"
            " WHERE type = 'table' AND name = 'challenge' AND instr(sql, :before) > 0"
        ),
        {"before": f"legal_route IN {before}", "after": f"legal_route IN {after}"},
    )
    if changed.rowcount != 1:
        raise RuntimeError("the table of challenges does not limit legal routes as expected")
    bind.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))
    bind.execute(sa.text("PRAGMA writable_schema = OFF"))


def _make_codes() -> None:
    op.create_table(
        "challenge_code",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("main", sa.Boolean(), nullable=False),
        sa.CheckConstraint("length(code) = 8", name=op.f("ck_challenge_code_eight_digits")),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_challenge_code_challenge_id_challenge"),
        ),
        sa.PrimaryKeyConstraint("challenge_id", "code", name=op.f("pk_challenge_code")),
    )
    op.create_index(
        "uq_challenge_code_one_main",
        "challenge_code",
        ["challenge_id"],
        unique=True,
        sqlite_where=sa.text("main"),
        postgresql_where=sa.text("main"),
    )


def _make_records() -> None:
    op.create_table(
        "notice_record",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                *KINDS, name="noticekind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=40), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_notice_record_number")),
        sa.CheckConstraint(
            "length(trim(reference)) > 0", name=op.f("ck_notice_record_reference")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_notice_record_challenge_id_challenge"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_notice_record_recorded_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_record")),
    )
    op.create_index(op.f("ix_notice_record_challenge_id"), "notice_record", ["challenge_id"])
    _keep("notice_record", [["id"]])


def _make_changes() -> None:
    op.create_table(
        "contract_change",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=True),
        sa.Column("value_before_minor", sa.BigInteger(), nullable=False),
        sa.Column("value_after_minor", sa.BigInteger(), nullable=False),
        sa.Column("described_by_id", sa.Uuid(), nullable=False),
        sa.Column("described_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_contract_change_number")),
        sa.CheckConstraint(
            "value_before_minor > 0 AND value_after_minor > 0",
            name=op.f("ck_contract_change_values"),
        ),
        sa.CheckConstraint(
            "length(trim(what)) > 0 AND length(trim(why)) > 0",
            name=op.f("ck_contract_change_described"),
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_contract_change_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["described_by_id"],
            ["user_account.id"],
            name=op.f("fk_contract_change_described_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contract_change")),
        sa.UniqueConstraint(
            "contract_id", "number", name=op.f("uq_contract_change_contract_id_number")
        ),
    )
    _keep("contract_change", [["id"], ["contract_id", "number"]])


def _keep(table: str, keys: list[list[str]]) -> None:
    for statement, database in append_only_ddl(table, keys):
        if database == op.get_bind().dialect.name:
            op.execute(statement)
