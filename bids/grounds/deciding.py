"""Which grounds an officer decides about, of a bid that was opened."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from bids import opened
from bids.grounds.policy import Awaited, Found, awaited
from bids.opened_bid import OpenedBid
from challenges.law import law_holding, lifted_by
from challenges.models import Challenge
from challenges.queries import own_challenge
from marketplace.core.dates import PLACE
from marketplace.core.permissions import Actor
from marketplace.core.regimes.book import USUAL
from marketplace.core.regimes.grounds import (
    ExclusionGround,
    Force,
    GroundRules,
    grounds_of_version,
    grounds_on,
)

# Where a route takes the purchase out of the law, no band's rules hold: the body's own do.
NO_BAND = ""


class Deciding(NamedTuple):
    """The grounds of the rules that a purchase goes by, and the band of it."""

    rules: GroundRules
    band: str


def deciding_of(challenge: Challenge, at: datetime) -> Deciding:
    """Give by what grounds are decided: those of the body's regime that hold on the day, in the
    band of the purchase, in none where a route lifts them."""
    law = law_holding(challenge, at)
    rules = grounds_on(law.regime.key, at.astimezone(PLACE).date())
    return Deciding(rules, NO_BAND if lifted_by(law, challenge.legal_route) else law.band.key)


def awaited_of(challenge: Challenge, bid: OpenedBid, at: datetime) -> list[Awaited]:
    """List the grounds that the bidder and its partners declared in a bid.

    They declare by the usual rules, whoever buys; what a ground does is said by the rules of the
    purchase.
    """
    (decides, band), day = deciding_of(challenge, at), at.astimezone(PLACE).date()
    found: list[Awaited] = []
    for party, name, declared in bid.parties:
        rules = grounds_of_version(USUAL, declared.grounds_rules)
        found += awaited(party, name, declared.grounds, rules, decides, band, day)
    return found


def forces_of(challenge: Challenge, found: Iterable[Found], at: datetime) -> dict[str, Force]:
    """Say what each ground that was found does by today's rules, by the finding's name."""
    rules, band = deciding_of(challenge, at)
    forces = {}
    for each in found:
        ground = rules.find(each.ground)
        if ground is not None:
            forces[each.name] = ground.force(band)
    return forces


def other_grounds(
    challenge: Challenge, bid: OpenedBid, known: Sequence[Awaited], at: datetime
) -> list[tuple[str, str, ExclusionGround]]:
    """List the grounds that nobody declared: an officer may know of one from elsewhere.

    Each with its party's identifier and, where there are several, its name.
    """
    rules = deciding_of(challenge, at).rules
    parties = [(party, name) for party, name, _declared in bid.parties]
    parties = parties or [(str(bid.supplier_id), bid.supplier_name)]
    declared = {each.name for each in known}
    return [
        (party, name if len(parties) > 1 else "", ground)
        for party, name in parties
        for ground in rules.grounds
        if f"{party}-{ground.key}" not in declared
    ]


def to_decide(
    session: Session, reference: str, bid_reference: str, *, actor: Actor, at: datetime
) -> tuple[list[Awaited], list[tuple[str, str, ExclusionGround]]]:
    """Give the grounds of a bid that the form of a decision asks about, and those it can add.

    None of either where no such bid was opened; whether the actor may read it is asked when it is
    shown.

    Raises:
        NotFound: there is no such challenge of the actor's body.
    """
    challenge = own_challenge(session, reference, actor)
    bid = opened.find_opened_bid_of(session, challenge.id, bid_reference)
    if bid is None:
        return [], []
    known = awaited_of(challenge, bid, at)
    return known, other_grounds(challenge, bid, known, at)
