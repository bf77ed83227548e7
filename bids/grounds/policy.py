"""What a declared ground asks of the officer, and when a decision about a bid may stand. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from bids.grounds.document import DeclaredGround
from marketplace.core.regimes.grounds import ExclusionGround, Force, GroundRules
from marketplace.core.text import N_


class Verdict(StrEnum):
    """What an officer finds of one ground."""

    CLEARED = "cleared"
    OUTSIDE = "outside"
    APPLIES = "applies"


VERDICT_WORDS = {
    Verdict.CLEARED: N_("Put right: the evidence is enough"),
    Verdict.OUTSIDE: N_("Does not apply: too long ago, or not this ground"),
    Verdict.APPLIES: N_("Applies: it was not put right, or the evidence is not enough"),
}


@dataclass(frozen=True)
class Awaited:
    """A ground that an officer decides about: whose it is, what it is, and what it does here.

    `party` identifies the bidder or one of its partners. `provision` is where the rules of the
    purchase say so, empty where they do not. `too_old` tells that it happened before the rules
    look back to.
    """

    party: str
    party_name: str
    ground: ExclusionGround
    force: Force
    declared: DeclaredGround
    provision: str = ""
    too_old: bool = False

    @property
    def name(self) -> str:
        """Name it within a form."""
        return f"{self.party}-{self.ground.key}"


@dataclass(frozen=True)
class Found:
    """What an officer finds of one ground."""

    party: str
    ground: str
    verdict: Verdict
    reason: str

    @property
    def name(self) -> str:
        """Name it as the ground that it is about."""
        return f"{self.party}-{self.ground}"


def awaited(
    party: str,
    party_name: str,
    declared: Iterable[DeclaredGround],
    rules: GroundRules,
    decides: GroundRules,
    band: str,
    day: date,
) -> list[Awaited]:
    """List the grounds that a party declared, with what each does in a band, seen from `day`.

    `rules` are those that it declared by; `decides` those of the purchase, which say what a ground
    does, where they know it.

    Raises:
        LookupError: the rules know nothing of a ground.
    """
    found = []
    for each in declared:
        ground = rules.find(each.key)
        if ground is None:
            raise LookupError(f"{rules.version} has no ground {each.key}")
        ground = decides.find(each.key) or ground
        since = ground.looks_back_to(day)
        too_old = since is not None and each.happened_on is not None and each.happened_on < since
        provision = ground.provisions.get(band, "")
        found.append(
            Awaited(party, party_name, ground, ground.force(band), each, provision, too_old)
        )
    return found


def refusals(
    grounds: Sequence[Awaited],
    found: Sequence[Found],
    *,
    excludes: bool,
    reads: bool = True,
    elsewhere: Mapping[str, Force] = MappingProxyType({}),
) -> Mapping[str, str]:
    """Say by field why a decision cannot stand; empty where it can.

    Every ground that was declared is decided with a reason. One that must exclude, and is not
    cleared, excludes the bid; and nothing else does than a ground that applies. Where the bid could
    not be read (`reads` is false) nobody knows what was declared, so a ground need not be named.
    `elsewhere` says what a ground does that nobody declared, by the name of what was found.
    """
    given = {each.name: each for each in found}
    wrong: dict[str, str] = {}
    for each in grounds:
        finding = given.get(each.name)
        if finding is None:
            wrong[each.name] = N_("Say what you find of this ground")
        elif not finding.reason.strip():
            wrong[f"{each.name}-reason"] = N_("Give the reason for what you find of this ground")
    if wrong:
        return wrong
    known = {each.name for each in grounds}
    if any(each.name not in known and not each.reason.strip() for each in found):
        return {"other_reason": N_("Say how you know of this ground, and why it applies")}
    force = {**elsewhere, **{each.name: each.force for each in grounds}}
    applies = [each for each in found if each.verdict is Verdict.APPLIES]
    if not excludes and any(force.get(each.name) is Force.MANDATORY for each in applies):
        return {
            "finding": N_(
                "A ground that must exclude applies and was not put right. Choose “Excluded”, or "
                "say of the ground why the evidence is enough"
            )
        }
    if excludes and reads and not applies:
        return {"finding": N_("Say which ground applies: only a ground of the law excludes a bid")}
    return {}


def faults(
    declared: Sequence[DeclaredGround], rules: GroundRules, day: date
) -> Mapping[tuple[str, str], str]:
    """Say what is wrong with declared grounds, by the ground's key and the part of its answer.

    Raises:
        LookupError: the rules know nothing of a ground.
    """
    wrong: dict[tuple[str, str], str] = {}
    for each in declared:
        ground = rules.find(each.key)
        if ground is None:
            raise LookupError(f"{rules.version} has no ground {each.key}")
        since, happened = ground.looks_back_to(day), each.happened_on
        if since is not None and happened is None:
            wrong[each.key, "on"] = N_("Enter the day of the conviction or the event")
        elif happened is not None and happened > day:
            wrong[each.key, "on"] = N_("Enter a day that is not in the future")
        elif since is not None and happened is not None and happened < since:
            wrong[each.key, "on"] = N_(
                "This is longer ago than the rules look back, so you need not declare it. Take its "
                "tick away"
            )
        if not each.put_right.strip():
            wrong[each.key, "right"] = N_("Say what happened and what you did to put it right")
    return wrong
