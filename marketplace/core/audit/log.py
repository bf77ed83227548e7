"""Appends to the log and reads it. The whole product records through `append`, and only so."""

import json
import re
import secrets
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from marketplace.core import jobs
from marketplace.core.audit import entries, tree
from marketplace.core.audit.models import LogDetail, LogEntry, LogHead, LogNode
from marketplace.core.clock import Clock
from marketplace.core.dates import format_date, format_instant
from marketplace.core.permissions import Actor
from marketplace.core.text import N_

SITE = "site"
# The job that signs a checkpoint; `marketplace.core.audit.checkpoints` does it.
CHECKPOINT = "log.checkpoint"

# Later than all tries of a job (`jobs.RETRY_AFTER`).
_GIVEN_UP = timedelta(hours=8)

# Of which stage of a challenge an entry is: it has the field where that is not the first.
_ALWAYS_PUBLIC = frozenset({"stage"})

_ACTOR = ("actor", "actor_id")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_PLACES = re.compile(r"%\((\w+)\)s")


class Kind(StrEnum):
    """What an action is about, for those who look for it on a timeline."""

    PUBLICATION = "publication"
    BIDS = "bids"
    OPENING = "opening"
    PANEL = "panel"
    DECISION = "decision"
    READING = "reading"
    REFUSED = "refused"
    SERVICE = "service"


@dataclass(frozen=True)
class Telling:
    """How entries of one action are told, and to whom.

    `words` is a sentence with `%(field)s` places, marked by `N_`. `public` names the fields whose
    values everybody may see once the chain is disclosed; the others stay withheld from the
    public. `hidden` names those whose values are disclosed to nobody, not even to auditors: only
    their digests are. `discloses` says that such an entry opens its chain's actions to the public;
    `witness` that a checkpoint is signed at once and not within the hour.

    The rule for `public`, the same for all rooms: only what an award's public pages and the public
    edition of its report show too, and nothing that tells how a bid fares before the decision is
    announced. So never who did it; never a price, a score, a reason or a finding about a bid; never
    a bidder's name (a bid's reference stands for it); of the panel no more than the labels of its
    seats; and no digest of a document from whose other parts a withheld one could be guessed.
    """

    words: str
    public: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()
    discloses: bool = False
    witness: bool = False
    kind: Kind = Kind.SERVICE


@dataclass(frozen=True)
class Appended:
    """An entry that was just appended, with all that its receipt states.

    `details` are its fields' names, salts and values as they are stored; `proof` leads from its
    leaf to `root`, that of the log of which it is the last entry.
    """

    entry: LogEntry
    details: Sequence[Mapping[str, Any]]
    proof: Sequence[bytes]
    root: bytes


_tellings: dict[str, Telling] = {}


def register(tellings: Mapping[str, Telling]) -> None:
    """Say how entries of each action are told and which of their fields are for everybody.

    Each room registers its own actions when it is imported; an action that is not registered
    cannot be recorded, so that no timeline ever shows a bare code and nothing is disclosed that
    nobody thought about.
    """
    _tellings.update(tellings)


def telling(action: str) -> Telling:
    """Give how entries of an action are told.

    Raises:
        KeyError: no room has registered the action.
    """
    return _tellings[action]


def public_fields(action: str) -> frozenset[str]:
    """Name the fields of an action that are for everybody once the chain is disclosed."""
    return _tellings[action].public | _ALWAYS_PUBLIC


def hidden_fields(action: str) -> frozenset[str]:
    """Name the fields of an action that are disclosed to nobody."""
    return _tellings[action].hidden


def words_for(entry: LogEntry) -> tuple[str, Mapping[str, Any]]:
    """Give the untranslated sentence of an entry and the values that fill it, instants readable.

    The place of a value that was erased, or that this reader was not given, says so.
    """
    return fill(entry.action, entry.fields)


def fill(action: str, fields: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Do what `words_for` does for the values that one reader may see."""
    words = _tellings[action].words
    return words, {
        name: _readable(fields[name]) if name in fields else N_("[withheld]")
        for name in places(action)
    }


def places(action: str) -> list[str]:
    """Name the fields that stand in an action's sentence."""
    return _PLACES.findall(_tellings[action].words)


def blanks(action: str) -> Mapping[str, str]:
    """Give what fills an action's sentence when no entry is at hand: nothing."""
    return dict.fromkeys(places(action), "")


def _readable(value: object) -> object:
    """Write an instant or a day inside an entry's fields as people read it.

    A reason that somebody typed may look like one and be none, such as 2026-13-45: it stays.
    """
    if isinstance(value, str):
        with suppress(ValueError):
            if _INSTANT.fullmatch(value):
                return format_instant(datetime.fromisoformat(value))
            if _DAY.fullmatch(value):
                return format_date(date.fromisoformat(value))
    return value


def recorded_actions() -> frozenset[str]:
    """Name every action that can be recorded."""
    return frozenset(_tellings)


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
    JSON values without floats; numbers that must stay exact are given as text. The instant is the
    clock's, but never before that of the entry that precedes.

    Raises:
        KeyError: no room has registered `action`.
        NotCanonical: a field has no exact form in JSON.
    """
    return append_proven(
        session, clock=clock, action=action, chain=chain, actor=actor, **fields
    ).entry


def append_proven(
    session: Session,
    *,
    clock: Clock,
    action: str,
    chain: str = SITE,
    actor: Actor | None = None,
    **fields: object,
) -> Appended:
    """Do what `append` does, and give what a receipt of the entry states too.

    Raises:
        KeyError, NotCanonical: as for `append`.
    """
    if action not in _tellings:
        raise KeyError(f"no words are registered for the action {action!r}")
    # The actor is a field of every entry, so that none is without a salt: the leaf hashes are
    # public from the first hour, and nobody must be able to guess what is behind one.
    values = {
        "actor": actor.name if actor else None,
        "actor_id": str(actor.user_id) if actor else None,
        **fields,
    }
    details = [_detail(name, value) for name, value in values.items()]
    head = lock(session)
    now = recorded_instant(head, clock)
    last = session.execute(
        select(LogEntry.cn, LogEntry.leaf)
        .where(LogEntry.chain == chain)
        .order_by(LogEntry.cn.desc())
        .limit(1)
    ).one_or_none()
    body = entries.write(
        entries.Entry(
            n=head.size,
            at=now,
            action=action,
            chain=chain,
            cn=last.cn + 1 if last else 1,
            prev=last.leaf if last else None,
            fields={d["name"]: entries.field_digest(d["salt"], d["value"]) for d in details},
        )
    )
    leaf = tree.leaf_hash(body)
    entry = LogEntry(
        n=head.size,
        at=now,
        chain=chain,
        cn=last.cn + 1 if last else 1,
        action=action,
        leaf=leaf,
        body=body,
    )
    session.add(entry)
    session.flush()
    session.execute(insert(LogDetail), [{"n": entry.n, **detail} for detail in details])
    # The last leaf's siblings are the subtrees that stood before it, so no node has to be read.
    proof = split(head.frontier)[::-1]
    _grow(session, head, leaf)
    head.last_at = now
    _have_checkpoint(session, head, clock, now, at_once=_tellings[action].witness)
    session.flush()
    return Appended(entry, details, proof, tree.root_of(split(head.frontier)))


def _detail(name: str, value: object) -> dict[str, Any]:
    return {
        "name": name,
        "salt": secrets.token_bytes(entries.SALT_BYTES),
        "value": entries.value_bytes(value),
    }


def _grow(session: Session, head: LogHead, leaf: bytes) -> None:
    """Put a leaf on the tree, and keep what it completed."""
    frontier, complete = tree.grow(split(head.frontier), head.size, leaf)
    nodes = [
        {"level": level, "index": index, "hash": found}
        for (level, index), found in complete.items()
        if level > 0
    ]
    if nodes:
        session.execute(insert(LogNode), nodes)
    head.size += 1
    head.frontier = b"".join(frontier)


def _have_checkpoint(
    session: Session, head: LogHead, clock: Clock, now: datetime, *, at_once: bool
) -> None:
    """See that a checkpoint is on its way: at the next full hour, or at once."""
    hour = now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    due = now if at_once else hour
    # One that is late has failed and waits for its next try, or was given up after the last; its
    # cause may be gone by now. A second one that finds nothing new does no harm.
    late = head.checkpoint_due and head.checkpoint_due + _GIVEN_UP <= now
    if at_once and head.checkpoint_due and head.checkpoint_due < now:
        late = True
    if head.checkpoint_due is None or due < head.checkpoint_due or late:
        jobs.enqueue(session, CHECKPOINT, clock=clock, due_at=due)
        head.checkpoint_due = due


def split(hashes: bytes) -> list[bytes]:
    """Part hashes that stand one after another."""
    size = tree.HASH_BYTES
    return [hashes[start : start + size] for start in range(0, len(hashes), size)]


def lock(session: Session) -> LogHead:
    """Take the log's lock until the end of the transaction, and give its head."""
    wanted = select(LogHead).with_for_update().execution_options(populate_existing=True)
    head = session.scalar(wanted)
    if head is not None:
        return head
    # Two first entries at once: the later waits here for the row of the earlier, and then has it.
    session.execute(
        text(
            "INSERT INTO log_head (id, size, frontier) VALUES (1, 0, :none) ON CONFLICT DO NOTHING"
        ),
        {"none": b""},
    )
    return session.scalars(wanted).one()


def recorded_instant(head: LogHead, clock: Clock) -> datetime:
    """Read the instant under the lock: never before the entry that precedes."""
    now = clock.now()
    return max(now, head.last_at) if head.last_at else now


def length(session: Session, chain: str) -> int:
    """Count the entries of a chain; exact for as long as the caller holds the log's lock."""
    return session.scalar(select(func.max(LogEntry.cn)).where(LogEntry.chain == chain)) or 0


def chain_entries(session: Session, chain: str) -> Sequence[LogEntry]:
    """Give a chain's entries in order."""
    return session.scalars(
        select(LogEntry).where(LogEntry.chain == chain).order_by(LogEntry.cn)
    ).all()


def recorded_of(session: Session, chain: str, actions: Collection[str]) -> set[str]:
    """Give which of some actions a chain has entries of, in one statement."""
    return set(
        session.scalars(
            select(LogEntry.action)
            .where(LogEntry.chain == chain, LogEntry.action.in_(actions))
            .distinct()
        )
    )


def fields_of(session: Session, places: Sequence[int]) -> dict[int, dict[str, Any]]:
    """Give the values that entries still hold, by their places; nothing of who did it."""
    found: dict[int, dict[str, Any]] = {place: {} for place in places}
    held = select(LogDetail.n, LogDetail.name, LogDetail.value).where(
        LogDetail.n.in_(found), LogDetail.name.not_in(_ACTOR)
    )
    for place, name, value in session.execute(held):
        found[place][name] = json.loads(value)
    return found


def is_disclosed(session: Session, chain: str) -> bool:
    """Tell whether the public may know a chain's actions: an entry of it says so."""
    disclosing = [action for action, told in _tellings.items() if told.discloses]
    return bool(
        session.scalar(
            select(func.count())
            .select_from(LogEntry)
            .where(LogEntry.chain == chain, LogEntry.action.in_(disclosing))
        )
    )
