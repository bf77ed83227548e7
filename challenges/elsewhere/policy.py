"""Who says where bids go, and what must be said of a place that is not here. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from challenges.policy import can_write
from marketplace.core.permissions import Actor, Answer, lacks_right
from marketplace.core.text import N_, is_web_address

if TYPE_CHECKING:
    from challenges.models import Challenge

REFERENCE_MOST = 100
LINK_MOST = 500

# What a page says of bids, receipts, seals and openings that this service never had.
NOT_COLLECTED = N_("Not collected here")
GOES_ELSEWHERE = N_("Bids go elsewhere")


def can_choose(actor: Actor, challenge: "Challenge", now: datetime) -> Answer:
    """Tell whether the actor may say where bids go: in a draft, as one of the lead body's."""
    if actor.organisation_id != challenge.buyer_id:
        return lacks_right(N_("Only the lead organisation says where bids go."))
    return can_write(actor, challenge, now)


def faults(reference: str, link: str) -> Mapping[str, str]:
    """Name what is wrong with the place where bids go, by field."""
    found = {}
    if not reference:
        found["reference"] = N_("Enter the reference of the notice there.")
    elif len(reference) > REFERENCE_MOST:
        found["reference"] = N_("Shorten this to 100 characters or fewer.")
    if not link:
        found["link"] = N_("Enter the web address where suppliers can bid.")
    elif len(link) > LINK_MOST:
        found["link"] = N_("Shorten this to 500 characters or fewer.")
    elif not is_web_address(link):
        found["link"] = N_("Enter a web address that begins with https:// or http://.")
    return found
