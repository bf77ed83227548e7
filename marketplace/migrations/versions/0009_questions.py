"""questions: questions and answers, sessions, comments.

Revision: 0009, after 0008
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment


revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# What people said to one another, much of it in public.
SAID = (
    *("clarification", "clarification_answer", "clarification_version", "live_session"),
    *("draft_comment", "partner_message", "partner_connection"),
)
TOPICS = ("problem", "outcome", "offer", "money", "criteria", "timeline", "terms", "other")


def upgrade() -> None:
    """Make the change."""
    _make_questions()
    _make_review()
    _make_sessions()
    _make_consultations()
    _make_partners()


def downgrade() -> None:
    """Undo it; what was written for oneself alone, such as notes of a review, is gone then.

    Raises:
        WrongMoment: somebody asked, answered, commented, met or offered to join; nothing was undone.
    """
    if any(op.get_bind().scalar(sa.text(f"SELECT EXISTS (SELECT 1 FROM {name})")) for name in SAID):
        raise WrongMoment(
            "This database holds questions, answers, sessions, comments or partners. The version"
            " before this one has no place for them. Nothing was changed."
        )
    for table in (
        *("partner_connection", "partner_message", "draft_comment", "consultation"),
        *("live_session", "review_comment"),
        *("clarification_version", "clarification", "clarification_answer"),
    ):
        op.drop_table(table)
    op.drop_column("challenge", "open_to_partners")


def _instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def _topic() -> sa.Enum:
    return sa.Enum(*TOPICS, name="topic", native_enum=False, create_constraint=True, length=40)


def _refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}")
    )


def _make_questions() -> None:
    answer = "clarification_answer"
    op.create_table(
        answer,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("topic", _topic(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("private_because", sa.Text(), nullable=True),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", _instant(), nullable=False),
        sa.Column("published_by_id", sa.Uuid(), nullable=True),
        sa.Column("published_at", _instant(), nullable=True),
        sa.Column("told_at", _instant(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_clarification_answer_number")),
        sa.CheckConstraint(
            "(published_at IS NULL) = (published_by_id IS NULL)",
            name=op.f("ck_clarification_answer_published_whole"),
        ),
        sa.CheckConstraint(
            "(number IS NOT NULL) = (published_at IS NOT NULL AND private_because IS NULL)",
            name=op.f("ck_clarification_answer_numbered_for_all"),
        ),
        sa.CheckConstraint(
            "length(trim(private_because)) > 0", name=op.f("ck_clarification_answer_private_reason")
        ),
        _refers(answer, "challenge_id", "challenge"),
        _refers(answer, "written_by_id", "user_account"),
        _refers(answer, "published_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification_answer")),
        sa.UniqueConstraint(
            "challenge_id", "number", name=op.f("uq_clarification_answer_challenge_id_number")
        ),
    )
    question = "clarification"
    op.create_table(
        question,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("topic", _topic(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", _instant(), nullable=False),
        sa.Column("names_supplier", sa.Boolean(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=True),
        sa.Column("worded_by_id", sa.Uuid(), nullable=True),
        sa.Column("answer_id", sa.Uuid(), nullable=True),
        sa.Column("reminded_at", _instant(), nullable=True),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_clarification_text")),
        sa.CheckConstraint(
            "(wording IS NULL) = (worded_by_id IS NULL)",
            name=op.f("ck_clarification_wording_by_somebody"),
        ),
        _refers(question, "challenge_id", "challenge"),
        _refers(question, "supplier_id", "organisation"),
        _refers(question, "asked_by_id", "user_account"),
        _refers(question, "worded_by_id", "user_account"),
        _refers(question, "answer_id", answer),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification")),
    )
    for columns in (
        ["challenge_id", "answer_id"],
        ["supplier_id", "challenge_id"],
        ["asked_by_id", "asked_at"],
        ["answer_id"],
    ):
        op.create_index(op.f(f"ix_clarification_{'_'.join(columns)}"), question, columns)
    version = "clarification_version"
    op.create_table(
        version,
        sa.Column("answer_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", _instant(), nullable=False),
        sa.CheckConstraint("version >= 1", name=op.f("ck_clarification_version_version")),
        sa.CheckConstraint(
            "(version = 1) = (because IS NULL)",
            name=op.f("ck_clarification_version_correction_has_reason"),
        ),
        _refers(version, "answer_id", answer),
        _refers(version, "by_id", "user_account"),
        sa.PrimaryKeyConstraint("answer_id", "version", name=op.f("pk_clarification_version")),
    )
    _keep_append_only(version, ["answer_id", "version"])


def _make_review() -> None:
    table = "review_comment"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("section", sa.String(40), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", _instant(), nullable=False),
        sa.Column("resolved_by_id", sa.Uuid(), nullable=True),
        sa.Column("resolved_at", _instant(), nullable=True),
        sa.Column("told_at", _instant(), nullable=True),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_review_comment_text")),
        sa.CheckConstraint(
            "parent_id IS NULL OR resolved_at IS NULL",
            name=op.f("ck_review_comment_threads_are_resolved"),
        ),
        sa.CheckConstraint(
            "(resolved_at IS NULL) = (resolved_by_id IS NULL)",
            name=op.f("ck_review_comment_resolved_by_somebody"),
        ),
        _refers(table, "challenge_id", "challenge"),
        _refers(table, "parent_id", table),
        _refers(table, "by_id", "user_account"),
        _refers(table, "resolved_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_comment")),
    )
    op.create_index(
        op.f("ix_review_comment_challenge_id_section"), table, ["challenge_id", "section"]
    )
    op.create_index(op.f("ix_review_comment_parent_id"), table, ["parent_id"])


def _make_sessions() -> None:
    table = "live_session"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("starts_at", _instant(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("join_url", sa.String(500), nullable=False),
        sa.Column("join_for_all", sa.Boolean(), nullable=False),
        sa.Column("recording_url", sa.String(500), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("announced_by_id", sa.Uuid(), nullable=False),
        sa.Column("announced_at", _instant(), nullable=False),
        sa.Column("changed_at", _instant(), nullable=False),
        sa.Column("cancelled_at", _instant(), nullable=True),
        sa.Column("cancelled_because", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("minutes BETWEEN 5 AND 480", name=op.f("ck_live_session_minutes")),
        sa.CheckConstraint("edition >= 0", name=op.f("ck_live_session_edition")),
        sa.CheckConstraint(
            "(cancelled_at IS NULL) = (cancelled_because IS NULL)",
            name=op.f("ck_live_session_cancelled_has_reason"),
        ),
        _refers(table, "challenge_id", "challenge"),
        _refers(table, "announced_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_session")),
    )
    op.create_index(
        op.f("ix_live_session_challenge_id_starts_at"), table, ["challenge_id", "starts_at"]
    )


def _make_consultations() -> None:
    table = "consultation"
    op.create_table(
        table,
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=False),
        sa.Column("opened_at", _instant(), nullable=False),
        sa.Column("ends_at", _instant(), nullable=False),
        sa.CheckConstraint(
            "ends_at >= opened_at", name=op.f("ck_consultation_ends_after_opening")
        ),
        _refers(table, "challenge_id", "challenge"),
        _refers(table, "opened_by_id", "user_account"),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_consultation")),
    )
    op.create_index(op.f("ix_consultation_ends_at"), table, ["ends_at"])
    comment = "draft_comment"
    op.create_table(
        comment,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("topic", _topic(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("at", _instant(), nullable=False),
        sa.Column("hidden_at", _instant(), nullable=True),
        sa.Column("hidden_because", sa.Text(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_at", _instant(), nullable=True),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_draft_comment_text")),
        sa.CheckConstraint(
            "(hidden_at IS NULL) = (hidden_because IS NULL)",
            name=op.f("ck_draft_comment_hidden_has_reason"),
        ),
        sa.CheckConstraint(
            "(reply IS NULL) = (replied_at IS NULL)", name=op.f("ck_draft_comment_reply_is_dated")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["consultation.challenge_id"],
            name=op.f("fk_draft_comment_challenge_id_consultation"),
        ),
        _refers(comment, "by_id", "user_account"),
        _refers(comment, "organisation_id", "organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_comment")),
    )
    op.create_index(op.f("ix_draft_comment_challenge_id_id"), comment, ["challenge_id", "id"])
    op.create_index(op.f("ix_draft_comment_by_id_at"), comment, ["by_id", "at"])


def _make_partners() -> None:
    op.add_column(
        "challenge",
        sa.Column("open_to_partners", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    message = "partner_message"
    op.create_table(
        message,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", _instant(), nullable=False),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_partner_message_text")),
        _refers(message, "challenge_id", "challenge"),
        _refers(message, "organisation_id", "organisation"),
        _refers(message, "by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_partner_message")),
    )
    op.create_index(op.f("ix_partner_message_challenge_id_at"), message, ["challenge_id", "at"])
    connection = "partner_connection"
    op.create_table(
        connection,
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", _instant(), nullable=False),
        _refers(connection, "challenge_id", "challenge"),
        _refers(connection, "organisation_id", "organisation"),
        _refers(connection, "by_id", "user_account"),
        sa.PrimaryKeyConstraint(
            "challenge_id", "organisation_id", name=op.f("pk_partner_connection")
        ),
    )


def _keep_append_only(table: str, key: list[str]) -> None:
    dialect = op.get_bind().dialect.name
    for statement, wanted in append_only_ddl(table, [key]):
        if wanted == dialect:
            op.execute(statement)
