"""What people do with bids: one function per use case, grouped by who does it and when."""

from bids import reopening  # noqa: F401  (importing it registers what challenges ask of bids)
from bids.service.confirming import WrongPassphrase, confirm_opening, rehearse_opening
from bids.service.deciding import Reading, decide_eligibility, read_bid
from bids.service.drafting import (
    change_bid,
    discard_changes,
    milestones_mark,
    save_adjustments,
    save_answer,
    save_milestones,
    save_price,
    save_terms,
    start_bid,
)
from bids.service.eligibility import Declared, declare_eligibility, ground_rules
from bids.service.opening import open_bids
from bids.service.opening_keys import set_opening_passphrase
from bids.service.refusing import record_refused_opening, record_refused_reading
from bids.service.submitting import submit_bid, withdraw_bid

__all__ = [
    "Declared",
    "Reading",
    "WrongPassphrase",
    "change_bid",
    "confirm_opening",
    "decide_eligibility",
    "declare_eligibility",
    "discard_changes",
    "ground_rules",
    "milestones_mark",
    "open_bids",
    "read_bid",
    "record_refused_opening",
    "record_refused_reading",
    "rehearse_opening",
    "save_adjustments",
    "save_answer",
    "save_milestones",
    "save_price",
    "save_terms",
    "set_opening_passphrase",
    "start_bid",
    "submit_bid",
    "withdraw_bid",
]
