"""aliases: parties in whom interests are declared, aliases of bids, orders of reading.

Revision: 0025, after 0024

Interests are declared in parties from now on and no longer in bids. What was declared in a bid is
taken over as declared in its bidder. Panels that
score already have their orders of reading drawn now.
Going down is for databases where nothing was declared in a partner or a subcontractor, nothing in
somebody who is in several bids, and no alias was drawn: none of it can be said in the tables of
before.
"""

import hashlib
import secrets
import uuid
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from marketplace.core.audit.models import append_only_ddl
from marketplace.core.errors import WrongMoment

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_DECLARED = "conflict_declaration"
_FOUND = "found_interest"


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "bidder_party",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=20), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        _refers("bidder_party", "stage_id", "stage.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bidder_party")),
        sa.UniqueConstraint("stage_id", "key", name=op.f("uq_bidder_party_stage_id_key")),
    )
    op.create_index(op.f("ix_bidder_party_stage_id"), "bidder_party", ["stage_id"])
    op.create_table(
        "party_bid",
        sa.Column("party_id", sa.Uuid(), nullable=False),
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "bidder",
                "partner",
                "subcontractor",
                name="partyrole",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        _refers("party_bid", "party_id", "bidder_party.id"),
        _refers("party_bid", "bid_id", "bid.id"),
        sa.PrimaryKeyConstraint("party_id", "bid_id", name=op.f("pk_party_bid")),
    )
    _name_parties()
    _declare_in_parties(_DECLARED, ["member_id", "party_id"])
    _declare_in_parties(_FOUND)
    _append_only("bidder_party", ["id"], ["stage_id", "key"])
    _append_only("party_bid", ["party_id", "bid_id"])
    op.create_table(
        "bid_alias",
        sa.Column("bid_id", sa.Uuid(), nullable=False),
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        _refers("bid_alias", "bid_id", "bid.id"),
        _refers("bid_alias", "stage_id", "stage.id"),
        sa.PrimaryKeyConstraint("bid_id", name=op.f("pk_bid_alias")),
        sa.UniqueConstraint("stage_id", "word", name=op.f("uq_bid_alias_stage_id_word")),
    )
    op.create_index(op.f("ix_bid_alias_stage_id"), "bid_alias", ["stage_id"])
    op.create_table(
        "reading_order",
        sa.Column("stage_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.LargeBinary(length=32), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(seed) = 32", name=op.f("ck_reading_order_seed")),
        sa.ForeignKeyConstraint(
            ["stage_id"], ["panel.stage_id"], name=op.f("fk_reading_order_stage_id_panel")
        ),
        sa.PrimaryKeyConstraint("stage_id", name=op.f("pk_reading_order")),
    )
    for stage_id in op.get_bind().scalars(
        sa.text("SELECT stage_id FROM panel WHERE scoring_began_at IS NOT NULL").columns(
            sa.column("stage_id", sa.Uuid())
        )
    ).all():
        op.execute(
            sa.table(
                "reading_order",
                sa.column("stage_id", sa.Uuid()),
                sa.column("seed", sa.LargeBinary()),
                sa.column("drawn_at", sa.DateTime(timezone=True)),
            )
            .insert()
            .values(
                stage_id=stage_id, seed=secrets.token_bytes(32), drawn_at=datetime.now(tz=UTC)
            )
        )
    _append_only("bid_alias", ["bid_id"], ["stage_id", "word"])
    _append_only("reading_order", ["stage_id"])


def downgrade() -> None:
    """Undo it.

    Raises:
        WrongMoment: the tables of before cannot say what is in these; nothing was undone.
    """
    if op.get_bind().scalar(
        sa.text(
            "SELECT EXISTS (SELECT 1 FROM bid_alias)"
            " OR EXISTS (SELECT 1 FROM party_bid WHERE role <> 'bidder')"
            " OR EXISTS (SELECT 1 FROM party_bid GROUP BY party_id HAVING count(*) > 1)"
        )
    ):
        raise WrongMoment(
            "This database holds interests in partners or subcontractors, or aliases of bids. The"
            " version before this one cannot take them over. Nothing was changed."
        )
    op.drop_table("reading_order")
    op.drop_table("bid_alias")
    _declare_in_bids(_FOUND)
    _declare_in_bids(_DECLARED, ["member_id", "bid_id"])
    op.drop_table("party_bid")
    op.drop_table("bidder_party")


_PARTIES = sa.table(
    "bidder_party",
    sa.column("id", sa.Uuid()),
    sa.column("stage_id", sa.Uuid()),
    sa.column("key", sa.String()),
    sa.column("name", sa.Text()),
)
_PARTS = sa.table(
    "party_bid",
    sa.column("party_id", sa.Uuid()),
    sa.column("bid_id", sa.Uuid()),
    sa.column("role", sa.String()),
)


def _name_parties() -> None:
    """Make a party of each bidder in whom, or in whose bid, something was declared."""
    bid = sa.table(
        "bid",
        sa.column("id", sa.Uuid()),
        sa.column("stage_id", sa.Uuid()),
        sa.column("supplier_id", sa.Uuid()),
    )
    organisation = sa.table(
        "organisation", sa.column("id", sa.Uuid()), sa.column("name", sa.String())
    )
    declared = sa.union(*(sa.select(_about(table).c.bid_id) for table in _BOTH))
    rows = op.get_bind().execute(
        sa.select(bid.c.id, bid.c.stage_id, organisation.c.name)
        .join_from(bid, organisation, organisation.c.id == bid.c.supplier_id)
        .where(bid.c.id.in_(declared))
        .order_by(bid.c.id)
    )
    taken: set[tuple[uuid.UUID, str]] = set()
    for bid_id, stage_id, name in rows.all():
        key = whole = _key_of(name)
        while (stage_id, key) in taken:  # two of one name stay two here, as they were
            key = f"{whole}{len(taken)}"
        taken.add((stage_id, key))
        party = uuid.uuid4()
        op.execute(_PARTIES.insert().values(id=party, stage_id=stage_id, key=key, name=name))
        op.execute(_PARTS.insert().values(party_id=party, bid_id=bid_id, role="bidder"))


_BOTH = (_DECLARED, _FOUND)


def _about(table: str) -> sa.TableClause:
    return sa.table(table, sa.column("bid_id", sa.Uuid()), sa.column("party_id", sa.Uuid()))


def _key_of(name: str) -> str:
    folded = " ".join(name.split()).casefold()
    return f"p{hashlib.sha256(folded.encode()).hexdigest()[:12]}"


def _declare_in_parties(table: str, unique: list[str] | None = None) -> None:
    """Have a table say in which party, and no longer in which bid."""
    _let_change(table)
    op.add_column(table, sa.Column("party_id", sa.Uuid(), nullable=True))
    about = _about(table)
    op.execute(
        about.update().values(
            party_id=sa.select(_PARTS.c.party_id)
            .where(_PARTS.c.bid_id == about.c.bid_id)
            .scalar_subquery()
        )
    )
    _put_in_place(table, "party_id", "bid_id", "bidder_party", unique)


def _declare_in_bids(table: str, unique: list[str] | None = None) -> None:
    """Undo that."""
    _let_change(table)
    op.add_column(table, sa.Column("bid_id", sa.Uuid(), nullable=True))
    about = _about(table)
    op.execute(
        about.update().values(
            bid_id=sa.select(_PARTS.c.bid_id)
            .where(_PARTS.c.party_id == about.c.party_id)
            .scalar_subquery()
        )
    )
    _put_in_place(table, "bid_id", "party_id", "bid", unique)


def _put_in_place(
    table: str, new: str, old: str, of: str, unique: list[str] | None
) -> None:
    other = "bidder_party" if of == "bid" else "bid"
    with op.batch_alter_table(table) as batch:
        if unique:
            batch.drop_constraint(op.f(f"uq_{table}_member_id_{old}"), type_="unique")
            batch.create_unique_constraint(op.f(f"uq_{table}_member_id_{new}"), unique)
        batch.drop_index(op.f(f"ix_{table}_{old}"))
        batch.drop_constraint(op.f(f"fk_{table}_{old}_{other}"), type_="foreignkey")
        batch.drop_column(old)
        batch.alter_column(new, existing_type=sa.Uuid(), nullable=False)
        batch.create_foreign_key(op.f(f"fk_{table}_{new}_{of}"), of, [new], ["id"])
        batch.create_index(op.f(f"ix_{table}_{new}"), [new])
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    else:
        _append_only(table, ["id"], *([unique] if unique else []))


def _let_change(table: str) -> None:
    """Lift the append-only rule while rows are taken over."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        return
    for name in ("update", "delete", "replace"):
        op.execute(f"DROP TRIGGER {table}_no_{name}")


def _refers(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{to.partition('.')[0]}")
    return sa.ForeignKeyConstraint([column], [to], name=name)


def _append_only(table: str, *keys: list[str]) -> None:
    for statement, dialect in append_only_ddl(table, keys):
        if dialect == op.get_bind().dialect.name:
            op.execute(statement)
