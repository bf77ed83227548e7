"""Receipts of bids: their text is made with the entry, and signed whenever they are shown.

A key that is lost stops no bid: what was recorded is signed when the key is there again.
"""

import json

from sqlalchemy.orm import Session

from marketplace.core.access import current_settings
from marketplace.core.audit import keys, receipts
from marketplace.core.audit.log import Appended


def origin(session: Session) -> str:
    """Give the log's name, which every receipt says; the first key is made here if need be."""
    try:
        return keys.signer().name
    except keys.WrongKey:
        named = keys.named_last(session)
        return named.name if named else current_settings().first_log_origin


def text_of(made: Appended, log_name: str) -> str:
    """Write the receipt of the entry that records a submission."""
    disclosed = {
        detail["name"]: receipts.Disclosed(detail["salt"], json.loads(detail["value"]))
        for detail in made.details
    }
    return receipts.write(
        receipts.compose(log_name, made.entry.body, disclosed, made.proof, made.root)
    )


def signed(text: str) -> str | None:
    """Sign a receipt with the log's key: the same text, the same note. None without the key."""
    try:
        return keys.signer().sign(text)
    except keys.WrongKey:
        return None
