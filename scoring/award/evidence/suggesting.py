"""Which documents a preferred bidder may be asked for, by what was published and declared. Pure.

Nothing is asked for by itself: an officer picks from these, or names documents of the body's own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bids.evidence.kinds import Evidence
from marketplace.core.text import N_

# Half a line each: what a bidder reads as the name of a document.
_INSURANCE = N_("Certificate of insurance for at least %(amount)s")
_TURNOVER = N_("Accounts that show a turnover of at least %(amount)s in a year")
_GROUNDS = N_("Statement that no ground applies that must exclude a bidder, with its evidence")
_TAX = N_("Evidence that taxes and social security contributions are paid")
_PUT_RIGHT = N_("Evidence of what was put right: %(ground)s")
_SHARE = N_("Evidence that %(name)s will do the work that the bid gives it")


@dataclass(frozen=True)
class Suggestion:
    """A document that could be asked for; `key` names it in a form, `words` take `data`."""

    key: str
    kind: Evidence
    words: str
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """What suggestions follow from: amounts in words, empty where nothing is required.

    `excludes`: the rules of the purchase have grounds that must exclude; `declared` are the names
    of grounds that the bidder or a partner declared; `others` are those whom the bid gives work.
    """

    insurance: str = ""
    turnover: str = ""
    excludes: bool = False
    declared: Sequence[str] = ()
    others: Sequence[str] = ()


def suggestions(facts: Facts) -> list[Suggestion]:
    """Give what could be asked for, in the order in which an officer thinks of it."""
    found = []
    if facts.insurance:
        data = {"amount": facts.insurance}
        found.append(Suggestion("insurance", Evidence.INSURANCE, _INSURANCE, data))
    if facts.turnover:
        data = {"amount": facts.turnover}
        found.append(Suggestion("turnover", Evidence.MONEY, _TURNOVER, data))
    if facts.excludes:
        found.append(Suggestion("grounds", Evidence.GROUNDS, _GROUNDS))
        found.append(Suggestion("tax", Evidence.TAX, _TAX))
    found += [
        Suggestion(f"put-right-{place}", Evidence.GROUNDS, _PUT_RIGHT, {"ground": ground})
        for place, ground in enumerate(facts.declared, start=1)
    ]
    found += [
        Suggestion(f"share-{place}", Evidence.EXPERIENCE, _SHARE, {"name": name})
        for place, name in enumerate(facts.others, start=1)
    ]
    return found
