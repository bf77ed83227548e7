"""sealed bids: keys, envelopes, the plan of a challenge, openings by signed statements.

Revision: 0002, after 0001

What was published under 0001 has no key to which bids are sealed and no plan, and its bids stand
readable: none of that can be made up afterwards. So this goes up and down only where nothing was
published and no bid was begun; everything else is kept.
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment


revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NEW_APPEND_ONLY = (
    "opened_submission",
    "opening",
    "opening_confirmation",
    "opening_officer",
    "opening_rehearsal",
    "plan",
    "submission",
)
OLD_APPEND_ONLY = ("opening", "opening_confirmation", "submission")


def upgrade() -> None:
    """Make the change.

    Raises:
        WrongMoment: something was published, or a bid begun; nothing was changed.
    """
    _refuse_if_used(
        "This database holds published challenges, or bids, that a version before sealed bids took."
        " They have no key to be sealed to, and this version cannot take them over. Nothing was"
        " changed."
    )
    _make_keys()
    _make_plans()
    _make_drafts()
    # Nothing is in them, for what they hold follows from bids.
    op.drop_table("opening")
    op.drop_table("opening_confirmation")
    _drop_submission()
    _make_submission()
    _make_openings()
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.add_column(
            sa.Column("second_factor", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
    _keep_append_only(NEW_APPEND_ONLY)


def downgrade() -> None:
    """Undo the change; keys that officers had set are gone then.

    Raises:
        WrongMoment: something was published, or a bid begun; nothing was changed.
    """
    _refuse_if_used(
        "This database holds published challenges, or bids, that are sealed. The version before"
        " this one cannot take them over. Nothing was changed."
    )
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.drop_column("second_factor")
    for table in ("opened_submission", "opening", "opening_confirmation", "opening_rehearsal"):
        op.drop_table(table)
    _drop_submission()
    _make_old_submission()
    _make_old_openings()
    _make_old_drafts()
    op.drop_table("opening_officer")
    op.drop_table("deadline_change")
    op.drop_table("plan")
    op.drop_index("uq_stage_sealing_key", "stage")
    # In a batch: where a later version made the table anew, SQLite drops no column with a reference.
    with op.batch_alter_table("stage") as stage:
        stage.drop_column("sealing_key_id")
    op.drop_table("officer_key")
    op.drop_table("sealing_key")
    op.drop_table("draft_key")
    _keep_append_only(OLD_APPEND_ONLY)


def _on_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _refuse_if_used(words: str) -> None:
    used = op.get_bind().scalar(
        sa.text(
            "SELECT EXISTS (SELECT 1 FROM challenge WHERE published_at IS NOT NULL)"
            " OR EXISTS (SELECT 1 FROM bid)"
        )
    )
    if used:
        raise WrongMoment(words)


def _keep_append_only(tables: tuple[str, ...]) -> None:
    """Set the triggers of tables that were made here."""
    bind = op.get_bind()
    inspector = sa.inspect(bind)
    for table in tables:
        keys = [
            inspector.get_pk_constraint(table)["constrained_columns"],
            *(unique["column_names"] for unique in inspector.get_unique_constraints(table)),
        ]
        for statement, database in append_only_ddl(table, keys):
            if database == bind.dialect.name:
                op.execute(statement)


def _make_keys() -> None:
    op.create_table(
        "draft_key",
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_key")),
    )
    op.create_table(
        "sealing_key",
        sa.Column("recipient", sa.String(length=100), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "closing",
                "copy",
                name="keykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("wrapped", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealing_key")),
        sa.UniqueConstraint("recipient", name=op.f("uq_sealing_key_recipient")),
    )
    op.create_table(
        "officer_key",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("verifier", sa.String(length=300), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_officer_key_user_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer_key")),
        sa.UniqueConstraint("verifier", name=op.f("uq_officer_key_verifier")),
    )
    op.create_index(op.f("ix_officer_key_user_id"), "officer_key", ["user_id"])
    op.create_index(
        "uq_officer_key_in_use",
        "officer_key",
        ["user_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    if _on_sqlite():
        # It can add a constraint only with the column; else the table would be made anew, to
        # which others refer.
        op.execute(
            "ALTER TABLE stage ADD COLUMN sealing_key_id CHAR(32)"
            " CONSTRAINT fk_stage_sealing_key_id_sealing_key REFERENCES sealing_key (id)"
        )
    else:
        op.add_column("stage", sa.Column("sealing_key_id", sa.Uuid(), nullable=True))
        op.create_foreign_key(
            op.f("fk_stage_sealing_key_id_sealing_key"),
            "stage",
            "sealing_key",
            ["sealing_key_id"],
            ["id"],
        )
    op.create_index("uq_stage_sealing_key", "stage", ["sealing_key_id"], unique=True)


def _make_plans() -> None:
    op.create_table(
        "plan",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_plan_version")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_plan_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_plan")),
    )
    op.create_table(
        "opening_officer",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("named_by_id", sa.Uuid(), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["named_by_id"],
            ["user_account.id"],
            name=op.f("fk_opening_officer_named_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["user_account.id"],
            name=op.f("fk_opening_officer_officer_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stage.id"], name=op.f("fk_opening_officer_stage_id_stage")
        ),
        sa.PrimaryKeyConstraint("stage_id", "officer_id", name=op.f("pk_opening_officer")),
    )
    op.create_index(op.f("ix_opening_officer_officer_id"), "opening_officer", ["officer_id"])
    op.create_table(
        "deadline_change",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("closes_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closes_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after_closing", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "confirmed",
                "declined",
                name="deadlineoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(outcome IS NULL) = (decided_at IS NULL)"
            " AND (outcome IS NULL) = (decided_by_id IS NULL)",
            name=op.f("ck_deadline_change_decided_whole"),
        ),
        sa.CheckConstraint("closes_to > closes_from", name=op.f("ck_deadline_change_later")),
        sa.CheckConstraint(
            "decided_by_id <> proposed_by_id", name=op.f("ck_deadline_change_two_officers")
        ),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_deadline_change_reason")),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_deadline_change_decided_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["proposed_by_id"],
            ["user_account.id"],
            name=op.f("fk_deadline_change_proposed_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stage.id"], name=op.f("fk_deadline_change_stage_id_stage")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deadline_change")),
    )
    op.create_index(op.f("ix_deadline_change_stage_id"), "deadline_change", ["stage_id"])
    op.create_index(
        "uq_deadline_change_waiting",
        "deadline_change",
        ["stage_id"],
        unique=True,
        sqlite_where=sa.text("outcome IS NULL"),
        postgresql_where=sa.text("outcome IS NULL"),
    )


def _make_drafts() -> None:
    op.drop_table("bid_answer")
    with op.batch_alter_table("bid") as bid:
        bid.drop_constraint(op.f("ck_bid_price"), type_="check")
        for name in ("price_minor", "contract_accepted", "contract_points", "ai_statement"):
            bid.drop_column(name)
        # There are no bids, so none lacks a key of its own.
        bid.add_column(sa.Column("draft_key_id", sa.Uuid(), nullable=True))
        bid.add_column(sa.Column("copy_key_id", sa.Uuid(), nullable=False))
        bid.create_unique_constraint(op.f("uq_bid_draft_key_id"), ["draft_key_id"])
        bid.create_unique_constraint(op.f("uq_bid_copy_key_id"), ["copy_key_id"])
        bid.create_foreign_key(
            op.f("fk_bid_draft_key_id_draft_key"), "draft_key", ["draft_key_id"], ["id"]
        )
        bid.create_foreign_key(
            op.f("fk_bid_copy_key_id_sealing_key"), "sealing_key", ["copy_key_id"], ["id"]
        )
    op.create_table(
        "bid_field",
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_bid_field_bid_id_bid")),
        sa.PrimaryKeyConstraint("bid_id", "name", name=op.f("pk_bid_field")),
    )


def _make_old_drafts() -> None:
    op.drop_table("bid_field")
    with op.batch_alter_table("bid") as bid:
        bid.drop_constraint(op.f("fk_bid_copy_key_id_sealing_key"), type_="foreignkey")
        bid.drop_constraint(op.f("fk_bid_draft_key_id_draft_key"), type_="foreignkey")
        bid.drop_constraint(op.f("uq_bid_copy_key_id"), type_="unique")
        bid.drop_constraint(op.f("uq_bid_draft_key_id"), type_="unique")
        bid.drop_column("copy_key_id")
        bid.drop_column("draft_key_id")
        bid.add_column(sa.Column("price_minor", sa.BigInteger(), nullable=True))
        bid.add_column(sa.Column("contract_accepted", sa.Boolean(), nullable=True))
        bid.add_column(sa.Column("contract_points", sa.Text(), nullable=False))
        bid.add_column(sa.Column("ai_statement", sa.Text(), nullable=False))
        bid.create_check_constraint(op.f("ck_bid_price"), "price_minor >= 0")
    op.create_table(
        "bid_answer",
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_bid_answer_bid_id_bid")),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_bid_answer_criterion_id_criterion")
        ),
        sa.PrimaryKeyConstraint("bid_id", "criterion_id", name=op.f("pk_bid_answer")),
    )


def _drop_submission() -> None:
    # On SQLite the reference is a part of the table of bids and waits for the table's return.
    if not _on_sqlite():
        op.drop_constraint("current_submission", "bid", type_="foreignkey")
    op.drop_table("submission")


def _tie_submission() -> None:
    op.create_index(op.f("ix_submission_bid_id"), "submission", ["bid_id"])
    if not _on_sqlite():
        op.create_foreign_key(
            "current_submission",
            "bid",
            "submission",
            ["id", "current_version"],
            ["bid_id", "version"],
            initially="DEFERRED",
            deferrable=True,
        )


def _make_submission() -> None:
    op.create_table(
        "submission",
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_n", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("draft_version", sa.Integer(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_submission_version")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_submission_bid_id_bid")),
        sa.ForeignKeyConstraint(
            ["entry_n"], ["log_entry.n"], name=op.f("fk_submission_entry_n_log_entry")
        ),
        sa.ForeignKeyConstraint(
            ["sha256"], ["stored_file.sha256"], name=op.f("fk_submission_sha256_stored_file")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"],
            ["user_account.id"],
            name=op.f("fk_submission_submitted_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("bid_id", "version", name=op.f("uq_submission_bid_id_version")),
        sa.UniqueConstraint("entry_n", name=op.f("uq_submission_entry_n")),
        sa.UniqueConstraint("sha256", name=op.f("uq_submission_sha256")),
    )
    _tie_submission()


def _make_old_submission() -> None:
    op.create_table(
        "submission",
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitted_by_id", sa.Uuid(), nullable=False),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_n", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_submission_version")),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_submission_bid_id_bid")),
        sa.ForeignKeyConstraint(
            ["entry_n"], ["log_entry.n"], name=op.f("fk_submission_entry_n_log_entry")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by_id"],
            ["user_account.id"],
            name=op.f("fk_submission_submitted_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("bid_id", "version", name=op.f("uq_submission_bid_id_version")),
        sa.UniqueConstraint("entry_n", name=op.f("uq_submission_entry_n")),
    )
    _tie_submission()


def _make_openings() -> None:
    op.create_table(
        "opening_confirmation",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("closed_n", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("officer_key_id", sa.Uuid(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["closed_n"], ["log_entry.n"], name=op.f("fk_opening_confirmation_closed_n_log_entry")
        ),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["user_account.id"],
            name=op.f("fk_opening_confirmation_officer_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["officer_key_id"],
            ["officer_key.id"],
            name=op.f("fk_opening_confirmation_officer_key_id_officer_key"),
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stage.id"], name=op.f("fk_opening_confirmation_stage_id_stage")
        ),
        sa.PrimaryKeyConstraint(
            "stage_id", "closed_n", "officer_id", name=op.f("pk_opening_confirmation")
        ),
    )
    confirmed = ["stage_id", "closed_n", "officer_id"]
    op.create_table(
        "opening",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("closed_n", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_officer_id", sa.Uuid(), nullable=False),
        sa.Column("second_officer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "first_officer_id <> second_officer_id", name=op.f("ck_opening_two_officers")
        ),
        sa.ForeignKeyConstraint(
            ["stage_id", "closed_n", "first_officer_id"],
            [f"opening_confirmation.{column}" for column in confirmed],
            name="first_confirmed",
        ),
        sa.ForeignKeyConstraint(
            ["stage_id", "closed_n", "second_officer_id"],
            [f"opening_confirmation.{column}" for column in confirmed],
            name="second_confirmed",
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_opening_stage_id_stage")),
        sa.PrimaryKeyConstraint("stage_id", name=op.f("pk_opening")),
    )
    op.create_table(
        "opening_rehearsal",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("rehearsed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["user_account.id"],
            name=op.f("fk_opening_rehearsal_officer_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stage.id"], name=op.f("fk_opening_rehearsal_stage_id_stage")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_rehearsal")),
    )
    op.create_index(op.f("ix_opening_rehearsal_stage_id"), "opening_rehearsal", ["stage_id"])
    op.create_table(
        "opened_submission",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("closed_n", sa.BigInteger(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_sha256", sa.String(length=64), nullable=True),
        sa.Column("document", sa.LargeBinary(), nullable=True),
        sa.Column(
            "flaw",
            sa.Enum(
                "missing",
                "differs",
                "unreadable",
                "another",
                "fields",
                name="flaw",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.CheckConstraint(
            "flaw IS NOT NULL OR document IS NOT NULL",
            name=op.f("ck_opened_submission_read_or_flagged"),
        ),
        sa.ForeignKeyConstraint(
            ["closed_n"], ["log_entry.n"], name=op.f("fk_opened_submission_closed_n_log_entry")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submission.id"],
            name=op.f("fk_opened_submission_submission_id_submission"),
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_opened_submission")),
    )


def _make_old_openings() -> None:
    op.create_table(
        "opening_confirmation",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("officer_id", sa.Uuid(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["officer_id"],
            ["user_account.id"],
            name=op.f("fk_opening_confirmation_officer_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stage.id"], name=op.f("fk_opening_confirmation_stage_id_stage")
        ),
        sa.PrimaryKeyConstraint("stage_id", "officer_id", name=op.f("pk_opening_confirmation")),
    )
    op.create_table(
        "opening",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_officer_id", sa.Uuid(), nullable=False),
        sa.Column("second_officer_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "first_officer_id <> second_officer_id", name=op.f("ck_opening_two_officers")
        ),
        sa.ForeignKeyConstraint(
            ["stage_id", "first_officer_id"],
            ["opening_confirmation.stage_id", "opening_confirmation.officer_id"],
            name="first_confirmed",
        ),
        sa.ForeignKeyConstraint(
            ["stage_id", "second_officer_id"],
            ["opening_confirmation.stage_id", "opening_confirmation.officer_id"],
            name="second_confirmed",
        ),
        sa.ForeignKeyConstraint(["stage_id"], ["stage.id"], name=op.f("fk_opening_stage_id_stage")),
        sa.PrimaryKeyConstraint("stage_id", name=op.f("pk_opening")),
    )
