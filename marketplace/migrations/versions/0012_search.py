"""search: the words of challenges, indexed.

Revision: 0012, after 0011

The statements are those of this version, whatever `challenges.finding.keeping` says by now.
"""

from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from alembic import op


revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "challenge_text",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_challenge_text_challenge_id_challenge"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_challenge_text")),
        sa.UniqueConstraint("challenge_id", name=op.f("uq_challenge_text_challenge_id")),
    )
    # The public list by body and by round, as by region and sector.
    for column in ("buyer_id", "round"):
        name = f"ix_challenge_{column.removesuffix('_id')}_published"
        op.create_index(name, "challenge", [column, "published_at", "id"])
    for column in ("region", "sector"):
        op.create_index(f"ix_challenge_{column}_value", "challenge", [column, "value_minor", "id"])
    bind = op.get_bind()
    sqlite = bind.dialect.name == "sqlite"
    for statement in _statements(bind.dialect.name):
        bind.exec_driver_sql(statement)
    bind.execute(sa.text(_copying(sqlite=sqlite)))
    if sqlite:
        bind.exec_driver_sql("INSERT INTO challenge_words (challenge_words) VALUES ('rebuild')")


def downgrade() -> None:
    """Undo it."""
    bind = op.get_bind()
    for statement in _undoing(bind.dialect.name):
        bind.exec_driver_sql(statement)
    for name in ("buyer_published", "round_published", "region_value", "sector_value"):
        op.drop_index(f"ix_challenge_{name}", "challenge")
    op.drop_table("challenge_text")


BODY = (
    "problem",
    "affected",
    "research",
    "today",
    "why_now",
    "outcome",
    "measures",
    "tried",
    "constraints",
    "support",
    "people_offered",
    "pooling",
    "benefits",
    "requirements",
)
_LETTERS = {"title": "A", "summary": "B", "body": "D", "names": "C"}
_READ = ", ".join(("title", "summary", *BODY, "reference", "round", "buyer_id", "published_at"))

_COLUMNS = ", ".join(_LETTERS)
_TEXTS = "challenge_id, " + _COLUMNS

# PostgreSQL takes web addresses and numbers apart by rules of its own. Here, as on SQLite, letters
# and digits make words, all else parts them, and accents do not count.
_ACCENTS = "translate(lower({}), 'àáâãäåçèéêëìíîïñòóôõöùúûüýÿ', 'aaaaaaceeeeiiiinooooouuuuyy')"
_PLAIN = f"regexp_replace({_ACCENTS}, '(\\W|_)+', ' ', 'g')"


def _statements(dialect: str) -> Iterator[str]:
    """Give the statements that make the index and keep it, where the tables stand already."""
    if dialect == "sqlite":
        yield (
            f"CREATE VIRTUAL TABLE challenge_words USING fts5({_COLUMNS}, "
            "content='challenge_text', content_rowid='number', "
            "tokenize='porter unicode61 remove_diacritics 2')"
        )
    else:
        words = " || ".join(
            f"setweight(to_tsvector('english', {_PLAIN.format(column)}), '{letter}')"
            for column, letter in _LETTERS.items()
        )
        yield (
            "ALTER TABLE challenge_text ADD COLUMN words tsvector "
            f"GENERATED ALWAYS AS ({words}) STORED"
        )
        yield "CREATE INDEX ix_challenge_text_words ON challenge_text USING gin (words)"
        yield _FUNCTION
    for name, (table, rest) in _triggers(dialect).items():
        yield f"CREATE TRIGGER {name} {rest.replace('TABLE', f'ON {table}', 1)}"


def _undoing(dialect: str) -> Iterator[str]:
    """Give the statements that take all of it away again, but for the table of texts."""
    for name, (table, _rest) in _triggers(dialect).items():
        yield f"DROP TRIGGER {name}" + ("" if dialect == "sqlite" else f" ON {table}")
    yield (
        "DROP TABLE challenge_words"
        if dialect == "sqlite"
        else "DROP FUNCTION keep_challenge_text()"
    )


def _triggers(dialect: str) -> Mapping[str, tuple[str, str]]:
    """Give each trigger by name: its table, and what stands after the name, with `TABLE` in it."""
    return _SQLITE if dialect == "sqlite" else _POSTGRESQL


def _selecting(*, sqlite: bool) -> str:
    """Give the statement that reads the texts of the published challenges, without an end."""
    body = " || ' \u2029 ' || ".join(f"c.{column}" for column in BODY)
    joined = "group_concat(s.name, ' ')" if sqlite else "string_agg(s.name, ' ')"
    sponsors = f"SELECT {joined} FROM co_sponsor s WHERE s.challenge_id = c.id"
    names = " || ' ' || ".join(
        ["c.reference", "coalesce(c.round, '')", "o.name", f"coalesce(({sponsors}), '')"]
    )
    return (
        f"SELECT c.id, c.title, c.summary, {body}, {names} "
        "FROM challenge c JOIN organisation o ON o.id = c.buyer_id "
        "WHERE c.published_at IS NOT NULL"
    )


def _copying(*, sqlite: bool) -> str:
    """Give the statement that copies the texts of the published challenges, without an end."""
    selecting = _selecting(sqlite=sqlite)
    if sqlite:
        return f"INSERT INTO challenge_text ({_TEXTS}) {selecting}"
    # From the identifier, so that no sequence must be kept beside the rows.
    number = "('x' || substr(md5(c.id::text), 1, 15))::bit(60)::bigint"
    return f"INSERT INTO challenge_text (number, {_TEXTS}) " + selecting.replace(
        "SELECT c.id", f"SELECT {number}, c.id", 1
    )


def _again(rows: str, which: str) -> str:
    """Give the statements of SQLite that write the texts of some challenges anew."""
    return f"DELETE FROM challenge_text WHERE {rows}; {_copying(sqlite=True)} AND {which};"


_NEW, _OLD = (
    ", ".join(f"{row}.{column}" for column in ("number", *_LETTERS)) for row in ("NEW", "OLD")
)
_INDEX = f"INSERT INTO challenge_words (rowid, {_COLUMNS}) VALUES ({_NEW});"
_UNINDEX = (
    f"INSERT INTO challenge_words (challenge_words, rowid, {_COLUMNS}) VALUES ('delete', {_OLD});"
)
_OF_CHALLENGE = _again("challenge_id = NEW.id", "c.id = NEW.id")
_OF_BUYER = _again(
    "challenge_id IN (SELECT id FROM challenge WHERE buyer_id = NEW.id)", "c.buyer_id = NEW.id"
)
_OF_SPONSOR = _again("challenge_id = NEW.challenge_id", "c.id = NEW.challenge_id")
_PUBLISHED = "WHEN NEW.published_at IS NOT NULL"

_SQLITE = {
    name: (table, f"{when} BEGIN {what} END")
    for name, table, when, what in (
        ("challenge_text_insert", "challenge_text", "AFTER INSERT TABLE", _INDEX),
        ("challenge_text_delete", "challenge_text", "AFTER DELETE TABLE", _UNINDEX),
        ("challenge_text_update", "challenge_text", "AFTER UPDATE TABLE", f"{_UNINDEX} {_INDEX}"),
        ("challenge_words_new", "challenge", f"AFTER INSERT TABLE {_PUBLISHED}", _OF_CHALLENGE),
        (
            "challenge_words_changed",
            "challenge",
            f"AFTER UPDATE OF {_READ} TABLE {_PUBLISHED} OR OLD.published_at IS NOT NULL",
            _OF_CHALLENGE,
        ),
        ("challenge_words_buyer", "organisation", "AFTER UPDATE OF name TABLE", _OF_BUYER),
        ("challenge_words_sponsor", "co_sponsor", "AFTER INSERT TABLE", _OF_SPONSOR),
        ("challenge_words_sponsor_renamed", "co_sponsor", "AFTER UPDATE TABLE", _OF_SPONSOR),
        (
            "challenge_words_sponsor_gone",
            "co_sponsor",
            "AFTER DELETE TABLE",
            _OF_SPONSOR.replace("NEW.", "OLD."),
        ),
    )
}

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION keep_challenge_text() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE which uuid[];
BEGIN
  IF TG_TABLE_NAME = 'challenge' THEN which := ARRAY[NEW.id];
  ELSIF TG_TABLE_NAME = 'organisation' THEN
    which := ARRAY(SELECT id FROM challenge WHERE buyer_id = NEW.id);
  ELSIF TG_OP = 'DELETE' THEN which := ARRAY[OLD.challenge_id];
  ELSE which := ARRAY[NEW.challenge_id];
  END IF;
  DELETE FROM challenge_text WHERE challenge_id = ANY (which);
  {_copying(sqlite=False)} AND c.id = ANY (which);
  RETURN NULL;
END $$
"""
_KEEP = "FOR EACH ROW EXECUTE FUNCTION keep_challenge_text()"
_POSTGRESQL = {
    name: (table, f"{when} {_KEEP}")
    for name, table, when in (
        ("challenge_words_changed", "challenge", f"AFTER INSERT OR UPDATE OF {_READ} TABLE"),
        ("challenge_words_buyer", "organisation", "AFTER UPDATE OF name TABLE"),
        ("challenge_words_sponsor", "co_sponsor", "AFTER INSERT OR UPDATE OR DELETE TABLE"),
    )
}
