"""A log of any length, made in bulk, its checkpoints, and a site that gives it out over HTTP."""

import base64
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from marketplace.core.audit import checkpoints, entries, log, proofs, tree
from marketplace.core.audit.entries import Entry
from marketplace.core.audit.models import (
    LogCheckpoint,
    LogDetail,
    LogEntry,
    LogErasure,
    LogHead,
    LogKey,
    LogNode,
    LogStamp,
)
from marketplace.core.audit.signing import Signer
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.transaction import transaction
from tests.conftest import LOG_KEY

Grow = Callable[[int], None]
Sign = Callable[[], LogCheckpoint]

# In the order in which rows refer to each other, the referring first.
TABLES = (LogStamp, LogCheckpoint, LogErasure, LogKey, LogDetail, LogNode, LogEntry, LogHead)


def append_all(session: Session, clock: FixedClock, given: Iterable[Entry]) -> None:
    """Append entries as the log would, in few statements; places, ordinals and links are made."""
    head = log.lock(session)
    frontier = log.split(head.frontier)
    rows: list[dict[str, Any]] = []
    nodes: list[dict[str, Any]] = []
    newest = (
        sa.select(LogEntry.chain, LogEntry.cn, LogEntry.leaf)
        .order_by(LogEntry.chain, LogEntry.cn)
        .where(LogEntry.n >= 0)
    )
    ends = {row.chain: (row.cn, row.leaf) for row in session.execute(newest)}
    for place, entry in enumerate(given, head.size):
        cn, prev = ends.get(entry.chain, (0, None))
        written = replace(entry, n=place, cn=cn + 1, prev=prev)
        body = entries.write(written)
        leaf = tree.leaf_hash(body)
        ends[entry.chain] = (cn + 1, leaf)
        rows.append(
            {
                "n": place,
                "at": entry.at,
                "chain": entry.chain,
                "cn": cn + 1,
                "action": entry.action,
                "leaf": leaf,
                "body": body,
            }
        )
        frontier, complete = tree.grow(frontier, place, leaf)
        nodes += [
            {"level": level, "index": index, "hash": found}
            for (level, index), found in complete.items()
            if level
        ]
    if rows:
        session.execute(sa.insert(LogEntry), rows)
    if nodes:
        session.execute(sa.insert(LogNode), nodes)
    head.size += len(rows)
    head.frontier = b"".join(frontier)
    head.last_at = clock.now()


def bulk(clock: FixedClock, count: int) -> list[Entry]:
    """Make entries that are like no other."""
    return [
        Entry(
            n=0,
            at=clock.now(),
            action="bid.submitted",
            chain="CH-BULK",
            cn=1,
            prev=None,
            fields={"actor": os.urandom(32)},
        )
        for _ in range(count)
    ]


def publish(clock: FixedClock, signer: Signer = LOG_KEY, root: bytes | None = None) -> None:
    """Sign a checkpoint over all that is there, whoever signs and whatever came before."""
    with transaction() as session:
        size = log.lock(session).size
        root = root or proofs.root(session, size)
        note = signer.sign(f"{signer.name}\n{size}\n{base64.b64encode(root).decode()}\n")
        session.add(LogCheckpoint(size=size, at=clock.now(), root=root, note=note))


def rebuild(clock: FixedClock, without: Iterable[int] = (), keep: int | None = None) -> None:
    """Make the log anew as somebody would who has the database: other entries, a sound tree."""
    with transaction() as session:
        unlock(session)
        left_out = set(without)
        bodies = session.scalars(sa.select(LogEntry.body).order_by(LogEntry.n)).all()[:keep]
        told = [entries.read(body) for n, body in enumerate(bodies) if n not in left_out]
        for table in TABLES:
            session.execute(sa.delete(table))
        session.expire_all()
        append_all(session, clock, told)


def unlock(session: Session) -> None:
    """Take away what keeps the log's tables append-only."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("SET LOCAL session_replication_role = replica"))
        return
    triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'log_%'"
    for (name,) in session.execute(sa.text(triggers)).all():
        session.execute(sa.text(f"DROP TRIGGER {name}"))


@pytest.fixture
def grow(session: Session, clock: FixedClock) -> Grow:
    """Give a way to make the log longer."""

    def more(count: int) -> None:
        with transaction() as writing:
            append_all(writing, clock, bulk(clock, count))

    return more


@pytest.fixture
def sign(session: Session, clock: FixedClock) -> Sign:
    """Give a way to sign a checkpoint; the first names the key, which is one more entry."""

    def make() -> LogCheckpoint:
        with transaction() as writing:
            made = checkpoints.make(writing, clock=clock)
            assert made is not None
            writing.flush()
            writing.refresh(made)
            writing.expunge_all()
        return made

    return make


@dataclass
class Served:
    """A site on a port of this machine, which can be made to misbehave."""

    app: Flask
    address: str = ""
    asked: list[str] = field(default_factory=list)
    # What is answered instead, by path: content, or statuses of which each is answered once.
    instead: dict[str, bytes | list[int]] = field(default_factory=dict)

    def __call__(self, environ: Any, start_response: Any) -> Any:
        path = environ["PATH_INFO"]
        self.asked.append(path)
        other = self.instead.get(path)
        if isinstance(other, bytes):
            return Response(other)(environ, start_response)
        if other:
            return Response(b"", status=other.pop(0))(environ, start_response)
        return self.app.wsgi_app(environ, start_response)


@pytest.fixture
def served(app: Flask) -> Iterator[Served]:
    """Serve the application of this test."""
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    site = Served(app)
    server = make_server("127.0.0.1", 0, site, threaded=True)
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()
    db.session.remove()
