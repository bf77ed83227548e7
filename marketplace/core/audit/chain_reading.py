"""Reads one chain for people and for checkers: by the page, and as a file with proofs.

What a reader may see is the caller's to say; nothing here gives more.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext
from sqlalchemy import Text, and_, cast, false, func, or_, select, tuple_
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.elements import ColumnElement

from marketplace.core.audit import chains, checkpoints, log, proofs, tree
from marketplace.core.audit.models import LogDetail, LogEntry
from marketplace.core.audit.receipts import Disclosed
from marketplace.core.audit.trust import read_checkpoint

PAGE_LENGTH = 50
_NODES_AT_ONCE = 300


@dataclass(frozen=True)
class Sight:
    """What one reader may see of a chain: fields by action. An action not named is not there.

    The field `actor` is who did it. From the place `sealed_from` on, where bids of a later stage
    are sealed, only the actions in `always` are seen.
    """

    fields: Mapping[str, frozenset[str]]
    sealed_from: int | None = None
    always: frozenset[str] = frozenset()

    def of_kind(self, kind: log.Kind | None) -> "Sight":
        """Narrow to the actions of one kind; None narrows nothing."""
        if kind is None:
            return self
        seen = {a: f for a, f in self.fields.items() if log.telling(a).kind is kind}
        return replace(self, fields=seen)

    def holds(self) -> ColumnElement[bool]:
        """Give the condition that an entry is seen."""
        seen = LogEntry.action.in_(sorted(self.fields))
        if self.sealed_from is None:
            return seen
        always = LogEntry.action.in_(sorted(self.fields.keys() & self.always))
        return and_(seen, or_(LogEntry.n < self.sealed_from, always))


@dataclass(frozen=True)
class Page:
    """One page of a chain in order; `next_after` leads on, and is None on the last."""

    entries: Sequence[LogEntry]
    next_after: int | None


def page(session: Session, chain: str, sight: Sight, *, words: str = "", after: int = 0) -> Page:
    """Give the entries that hold `words` in what is seen, passing over the first `after` of them.

    Not by their numbers in the chain: whoever asked for one number after another would learn how
    many entries, such as bids, stand between those that are shown.

    Words are looked for without regard to case, in the sentence of the action and in the values
    that this reader's page shows: nobody finds what they may not see.
    """
    query = (
        select(LogEntry)
        .where(LogEntry.chain == chain, sight.holds())
        .order_by(LogEntry.cn)
        .offset(after)
        .limit(PAGE_LENGTH + 1)
    )
    if words:
        query = query.where(_holds(session, sight, words))
    found = session.scalars(query).all()
    here = found[:PAGE_LENGTH]
    return Page(here, after + PAGE_LENGTH if len(found) > PAGE_LENGTH else None)


def latest(session: Session, chain: str, sight: Sight, count: int) -> Sequence[LogEntry]:
    """Give the last entries of a chain that the reader may see, the newest first.

    In one statement: they stand on a page that has others to make.
    """
    found = session.scalars(
        select(LogEntry)
        .where(LogEntry.chain == chain, sight.holds())
        .order_by(LogEntry.cn.desc())
        .limit(count)
        .options(joinedload(LogEntry.details))
    )
    return found.unique().all()


def chain_file(
    session: Session,
    chain: str,
    shown: Callable[[str], Collection[str] | None],
    sealed_from: int | None = None,
) -> bytes | None:
    """Give a chain as a file, with the proofs of all its entries that the newest checkpoint covers.

    `shown` names the fields to disclose for an action; None discloses all that are still held,
    but for those that are hidden from everybody.
    Where bids of a later stage are sealed it is the newest checkpoint over what came before
    `sealed_from`: one that covers more would have the file say what it leaves out. None is given
    where no checkpoint covers any entry of the chain.
    """
    checkpoint = checkpoints.newest(session, sealed_from)
    if checkpoint is None:
        return None
    size = read_checkpoint(checkpoint.note).size
    found = session.scalars(
        select(LogEntry).where(LogEntry.chain == chain, LogEntry.n < size).order_by(LogEntry.cn)
    ).all()
    if not found:
        return None
    proven = inclusions(session, [entry.n for entry in found], size)
    return chains.build(
        chains.Chain(
            chain,
            checkpoint.note,
            [
                chains.Link(entry.body, _disclosed(entry, shown(entry.action)), proven[entry.n])
                for entry in found
            ],
        )
    )


def _disclosed(entry: LogEntry, shown: Collection[str] | None) -> dict[str, Disclosed]:
    hidden = log.hidden_fields(entry.action)
    return {
        detail.name: Disclosed(detail.salt, json.loads(detail.value))
        for detail in entry.details
        if detail.name not in hidden and (shown is None or detail.name in shown)
    }


def inclusions(session: Session, places: Sequence[int], size: int) -> dict[int, list[bytes]]:
    """Prove many places at once: what the proofs are made of is noted first and then read."""
    wanted: dict[tree.Node, bytes] = {}

    def note(nodes: Sequence[tree.Node]) -> Mapping[tree.Node, bytes]:
        wanted.update(dict.fromkeys(nodes, bytes(tree.HASH_BYTES)))
        return wanted

    for place in places:
        tree.inclusion(place, size, note)
    nodes = sorted(wanted)
    for start in range(0, len(nodes), _NODES_AT_ONCE):
        wanted.update(proofs.read(session, nodes[start : start + _NODES_AT_ONCE]))
    return {place: tree.inclusion(place, size, lambda _nodes: wanted) for place in places}


def _holds(session: Session, sight: Sight, words: str) -> ColumnElement[bool]:
    """Match the action's sentence, or the value of a field that stands in it or says who."""
    sought = words.casefold()
    as_stored = json.dumps(sought, ensure_ascii=False)[1:-1]
    told = [
        action
        for action in sight.fields
        if sought in gettext(log.telling(action).words, **log.blanks(action)).casefold()
    ]
    pairs = [
        (action, name)
        for action, fields in sorted(sight.fields.items())
        for name in sorted(fields & {*log.places(action), "actor"})
    ]
    if session.get_bind().dialect.name == "postgresql":
        value: ColumnElement[str] = func.convert_from(LogDetail.value, "UTF8")
    else:
        value = cast(LogDetail.value, Text)
    in_value = (
        select(LogDetail.n)
        .where(
            LogDetail.n == LogEntry.n,
            tuple_(LogEntry.action, LogDetail.name).in_(pairs),
            func.lower(value).contains(as_stored, autoescape=True),
        )
        .exists()
        if pairs
        else false()
    )
    return or_(LogEntry.action.in_(told), in_value)
