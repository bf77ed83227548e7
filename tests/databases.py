"""Databases for tests: owns keeping one as it is, and giving it again, on both kinds.

On SQLite a database is a file, and giving it again is copying it. PostgreSQL takes a fifth of a
second to copy a database of ours, so there each worker has one that is lent to test after test,
and only its rows are put back between them. One whose schema a test altered is thrown away.
"""

import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.connections import waiting
from tests.postgres import Server


@dataclass(frozen=True, eq=False)
class Kept:
    """A database as it was at some instant: a file on SQLite, else what each table held."""

    file: Path = Path()
    rows: Mapping[str, bytes] = field(default_factory=dict)


class Databases(ABC):
    """Keeps databases and gives them again; `url`s are SQLAlchemy's."""

    @abstractmethod
    def keep(self, url: str) -> Kept:
        """Keep the database at `url`, which nobody may be using."""

    @abstractmethod
    def make(self, kept: Kept, folder: Path) -> str:
        """Make a database like `kept`, for the rest of the run; `folder` is for its files."""

    @abstractmethod
    @contextmanager
    def lend(self, kept: Kept, folder: Path) -> Iterator[str]:
        """Give a database like `kept` for the length of a block, to one borrower at a time."""

    @abstractmethod
    def put_back(self, url: str, kept: Kept) -> None:
        """Make the rows at `url` what they were when `kept` was; nobody may be using it."""


class Files(Databases):
    """Databases of SQLite."""

    def keep(self, url: str) -> Kept:
        """Copy the file, whose journal its last user folded in."""
        file = self._file(url)
        kept = file.with_name(f"{file.name}.{len(list(file.parent.glob('*.kept')))}.kept")
        shutil.copy(file, kept)
        return Kept(file=kept)

    def make(self, kept: Kept, folder: Path) -> str:
        """Copy the file."""
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(kept.file, folder / "test.db")
        return f"sqlite:///{folder / 'test.db'}"

    @contextmanager
    def lend(self, kept: Kept, folder: Path) -> Iterator[str]:
        """Copy the file; it goes with its folder."""
        yield self.make(kept, folder)

    def put_back(self, url: str, kept: Kept) -> None:
        """Copy the file, and have no journal lie beside it."""
        file = self._file(url)
        for ending in ("-wal", "-shm"):
            file.with_name(file.name + ending).unlink(missing_ok=True)
        shutil.copy(kept.file, file)

    @staticmethod
    def _file(url: str) -> Path:
        return Path(url.removeprefix("sqlite:///"))


# Notes every change of the schema, beside the tables of the product: undone with it, if it is.
_WATCH = """
CREATE SCHEMA watch;
CREATE TABLE watch.altered (command text);
CREATE FUNCTION watch.note() RETURNS event_trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO watch.altered VALUES (tg_tag); END $$;
CREATE EVENT TRIGGER watch_note ON ddl_command_end EXECUTE FUNCTION watch.note();
ALTER EVENT TRIGGER watch_note ENABLE ALWAYS;
DELETE FROM watch.altered;
"""
# Generated columns make themselves.
_TABLES = """
SELECT c.oid::regclass::text, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
  AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
GROUP BY c.oid ORDER BY 1
"""
# How many bytes a binary copy of no rows has.
_NOTHING = 21
# Waits for each to be gone, so that none still holds a lock.
_LEFT_OVER = """
SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND pid <> ALL (%s)
  AND backend_type = 'client backend'
"""
# A function, so that the server plans its statements once. Neither triggers nor foreign keys
# object within it.
_GIVE = """
CREATE FUNCTION {schema}.give() RETURNS void LANGUAGE plpgsql
  SET session_replication_role = replica AS $$ BEGIN {statements}; END $$
"""


class Tables(Databases):
    """Databases of one PostgreSQL server, all copies of the one at `template`."""

    def __init__(self, server: Server, template: str) -> None:
        self._server = server
        self._template = template.partition("@/")[2].partition("?")[0]
        with self._connected(template) as connection:
            connection.execute(_WATCH)
            self._columns: dict[str, str] = dict(connection.execute(_TABLES).fetchall())
        # The address of the database that is lent, and a connection to it.
        self._lent: tuple[str, psycopg.Connection[Any]] | None = None
        self._known: dict[str, dict[Kept, str]] = {}

    def keep(self, url: str) -> Kept:
        """Read every table."""
        rows: dict[str, bytes] = {}
        with self._connected(url) as connection:
            for table in self._columns:
                with connection.cursor().copy(self._copy(table, "TO STDOUT")) as copy:
                    rows[table] = b"".join(bytes(part) for part in copy)
        return Kept(rows={table: found for table, found in rows.items() if len(found) > _NOTHING})

    def make(self, kept: Kept, folder: Path) -> str:
        """Copy the template and change its rows."""
        url = self._server.create_database(template=self._template)
        self.put_back(url, kept)
        return url

    @contextmanager
    def lend(self, kept: Kept, folder: Path) -> Iterator[str]:
        """Put the rows of the one database back, or make another if a test altered this one."""
        if self._lent is not None and self._altered(self._lent[1]):
            url, connection = self._lent
            connection.close()
            self._server.drop_database(url)
            self._lent = None
        if self._lent is None:
            url = self._server.create_database(template=self._template)
            self._lent = url, self._connected(url)
            waiting.serve(self._lent[1].info.dbname)
        url, connection = self._lent
        self._put_back(connection, url, kept)
        yield url

    def put_back(self, url: str, kept: Kept) -> None:
        """Empty every table and fill it from a copy that lies within the same database."""
        with self._connected(url) as connection:
            self._put_back(connection, url, kept)

    def _put_back(self, connection: psycopg.Connection[Any], url: str, kept: Kept) -> None:
        connection.execute(_LEFT_OVER, [waiting.numbers])
        with connection.transaction():
            connection.execute(f"SELECT {self._brought(connection, url, kept)}.give()".encode())

    def _brought(self, connection: psycopg.Connection[Any], url: str, kept: Kept) -> str:
        """Name the schema at `url` that holds the rows of `kept`, bringing them if need be."""
        known = self._known.setdefault(url, {})
        if kept not in known:
            known[kept] = schema = f"kept_{len(known)}"
            connection.execute(f"CREATE SCHEMA {schema}".encode())
            for table, rows in kept.rows.items():
                columns = self._columns[table]
                made = f"CREATE TABLE {schema}.{table} AS SELECT {columns} FROM {table} LIMIT 0"
                connection.execute(made.encode())
                with connection.cursor().copy(self._copy(table, "FROM STDIN", schema)) as copy:
                    copy.write(rows)
            statements = [f"DELETE FROM {table}" for table in self._columns]
            statements += [
                f"INSERT INTO {table} ({self._columns[table]}) SELECT * FROM {schema}.{table}"
                for table in kept.rows
            ]
            give = _GIVE.format(schema=schema, statements=";".join(statements))
            connection.execute(give.encode())
            connection.execute("DELETE FROM watch.altered")
        return known[kept]

    def _copy(self, table: str, direction: str, schema: str = "public") -> bytes:
        columns = self._columns[table]
        return f"COPY {schema}.{table} ({columns}) {direction} (FORMAT BINARY)".encode()

    @staticmethod
    def _altered(connection: psycopg.Connection[Any]) -> bool:
        return connection.execute("SELECT FROM watch.altered LIMIT 1").rowcount > 0

    @staticmethod
    def _connected(url: str) -> psycopg.Connection[Any]:
        return psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True)
