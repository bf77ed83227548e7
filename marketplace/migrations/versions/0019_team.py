"""team: who bids together, and what each does.

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "team_invitation",
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "asked",
                "accepted",
                "declined",
                "left",
                "taken_back",
                name="invitationstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("terms", sa.LargeBinary(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("partner_id", sa.Uuid(), nullable=True),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('left', 'taken_back')) = (ended_at IS NOT NULL)",
            name=op.f("ck_team_invitation_ended_state"),
        ),
        sa.CheckConstraint(
            "state <> 'asked' OR answered_at IS NULL",
            name=op.f("ck_team_invitation_asked_unanswered"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'taken_back') OR answered_at IS NOT NULL",
            name=op.f("ck_team_invitation_answered_state"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('accepted', 'left') OR partner_id IS NOT NULL",
            name=op.f("ck_team_invitation_partner_known"),
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL)",
            name=op.f("ck_team_invitation_answered_whole"),
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL)",
            name=op.f("ck_team_invitation_ended_whole"),
        ),
        sa.CheckConstraint(
            "partner_id IS NULL OR answered_at IS NOT NULL",
            name=op.f("ck_team_invitation_partner_answered"),
        ),
        sa.ForeignKeyConstraint(
            ["answered_by_id"],
            ["user_account.id"],
            name=op.f("fk_team_invitation_answered_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"],
            ["user_account.id"],
            name=op.f("fk_team_invitation_asked_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(["bid_id"], ["bid.id"], name=op.f("fk_team_invitation_bid_id_bid")),
        sa.ForeignKeyConstraint(
            ["ended_by_id"],
            ["user_account.id"],
            name=op.f("fk_team_invitation_ended_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["key_id"], ["draft_key.id"], name=op.f("fk_team_invitation_key_id_draft_key")
        ),
        sa.ForeignKeyConstraint(
            ["partner_id"],
            ["organisation.id"],
            name=op.f("fk_team_invitation_partner_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_invitation")),
        sa.UniqueConstraint("key_id", name=op.f("uq_team_invitation_key_id")),
    )
    with op.batch_alter_table("team_invitation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_team_invitation_bid_id"), ["bid_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_team_invitation_email"), ["email"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_team_invitation_partner_id"), ["partner_id"], unique=False
        )
        batch_op.create_index(
            "uq_team_invitation_partner",
            ["bid_id", "partner_id"],
            unique=True,
            sqlite_where=sa.text("state = 'accepted'"),
            postgresql_where=sa.text("state = 'accepted'"),
        )
        batch_op.create_index(
            "uq_team_invitation_standing",
            ["bid_id", "email"],
            unique=True,
            sqlite_where=sa.text("state IN ('asked', 'accepted')"),
            postgresql_where=sa.text("state IN ('asked', 'accepted')"),
        )


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("team_invitation")
    # What the invitations said was encrypted under keys of their own.
    op.execute(
        "DELETE FROM draft_key WHERE id NOT IN "
        "(SELECT draft_key_id FROM bid WHERE draft_key_id IS NOT NULL)"
    )
