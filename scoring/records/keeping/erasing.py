"""Erases what a challenge's records hold of people, in steps that can each be taken again.

A worker that is killed leaves some of it erased; whoever goes on finds what is left. Everything
that goes does so in one transaction with the row that says when, by which entry of the log, and
what its digest was.
"""

import json
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from typing import Any

from sqlalchemy import LargeBinary, String, Table, delete, exists, not_, select, text, update
from sqlalchemy.orm import Session

from marketplace.core.access import current_files
from marketplace.core.audit import retention
from marketplace.core.audit.models import LogDetail, LogEntry
from marketplace.core.clock import Clock
from marketplace.core.database import Base, db
from marketplace.core.erased.models import ErasedFile, ErasedRow, digest_of, said
from marketplace.core.files import store as files
from marketplace.core.files.models import StoredFile
from marketplace.core.papers import Paragraph, to_data
from marketplace.core.transaction import afterwards, transaction
from marketplace.core.vault.models import DraftKey
from scoring.records.casefile.tables import reached
from scoring.records.keeping import contents
from scoring.records.keeping.models import ErasureRun
from scoring.report.editions import without_people
from scoring.report.values import Edition

_AT_ONCE = 100
# What is emptied in another way than by words that say so.
_FACTS = ("frozen_report", "facts")


def erase(
    erasure_id: uuid.UUID, challenge_id: uuid.UUID, reference: str, entry_n: int, clock: Clock
) -> None:
    """Take every step that is left; `entry_n` is the entry that gives leave for all of them."""
    for name, columns in contents.append_only().items():
        if name in reached():
            table = Base.metadata.tables[name]
            while _empty(table, columns, challenge_id, entry_n, erasure_id, clock):
                pass
    for name, columns in contents.EMPTIED.items():
        _replace(Base.metadata.tables[name], columns, challenge_id, entry_n, clock)
    for name in contents.DELETED:
        with _changing() as session:
            session.execute(
                delete(Base.metadata.tables[name]).where(reached()[name].about(challenge_id))
            )
    for name, column in contents.KEYS.items():
        table = Base.metadata.tables[name]
        held = select(table.c[column]).where(reached()[name].about(challenge_id))
        with _changing() as session:
            session.execute(delete(DraftKey).where(DraftKey.id.in_(held)))
    for name, column in contents.FILES.items():
        for sha256 in _files_of(name, column, challenge_id):
            _discard(sha256, challenge_id, entry_n, erasure_id, clock)
    _erase_fields(reference, entry_n, clock)


class _changing:  # noqa: N801  (it reads as what it does)
    """A transaction in which SQLite overwrites what is let go."""

    def __init__(self) -> None:
        self._transaction = transaction()

    def __enter__(self) -> Session:
        session = self._transaction.__enter__()
        if session.get_bind().dialect.name == "sqlite":
            session.execute(text("PRAGMA secure_delete = ON"))
        return session

    def __exit__(self, *error: Any) -> None:
        self._transaction.__exit__(*error)


def _empty(
    table: Table,
    columns: tuple[str, ...],
    challenge_id: uuid.UUID,
    entry_n: int,
    erasure_id: uuid.UUID,
    clock: Clock,
) -> bool:
    """Empty some rows of an append-only table; tell whether there may be more."""
    key = next(iter(table.primary_key.columns))
    with _changing() as session:
        left = (
            select(key)
            .where(
                reached()[table.name].about(challenge_id),
                not_(exists().where(ErasedRow.table_name == table.name, ErasedRow.row_id == key)),
            )
            .distinct()
            .order_by(key)
            .limit(_AT_ONCE)
        )
        ids = list(session.scalars(left))
        chosen = [table.c[name] for name in columns]
        held: dict[uuid.UUID, list[Any]] = defaultdict(list)
        for row_id, *values in session.execute(
            select(key, *chosen).where(key.in_(ids)).order_by(key, *table.primary_key.columns)
        ):
            held[row_id] += values
        now = clock.now()
        for row_id in ids:
            digest = digest_of(held[row_id])
            session.add(
                ErasedRow(
                    table_name=table.name,
                    row_id=row_id,
                    entry_n=entry_n,
                    sha256=digest,
                    erased_at=now,
                )
            )
        session.flush()
        for row_id in ids:
            words = said(now, digest_of(held[row_id]))
            for row in session.execute(
                select(*table.primary_key.columns, *chosen).where(key == row_id)
            ).all():
                own = [column == row._mapping[column] for column in table.primary_key.columns]
                new = {
                    column.name: _instead(table.name, column.name, row._mapping[column], words)
                    for column in chosen
                    if row._mapping[column]
                }
                if new:
                    session.execute(update(table).where(*own).values(new))
        session.get_one(ErasureRun, erasure_id).rows += len(ids)
        return len(ids) == _AT_ONCE


def _instead(table: str, column: str, value: str | bytes, words: str) -> str | bytes:
    if (table, column) == _FACTS:
        assert isinstance(value, bytes)
        return without_people(value)
    return b"" if isinstance(value, bytes) else words


def _replace(
    table: Table, columns: tuple[str, ...], challenge_id: uuid.UUID, entry_n: int, clock: Clock
) -> None:
    """Replace texts of rows that may change anyhow; those replaced before are left as they are."""
    with _changing() as session:
        about = reached()[table.name].about(challenge_id)
        keys = list(table.primary_key.columns)
        for row in session.execute(
            select(*keys, *(table.c[name] for name in columns)).where(about)
        ).all():
            found = {name: row._mapping[table.c[name]] for name in columns}
            new = {
                name: _left(table, name, value, clock)
                for name, value in found.items()
                if value and _SAID not in str(value)
            }
            if new:
                own = [column == row._mapping[column] for column in keys]
                session.execute(update(table).where(*own).values(new))


_SAID = "[Erased on "


def _left(table: Table, name: str, value: Any, clock: Clock) -> Any:
    """Give what stands in place of a value; of JSON, what is read from it again stays."""
    as_text = value if isinstance(value, (str, bytes)) else json.dumps(value, sort_keys=True)
    words = said(clock.now(), digest_of([as_text]))
    match table.name, name:
        case "letter", "content":
            blocks = to_data([Paragraph(words)])
            return {"title": value["title"], "opening": [], "blocks": blocks, "closing": []}
        case "letter", "facts":
            return _without(value, contents.WORDS_OF_FACTS, words)
        case "letter_batch", "head":
            return _without(value, contents.WORDS_OF_HEAD, words)
    return _fitting(table.c[name].type, words)


def _without(value: Any, names: Collection[str], words: str, *, inside: bool = False) -> Any:
    """Put words in place of every text that stands under one of these names."""
    if isinstance(value, dict):
        return {
            key: _without(each, names, words, inside=inside or key in names)
            for key, each in value.items()
        }
    if isinstance(value, list):
        return [_without(each, names, words, inside=inside) for each in value]
    return words if inside and isinstance(value, str) and value else value


def _fitting(kind: Any, words: str) -> str | bytes:
    if isinstance(kind, LargeBinary):
        return b""
    most = kind.length if isinstance(kind, String) else None
    return words if most is None or len(words) <= most else words.split(":", maxsplit=1)[0] + "]"


def _files_of(name: str, column: str, challenge_id: uuid.UUID) -> list[str]:
    session: Session = db.session()
    table = Base.metadata.tables[name]
    query = select(table.c[column]).where(
        reached()[name].about(challenge_id), table.c[column].is_not(None)
    )
    if name == "report_file":
        query = query.where(table.c.edition != Edition.PUBLIC)
    found = list(session.scalars(query))
    session.rollback()
    return found


def _discard(
    sha256: str, challenge_id: uuid.UUID, entry_n: int, erasure_id: uuid.UUID, clock: Clock
) -> None:
    """Discard the bytes of a file, unless something else than this challenge holds the same."""
    with transaction() as session:
        files.hold(session, sha256)
        if session.get(ErasedFile, sha256) is None:
            if any(session.scalar(select(held)) for held in _held_elsewhere(sha256, challenge_id)):
                return
            stored = session.get_one(StoredFile, sha256)
            session.add(
                ErasedFile(sha256=sha256, entry_n=entry_n, size=stored.size, erased_at=clock.now())
            )
            session.get_one(ErasureRun, erasure_id).files += 1
        store = current_files()
        afterwards(session, lambda: store.discard(sha256))


def _held_elsewhere(sha256: str, challenge_id: uuid.UUID) -> Iterator[Any]:
    """Ask, table by table, whether a row of something else, or one that stays, has the bytes."""
    for table in Base.metadata.tables.values():
        if table.name == ErasedFile.__tablename__:
            continue
        for key in table.foreign_keys:
            if key.column.table.name != StoredFile.__tablename__:
                continue
            holds: Callable[..., Any] = exists().where
            condition = [key.parent == sha256]
            if table.name in contents.FILES:
                stays = not_(reached()[table.name].about(challenge_id))
                if table.name == "report_file":
                    stays = stays | (table.c.edition == Edition.PUBLIC)
                condition.append(stays)
            yield holds(*condition)


def _erase_fields(reference: str, entry_n: int, clock: Clock) -> None:
    """Erase who did it and what was written from the entries of the challenge's chain."""
    session: Session = db.session()
    found = session.execute(
        select(LogDetail.n, LogDetail.name)
        .join(LogEntry, LogEntry.n == LogDetail.n)
        .where(
            LogEntry.chain == reference,
            LogEntry.n < entry_n,
            LogDetail.name.in_(contents.FIELDS),
            LogDetail.value != b"null",
        )
        .order_by(LogDetail.n, LogDetail.name)
    ).tuples()
    fields = [(n, name) for n, name in found]
    session.rollback()
    retention.erase_many(fields, reference, reason=f"By the leave of entry {entry_n}", clock=clock)
