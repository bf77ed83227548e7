"""Why a result is computed again, what that changed, and when a recommendation lapses. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from marketplace.core.text import N_


class Why(StrEnum):
    """What a result is computed again for."""

    ELIGIBILITY = "eligibility"
    INTEREST = "interest"
    CUT_OFF = "cut_off"
    AGAIN = "again"


WHY_WORDS = {
    Why.ELIGIBILITY: N_("an officer decided anew whether a bid may go on"),
    Why.INTEREST: N_("an interest of a member of the panel was found later"),
    Why.CUT_OFF: N_("the panel decided which of the bids that tie for the last place go on"),
    Why.AGAIN: N_("the decision was taken again"),
}


@dataclass(frozen=True)
class Because:
    """Why a result is computed again: the kind, the reason in somebody's words, and the bid.

    There is no bid where it is about none in particular.
    """

    why: Why
    reason: str
    bid_reference: str | None = None


@dataclass(frozen=True)
class Moved:
    """Where a bid stood before and stands now: a rank and a total each, None where it has none."""

    bid: str
    rank_before: int | None
    rank: int | None
    total_before: str | None
    total: str | None

    @property
    def changed(self) -> bool:
        """Tell whether anything of it moved."""
        return (self.rank_before, self.total_before) != (self.rank, self.total)


def moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Moved]:
    """Compare two result documents of one stage, bid by bid, in the order of the newer one."""
    earlier = {bid["id"]: bid for bid in before["bids"]}
    return [
        Moved(
            bid["id"],
            earlier.get(bid["id"], {}).get("rank"),
            bid["rank"],
            _total(earlier.get(bid["id"], {})),
            _total(bid),
        )
        for bid in after["bids"]
    ]


def _total(bid: Mapping[str, Any]) -> str | None:
    total = bid.get("total")
    return None if total is None else str(total["display"])


def lapsed(*, answered: bool, rests_on: object, newest: object, locked: bool) -> bool:
    """Tell whether a recommendation no longer stands, though nobody answered it.

    It rests on one result. Once that is computed again, or the scores under it are agreed again,
    an approver would sign off what is not there any more.
    """
    return not answered and (rests_on != newest or not locked)


def cannot_come_back(
    missing: Sequence[tuple[str, str]], *, too_few: bool
) -> tuple[str, dict[str, object]] | None:
    """Say why a bid that was left out cannot count again, with what fills the words; or nothing.

    `missing` is what the panel has gone past without this bid: whose score of which question, or
    nobody's where it is the agreed one. `too_few` says that after recusals fewer than the plan asks
    for may judge a bid that counts.
    """
    if not missing:
        return (_TOO_FEW, {}) if too_few else None
    who, question = missing[0]
    if who:
        return _NOT_SCORED, {"who": who, "question": question}
    return _NOT_AGREED, {"question": question}


_NOT_SCORED = N_(
    "The panel has gone on without this bid, so it cannot count again now: %(who)s gave it no "
    "score on “%(question)s”."
)
_TOO_FEW = N_(
    "The scores are locked, and fewer people than the published plan asks for may judge this bid, "
    "so it cannot count again now."
)
_NOT_AGREED = N_(
    "The panel has gone on without this bid, so it cannot count again now: no score is agreed for "
    "it on “%(question)s”."
)
