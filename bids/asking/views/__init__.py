"""Pages of queries about bids: the officers' here; the supplier's stand among those of its bids."""

from bids.asking.views import desk, handling, replying
from bids.asking.views.room import blueprint

__all__ = ["blueprint", "desk", "handling", "replying"]
