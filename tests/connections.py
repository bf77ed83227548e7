"""Connections to PostgreSQL that serve one application after another: owns which wait meanwhile.

The server knows nothing at the start of a connection: it reads about every table, index and
trigger that is touched, which is most of its work in a short test. So a connection that an
application closes waits here for the next, with all settings as they were when it was new.
"""

import os
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import event
from sqlalchemy.engine import Engine

# What DISCARD ALL does, but that it keeps plans, which our side knows by name.
_AS_NEW = """
SET SESSION AUTHORIZATION DEFAULT; RESET ALL; CLOSE ALL; UNLISTEN *;
SELECT pg_advisory_unlock_all(); DISCARD SEQUENCES; DISCARD TEMP
"""


class _Reused(psycopg.Connection[Any]):
    """A connection that waits to be used again instead of closing, where that is wanted."""

    # Where it leads and for whom.
    wanted: dict[str, Any]

    def close(self) -> None:
        """Wait if the connection is sound, and end it if not."""
        if self.closed or self.info.dbname != waiting.database or not self._clean():
            super().close()
        else:
            waiting.connections.append(self)

    def _clean(self) -> bool:
        """Undo what was set; False where something was begun, or the server has gone."""
        if self.info.transaction_status is not TransactionStatus.IDLE:
            return False
        try:
            self.set_isolation_level(None)
            self.set_read_only(None)
            self.set_deferrable(None)
            self.set_autocommit(True)
            self.execute(_AS_NEW)
            self.set_autocommit(False)
        except psycopg.Error:
            return False
        return True


class _Waiting:
    """The connections that wait, all to one database."""

    def __init__(self) -> None:
        self.database = ""
        self.connections: list[_Reused] = []
        os.register_at_fork(after_in_child=self._leave)

    def _leave(self) -> None:
        """Leave to the parent what waits there: a process of its own has connections of its own."""
        self.database = ""
        self._parents, self.connections = self.connections, []

    def serve(self, database: str) -> None:
        """Let the connections to `database` wait from now on, and end those to another."""
        if database != self.database:
            self.database = ""
            while self.connections:
                self.connections.pop().close()
            self.database = database

    @property
    def numbers(self) -> list[int]:
        """Give the process numbers that the server has for them."""
        return [connection.info.backend_pid for connection in self.connections]

    def take(self, options: dict[str, Any]) -> psycopg.Connection[Any]:
        """Give a connection: one that waits, if one was made in the same way."""
        # Every engine brings an equal list of types of its own as "context".
        wanted = {name: value for name, value in options.items() if name != "context"}
        for connection in self.connections:
            if connection.wanted == wanted:
                self.connections.remove(connection)
                return connection
        made = _Reused.connect(**options)
        made.wanted = wanted
        return made


waiting = _Waiting()


def reuse(engine: Engine) -> None:
    """Let `engine` use connections of earlier engines, and leave its own to later ones."""

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: object, _record: object, _args: object, options: Any) -> object:
        return waiting.take(options)
