"""evidence asked: of preferred bidders, a committee's minutes, and messages about awards.

Revision: 0036, after 0035
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

# In the order of making; what refers to another comes after it. Each with its keys.
_TABLES = {
    "award_route": [["id"]],
    "committee_decision": [["id"]],
    "due_diligence": [["id"]],
    "evidence_request": [["id"], ["bid_id", "number"], ["replaces_id"]],
    "preferred_failure": [["recommendation_id", "bid_id"]],
    "evidence_answer": [["id"]],
    "evidence_decision": [["request_id"]],
    "evidence_extension": [["id"]],
}
# Of messages, until now.
_KINDS = ("followed", "saved_search", "closing")
_FILE_WHOLE = (
    "(sealed IS NULL) = (key_id IS NULL) AND (sealed IS NULL) = (stored_sha256 IS NULL) "
    "AND (sealed IS NULL) = (file_sha256 IS NULL)"
)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "award_route",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("committee", sa.String(length=200), nullable=False),
        sa.Column("exemption", sa.String(length=40), nullable=False),
        sa.Column("set_by_id", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(committee = '') = (exemption = '')", name=op.f("ck_award_route_ground_of_committee")
        ),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["user_account.id"], name=op.f("fk_award_route_set_by_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["stage.id"], name=op.f("fk_award_route_stage_id_stage")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_award_route")),
    )
    op.create_index(op.f("ix_award_route_stage_id"), "award_route", ["stage_id"])
    op.create_table(
        "committee_decision",
        sa.Column("recommendation_id", sa.Uuid(), nullable=False),
        sa.Column("recommended_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "approved",
                "returned",
                "deferred",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("committee", sa.String(length=200), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=False),
        sa.Column("minute", sa.String(length=200), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("stored_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            _FILE_WHOLE,
            name=op.f("ck_committee_decision_file_whole"),
        ),
        sa.CheckConstraint(
            "length(trim(committee)) > 0", name=op.f("ck_committee_decision_committee")
        ),
        sa.CheckConstraint("length(trim(minute)) > 0", name=op.f("ck_committee_decision_minute")),
        sa.CheckConstraint("length(trim(words)) > 0", name=op.f("ck_committee_decision_words")),
        sa.CheckConstraint(
            "recorded_by_id <> recommended_by_id", name=op.f("ck_committee_decision_another_person")
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id", "recommended_by_id"],
            ["recommendation.id", "recommendation.recommended_by_id"],
            name="recommendation",
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by_id"],
            ["user_account.id"],
            name=op.f("fk_committee_decision_recorded_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_decision")),
    )
    op.create_index(
        op.f("ix_committee_decision_recommendation_id"), "committee_decision", ["recommendation_id"]
    )
    op.create_table(
        "due_diligence",
        sa.Column("recommendation_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=500), nullable=False),
        sa.Column(
            "concern",
            sa.Enum(
                "clear",
                "concern",
                name="concern",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("noted_by_id", sa.Uuid(), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(trim(result)) > 0", name=op.f("ck_due_diligence_result")),
        sa.CheckConstraint("length(trim(source)) > 0", name=op.f("ck_due_diligence_source")),
        sa.CheckConstraint("length(trim(subject)) > 0", name=op.f("ck_due_diligence_subject")),
        sa.ForeignKeyConstraint(
            ["noted_by_id"],
            ["user_account.id"],
            name=op.f("fk_due_diligence_noted_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id", "bid_id"],
            ["recommended_bid.recommendation_id", "recommended_bid.bid_id"],
            name="recommended",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_due_diligence")),
    )
    op.create_index(op.f("ix_due_diligence_bid_id"), "due_diligence", ["bid_id"])
    op.create_index(
        op.f("ix_due_diligence_recommendation_id"), "due_diligence", ["recommendation_id"]
    )
    op.create_table(
        "evidence_request",
        sa.Column("recommendation_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "identity",
                "grounds",
                "tax",
                "money",
                "insurance",
                "certificate",
                "experience",
                "other",
                name="evidence",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("document", sa.String(length=200), nullable=False),
        sa.Column("says", sa.Text(), nullable=False),
        sa.Column("beyond", sa.Text(), nullable=True),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("answer_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(trim(document)) > 0", name=op.f("ck_evidence_request_document")),
        sa.CheckConstraint("number >= 1", name=op.f("ck_evidence_request_number")),
        sa.CheckConstraint(
            "replaces_id IS NULL OR replaces_id <> id", name=op.f("ck_evidence_request_another")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["user_account.id"],
            name=op.f("fk_evidence_request_asked_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id", "bid_id"],
            ["recommended_bid.recommendation_id", "recommended_bid.bid_id"],
            name="recommended",
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["evidence_request.id"],
            name=op.f("fk_evidence_request_replaces_id_evidence_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_request")),
        sa.UniqueConstraint("bid_id", "number", name=op.f("uq_evidence_request_bid_id_number")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_evidence_request_replaces_id")),
    )
    op.create_index(
        op.f("ix_evidence_request_recommendation_id"), "evidence_request", ["recommendation_id"]
    )
    op.create_table(
        "preferred_failure",
        sa.Column("recommendation_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("failed_by_id", sa.Uuid(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_preferred_failure_reason")),
        sa.ForeignKeyConstraint(
            ["failed_by_id"],
            ["user_account.id"],
            name=op.f("fk_preferred_failure_failed_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id", "bid_id"],
            ["recommended_bid.recommendation_id", "recommended_bid.bid_id"],
            name="recommended",
        ),
        sa.PrimaryKeyConstraint("recommendation_id", "bid_id", name=op.f("pk_preferred_failure")),
    )
    op.create_table(
        "evidence_answer",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("stored_sha256", sa.String(length=64), nullable=True),
        sa.Column("file_sha256", sa.String(length=64), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("given_by_id", sa.Uuid(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            _FILE_WHOLE,
            name=op.f("ck_evidence_answer_file_whole"),
        ),
        sa.CheckConstraint(
            "sealed IS NOT NULL OR length(trim(note)) > 0",
            name=op.f("ck_evidence_answer_something"),
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"],
            ["user_account.id"],
            name=op.f("fk_evidence_answer_given_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["evidence_request.id"],
            name=op.f("fk_evidence_answer_request_id_evidence_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_answer")),
    )
    op.create_index(op.f("ix_evidence_answer_request_id"), "evidence_answer", ["request_id"])
    op.create_table(
        "evidence_decision",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "accepted",
                "refused",
                "not_needed",
                name="verdict",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("check_id", sa.Uuid(), nullable=True),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_evidence_decision_reason")),
        sa.ForeignKeyConstraint(
            ["check_id"],
            ["evidence_check.id"],
            name=op.f("fk_evidence_decision_check_id_evidence_check"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_evidence_decision_decided_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["evidence_request.id"],
            name=op.f("fk_evidence_decision_request_id_evidence_request"),
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_evidence_decision")),
    )
    op.create_table(
        "evidence_extension",
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("limit_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("limit_to", sa.DateTime(timezone=True), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("extended_by_id", sa.Uuid(), nullable=False),
        sa.Column("extended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(trim(because)) > 0", name=op.f("ck_evidence_extension_because")),
        sa.CheckConstraint("limit_to > limit_from", name=op.f("ck_evidence_extension_longer")),
        sa.ForeignKeyConstraint(
            ["extended_by_id"],
            ["user_account.id"],
            name=op.f("fk_evidence_extension_extended_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["evidence_request.id"],
            name=op.f("fk_evidence_extension_request_id_evidence_request"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_extension")),
    )
    op.create_index(op.f("ix_evidence_extension_request_id"), "evidence_extension", ["request_id"])
    for table, keys in _TABLES.items():
        for statement, dialect in append_only_ddl(table, keys):
            if dialect == op.get_bind().dialect.name:
                op.execute(statement)
    _let_people_do_without(*_KINDS, "award")


def downgrade() -> None:
    """Take the change back.

    Raises:
        WrongMoment: something was asked, looked up or decided so; nothing was undone.
    """
    for table in _TABLES:
        if op.get_bind().scalar(sa.text(f"SELECT EXISTS (SELECT 1 FROM {table})")):  # noqa: S608  (our names)
            raise WrongMoment(
                "This database holds evidence of preferred bidders, or what committees decided. The"
                " version before this one has no place for it. Nothing was changed."
            )
    for table in reversed(_TABLES):
        op.drop_table(table)
    op.execute(sa.text("DELETE FROM notice_unwanted WHERE kind = 'award'"))
    _let_people_do_without(*_KINDS)


def _let_people_do_without(*kinds: str) -> None:
    """Say which kinds of messages people can do without."""
    allowed = f"kind IN ({', '.join(repr(kind) for kind in kinds)})"
    with op.batch_alter_table("notice_unwanted") as table:
        table.drop_constraint(op.f("ck_notice_unwanted_kind"), type_="check")
        table.create_check_constraint(op.f("ck_notice_unwanted_kind"), allowed)
