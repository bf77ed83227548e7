"""The key that signs for this log: made on first need, named in the log, never silently another.

The key's name is the log's origin. It is chosen once, when the first key is made; a public address
that changes later changes neither.
"""

import json
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core import access
from marketplace.core.audit import log, signing
from marketplace.core.audit.models import LogDetail, LogEntry, LogKey
from marketplace.core.audit.signing import Signer, Verifier
from marketplace.core.clock import Clock
from marketplace.core.database import db
from marketplace.core.errors import DomainError
from marketplace.core.text import N_

log.register(
    {
        "log.key_named": log.Telling(
            N_("The log is signed with the key %(key)s."), public=frozenset({"key"})
        ),
        "log.key_changed": log.Telling(
            N_("The log's key %(old)s gave way to %(new)s."),
            public=frozenset({"old", "new", "signature"}),
            witness=True,
        ),
    }
)


class WrongKey(DomainError):
    """The key at hand is not the one that the log names last; nothing is signed with it."""


def signer() -> Signer:
    """Give the key in use; the first one is made here.

    Raises:
        WrongKey: the file is lost, unreadable or foreign: its key is not the one named last.
    """
    return find() or _first()


def find() -> Signer | None:
    """Give the key in use; None where none was made yet.

    Raises:
        WrongKey: as for `signer`.
    """
    session: Session = db.session()
    held = held_keys()
    named = named_last(session)
    if named is None:
        return held[0]
    # A change of key may have come between the two readings.
    found = _of(named, held) or _of(named, held_keys())
    if found is None:
        raise _wrong(named, held[0])
    return found


def known(session: Session) -> list[Verifier]:
    """Give the public keys that were ever named, the newest last.

    While none is named yet it is the file's own, which will be.
    """
    named = [
        signing.parse_verifier(text)
        for text in session.scalars(select(LogKey.verifier).order_by(LogKey.entry_n))
    ]
    if named:
        return named
    key, _waiting = held_keys()
    return [key.verifier] if key else []


def changes(session: Session) -> list[str]:
    """Give the notes by which each key named the next, the oldest first."""
    return [
        json.loads(value)
        for value in session.scalars(
            select(LogDetail.value)
            .join(LogEntry, LogEntry.n == LogDetail.n)
            .where(LogEntry.action == "log.key_changed", LogDetail.name == "signature")
            .order_by(LogEntry.n)
        )
    ]


def named_last(session: Session) -> Verifier | None:
    """Give the key that the log says is in use; None before the first is named."""
    text = session.scalar(select(LogKey.verifier).order_by(LogKey.entry_n.desc()).limit(1))
    return signing.parse_verifier(text) if text else None


def name_first(session: Session, clock: Clock) -> Signer:
    """Name the key in the log where none is named yet, and give it. The caller holds the lock.

    Raises:
        WrongKey: as for `signer`.
    """
    key = signer()
    if named_last(session) is None:
        public = str(key.verifier)
        entry = log.append(session, clock=clock, action="log.key_named", key=public)
        keep_named(session, entry, public)
    return key


def keep_named(session: Session, entry: LogEntry, public: str) -> None:
    """Keep the key that an entry names beside it."""
    session.add(LogKey(entry_n=entry.n, verifier=public))
    session.flush()


def next_file(file: Path) -> Path:
    """Name the file in which a new key waits until the log names it."""
    return file.with_name(file.name + ".next")


def held_keys() -> tuple[Signer | None, Signer | None]:
    """Read the keys on disk: the one in its file, and one that waits or was named a moment ago.

    The one that waits is read first: it becomes the other, and never the other way round.

    Raises:
        WrongKey: a file cannot be read.
    """
    file = access.current_settings().log_key
    try:
        waiting = signing.load(next_file(file))
        key = signing.load(file)
    except (OSError, signing.BadKey) as error:
        raise WrongKey(
            N_("The log's key in %(file)s cannot be read: %(why)s"), file=file, why=error
        ) from error
    return key, waiting


def _of(verifier: Verifier, held: tuple[Signer | None, Signer | None]) -> Signer | None:
    return next((key for key in held if key and key.verifier == verifier), None)


def _first() -> Signer:
    settings = access.current_settings()
    try:
        return signing.keep(signing.new_signer(settings.first_log_origin), settings.log_key)
    except (OSError, signing.BadKey) as error:
        raise WrongKey(
            N_("The log's key in %(file)s cannot be made: %(why)s"),
            file=settings.log_key,
            why=error,
        ) from error


def _wrong(named: Verifier, key: Signer | None) -> WrongKey:
    file = access.current_settings().log_key
    if key is None:
        return WrongKey(
            N_("The log's key is lost: %(file)s is not there. The log names %(named)s."),
            file=file,
            named=named,
        )
    return WrongKey(
        N_("The key in %(file)s is not this log's: it is %(found)s, and the log names %(named)s."),
        file=file,
        found=key.verifier,
        named=named,
    )
