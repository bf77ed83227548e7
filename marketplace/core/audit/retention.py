"""Erases one field of one entry when the time to keep it has come; the entry itself stays.

What may go is what a person can be known by, or said: who did it, and text. What must stay is what
a proof compares: numbers, instants and digests, and the fields that a room names by `keep`.
"""

import json
import re
from collections.abc import Mapping, Sequence

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from marketplace.core.audit import log
from marketplace.core.audit.models import LogDetail, LogEntry, LogErasure
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.text import N_
from marketplace.core.transaction import transaction

ERASED = "field.erased"
# Many fields at once: its field `fields` has a pair of place and name for each.
MANY_ERASED = "fields.erased"
# How many fields one such entry says at most.
_AT_ONCE = 200

_ACTOR = ("actor", "actor_id")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d(T[0-9:.]+(Z|[+-]\d\d:\d\d))?")
_kept: dict[str, frozenset[str]] = {}

log.register(
    {
        ERASED: log.Telling(
            N_("The field %(name)s of entry %(place)s was erased: %(reason)s"),
            public=frozenset({"place", "name"}),
        ),
        MANY_ERASED: log.Telling(
            N_("%(count)s fields of entries were erased: %(reason)s"),
            public=frozenset({"count", "fields"}),
        ),
    }
)


def keep(fields: Mapping[str, frozenset[str]]) -> None:
    """Name, for each action, the fields that a proof needs although they are text.

    They cannot be erased. Each room names those of its own actions.
    """
    for action, names in fields.items():
        _kept[action] = _kept.get(action, frozenset()) | names


keep(
    {
        ERASED: frozenset({"place", "name"}),
        MANY_ERASED: frozenset({"fields"}),
        "log.key_named": frozenset({"key"}),
        "log.key_changed": frozenset({"old", "new", "signature"}),
    }
)


def erase(place: int, name: str, *, reason: str, clock: Clock) -> LogEntry:
    """Erase the value and salt of one field for good, and give the entry that says so.

    The entry at `place`, its digests and every proof stay as they are. On SQLite the pages that
    held the value are overwritten; copies in backups go when the backups do.

    Raises:
        NotFound: there is no such entry, or it has no such field, or the field went before.
        Invalid: a proof needs the field, it holds nothing, or no reason is given.
    """
    if not reason.strip():
        raise Invalid(N_("Say why the field is erased: the rule, and who decided."))
    with transaction() as session:
        log.lock(session)
        entry = session.get(LogEntry, place)
        detail = session.get(LogDetail, (place, name))
        if entry is None or detail is None:
            raise NotFound(N_("Entry %(place)s holds no field %(name)s."), place=place, name=name)
        _ensure_may_go(entry.action, name, json.loads(detail.value))
        session.expunge(detail)
        erasure = log.append(
            session,
            clock=clock,
            action=ERASED,
            chain=entry.chain,
            place=place,
            name=name,
            reason=reason.strip(),
        )
        session.add(LogErasure(n=place, name=name, entry_n=erasure.n))
        session.flush()
        _delete(session, place, name)
    return erasure


def erase_many(fields: Sequence[tuple[int, str]], chain: str, *, reason: str, clock: Clock) -> int:
    """Erase many fields of a chain's entries, and say so in as few entries; give how many went.

    Those that went before, or that a proof needs, are passed over: so it can be asked again after
    it was broken off.
    """
    gone = 0
    for start in range(0, len(fields), _AT_ONCE):
        with transaction() as session:
            log.lock(session)
            found = [
                (detail, entry.action)
                for place, name in fields[start : start + _AT_ONCE]
                if (detail := session.get(LogDetail, (place, name))) is not None
                and (entry := session.get_one(LogEntry, place)).chain == chain
            ]
            going = [
                (detail.n, detail.name)
                for detail, action in found
                if _may_go(action, detail.name, json.loads(detail.value))
            ]
            if not going:
                continue
            for detail, _action in found:
                session.expunge(detail)
            erasure = log.append(
                session,
                clock=clock,
                action=MANY_ERASED,
                chain=chain,
                count=len(going),
                fields=[[place, name] for place, name in going],
                reason=reason,
            )
            session.add_all(
                LogErasure(n=place, name=name, entry_n=erasure.n) for place, name in going
            )
            session.flush()
            for place, name in going:
                _delete(session, place, name)
            gone += len(going)
    return gone


def _may_go(action: str, name: str, value: object) -> bool:
    try:
        _ensure_may_go(action, name, value)
    except Invalid:
        return False
    return True


def _ensure_may_go(action: str, name: str, value: object) -> None:
    if value is None:
        raise Invalid(N_("The field %(name)s holds nothing."), name=name)
    if name in _ACTOR:
        return
    if name in _kept.get(action, frozenset()) or not _holds_words(value):
        raise Invalid(
            N_(
                "The field %(name)s of %(action)s is needed to prove what happened, so it stays."
                " Names and text can be erased; numbers, dates and fingerprints cannot."
            ),
            name=name,
            action=action,
        )


def _holds_words(value: object) -> bool:
    """Tell whether there is text in a value that is neither an instant nor a digest."""
    if isinstance(value, dict):
        return any(map(_holds_words, value.values()))
    if isinstance(value, list):
        return any(map(_holds_words, value))
    return isinstance(value, str) and not (_DIGEST.fullmatch(value) or _INSTANT.fullmatch(value))


def _delete(session: Session, place: int, name: str) -> None:
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("PRAGMA secure_delete = ON"))
    session.execute(delete(LogDetail).where(LogDetail.n == place, LogDetail.name == name))
