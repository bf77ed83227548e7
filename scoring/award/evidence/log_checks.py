"""Holds what approvals rest on against what must be: evidence that is decided, and a minute.

Evidence is asked of a bid that is recommended, an award is approved once all that was asked of its
bids is settled, and one that a committee decides is approved by its minute.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection

from marketplace.core.audit import verifying
from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.stages import stage_of
from marketplace.core.audit.verifying.recorded import Recorded, recorded
from marketplace.core.text import N_
from scoring.award.committee import log_words as committees
from scoring.award.evidence import log_words
from scoring.award.evidence.kinds import Verdict

RECOMMENDED, APPROVED = "award.recommended", "award.cleared"


@dataclass
class Standing:
    """How a stage's award stood when an entry was made.

    `unsettled` are documents by bid and number that hold an approval; `committee` tells that a
    committee decides.
    """

    recommended: frozenset[str] = frozenset()
    unsettled: set[tuple[str, object]] = field(default_factory=set)
    committee: bool = False


@verifying.also
def check(connection: Connection) -> Iterator[Finding]:
    """Go through the entries about approvals in the order of their places, stage by stage."""
    standings: dict[tuple[str, int], Standing] = {}
    for entry in recorded(
        connection,
        *(RECOMMENDED, APPROVED, committees.CHOSEN, log_words.ASKED, log_words.DECIDED),
    ):
        now = standings.setdefault((entry.chain, stage_of(entry.values)), Standing())
        yield from follow(entry, now)


def follow(entry: Recorded, now: Standing) -> Iterator[Finding]:
    """Say what is wrong with an entry after those before it, and have it count from now on."""
    where, told = f"entry {entry.n}", entry.values
    document = (str(told.get("bid")), told.get("number"))
    match entry.action:
        case "award.recommended":
            now.recommended = _bids(entry)
        case committees.CHOSEN:
            now.committee = told.get("committee") != committees.A_PERSON
        case log_words.ASKED:
            if document[0] not in now.recommended:
                yield failed(N_("Evidence was asked of a bid that was not recommended"), where)
            now.unsettled.discard((document[0], told.get("again")))
            now.unsettled.add(document)
        case log_words.DECIDED:
            if told.get("verdict") != Verdict.REFUSED.value:
                now.unsettled.discard(document)
        case _:
            if any(bid in _bids(entry) for bid, _number in now.unsettled):
                yield failed(
                    N_("An award was approved while evidence of its bidder was not settled"), where
                )
            if now.committee and not told.get("minute"):
                yield failed(
                    N_("An award that a committee decides was approved without its minute"), where
                )


def _bids(entry: Recorded) -> frozenset[str]:
    return frozenset(str(entry.values.get("bid", "")).split(", "))
