"""Appends to the log and reads it. The whole product records through `append`, and only so."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from marketplace.core.audit.models import LogEntry, LogHead
from marketplace.core.clock import Clock
from marketplace.core.dates import format_instant
from marketplace.core.permissions import Actor

SITE = "site"

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")

_words: dict[str, str] = {}


def register_words(words: Mapping[str, str]) -> None:
    """Say how entries of each action read to people: `%(field)s` places, marked by `N_`.

    Each room registers its own actions when it is imported; an action without words cannot be
    recorded, so that no timeline ever shows a bare code.
    """
    _words.update(words)


def words_for(entry: LogEntry) -> tuple[str, Mapping[str, Any]]:
    """Give the untranslated sentence of an entry and the values that fill it, instants readable."""
    return _words[entry.action], {name: _readable(value) for name, value in entry.fields.items()}


def _readable(value: object) -> object:
    """Write an instant inside an entry's fields as people read it."""
    if isinstance(value, str) and _INSTANT.fullmatch(value):
        return format_instant(datetime.fromisoformat(value))
    return value


def recorded_actions() -> frozenset[str]:
    """Name every action that can be recorded."""
    return frozenset(_words)


def append(
    session: Session,
    *,
    clock: Clock,
    action: str,
    chain: str = SITE,
    actor: Actor | None = None,
    **fields: object,
) -> LogEntry:
    """Append one entry in the caller's transaction and return it with its place and instant.

    The lock is taken here and held until commit: call it last, after all slow work. `fields` are
    plain JSON values; numbers that must stay exact are given as text. The instant is the clock's,
    but never before that of the entry that precedes.

    Raises:
        KeyError: no room has registered words for `action`.
    """
    if action not in _words:
        raise KeyError(f"no words are registered for the action {action!r}")
    head = lock(session)
    now = recorded_instant(head, clock)
    last = session.scalar(select(func.max(LogEntry.cn)).where(LogEntry.chain == chain))
    entry = LogEntry(
        n=head.size,
        at=now,
        chain=chain,
        cn=(last or 0) + 1,
        action=action,
        actor_id=actor.user_id if actor else None,
        actor_name=actor.name if actor else None,
        fields=fields,
    )
    head.size += 1
    head.last_at = now
    session.add(entry)
    session.flush()
    return entry


def lock(session: Session) -> LogHead:
    """Take the log's lock until the end of the transaction, and give its head."""
    wanted = select(LogHead).with_for_update().execution_options(populate_existing=True)
    head = session.scalar(wanted)
    if head is not None:
        return head
    # Two first entries at once: the later waits here for the row of the earlier, and then has it.
    session.execute(text("INSERT INTO log_head (id, size) VALUES (1, 0) ON CONFLICT DO NOTHING"))
    return session.scalars(wanted).one()


def recorded_instant(head: LogHead, clock: Clock) -> datetime:
    """Read the instant under the lock: never before the entry that precedes."""
    now = clock.now()
    return max(now, head.last_at) if head.last_at else now


def chain_entries(session: Session, chain: str) -> Sequence[LogEntry]:
    """Give a chain's entries in order."""
    return session.scalars(
        select(LogEntry).where(LogEntry.chain == chain).order_by(LogEntry.cn)
    ).all()
