"""What people do with bids: one function per use case, grouped by who does it and when."""

from bids.service.drafting import save_answer, save_price, save_terms, start_bid
from bids.service.eligibility import Declared, declare_eligibility
from bids.service.opening import Reading, confirm_opening, decide_eligibility, read_bid
from bids.service.refusing import record_refused_opening, record_refused_reading
from bids.service.submitting import submit_bid, withdraw_bid

__all__ = [
    "Declared",
    "Reading",
    "confirm_opening",
    "decide_eligibility",
    "declare_eligibility",
    "read_bid",
    "record_refused_opening",
    "record_refused_reading",
    "save_answer",
    "save_price",
    "save_terms",
    "start_bid",
    "submit_bid",
    "withdraw_bid",
]
