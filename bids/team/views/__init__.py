"""Pages of who does the work: the bidder's own, and those of the partners it asks."""

from bids.team.views import lead, partner
from bids.team.views.room import blueprint

__all__ = ["blueprint", "lead", "partner"]
