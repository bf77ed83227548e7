"""Asks how much of a contract is spoken for, so that its value never falls below that.

A room that knows of more registers a source, which is asked before every change of a value.
"""

import uuid
from collections.abc import Callable

from sqlalchemy.orm import Session

# Gives what was accepted or paid under a contract, in minor units without VAT.
Source = Callable[[Session, uuid.UUID], int]

_sources: dict[str, Source] = {}


def register(room: str, source: Source) -> None:
    """Have a room be asked from now on, once, however often it registers."""
    _sources[room] = source


def floor_minor(session: Session, contract_id: uuid.UUID) -> int:
    """Give the least that a contract can be worth, in minor units without VAT."""
    return max((source(session, contract_id) for source in _sources.values()), default=0)
