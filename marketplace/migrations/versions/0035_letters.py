"""letters: how a body presents itself, one letter to each bidder, when each could be read.

Revision: 0035, after 0034
"""

import sqlalchemy as sa
from alembic import op

from marketplace.core.database import new_id
from marketplace.core.errors import WrongMoment

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "body_letterhead",
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("signatory_name", sa.String(length=120), nullable=False),
        sa.Column("signatory_role", sa.String(length=120), nullable=False),
        sa.Column("reference_prefix", sa.String(length=20), nullable=False),
        sa.Column("logo", sa.LargeBinary(), nullable=True),
        sa.Column("template", sa.LargeBinary(), nullable=True),
        sa.Column("template_name", sa.String(length=200), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_body_letterhead_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"],
            ["user_account.id"],
            name=op.f("fk_body_letterhead_changed_by_id_user_account"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_body_letterhead")),
    )

    _add_letters()
    _begin_those_that_wait()


def downgrade() -> None:
    """Take the change back.

    Raises:
        WrongMoment: letters went out, or bidders asked more; nothing was undone.
    """
    if op.get_bind().scalar(
        sa.text(
            "SELECT EXISTS (SELECT 1 FROM letter WHERE content IS NOT NULL)"
            " OR EXISTS (SELECT 1 FROM information_request)"
        )
    ):
        raise WrongMoment(
            "This database holds letters that went out. The version before this one has no place"
            " for them. Nothing was changed."
        )
    op.drop_column("notice", "failure")
    for table in (
        "letter_message",
        "letter",
        "letter_batch",
        "withheld_words",
        "information_request",
        "body_letterhead",
    ):
        op.drop_table(table)


def _begin_those_that_wait() -> None:
    """Have letters made of awards that were approved and of which no bidder was told yet."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "SELECT s.recommendation_id, r.stage_id, s.decided_at FROM sign_off s"
            " JOIN recommendation r ON r.id = s.recommendation_id WHERE s.approved"
            " AND NOT EXISTS (SELECT 1 FROM intention i"
            " WHERE i.recommendation_id = s.recommendation_id)"
        ).columns(
            recommendation_id=sa.Uuid(), stage_id=sa.Uuid(), decided_at=sa.DateTime(timezone=True)
        )
    ).all()
    for row in rows:
        batch_id = new_id()
        connection.execute(
            sa.insert(_BATCH).values(
                id=batch_id,
                stage_id=row.stage_id,
                recommendation_id=row.recommendation_id,
                begun_at=row.decided_at,
                addition="",
                electronic=True,
            )
        )
        connection.execute(
            sa.insert(_JOB).values(
                id=new_id(),
                kind="letters.make",
                payload={"batch": str(batch_id)},
                due_at=row.decided_at,
                attempts=0,
            )
        )


_BATCH = sa.table(
    "letter_batch",
    sa.column("id", sa.Uuid()),
    sa.column("stage_id", sa.Uuid()),
    sa.column("recommendation_id", sa.Uuid()),
    sa.column("begun_at", sa.DateTime(timezone=True)),
    sa.column("addition", sa.Text()),
    sa.column("electronic", sa.Boolean()),
)
_JOB = sa.table(
    "job",
    sa.column("id", sa.Uuid()),
    sa.column("kind", sa.String()),
    sa.column("payload", sa.JSON()),
    sa.column("due_at", sa.DateTime(timezone=True)),
    sa.column("attempts", sa.Integer()),
)


def _add_letters() -> None:
    """Add the tables of letters."""
    op.create_table('information_request',
    sa.Column('stage_id', sa.Uuid(), nullable=False),
    sa.Column('bid_id', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('asked_by_id', sa.Uuid(), nullable=True),
    sa.Column('recorded_by_id', sa.Uuid(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('answered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['asked_by_id'], ['user_account.id'], name=op.f('fk_information_request_asked_by_id_user_account')),
    sa.ForeignKeyConstraint(['bid_id', 'stage_id'], ['bid.id', 'bid.stage_id'], name='bid'),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['user_account.id'], name=op.f('fk_information_request_recorded_by_id_user_account')),
    sa.ForeignKeyConstraint(['stage_id'], ['stage.id'], name=op.f('fk_information_request_stage_id_stage')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_information_request'))
    )
    op.create_index(op.f('ix_information_request_bid_id'), 'information_request', ['bid_id'], unique=False)
    op.create_index(op.f('ix_information_request_stage_id'), 'information_request', ['stage_id'], unique=False)
    op.create_index('uq_information_request_open', 'information_request', ['bid_id'], unique=True, sqlite_where=sa.text('answered_at IS NULL'), postgresql_where=sa.text('answered_at IS NULL'))
    op.create_table('withheld_words',
    sa.Column('stage_id', sa.Uuid(), nullable=False),
    sa.Column('bid_id', sa.Uuid(), nullable=True),
    sa.Column('words', sa.Text(), nullable=False),
    sa.Column('ground', sa.String(length=40), nullable=False),
    sa.Column('reason', sa.Text(), nullable=False),
    sa.Column('withheld_by_id', sa.Uuid(), nullable=False),
    sa.Column('withheld_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('taken_back_by_id', sa.Uuid(), nullable=True),
    sa.Column('taken_back_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(taken_back_at IS NULL) = (taken_back_by_id IS NULL)', name=op.f('ck_withheld_words_taken_back')),
    sa.CheckConstraint('length(trim(reason)) > 0', name=op.f('ck_withheld_words_reason')),
    sa.CheckConstraint('length(trim(words)) > 0', name=op.f('ck_withheld_words_words')),
    sa.ForeignKeyConstraint(['bid_id', 'stage_id'], ['bid.id', 'bid.stage_id'], name='bid'),
    sa.ForeignKeyConstraint(['stage_id'], ['stage.id'], name=op.f('fk_withheld_words_stage_id_stage')),
    sa.ForeignKeyConstraint(['taken_back_by_id'], ['user_account.id'], name=op.f('fk_withheld_words_taken_back_by_id_user_account')),
    sa.ForeignKeyConstraint(['withheld_by_id'], ['user_account.id'], name=op.f('fk_withheld_words_withheld_by_id_user_account')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_withheld_words'))
    )
    op.create_index(op.f('ix_withheld_words_stage_id'), 'withheld_words', ['stage_id'], unique=False)
    op.create_table('letter_batch',
    sa.Column('stage_id', sa.Uuid(), nullable=False),
    sa.Column('recommendation_id', sa.Uuid(), nullable=True),
    sa.Column('advance_id', sa.Uuid(), nullable=True),
    sa.Column('request_id', sa.Uuid(), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('addition', sa.Text(), nullable=False),
    sa.Column('send_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('planned_by_id', sa.Uuid(), nullable=True),
    sa.Column('electronic', sa.Boolean(), nullable=False),
    sa.Column('promised_end', sa.DateTime(timezone=True), nullable=True),
    sa.Column('hindered', sa.Text(), nullable=True),
    sa.Column('head', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('template', sa.LargeBinary(), nullable=True),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('sent_by_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(CASE WHEN recommendation_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN advance_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN request_id IS NULL THEN 0 ELSE 1 END) = 1', name=op.f('ck_letter_batch_of_one')),
    sa.ForeignKeyConstraint(['advance_id'], ['advance_answer.advance_id'], name=op.f('fk_letter_batch_advance_id_advance_answer')),
    sa.ForeignKeyConstraint(['planned_by_id'], ['user_account.id'], name=op.f('fk_letter_batch_planned_by_id_user_account')),
    sa.ForeignKeyConstraint(['recommendation_id'], ['sign_off.recommendation_id'], name=op.f('fk_letter_batch_recommendation_id_sign_off')),
    sa.ForeignKeyConstraint(['request_id'], ['information_request.id'], name=op.f('fk_letter_batch_request_id_information_request')),
    sa.ForeignKeyConstraint(['sent_by_id'], ['user_account.id'], name=op.f('fk_letter_batch_sent_by_id_user_account')),
    sa.ForeignKeyConstraint(['stage_id'], ['stage.id'], name=op.f('fk_letter_batch_stage_id_stage')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter_batch')),
    sa.UniqueConstraint('advance_id', name=op.f('uq_letter_batch_advance_id')),
    sa.UniqueConstraint('recommendation_id', name=op.f('uq_letter_batch_recommendation_id')),
    sa.UniqueConstraint('request_id', name=op.f('uq_letter_batch_request_id'))
    )
    op.create_index(op.f('ix_letter_batch_stage_id'), 'letter_batch', ['stage_id'], unique=False)
    op.create_table('letter',
    sa.Column('batch_id', sa.Uuid(), nullable=False),
    sa.Column('stage_id', sa.Uuid(), nullable=False),
    sa.Column('bid_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('not_shortlisted', 'not_eligible', 'intention', 'further_information', name='letterkind', native_enum=False, create_constraint=True, length=40), nullable=False),
    sa.Column('facts', sa.JSON(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('addition', sa.Text(), nullable=False),
    sa.Column('content', sa.JSON(none_as_null=True), nullable=True),
    sa.Column('sha256', sa.String(length=64), nullable=True),
    sa.Column('available_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('gone_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('gone_electronic', sa.Boolean(), nullable=True),
    sa.Column('gone_how', sa.Text(), nullable=True),
    sa.Column('recorded_by_id', sa.Uuid(), nullable=True),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('read_by_id', sa.Uuid(), nullable=True),
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('(content IS NULL) = (sha256 IS NULL)', name=op.f('ck_letter_content')),
    sa.CheckConstraint('(gone_at IS NULL) = (recorded_by_id IS NULL)', name=op.f('ck_letter_gone')),
    sa.CheckConstraint('gone_electronic IS NULL OR gone_at IS NOT NULL', name=op.f('ck_letter_gone_way')),
    sa.ForeignKeyConstraint(['batch_id'], ['letter_batch.id'], name=op.f('fk_letter_batch_id_letter_batch')),
    sa.ForeignKeyConstraint(['bid_id', 'stage_id'], ['bid.id', 'bid.stage_id'], name='bid'),
    sa.ForeignKeyConstraint(['read_by_id'], ['user_account.id'], name=op.f('fk_letter_read_by_id_user_account')),
    sa.ForeignKeyConstraint(['recorded_by_id'], ['user_account.id'], name=op.f('fk_letter_recorded_by_id_user_account')),
    sa.ForeignKeyConstraint(['stage_id'], ['stage.id'], name=op.f('fk_letter_stage_id_stage')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_letter')),
    sa.UniqueConstraint('batch_id', 'bid_id', name=op.f('uq_letter_batch_id_bid_id'))
    )
    op.create_index(op.f('ix_letter_batch_id'), 'letter', ['batch_id'], unique=False)
    op.create_index(op.f('ix_letter_bid_id'), 'letter', ['bid_id'], unique=False)
    op.create_table('letter_message',
    sa.Column('letter_id', sa.Uuid(), nullable=False),
    sa.Column('notice_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['letter_id'], ['letter.id'], name=op.f('fk_letter_message_letter_id_letter')),
    sa.ForeignKeyConstraint(['notice_id'], ['notice.id'], name=op.f('fk_letter_message_notice_id_notice')),
    sa.PrimaryKeyConstraint('letter_id', 'notice_id', name=op.f('pk_letter_message'))
    )
    op.add_column('notice', sa.Column('failure', sa.Text(), nullable=True))
