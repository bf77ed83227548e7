"""Makes applications that share what is dear to make and the same for all: owns that sharing.

An application for each test costs more than most tests do. What is kept here between those of
one process is derived from the code alone, never from a test: compiled routes and templates, the
text of SQL statements, and unpacked fonts.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from io import BytesIO
from typing import Any, ClassVar

import pytest
from flask import Flask
from fontTools.ttLib import woff2  # type: ignore[import-untyped]  # it ships no types
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import Dialect, Engine
from werkzeug.routing import Map, MapAdapter, Rule, RuleFactory

from marketplace.app import create_app
from marketplace.config import Settings
from marketplace.core.clock import Clock
from marketplace.core.database import db
from tests.connections import reuse


def make_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """Make an application as the product does, with this process's templates and statements."""
    app = create_app(settings, clock)
    app.jinja_env.bytecode_cache = _templates
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            reuse(db.engine)
        _share_statements(db.engine)
    return app


class _Templates(BytecodeCache):
    """Keeps compiled templates in memory, each for as long as its source is the same.

    `script/test` names a folder in which all processes of its parts keep them for each other.
    """

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], object] = {}
        folder = os.environ.get("COMPILED_TEMPLATES")
        self._shared = FileSystemBytecodeCache(folder) if folder else None

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a template, if it was compiled before."""
        known = self._codes.get((bucket.key, bucket.checksum))
        bucket.code = known  # type: ignore[assignment]  # None: not yet
        if known is None and self._shared is not None:
            self._shared.load_bytecode(bucket)
            self._codes[bucket.key, bucket.checksum] = bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self._codes[bucket.key, bucket.checksum] = bucket.code
        if self._shared is not None:
            self._shared.dump_bytecode(bucket)


_templates = _Templates()
_dialects: dict[type[Dialect], Dialect] = {}
_statements: dict[object, object] = {}


def _share_statements(engine: Engine) -> None:
    """Let `engine` use the SQL that earlier engines compiled.

    SQLAlchemy keeps it by dialect, and every engine makes a dialect of its own. All those of one
    kind are equal here, since a run speaks to one server with one set of options.
    """
    kind = type(engine.dialect)
    if kind not in _dialects:
        # A dialect learns about its server with the first connection.
        with engine.connect():
            pass
        engine.dispose()
        _dialects[kind] = engine.dialect
    engine.dialect = engine.pool._dialect = _dialects[kind]
    engine.update_execution_options(compiled_cache=_statements)


class _Routes(Map):
    """Routes of one application, compiled once for all applications that have the same.

    Most of making an application would else go into reading its routes and compiling functions
    that match and build their addresses.
    """

    _compiled: ClassVar[dict[object, Map]] = {}

    def __init__(self, *, host_matching: bool) -> None:
        super().__init__(host_matching=host_matching)
        self._given: list[Rule] = []
        self._own: Map | None = None

    def add(self, rulefactory: RuleFactory) -> None:
        """Take a route, to be compiled when the first is asked for."""
        self._given.extend(rulefactory.get_rules(self))
        self._own = None

    def _map(self) -> Map:
        if self._own is None:
            key = (self.host_matching, *self.converters.items(), *map(_all_of, self._given))
            if key not in self._compiled:
                made = Map(host_matching=self.host_matching, converters=self.converters)
                for rule in self._given:
                    made.add(_unbound(rule))
                self._compiled[key] = made
            self._own = self._compiled[key]
        return self._own

    def bind(self, *args: Any, **options: Any) -> MapAdapter:
        """Give what builds addresses of the site."""
        return self._map().bind(*args, **options)

    def bind_to_environ(self, *args: Any, **options: Any) -> MapAdapter:
        """Give what matches the address of a request."""
        return self._map().bind_to_environ(*args, **options)

    def iter_rules(self, endpoint: Any | None = None) -> Iterator[Rule]:
        """Give the compiled routes."""
        return self._map().iter_rules(endpoint)

    def is_endpoint_expecting(self, endpoint: Any, *arguments: str) -> bool:
        """Tell whether a page's address has these parts."""
        return self._map().is_endpoint_expecting(endpoint, *arguments)


def _all_of(rule: Rule) -> tuple[object, ...]:
    """Give all that makes a route what it is."""
    return tuple(
        frozenset(value)
        if isinstance(value, set | list)
        else frozenset(value.items())
        if isinstance(value, dict)
        else value
        for value in vars(rule).values()
    )


def _unbound(rule: Rule) -> Rule:
    """Copy a route, so that the next application to have it begins with it as it was."""
    made = copy(rule)
    made.arguments = set(rule.arguments)
    return made


@contextmanager
def shared_routes() -> Iterator[None]:
    """Compile equal routes once, for all applications made within the block."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "url_map_class", _Routes)
        yield


@contextmanager
def shared_fonts() -> Iterator[None]:
    """Unpack each font once, for all documents printed within the block.

    Unpacking is a third of printing a report. It makes the same bytes of the same bytes.
    """
    unpack = woff2.decompress
    unpacked: dict[bytes, bytes] = {}

    def once(packed: BytesIO, out: BytesIO) -> None:
        key = packed.read()
        if key not in unpacked:
            made = BytesIO()
            unpack(BytesIO(key), made)
            unpacked[key] = made.getvalue()
        out.write(unpacked[key])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(woff2, "decompress", once)
        yield
