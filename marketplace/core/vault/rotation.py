"""Wraps every key again under the master key in use; nothing that they encrypted is touched."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import func, select

from marketplace.core.database import db
from marketplace.core.transaction import transaction
from marketplace.core.vault import master
from marketplace.core.vault.models import DraftKey, OfficerKey, SealingKey

_AT_A_TIME = 200
# Each table with a wrapped secret, and for what purpose its rows are wrapped.
_TABLES: tuple[tuple[Any, Callable[[Any], str]], ...] = (
    (SealingKey, lambda key: f"sealing:{key.recipient}"),
    (DraftKey, lambda key: f"draft:{key.id}"),
    (OfficerKey, lambda key: f"officer:{key.user_id}:{key.verifier}"),
)


def under_others() -> int:
    """Count the keys that another master key than the one in use has wrapped."""
    head = b"\x01" + master.ring().keys[0].key_id
    return sum(
        db.session.scalar(
            select(func.count())
            .select_from(table)
            .where(table.wrapped.is_not(None), func.substr(table.wrapped, 1, len(head)) != head)
        )
        or 0
        for table, _purpose in _TABLES
    )


def rewrap() -> Iterator[int]:
    """Wrap anew what another master key wrapped, some rows at a time; give how many each time.

    It may stop at any point and be begun again.

    Raises:
        LostKey: a key is wrapped by a master key that is not at hand.
    """
    for table, purpose in _TABLES:
        while done := _some(table, purpose):
            yield done


def _some(table: Any, purpose: Callable[[Any], str]) -> int:
    ring = master.ring()
    head = b"\x01" + ring.keys[0].key_id
    with transaction() as session:
        rows = session.scalars(
            select(table)
            .where(table.wrapped.is_not(None), func.substr(table.wrapped, 1, len(head)) != head)
            .order_by(table.id)
            .limit(_AT_A_TIME)
            .with_for_update()
        ).all()
        for row in rows:
            row.wrapped = ring.wrap(ring.unwrap(row.wrapped, purpose(row)), purpose(row))
    return len(rows)
