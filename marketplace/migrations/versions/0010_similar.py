"""similar: vectors, joint sponsors, adoption.

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.errors import WrongMoment


revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


# What bodies agreed, and said to one another. Vectors are made again.
KEPT = ("joint_sponsor", "cost_share", "adoption", "contact_message", "drawn_from")


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "challenge_vector",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("model", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(vector) > 0", name=op.f("ck_challenge_vector_vector")),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_challenge_vector_challenge_id_challenge"),
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_challenge_vector")),
    )
    op.create_table(
        "joint_sponsor",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column(
            "joining",
            sa.Enum(
                "invited",
                "asked",
                "joined",
                "declined",
                "left",
                name="joining",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("begun_by_id", sa.Uuid(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("writes", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(joining IN ('invited','asked')) = (decided_at IS NULL)",
            name=op.f("ck_joint_sponsor_decided_whole"),
        ),
        sa.CheckConstraint(
            "writes = false OR joining = 'joined'",
            name=op.f("ck_joint_sponsor_writes_while_joined"),
        ),
        sa.CheckConstraint(
            "joining NOT IN ('declined','left') OR length(trim(because)) > 0",
            name=op.f("ck_joint_sponsor_because"),
        ),
        sa.ForeignKeyConstraint(
            ["begun_by_id"],
            ["user_account.id"],
            name=op.f("fk_joint_sponsor_begun_by_id_user_account"),
        ),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisation.id"], name=op.f("fk_joint_sponsor_body_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_joint_sponsor_challenge_id_challenge"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"],
            ["user_account.id"],
            name=op.f("fk_joint_sponsor_decided_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_sponsor")),
    )
    op.create_index("ix_joint_sponsor_body", "joint_sponsor", ["body_id", "joining"])
    standing = sa.text("joining IN ('invited','asked','joined')")
    op.create_index(
        "uq_joint_sponsor_standing",
        "joint_sponsor",
        ["challenge_id", "body_id"],
        unique=True,
        sqlite_where=standing,
        postgresql_where=standing,
    )
    op.create_table(
        "cost_share",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("percent", sa.BigInteger(), nullable=True),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(percent IS NULL) <> (amount_minor IS NULL)", name=op.f("ck_cost_share_one_measure")
        ),
        sa.CheckConstraint("percent >= 0", name=op.f("ck_cost_share_percent")),
        sa.CheckConstraint("amount_minor >= 0", name=op.f("ck_cost_share_amount")),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisation.id"], name=op.f("fk_cost_share_body_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_cost_share_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("challenge_id", "body_id", name=op.f("pk_cost_share")),
    )
    op.create_table(
        "adoption",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("interest", sa.Text(), nullable=False),
        sa.Column("registered_by_id", sa.Uuid(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisation.id"], name=op.f("fk_adoption_body_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_adoption_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["registered_by_id"],
            ["user_account.id"],
            name=op.f("fk_adoption_registered_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("challenge_id", "body_id", name=op.f("pk_adoption")),
    )
    op.create_index(op.f("ix_adoption_body_id"), "adoption", ["body_id"])
    op.create_table(
        "contact_message",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("body_id", sa.Uuid(), nullable=False),
        sa.Column("sent_by_id", sa.Uuid(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["body_id"], ["organisation.id"], name=op.f("fk_contact_message_body_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_contact_message_challenge_id_challenge"),
        ),
        sa.ForeignKeyConstraint(
            ["sent_by_id"],
            ["user_account.id"],
            name=op.f("fk_contact_message_sent_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_message")),
    )
    op.create_index(
        "ix_contact_message_sender", "contact_message", ["sent_by_id", "sent_at"]
    )
    op.create_table(
        "drawn_from",
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_drawn_from_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["source_id"], ["challenge.id"], name=op.f("fk_drawn_from_source_id_challenge")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_drawn_from")),
    )
    op.create_index(op.f("ix_drawn_from_source_id"), "drawn_from", ["source_id"])
    op.create_index("uq_challenge_vector_number", "challenge_vector", ["number"], unique=True)


def downgrade() -> None:
    """Undo it.

    Raises:
        WrongMoment: a body joined in a challenge, adopts a result or drew from one; nothing was
            undone.
    """
    if any(op.get_bind().scalar(sa.text(f"SELECT EXISTS (SELECT 1 FROM {name})")) for name in KEPT):
        raise WrongMoment(
            "This database holds joint sponsors, shares of costs, adoptions or messages about them."
            " The version before this one has no place for them. Nothing was changed."
        )
    for table in (
        "drawn_from",
        "contact_message",
        "adoption",
        "cost_share",
        "joint_sponsor",
        "challenge_vector",
    ):
        op.drop_table(table)
