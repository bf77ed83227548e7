"""Changes the master key and wraps every key anew; nothing that they encrypted is touched.

A run may be cut off at any instant: the file, the rows and the log say how far it came, and the
next run goes on from there. The service goes on meanwhile, for a former key that stands in the file
still unwraps what it wrapped.
"""

import uuid
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from sqlalchemy import LargeBinary, func, select, text
from sqlalchemy.orm import Session

from marketplace.core.audit import log
from marketplace.core.audit.models import LogEntry
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import WrongMoment
from marketplace.core.text import N_
from marketplace.core.transaction import transaction
from marketplace.core.vault import keyring, master
from marketplace.core.vault.keyring import MARK_BYTES, Keyring, LostKey
from marketplace.core.vault.models import DraftKey, OfficerKey, SealingKey

ROTATED = "keys.rotated"
GIVEN_UP = "keys.given_up"

log.register(
    {
        # Which master key is in use is nobody's business, and whoever holds it knows.
        ROTATED: log.Telling(
            N_("A new master key (%(key)s) took the place of the one before; keys: %(count)s")
        ),
        GIVEN_UP: log.Telling(
            N_("Keys were lost for good with the master keys that wrapped them: %(count)s")
        ),
    }
)

_AT_A_TIME = 200
_TABLES = (SealingKey, DraftKey, OfficerKey)


@dataclass(frozen=True)
class Standing:
    """How many keys the database holds under the master key in use, under former ones at hand,
    under such as are not at hand (`missing` names those), and under such as were given up."""

    current: int
    former: int
    lost: int
    given_up: int
    missing: frozenset[bytes]


def standing() -> Standing:
    """Count the keys by the master key that wrapped them."""
    session: Session = db.session()
    try:
        return _standing(session, master.ring())
    finally:
        session.rollback()


def is_unfinished() -> bool:
    """Tell whether a new master key is in use, but not everything was wrapped under it or logged.

    Raises:
        LostKey: no master key can be read.
    """
    ring = master.ring()
    session: Session = db.session()
    try:
        in_log = _last(session, ROTATED).get("key")
        return bool(_standing(session, ring).former) or (
            len(ring.keys) > 1 and in_log != ring.keys[0].key_id.hex()
        )
    finally:
        session.rollback()


def begin() -> None:
    """Put a new master key first in the file, before those that are there.

    Raises:
        WrongMoment: the keys stand in the environment, or another run is at work.
        LostKey: no master key can be read.
        OSError: the file cannot be written.
    """
    file = master.file()
    if file is None:
        raise WrongMoment(
            N_(
                "MARKETPLACE_MASTER_KEY holds the master key. Make a new one (marketplace keys"
                " make -), put it before the old one, parted by a space, start every part of the"
                " service anew, and run this again."
            )
        )
    try:
        with keyring.alone(file):
            keys = master.ring().keys
            keyring.write(Keyring((keyring.new_key(), *keys)), file, replace=True)
    except BlockingIOError as error:
        raise WrongMoment(N_("Somebody else is changing the master key just now.")) from error


def rewrap() -> Iterator[int]:
    """Wrap anew what former master keys wrapped, some rows at a time; give how many each time.

    What is wrapped by a key that is not at hand, or has changed, is left as it is.
    """
    for table in _TABLES:
        after: uuid.UUID | None = None
        while True:
            done, after = _some(table, after)
            if after is None:
                break
            yield done


def record(clock: Clock) -> bool:
    """Have the log say which master key is in use and how many keys it wraps, once for each key.

    Tell whether it had to.
    """
    key = master.ring().keys[0].key_id.hex()
    with transaction() as session:
        log.lock(session)
        former = _last(session, ROTATED).get("key")
        if former == key:
            return False
        log.append(
            session,
            clock=clock,
            action=ROTATED,
            key=key,
            former=[each.key_id.hex() for each in master.ring().keys[1:]],
            count=_standing(session, master.ring()).current,
        )
    return True


def forget() -> int:
    """Remove former master keys from the file, once nothing is wrapped under them; count them.

    Raises:
        WrongMoment: something is, or the keys stand in the environment, or another run is at work.
    """
    file = master.file()
    try:
        # Before the keys are read: a new one that came in between would be written over.
        with nullcontext() if file is None else keyring.alone(file), transaction() as session:
            _keep_others_from_wrapping(session)
            ring = master.ring()
            if former := _standing(session, ring).former:
                raise WrongMoment(
                    N_(
                        "Former master keys still wrap %(count)s keys. Run first: marketplace"
                        " keys rotate"
                    ),
                    count=former,
                )
            if file is None:
                raise WrongMoment(
                    N_(
                        "Nothing is wrapped by former master keys: take them out of"
                        " MARKETPLACE_MASTER_KEY."
                    )
                )
            keyring.write(Keyring(ring.keys[:1]), file, replace=True)
    except BlockingIOError as error:
        raise WrongMoment(N_("Somebody else is changing the master key just now.")) from error
    return len(ring.keys) - 1


def give_up(clock: Clock) -> int:
    """Have the log say that keys are lost with the master keys that wrapped them; count the keys.

    Raises:
        WrongMoment: no key is missing.
    """
    with transaction() as session:
        log.lock(session)
        found = _standing(session, master.ring())
        if not found.missing:
            raise WrongMoment(N_("Every key's master key is at hand. Nothing was changed."))
        log.append(
            session,
            clock=clock,
            action=GIVEN_UP,
            keys=sorted({mark.hex() for mark in found.missing | _given_up(session)}),
            count=found.lost,
        )
    return found.lost


def _standing(session: Session, ring: Keyring) -> Standing:
    counts: dict[bytes, int] = {}
    for table in _TABLES:
        mark = func.substr(table.wrapped, 1, MARK_BYTES, type_=LargeBinary)
        statement = select(mark, func.count()).where(table.wrapped.is_not(None)).group_by(mark)
        for found, count in session.execute(statement):
            counts[bytes(found)] = counts.get(bytes(found), 0) + count
    current = counts.pop(ring.keys[0].mark, 0)
    former = sum(counts.pop(key.mark, 0) for key in ring.keys[1:])
    given_up = sum(counts.pop(mark, 0) for mark in _given_up(session))
    return Standing(current, former, sum(counts.values()), given_up, frozenset(counts))


def _given_up(session: Session) -> set[bytes]:
    return {bytes.fromhex(mark) for mark in _last(session, GIVEN_UP).get("keys", [])}


def _last(session: Session, action: str) -> dict[str, Any]:
    """Give the fields of the last entry of an action; none where there is no such entry."""
    entry = session.scalar(
        select(LogEntry)
        .where(LogEntry.chain == log.SITE, LogEntry.action == action)
        .order_by(LogEntry.cn.desc())
        .limit(1)
    )
    return dict(entry.fields) if entry else {}


def _some(table: Any, after: uuid.UUID | None) -> tuple[int, uuid.UUID | None]:
    """Wrap some rows anew; give how many, and the last one looked at, None where none is left."""
    ring = master.ring()
    done = 0
    mark = func.substr(table.wrapped, 1, MARK_BYTES, type_=LargeBinary)
    wanted = select(table).where(mark.in_([key.mark for key in ring.keys[1:]]))
    if after is not None:
        wanted = wanted.where(table.id > after)
    with transaction() as session:
        rows = session.scalars(wanted.order_by(table.id).limit(_AT_A_TIME).with_for_update()).all()
        for row in rows:
            try:
                row.wrapped = ring.wrap(ring.unwrap(row.wrapped, row.purpose), row.purpose)
            except LostKey:
                continue
            done += 1
        last = rows[-1].id if rows else None
    return done, last


def _keep_others_from_wrapping(session: Session) -> None:
    """Wait for transactions that may have wrapped a key; SQLite has let none begin since ours."""
    if session.connection().dialect.name == "postgresql":
        names = ", ".join(table.__tablename__ for table in _TABLES)
        session.execute(text(f"LOCK TABLE {names} IN SHARE MODE"))
