"""Pages of bids: a supplier's eligibility and bids. The officers' pages stand in `opening`."""

from bids.asking.views import replying
from bids.renewing import views as renewing
from bids.views import (
    answering,
    changing,
    drafting,
    eligibility,
    invited,
    lists,
    parts,
    submitting,
)
from bids.views.room import blueprint

__all__ = [
    "answering",
    "blueprint",
    "changing",
    "drafting",
    "eligibility",
    "invited",
    "lists",
    "parts",
    "renewing",
    "replying",
    "submitting",
]
