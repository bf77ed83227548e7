"""Holds the order of announcements, complaints, courts and signings against what must be.

An intention is announced anew only after the one before was taken back, and a contract is signed
after the standstill of one that stands, with nothing open that was brought against the decision.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection

from marketplace.core.audit import verifying
from marketplace.core.audit.entries import write_instant
from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.stages import stage_of
from marketplace.core.audit.verifying.recorded import Recorded, recorded
from marketplace.core.text import N_
from scoring.award.advancing import log_words as advancing
from scoring.award.again import log_words as again
from scoring.award.complaints import log_words as complaints

ANNOUNCED = "intention.announced"
SIGNED = "contract.signed"

_BY_TWO = (
    *(again.PROPOSED, again.STANDS, again.SIFT_AGAIN),
    *(again.REST_PROPOSED, again.REST_RETURNED, again.REST_ENDED),
)
_OPENS = {complaints.RECEIVED: "complaint", complaints.IN_COURT: "court"}
_SETTLES = {
    complaints.DECIDED: "complaint",
    complaints.TAKEN_BACK: "complaint",
    complaints.COURT_ENDED: "court",
}


@dataclass
class _Standing:
    """How a stage's decision stood when an entry was made."""

    announced: Recorded | None = None
    # Suppliers went on from it: contracts for the work between rest on that.
    advanced: bool = False
    # That what was not signed of it ended without award.
    ended: bool = False
    # The newest proposal to end the rest, and to decide again: it is another person's.
    rest_asked: Recorded | None = None
    again_asked: Recorded | None = None
    open: set[tuple[str, object]] = field(default_factory=set)


@verifying.also
def check(connection: Connection) -> Iterator[Finding]:
    """Go through the entries about decisions in the order of their places, stage by stage."""
    yield from follow(
        recorded(
            connection,
            *(ANNOUNCED, SIGNED, again.AGAIN, advancing.CONFIRMED),
            *(*_BY_TWO, *_OPENS, *_SETTLES),
        )
    )


def follow(entries: Iterable[Recorded]) -> Iterator[Finding]:
    """Find what of decisions stands out of its order, or was decided by one person."""
    standings: dict[tuple[str, int], _Standing] = {}
    for entry in entries:
        now = standings.setdefault((entry.chain, stage_of(entry.values)), _Standing())
        yield from _follow(entry, now)


def _follow(entry: Recorded, now: _Standing) -> Iterator[Finding]:
    where = f"entry {entry.n}"
    if entry.action == ANNOUNCED:
        if now.announced is not None:
            yield failed(
                N_("An intention to award was announced while entry %(before)s stood"),
                where,
                before=now.announced.n,
            )
        now.announced = entry
    elif entry.action == again.AGAIN:
        if now.announced is None:
            yield failed(N_("A decision was taken back that was not announced"), where)
        now.announced = None
    elif entry.action in _BY_TWO:
        yield from _by_two(entry, now, where)
    elif entry.action == advancing.CONFIRMED:
        now.advanced = True
    elif entry.action in _OPENS:
        now.open.add((_OPENS[entry.action], entry.values.get("number")))
    elif entry.action in _SETTLES:
        now.open.discard((_SETTLES[entry.action], entry.values.get("number")))
    else:
        yield from _signed(entry, now, where)


def _by_two(entry: Recorded, now: _Standing, where: str) -> Iterator[Finding]:
    """Follow what one person proposes and another confirms or returns."""
    match entry.action:
        case again.PROPOSED:
            now.again_asked = entry
        case again.STANDS:
            now.again_asked = None
        case again.REST_PROPOSED:
            now.rest_asked = entry
        case again.REST_RETURNED:
            now.rest_asked = None
        case again.REST_ENDED:
            yield from _alone(now.rest_asked, entry, where)
            now.ended = True
        case again.SIFT_AGAIN:
            if not now.advanced:
                yield failed(
                    N_("A list of who goes on was taken back that was not confirmed"), where
                )
            yield from _alone(now.again_asked, entry, where)
            now.advanced, now.again_asked = False, None


def _alone(asked: Recorded | None, entry: Recorded, where: str) -> Iterator[Finding]:
    """Find what one person alone ended or took back; names can have been erased since."""
    if asked is None:
        yield failed(N_("What two people decide was decided, and nobody had proposed it"), where)
    elif (who := entry.values.get("actor_id")) is not None and who == asked.values.get("actor_id"):
        yield failed(
            N_("It was confirmed by who proposed it in entry %(before)s"), where, before=asked.n
        )


def _signed(entry: Recorded, now: _Standing, where: str) -> Iterator[Finding]:
    if now.ended:
        yield failed(
            N_("A contract was signed after the rest of the decision had ended without award"),
            where,
        )
    if now.open:
        yield failed(
            N_("A contract was signed while a complaint or a case in court was not settled"), where
        )
    if now.announced is None:
        if not now.advanced:
            yield failed(N_("A contract was signed, and no announced intention stood"), where)
        return
    ends = now.announced.values.get("standstill")
    if isinstance(ends, str) and write_instant(entry.at) < ends:
        yield failed(N_("A contract was signed before the standstill had ended"), where)
