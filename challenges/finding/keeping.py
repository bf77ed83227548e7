# ruff: noqa: S608  (statements are put together from names of our own)
"""How each database keeps the index of words: its parts and triggers, as statements.

The database itself brings every change of a public text into the index, in the transaction of the
change, so the index is never behind and no code can forget it. Only what is published is in it:
what is not there cannot be found. A migration holds its own copy of what it sets; one that rebuilds
`challenge`, `organisation` or `co_sponsor` on SQLite loses the triggers there and must set them
again.
"""

from collections.abc import Iterator, Mapping

from sqlalchemy import text
from sqlalchemy.orm import Session

# What SQLAlchemy cannot describe: an index of SQLite's own kind with the tables it lies in, and a
# column of PostgreSQL's with its index.
UNMODELLED = frozenset(
    {
        "challenge_words",
        *(f"challenge_words_{part}" for part in ("data", "idx", "docsize", "config")),
        "challenge_text.words",
        "ix_challenge_text_words",
    }
)

# The public texts of a challenge besides title and summary, in the order of its page.
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
_READ = ", ".join(("title", "summary", *BODY, "reference", "round", "buyer_id", "published_at"))

# What a word counts for by where it stands. PostgreSQL's letters mean 1, 0.4, 0.2 and 0.1.
_LETTERS = {"title": "A", "summary": "B", "body": "D", "names": "C"}
BM25_WEIGHTS = "10.0, 4.0, 1.0, 2.0"

_COLUMNS = ", ".join(_LETTERS)
_TEXTS = "challenge_id, " + _COLUMNS

# PostgreSQL takes web addresses and numbers apart by rules of its own. Here, as on SQLite, letters
# and digits make words, all else parts them, and accents do not count.
_ACCENTS = "translate(lower({}), 'àáâãäåçèéêëìíîïñòóôõöùúûüýÿ', 'aaaaaaceeeeiiiinooooouuuuyy')"
_PLAIN = f"regexp_replace({_ACCENTS}, '(\\W|_)+', ' ', 'g')"


def statements(dialect: str) -> Iterator[str]:
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
    for name, (table, rest) in triggers(dialect).items():
        yield f"CREATE TRIGGER {name} {rest.replace('TABLE', f'ON {table}', 1)}"


def undoing(dialect: str) -> Iterator[str]:
    """Give the statements that take all of it away again, but for the table of texts."""
    for name, (table, _rest) in triggers(dialect).items():
        yield f"DROP TRIGGER {name}" + ("" if dialect == "sqlite" else f" ON {table}")
    yield (
        "DROP TABLE challenge_words"
        if dialect == "sqlite"
        else "DROP FUNCTION keep_challenge_text()"
    )


def triggers(dialect: str) -> Mapping[str, tuple[str, str]]:
    """Give each trigger by name: its table, and what stands after the name, with `TABLE` in it."""
    return _SQLITE if dialect == "sqlite" else _POSTGRESQL


def rebuild(session: Session) -> int:
    """Write the index anew from the challenges, in the caller's transaction; give how many."""
    session.execute(text("DELETE FROM challenge_text"))
    sqlite = session.get_bind().dialect.name == "sqlite"
    session.execute(text(_copying(sqlite=sqlite)))
    if sqlite:
        session.execute(text("INSERT INTO challenge_words (challenge_words) VALUES ('rebuild')"))
    return session.scalar(text("SELECT count(*) FROM challenge_text")) or 0


def missing(session: Session) -> int:
    """Give how many published challenges are not in the index as they are now, or need not be."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    there = f"SELECT {_TEXTS} FROM challenge_text"
    wanted = _selecting(sqlite=sqlite)
    return (
        session.scalar(
            text(
                f"SELECT count(DISTINCT challenge_id) FROM (SELECT * FROM ({there} EXCEPT {wanted})"
                f" AS over UNION ALL SELECT * FROM ({wanted} EXCEPT {there}) AS lacking) AS wrong"
            )
        )
        or 0
    )


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
