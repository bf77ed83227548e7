"""delivery: milestones, gates, benefits and adopters.

Revision: 0039, after 0038
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

# In the order in which they refer to each other, with their primary and unique keys.
TABLES = {
    "milestone": [["id"], ["contract_id", "number"], ["id", "contract_id"]],
    "milestone_plan": [["id"], ["contract_id", "version"], ["id", "contract_id"]],
    "milestone_terms": [["plan_id", "milestone_id"]],
    "milestone_report": [
        ["id"],
        ["id", "milestone_id", "reported_by_id"],
        ["milestone_id", "number"],
    ],
    "milestone_file": [["report_id", "place"]],
    "milestone_answer": [
        ["report_id"],
        ["report_id", "milestone_id", "payment_minor", "decided_by_id"],
    ],
    "milestone_payment": [["milestone_id"]],
    "gate": [["id"], ["id", "contract_id", "proposed_by_id"]],
    "gate_finding": [["gate_id", "place"]],
    "gate_answer": [["gate_id"]],
    "work_end": [["contract_id"]],
    "work_finish": [["challenge_id"]],
    "benefit_review": [["id"], ["challenge_id", "months", "edition"]],
    "benefit_value": [["review_id", "place"]],
}
_BEFORE = (
    "draft",
    "in_review",
    "ready",
    "open",
    "closed",
    "opened",
    "evaluating",
    "intention_to_award",
    "contract_signed",
)
_AFTER = ("stopped", "cancelled")
NEW_STATES = ("delivering", "finished")
OLD, NEW = (*_BEFORE, *_AFTER), (*_BEFORE, *NEW_STATES, *_AFTER)


def upgrade() -> None:
    """Make the change."""
    _admit(OLD, NEW)
    op.add_column(
        "live_session", sa.Column("place", sa.String(300), server_default="", nullable=False)
    )
    op.add_column(
        "live_session",
        sa.Column("demo_day", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    _milestones()
    _gates()
    _ends()
    _benefits()
    for table, keys in TABLES.items():
        for statement, dialect in append_only_ddl(table, keys):
            if dialect == op.get_bind().dialect.name:
                op.execute(statement)


def downgrade() -> None:
    """Undo it.

    Raises:
        WrongMoment: work under contracts is recorded, or a demo day; nothing was undone.
    """
    held = " OR ".join(f"EXISTS (SELECT 1 FROM {table})" for table in TABLES)
    states = ", ".join(f"'{state}'" for state in NEW_STATES)
    used = op.get_bind().scalar(
        sa.text(
            f"SELECT {held} OR EXISTS (SELECT 1 FROM live_session WHERE demo_day)"
            f" OR EXISTS (SELECT 1 FROM challenge WHERE state IN ({states}))"
        )
    )
    if used:
        raise WrongMoment(
            "This database holds work under contracts. The version before this one cannot take it"
            " over. Nothing was changed."
        )
    for table in reversed(TABLES):
        op.drop_table(table)
    for name in ("demo_day", "place"):
        op.drop_column("live_session", name)
    _admit(NEW, OLD)


def _admit(old: tuple[str, ...], new: tuple[str, ...]) -> None:
    """Change which states a challenge may have.

    SQLite knows no such statement. To make the table anew would lose the triggers that keep its
    words for the search, so the rule is put into the schema itself, in the way that SQLite's own
    documentation gives for rules like this, which change nothing of what is stored.

    Source: sqlite.org/lang_altertable.html, section 7.
    """
    before, after = (
        "state IN ({})".format(", ".join(f"'{s}'" for s in them)) for them in (old, new)
    )
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.drop_constraint(op.f("ck_challenge_state"), "challenge", type_="check")
        op.create_check_constraint(op.f("ck_challenge_state"), "challenge", after)
        return
    version = bind.exec_driver_sql("PRAGMA schema_version").scalar_one()
    bind.exec_driver_sql("PRAGMA writable_schema = ON")
    changed = bind.execute(
        sa.text(
            "UPDATE sqlite_master SET sql = replace(sql, :before, :after)"
            " WHERE type = 'table' AND name = 'challenge' AND instr(sql, :before) > 0"
        ),
        {"before": before, "after": after},
    )
    bind.exec_driver_sql(f"PRAGMA schema_version = {version + 1}")
    bind.exec_driver_sql("PRAGMA writable_schema = OFF")
    if changed.rowcount != 1:
        raise RuntimeError("the rule of a challenge's states is not the one that was expected")


def _milestones() -> None:
    op.create_table(
        "milestone",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_milestone_number")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_milestone_contract_id_contract")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("contract_id", "number", name=op.f("uq_milestone_contract_id_number")),
        sa.UniqueConstraint("id", "contract_id", name=op.f("uq_milestone_id_contract_id")),
    )
    op.create_table(
        "milestone_plan",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value_minor", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("value_minor > 0", name=op.f("ck_milestone_plan_value")),
        sa.CheckConstraint(
            "version = 1 OR length(trim(reason)) > 0", name=op.f("ck_milestone_plan_reason")
        ),
        sa.CheckConstraint("version >= 1", name=op.f("ck_milestone_plan_version")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_milestone_plan_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"],
            ["user_account.id"],
            name=op.f("fk_milestone_plan_made_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_plan")),
        sa.UniqueConstraint(
            "contract_id", "version", name=op.f("uq_milestone_plan_contract_id_version")
        ),
        sa.UniqueConstraint("id", "contract_id", name=op.f("uq_milestone_plan_id_contract_id")),
    )
    op.create_table(
        "milestone_terms",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("deliverable", sa.Text(), nullable=False),
        sa.Column("accepted_when", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("payment_minor", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("length(trim(title)) > 0", name=op.f("ck_milestone_terms_title")),
        sa.CheckConstraint("payment_minor >= 0", name=op.f("ck_milestone_terms_payment")),
        sa.CheckConstraint("place >= 1", name=op.f("ck_milestone_terms_place")),
        sa.ForeignKeyConstraint(
            ["milestone_id", "contract_id"],
            ["milestone.id", "milestone.contract_id"],
            name="milestone",
        ),
        sa.ForeignKeyConstraint(
            ["plan_id", "contract_id"],
            ["milestone_plan.id", "milestone_plan.contract_id"],
            name="plan",
        ),
        sa.PrimaryKeyConstraint("plan_id", "milestone_id", name=op.f("pk_milestone_terms")),
    )
    op.create_table(
        "milestone_report",
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("for_supplier", sa.Boolean(), nullable=False),
        sa.Column("reported_by_id", sa.Uuid(), nullable=False),
        sa.Column("reported_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(trim(words)) > 0", name=op.f("ck_milestone_report_words")),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["milestone.id"],
            name=op.f("fk_milestone_report_milestone_id_milestone"),
        ),
        sa.ForeignKeyConstraint(
            ["reported_by_id"],
            ["user_account.id"],
            name=op.f("fk_milestone_report_reported_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_report")),
        sa.UniqueConstraint(
            "id",
            "milestone_id",
            "reported_by_id",
            name=op.f("uq_milestone_report_id_milestone_id_reported_by_id"),
        ),
        sa.UniqueConstraint(
            "milestone_id", "number", name=op.f("uq_milestone_report_milestone_id_number")
        ),
    )
    op.create_table(
        "milestone_file",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.CheckConstraint("place >= 1", name=op.f("ck_milestone_file_place")),
        sa.ForeignKeyConstraint(
            ["report_id"],
            ["milestone_report.id"],
            name=op.f("fk_milestone_file_report_id_milestone_report"),
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_file.sha256"], name=op.f("fk_milestone_file_sha256_stored_file")
        ),
        sa.PrimaryKeyConstraint("report_id", "place", name=op.f("pk_milestone_file")),
    )
    op.create_index(op.f("ix_milestone_file_sha256"), "milestone_file", ["sha256"])
    op.create_table(
        "milestone_answer",
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("reported_by_id", sa.Uuid(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("payment_minor", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "accepted = (payment_minor IS NOT NULL)",
            name=op.f("ck_milestone_answer_payment_if_accepted"),
        ),
        sa.CheckConstraint(
            "decided_by_id <> reported_by_id", name=op.f("ck_milestone_answer_another_person")
        ),
        sa.CheckConstraint("length(trim(words)) > 0", name=op.f("ck_milestone_answer_words")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_milestone_answer_decided_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id", "milestone_id", "reported_by_id"],
            [
                "milestone_report.id",
                "milestone_report.milestone_id",
                "milestone_report.reported_by_id",
            ],
            name="report",
        ),
        sa.PrimaryKeyConstraint("report_id", name=op.f("pk_milestone_answer")),
        sa.UniqueConstraint(
            "report_id",
            "milestone_id",
            "payment_minor",
            "decided_by_id",
            name="uq_milestone_answer_paid",
        ),
    )
    op.create_index(
        "uq_milestone_answer_accepted",
        "milestone_answer",
        ["milestone_id"],
        unique=True,
        sqlite_where=sa.text("accepted"),
        postgresql_where=sa.text("accepted"),
    )
    op.create_table(
        "milestone_payment",
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("accepted_minor", sa.BigInteger(), nullable=False),
        sa.Column("accepted_by_id", sa.Uuid(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.String(length=80), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount_minor = accepted_minor OR length(trim(note)) > 0",
            name=op.f("ck_milestone_payment_less_has_reason"),
        ),
        sa.CheckConstraint(
            "amount_minor > 0 AND amount_minor <= accepted_minor",
            name=op.f("ck_milestone_payment_amount"),
        ),
        sa.CheckConstraint(
            "length(trim(reference)) > 0", name=op.f("ck_milestone_payment_reference")
        ),
        sa.CheckConstraint(
            "recorded_by_id <> accepted_by_id", name=op.f("ck_milestone_payment_another_person")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_milestone_payment_recorded_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id", "milestone_id", "accepted_minor", "accepted_by_id"],
            [
                "milestone_answer.report_id",
                "milestone_answer.milestone_id",
                "milestone_answer.payment_minor",
                "milestone_answer.decided_by_id",
            ],
            name="accepted",
        ),
        sa.PrimaryKeyConstraint("milestone_id", name=op.f("pk_milestone_payment")),
    )


def _gates() -> None:
    op.create_table(
        "gate",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "goes_on",
                "stops",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("lessons", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "decision <> 'stops' OR length(trim(lessons)) > 0", name=op.f("ck_gate_lessons")
        ),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_gate_reason")),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_gate_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["user_account.id"],
            name=op.f("fk_gate_proposed_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate")),
        sa.UniqueConstraint(
            "id",
            "contract_id",
            "proposed_by_id",
            name=op.f("uq_gate_id_contract_id_proposed_by_id"),
        ),
    )
    op.create_index(op.f("ix_gate_contract_id"), "gate", ["contract_id"])
    op.create_table(
        "gate_finding",
        sa.Column("gate_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("criterion", sa.String(length=500), nullable=False),
        sa.Column(
            "finding",
            sa.Enum(
                "met",
                "partly",
                "not_met",
                name="finding",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint("length(trim(criterion)) > 0", name=op.f("ck_gate_finding_criterion")),
        sa.CheckConstraint("place >= 1", name=op.f("ck_gate_finding_place")),
        sa.ForeignKeyConstraint(
            ["gate_id"], ["gate.id"], name=op.f("fk_gate_finding_gate_id_gate")
        ),
        sa.PrimaryKeyConstraint("gate_id", "place", name=op.f("pk_gate_finding")),
    )
    op.create_table(
        "gate_answer",
        sa.Column("gate_id", sa.Uuid(), nullable=False),
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "decided_by_id <> proposed_by_id", name=op.f("ck_gate_answer_another_person")
        ),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_gate_answer_reason")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_gate_answer_decided_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["gate_id", "contract_id", "proposed_by_id"],
            ["gate.id", "gate.contract_id", "gate.proposed_by_id"],
            name="gate",
        ),
        sa.PrimaryKeyConstraint("gate_id", name=op.f("pk_gate_answer")),
    )
    op.create_index(
        "uq_gate_answer_confirmed",
        "gate_answer",
        ["contract_id"],
        unique=True,
        sqlite_where=sa.text("confirmed"),
        postgresql_where=sa.text("confirmed"),
    )


def _ends() -> None:
    op.create_table(
        "work_end",
        sa.Column("contract_id", sa.Uuid(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "completed",
                "went_on",
                "stopped",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("gate_id", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'completed') = (gate_id IS NULL)", name=op.f("ck_work_end_gate_decides")
        ),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contract.id"], name=op.f("fk_work_end_contract_id_contract")
        ),
        sa.ForeignKeyConstraint(
            ["gate_id"], ["gate_answer.gate_id"], name=op.f("fk_work_end_gate_id_gate_answer")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_work_end_recorded_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("contract_id", name=op.f("pk_work_end")),
    )
    op.create_table(
        "work_finish",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("finished_on", sa.Date(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_work_finish_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_work_finish_recorded_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_work_finish")),
    )


def _benefits() -> None:
    op.create_table(
        "benefit_review",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("lessons", sa.Text(), nullable=False),
        sa.Column("published", sa.Boolean(), nullable=False),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("edition >= 1", name=op.f("ck_benefit_review_edition")),
        sa.CheckConstraint("length(trim(words)) > 0", name=op.f("ck_benefit_review_words")),
        sa.CheckConstraint("months > 0", name=op.f("ck_benefit_review_months")),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_benefit_review_challenge_id_challenge"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_benefit_review_recorded_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_benefit_review")),
        sa.UniqueConstraint(
            "challenge_id",
            "months",
            "edition",
            name=op.f("uq_benefit_review_challenge_id_months_edition"),
        ),
    )
    op.create_table(
        "benefit_value",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("measure", sa.String(length=500), nullable=False),
        sa.Column("before", sa.String(length=200), nullable=False),
        sa.Column("now", sa.String(length=200), nullable=False),
        sa.CheckConstraint("length(trim(measure)) > 0", name=op.f("ck_benefit_value_measure")),
        sa.CheckConstraint("length(trim(now)) > 0", name=op.f("ck_benefit_value_now")),
        sa.CheckConstraint("place >= 1", name=op.f("ck_benefit_value_place")),
        sa.ForeignKeyConstraint(
            ["review_id"],
            ["benefit_review.id"],
            name=op.f("fk_benefit_value_review_id_benefit_review"),
        ),
        sa.PrimaryKeyConstraint("review_id", "place", name=op.f("pk_benefit_value")),
    )
