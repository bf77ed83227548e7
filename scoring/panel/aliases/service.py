"""Draws, at the beginning of scoring, what nobody may choose: aliases and orders of reading."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy.orm import Session

from challenges.models import Stage
from marketplace.core.clock import Clock
from scoring.panel.aliases import drawing
from scoring.panel.aliases.models import BidAlias, ReadingOrder

SEED_BYTES = 32


class _Bid(Protocol):
    @property
    def bid_id(self) -> uuid.UUID: ...
    @property
    def reference(self) -> str: ...
    @property
    def supplier_name(self) -> str: ...


def draw(
    session: Session, stage: Stage, bids: Sequence[_Bid], *, clock: Clock
) -> dict[str, object]:
    """Draw for a stage in the caller's transaction; give the fields of the entry that says so.

    All opened bids get an alias, those too that do not count: an officer may find otherwise later.
    """
    seed = secrets.token_bytes(SEED_BYTES)
    session.add(ReadingOrder(stage_id=stage.id, seed=seed, drawn_at=clock.now()))
    told: dict[str, object] = {
        "order_seed": seed.hex(),
        "order_sha256": hashlib.sha256(seed).hexdigest(),
    }
    if stage.names_withheld:
        words = drawing.draw({bid.bid_id: bid.supplier_name for bid in bids})
        session.add_all(
            BidAlias(bid_id=bid_id, stage_id=stage.id, word=word) for bid_id, word in words.items()
        )
        told["aliases"] = {bid.reference: drawing.shown(words[bid.bid_id]) for bid in bids}
    return told
