"""seats: who is asked onto a panel, what each scores, and the trial.

Revision: 0023, after 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

ROLES = (
    "supplier_admin",
    "supplier_contributor",
    "challenge_lead",
    "procurement_officer",
    "evaluator",
    "chair",
    "approver",
    "auditor",
    "facilitator",
    "platform_admin",
)
GUEST = "guest_evaluator"
WAITING = "accepted_at IS NULL AND declined_at IS NULL AND withdrawn_at IS NULL"


def upgrade() -> None:
    """Make the change."""
    _let_roles_be([*ROLES, GUEST])
    with op.batch_alter_table("panel_member") as batch:
        batch.add_column(sa.Column("expertise", _expertise(), nullable=True))
        batch.add_column(sa.Column("briefing_sha256", sa.String(length=64), nullable=True))
    op.create_table(
        "panel_invitation",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("seat", _words("seat", "chair", "evaluator", "observer"), nullable=False),
        sa.Column("expertise", _expertise(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("invited_by_id", sa.Uuid(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("seat <> 'chair'", name=op.f("ck_panel_invitation_no_chair")),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("ck_panel_invitation_reason")),
        sa.CheckConstraint(
            "(accepted_at IS NULL) = (member_id IS NULL)",
            name=op.f("ck_panel_invitation_accepted_whole"),
        ),
        sa.CheckConstraint(
            "(CASE WHEN accepted_at IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN declined_at IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN withdrawn_at IS NULL THEN 0 ELSE 1 END) <= 1",
            name=op.f("ck_panel_invitation_ends_once"),
        ),
        _to("panel_invitation", "stage_id", "panel", "stage_id"),
        _to("panel_invitation", "replaces_id", "panel_member"),
        _to("panel_invitation", "invited_by_id", "user_account"),
        _to("panel_invitation", "member_id", "panel_member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_invitation")),
        sa.UniqueConstraint("member_id", name=op.f("uq_panel_invitation_member_id")),
    )
    for column in ("stage_id", "email"):
        op.create_index(op.f(f"ix_panel_invitation_{column}"), "panel_invitation", [column])
    op.create_index(
        "uq_panel_invitation_waiting",
        "panel_invitation",
        ["stage_id", "email"],
        unique=True,
        sqlite_where=sa.text(WAITING),
        postgresql_where=sa.text(WAITING),
    )
    op.create_table(
        "panel_assignment",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        _to("panel_assignment", "criterion_id", "criterion"),
        _to("panel_assignment", "member_id", "panel_member"),
        sa.PrimaryKeyConstraint("member_id", "criterion_id", name=op.f("pk_panel_assignment")),
    )
    op.create_table(
        "trial_example",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("criterion_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(trim(text)) > 0", name=op.f("ck_trial_example_text")),
        _to("trial_example", "criterion_id", "criterion"),
        _to("trial_example", "made_by_id", "user_account"),
        _to("trial_example", "stage_id", "panel", "stage_id"),
        sa.PrimaryKeyConstraint("stage_id", name=op.f("pk_trial_example")),
    )
    op.create_table(
        "trial_score",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_trial_score_value")),
        sa.CheckConstraint("length(trim(rationale)) > 0", name=op.f("ck_trial_score_rationale")),
        _to("trial_score", "member_id", "panel_member"),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_trial_score")),
    )
    op.create_table(
        "panel_due",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("step", _words("step", "briefing", "interests", "scores"), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        _to("panel_due", "stage_id", "panel", "stage_id"),
        sa.PrimaryKeyConstraint("stage_id", "step", name=op.f("pk_panel_due")),
    )
    op.create_table(
        "panel_reminder",
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _to("panel_reminder", "member_id", "panel_member"),
        _to("panel_reminder", "sent_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panel_reminder")),
        sa.UniqueConstraint(
            "member_id", "sent_on", name=op.f("uq_panel_reminder_member_id_sent_on")
        ),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("panel_reminder")
    op.drop_table("panel_due")
    op.drop_table("trial_score")
    op.drop_table("trial_example")
    op.drop_table("panel_assignment")
    op.drop_table("panel_invitation")
    with op.batch_alter_table("panel_member") as batch:
        batch.drop_constraint(batch.f("ck_panel_member_expertise"), type_="check")
        batch.drop_column("expertise")
        batch.drop_column("briefing_sha256")
    # Who was a guest acts for the body no longer: without a role nothing opens.
    op.execute(f"DELETE FROM membership_role WHERE role = '{GUEST}'")
    _let_roles_be(list(ROLES))


def _let_roles_be(roles: list[str]) -> None:
    """Limit the roles that a membership can give to these."""
    told = ", ".join(f"'{role}'" for role in roles)
    with op.batch_alter_table("membership_role") as batch:
        batch.drop_constraint(batch.f("ck_membership_role_role"), type_="check")
        batch.create_check_constraint(batch.f("ck_membership_role_role"), f"role IN ({told})")


def _words(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)


def _expertise() -> sa.Enum:
    return _words("expertise", "service", "technical", "commercial", "other")


def _to(table: str, column: str, other: str, key: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        [column], [f"{other}.{key}"], name=op.f(f"fk_{table}_{column}_{other}")
    )
