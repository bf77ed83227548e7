"""records: holds on them, and what was erased when.

Revision: 0040, after 0039
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import Erasing, append_only_ddl

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

NEW = {
    "erased_row": [["table_name", "row_id"]],
    "erased_file": [["sha256"]],
    "keeping_time": [["id"]],
    "legal_hold": [["id"], ["id", "set_by_id"]],
    "hold_lift": [["hold_id"]],
    "erasure": [["id"], ["id", "proposed_by_id"]],
    "erasure_answer": [["erasure_id"]],
}
# Append-only tables whose contents can be erased: by which identifier, and which columns.
ERASABLE = {
    "opened_submission": ("submission_id", ["document"]),
    "eligibility_decision": ("id", ["reason"]),
    "ground_finding": ("decision_id", ["reason"]),
    "brought_bid": ("bid_id", ["document"]),
    "answer_mask": ("id", ["words", "reason"]),
    "score": ("id", ["rationale", "correction_reason"]),
    "consensus_score": ("id", ["rationale"]),
    "conflict_declaration": ("id", ["statement"]),
    "conflict_decision": ("id", ["reason"]),
    "found_interest": ("id", ["statement"]),
    "found_decision": ("found_id", ["reason"]),
    "award_complaint": ("id", ["grounds", "asks"]),
    "evidence_answer": ("id", ["note"]),
    "evidence_decision": ("request_id", ["reason"]),
    "due_diligence": ("id", ["result"]),
}


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "case_file",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.Column("parts_all", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stored_sha256", sa.String(length=64), nullable=True),
        sa.CheckConstraint(
            "(made_at IS NULL) = (sha256 IS NULL)", name=op.f("ck_case_file_made")
        ),
        sa.CheckConstraint(
            "stored_sha256 IS NULL OR stored_sha256 = sha256", name=op.f("ck_case_file_stored")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_case_file_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_case_file_asked_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["stored_sha256"],
            ["stored_file.sha256"],
            name=op.f("fk_case_file_stored_sha256_stored_file"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_file")),
        sa.UniqueConstraint(
            "challenge_id", "number", name=op.f("uq_case_file_challenge_id_number")
        ),
    )
    op.create_index(op.f("ix_case_file_stored_sha256"), "case_file", ["stored_sha256"])
    op.create_table(
        "erased_row",
        sa.Column("table_name", sa.String(length=60), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("entry_n", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        _refers("erased_row", "entry_n", "log_entry.n"),
        sa.PrimaryKeyConstraint("table_name", "row_id", name=op.f("pk_erased_row")),
    )
    op.create_index(op.f("ix_erased_row_entry_n"), "erased_row", ["entry_n"])
    op.create_table(
        "erased_file",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("entry_n", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        _refers("erased_file", "sha256", "stored_file.sha256"),
        _refers("erased_file", "entry_n", "log_entry.n"),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_erased_file")),
    )
    op.create_index(op.f("ix_erased_file_entry_n"), "erased_file", ["entry_n"])
    op.create_table(
        "keeping_time",
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "file",
                "bids",
                "contract",
                "no_award",
                name="kept",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("years", sa.Integer(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("years BETWEEN 1 AND 100", name=op.f("ck_keeping_time_years")),
        _refers("keeping_time", "body_id", "organisation.id"),
        _refers("keeping_time", "set_by_id", "user_account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_keeping_time")),
    )
    op.create_index(op.f("ix_keeping_time_body_id"), "keeping_time", ["body_id"])
    op.create_table(
        "legal_hold",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_legal_hold_reason")),
        _refers("legal_hold", "challenge_id", "challenge.id"),
        _refers("legal_hold", "set_by_id", "user_account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_hold")),
        sa.UniqueConstraint("id", "set_by_id", name=op.f("uq_legal_hold_id_set_by_id")),
    )
    op.create_index(op.f("ix_legal_hold_challenge_id"), "legal_hold", ["challenge_id"])
    op.create_table(
        "hold_lift",
        sa.Column("hold_id", sa.Uuid(), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lifted_by_id", sa.Uuid(), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "lifted_by_id <> set_by_id", name=op.f("ck_hold_lift_another_person")
        ),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_hold_lift_reason")),
        sa.ForeignKeyConstraint(
            ["hold_id", "set_by_id"], ["legal_hold.id", "legal_hold.set_by_id"], name="hold"
        ),
        _refers("hold_lift", "lifted_by_id", "user_account.id"),
        sa.PrimaryKeyConstraint("hold_id", name=op.f("pk_hold_lift")),
    )
    op.create_table(
        "erasure",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(trim(rule)) > 0", name=op.f("ck_erasure_rule")),
        _refers("erasure", "challenge_id", "challenge.id"),
        _refers("erasure", "proposed_by_id", "user_account.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("id", "proposed_by_id", name=op.f("uq_erasure_id_proposed_by_id")),
    )
    op.create_index(op.f("ix_erasure_challenge_id"), "erasure", ["challenge_id"])
    op.create_table(
        "erasure_answer",
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decided_by_id <> proposed_by_id", name=op.f("ck_erasure_answer_another_person")
        ),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_erasure_answer_reason")),
        sa.ForeignKeyConstraint(
            ["erasure_id", "proposed_by_id"],
            ["erasure.id", "erasure.proposed_by_id"],
            name="erasure",
        ),
        _refers("erasure_answer", "decided_by_id", "user_account.id"),
        sa.PrimaryKeyConstraint("erasure_id", name=op.f("pk_erasure_answer")),
    )
    op.create_table(
        "erasure_run",
        sa.Column("erasure_id", sa.Uuid(), nullable=False),
        sa.Column("entry_n", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        _refers("erasure_run", "erasure_id", "erasure.id"),
        _refers("erasure_run", "entry_n", "log_entry.n"),
        sa.PrimaryKeyConstraint("erasure_id", name=op.f("pk_erasure_run")),
    )
    for table, keys in NEW.items():
        _execute(append_only_ddl(table, keys))
    for table, (row_id, columns) in ERASABLE.items():
        _let_be_changed(table)
        stays = _columns(table) - set(columns)
        _execute(_of_changes(append_only_ddl(table, _keys(table), None, Erasing(row_id, stays))))


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    referred = to.split(".", 1)[0]
    return sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{table}_{column}_{referred}"))


def _columns(table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}


def _keys(table: str) -> list[list[str]]:
    """Give one key: only the statement about changes is taken, which names none."""
    return [sa.inspect(op.get_bind()).get_pk_constraint(table)["constrained_columns"]]


def _let_be_changed(table: str) -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    op.execute(
        f"DROP TRIGGER {table}_no_update" if sqlite else f"DROP TRIGGER {table}_no_change ON {table}"
    )


def _of_changes(statements: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give what is about UPDATE, and on PostgreSQL about DELETE with it: the others are there."""
    return [
        (statement, dialect)
        for statement, dialect in statements
        if "_no_update " in statement
        or "_no_change " in statement
        or statement.startswith("CREATE OR REPLACE FUNCTION")
    ]


def _execute(statements: list[tuple[str, str]]) -> None:
    for statement, dialect in statements:
        if dialect == op.get_bind().dialect.name:
            op.execute(statement)


def downgrade() -> None:
    """Take the change back."""
    for table in ERASABLE:
        _let_be_changed(table)
        _execute(_of_changes(append_only_ddl(table, _keys(table))))
        if op.get_bind().dialect.name == "postgresql":
            op.execute(f"DROP FUNCTION refuse_{table}_change()")
    for table in ("erasure_run", *reversed(NEW), "case_file"):
        op.drop_table(table)
