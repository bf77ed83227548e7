"""Makes applications that share what is dear to make and the same for all: owns that sharing.

An application for each test costs more than most tests do. What is kept here between those of
one process is derived from the code alone, never from a test: functions that build addresses,
compiled templates, the text of SQL statements, and unpacked fonts.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pytest
from flask import Flask
from fontTools.ttLib import woff2  # type: ignore[import-untyped]  # it ships no types
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from sqlalchemy.engine import Dialect, Engine
from werkzeug.routing import Rule

from marketplace.app import create_app
from marketplace.config import Settings
from marketplace.core.clock import Clock
from marketplace.core.database import db


def make_app(settings: Settings, clock: Clock | None = None) -> Flask:
    """Make an application as the product does, with this process's templates and statements."""
    app = create_app(settings, clock)
    app.jinja_env.bytecode_cache = _templates
    with app.app_context():
        _share_statements(db.engine)
    return app


class _Templates(BytecodeCache):
    """Keeps compiled templates in memory, each for as long as its source is the same."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], object] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of a template, if it was compiled before."""
        bucket.code = self._codes.get((bucket.key, bucket.checksum))  # type: ignore[assignment]  # None: not yet

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code of a template."""
        self._codes[bucket.key, bucket.checksum] = bucket.code


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


@contextmanager
def shared_routes() -> Iterator[None]:
    """Keep what werkzeug compiles of each route, for all applications made within the block.

    Two thirds of making an application go into functions that build addresses. Such a function is
    made from the route's text alone and asks the rule that it is called on for everything else,
    so that equal routes may share it.
    """
    compile_builder = getattr(Rule, "_compile_builder", None)
    if compile_builder is None:  # a werkzeug that does it otherwise: slower, but right
        yield
        return
    made: dict[tuple[object, ...], object] = {}

    def once(self: Rule, append_unknown: bool = True) -> object:
        if self.defaults:  # they become part of the function
            return compile_builder(self, append_unknown)
        key = (self.rule, tuple(self._trace), append_unknown)
        if key not in made:
            made[key] = compile_builder(self, append_unknown)
        return made[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", once)
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
