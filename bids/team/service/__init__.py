"""Writes of who does the work, one function per use case, gathered under one name.

None of them is an entry of the log: a challenge's chain is read by the public body, and that
somebody is asked to join a bid tells who bids before the bids are opened. What counts at closing is
in the log all the same: the team is a part of the submitted bid, whose fields its entry states.
Who asked and answered what, and when, stands in the rows of the invitations, which are kept.
"""

from bids.team.service.answering import accept, decline, leave
from bids.team.service.inviting import invite, take_back
from bids.team.service.subcontracting import (
    add_subcontractor,
    change_subcontractor,
    remove_subcontractor,
)

__all__ = [
    "accept",
    "add_subcontractor",
    "change_subcontractor",
    "decline",
    "invite",
    "leave",
    "remove_subcontractor",
    "take_back",
]
