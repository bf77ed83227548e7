"""Gives rooms what entries of some actions say, to hold it against their own tables."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from marketplace.core.audit.models import LogDetail, LogEntry, LogErasure


@dataclass(frozen=True)
class Recorded:
    """An entry with the values that it still holds, who did it included, and the names of those
    that were erased since."""

    n: int
    at: datetime
    chain: str
    action: str
    values: Mapping[str, Any]
    erased: frozenset[str] = frozenset()


def recorded(connection: Connection, *actions: str) -> Sequence[Recorded]:
    """Give all entries of some actions, in the order of their places."""
    found: dict[int, Recorded] = {}
    values: dict[int, dict[str, Any]] = {}
    erased: dict[int, set[str]] = defaultdict(set)
    for n, name in connection.execute(
        select(LogErasure.n, LogErasure.name)
        .join(LogEntry, LogEntry.n == LogErasure.n)
        .where(LogEntry.action.in_(actions))
    ):
        erased[n].add(name)
    for row in connection.execute(
        select(
            LogEntry.n,
            LogEntry.at,
            LogEntry.chain,
            LogEntry.action,
            LogDetail.name,
            LogDetail.value,
        )
        .join(LogDetail, LogDetail.n == LogEntry.n)
        .where(LogEntry.action.in_(actions))
        .order_by(LogEntry.n)
    ):
        held = values.setdefault(row.n, {})
        held[row.name] = json.loads(row.value)
        found[row.n] = Recorded(
            row.n, row.at, row.chain, row.action, held, frozenset(erased.get(row.n, ()))
        )
    return list(found.values())
