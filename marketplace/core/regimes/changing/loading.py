"""Gives the book of regimes the versions that were confirmed here.

They are read once in each transaction of the database, and made once in each process.
"""

import uuid
from collections.abc import Sequence

from flask import has_app_context
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.database import db
from marketplace.core.regimes import book
from marketplace.core.regimes.changing.figures import changed
from marketplace.core.regimes.changing.models import RegimeDecision, RegimeProposal
from marketplace.core.regimes.notice_forms import notice_book
from marketplace.core.regimes.reading import read_version
from marketplace.core.regimes.shapes import Regime
from marketplace.core.strict_toml import Table

_HELD = "regimes"
# What is confirmed never changes, so a version is made once.
_tables: dict[uuid.UUID, Table] = {}
_made: dict[uuid.UUID, Regime] = {}


def stored(key: str) -> Sequence[Regime]:
    """Give the confirmed versions of a regime; none where there is no application."""
    if not has_app_context():
        return ()
    return [_version(row.id, table) for row, table in _confirmed(db.session(), key)]


def table_of(session: Session, key: str, version: str) -> Table:
    """Give a version as a table, as files have it.

    Raises:
        LookupError: there is no such version.
    """
    for row, table in _confirmed(session, key):
        if row.version == version:
            return table
    for table in book.tables(key):
        if table["version"] == version:
            return table
    raise LookupError(f"no version {version} of the regime {key}")


def table_with(base: Table, proposal: RegimeProposal) -> Table:
    """Give the version that a proposal makes of the one it is based on."""
    return changed(
        base,
        proposal.changes["figures"],
        version=proposal.version,
        valid_from=proposal.valid_from,
        source=proposal.changes["source"],
        notes=proposal.changes["notes"],
    )


def _confirmed(session: Session, key: str) -> list[tuple[RegimeProposal, Table]]:
    """Give what was confirmed, the oldest first: each is based on the one before it."""
    known = {table["version"]: table for table in book.tables(key)}
    found = []
    for row in _rows(session):
        if row.regime == key:
            if row.id not in _tables:
                _tables[row.id] = table_with(known[row.based_on], row)
            known[row.version] = _tables[row.id]
            found.append((row, known[row.version]))
    return found


def _rows(session: Session) -> Sequence[RegimeProposal]:
    """Read what was confirmed, at most once in a transaction: later ones see others' changes."""
    turn, rows = session.info.get(_HELD, (None, ()))
    if turn is None or turn is not session.get_transaction():
        with session.no_autoflush:
            rows = session.scalars(
                select(RegimeProposal)
                .join(RegimeDecision, RegimeDecision.proposal_id == RegimeProposal.id)
                .where(RegimeDecision.version.is_not(None))
                .order_by(RegimeProposal.valid_from)
            ).all()
        session.info[_HELD] = (session.get_transaction(), rows)
    return list(rows)


def _version(key: uuid.UUID, table: Table) -> Regime:
    if key not in _made:
        _made[key] = read_version(table, "rules")
    return _made[key]


book.read_stored_with(stored)
# All that comes with the service is read now: a file that contradicts itself stops the start, and
# not the page of somebody who needs it.
for _key in book.regimes():
    for _regime in book.shipped(_key):
        notice_book(_key, _regime.version)
