"""Writes of queries about bids, one function per use case, gathered under one name."""

from bids.asking.service.answering import save_draft, send_answer
from bids.asking.service.asking import Concern, ask, extend, withdraw
from bids.asking.service.deciding import decide, read_query, show_panel

__all__ = [
    "Concern",
    "ask",
    "decide",
    "extend",
    "read_query",
    "save_draft",
    "send_answer",
    "show_panel",
    "withdraw",
]
