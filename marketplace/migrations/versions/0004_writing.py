"""writing: what a draft holds beyond the first sections.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TEXTS = ("research", "people_offered", "benefits", "pooling", "requirements", "terms")
DUTIES = ("officer", "expert", "service", "technical", "users")
TOPICS = (
    *("business_case", "budget", "running", "route", "frameworks", "components", "lots"),
    *("engagement", "shared", "incumbent", "data_protection", "equality", "cyber"),
)
TABLES = ("approved_text", "challenge_document", "record_answer", "team_member")


def upgrade() -> None:
    """Make the change."""
    for name in TEXTS:
        _add("challenge", name, sa.Text(), server_default="")
    _add("challenge", "terms_link", sa.String(500), server_default="")
    _add("challenge", "contact_name", sa.String(200), server_default="")
    _add("challenge", "contact_email", sa.String(254), server_default="")
    _add("challenge", "contact_shown", sa.Boolean(), server_default=sa.false())
    _add("challenge", "reach", sa.String(20))
    _add("challenge", "required_turnover_minor", sa.BigInteger())
    _add("challenge", "required_insurance_minor", sa.BigInteger())
    _add("challenge", "panel_planned", sa.Integer())
    for name in ("interviews_on", "decision_on", "starts_on"):
        _add("challenge", name, sa.Date())
    _add("stage", "questions_until", sa.DateTime(timezone=True))
    _make_team()
    _make_record()
    _make_documents()
    _make_approved_text()


def downgrade() -> None:
    """Undo it; what was written in these places is gone then.

    Raises:
        WrongMoment: a text was approved, which is evidence; nothing was undone.
    """
    if op.get_bind().scalar(sa.text("SELECT EXISTS (SELECT 1 FROM approved_text)")):
        raise WrongMoment(
            "This database holds the texts of challenges as they were approved. The version before"
            " this one has no place for them. Nothing was changed."
        )
    for table in TABLES:
        op.drop_table(table)
    op.drop_column("stage", "questions_until")
    for name in (
        *TEXTS,
        *("terms_link", "contact_name", "contact_email", "contact_shown", "reach"),
        *("required_turnover_minor", "required_insurance_minor", "panel_planned"),
        *("interviews_on", "decision_on", "starts_on"),
    ):
        op.drop_column("challenge", name)


def _add(table: str, name: str, kind: sa.types.TypeEngine, server_default: object = None) -> None:
    op.add_column(
        table,
        sa.Column(name, kind, server_default=server_default, nullable=server_default is None),
    )


def _kind(values: tuple[str, ...], name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _challenge(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["challenge_id"], ["challenge.id"], name=op.f(f"fk_{table}_challenge_id_challenge")
    )


def _make_team() -> None:
    op.create_table(
        "team_member",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("duty", _kind(DUTIES, "duty"), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.CheckConstraint(
            "user_id IS NOT NULL OR length(name) > 0", name=op.f("ck_team_member_somebody")
        ),
        _challenge("team_member"),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_team_member_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("challenge_id", "duty", name=op.f("pk_team_member")),
    )
    op.create_index(op.f("ix_team_member_user_id"), "team_member", ["user_id"])


def _make_record() -> None:
    op.create_table(
        "record_answer",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("topic", _kind(TOPICS, "topic"), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("not_applicable", sa.Boolean(), nullable=False),
        sa.CheckConstraint("length(text) > 0", name=op.f("ck_record_answer_text")),
        _challenge("record_answer"),
        sa.PrimaryKeyConstraint("challenge_id", "topic", name=op.f("pk_record_answer")),
    )


def _make_documents() -> None:
    op.create_table(
        "challenge_document",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String(160), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("is_contract", sa.Boolean(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _challenge("challenge_document"),
        sa.ForeignKeyConstraint(
            ["sha256"],
            ["stored_file.sha256"],
            name=op.f("fk_challenge_document_sha256_stored_file"),
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"],
            ["user_account.id"],
            name=op.f("fk_challenge_document_added_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_document")),
    )
    op.create_index("ix_challenge_document_added", "challenge_document", ["challenge_id", "added_at"])
    op.create_index(op.f("ix_challenge_document_sha256"), "challenge_document", ["sha256"])
    op.create_index(
        "uq_challenge_document_contract",
        "challenge_document",
        ["challenge_id"],
        unique=True,
        sqlite_where=sa.text("is_contract"),
        postgresql_where=sa.text("is_contract"),
    )


def _make_approved_text() -> None:
    op.create_table(
        "approved_text",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _challenge("approved_text"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approved_text")),
    )
    op.create_index(op.f("ix_approved_text_challenge_id"), "approved_text", ["challenge_id"])
    bind = op.get_bind()
    for statement, database in append_only_ddl("approved_text", [["id"]]):
        if database == bind.dialect.name:
            op.execute(statement)
