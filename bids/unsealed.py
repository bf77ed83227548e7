"""Bids that were never sealed here: what is known of each, by how they came.

`bids.opened` gives them with those that were opened, so that nothing above it learns the
difference but `OpenedBid.received`.
"""

import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from bids.documents import Content
from bids.grounds.document import Eligibility
from bids.models import Bid
from bids.passport.document import Frozen
from challenges.stages.kinds import Source

NOTHING_WRITTEN = Content({}, None, None, "", "")


@dataclass(frozen=True)
class Unsealed:
    """What is known of a bid. `supplier_name` is the one it was made under.

    `sha256` is the digest of its document, empty where there is none. `eligibility` is None where
    nothing was declared here; `size_class` is what was told of the supplier's size elsewhere, and
    `received_at` when the bid came in there.
    """

    supplier_name: str
    content: Content = NOTHING_WRITTEN
    eligibility: Eligibility | None = None
    passport: Mapping[str, Frozen] = field(default_factory=dict)
    sha256: str = ""
    size_class: str = ""
    received_at: datetime | None = None
    erased: bool = False


# Gives what is known of some bids of one stage, by their identifiers; it names each of them.
Reader = Callable[[Session, Sequence[Bid]], Mapping[uuid.UUID, Unsealed]]

_readers: dict[Source, Reader] = {}


def register(source: Source, reader: Reader) -> None:
    """Say who reads the bids that come in this way."""
    _readers[source] = reader


def read(session: Session, source: Source, bids: Sequence[Bid]) -> Mapping[uuid.UUID, Unsealed]:
    """Give what is known of bids that came in this way.

    Raises:
        LookupError: nobody reads them.
    """
    if source not in _readers:
        raise LookupError(f"nobody reads bids that are {source.value}")
    return _readers[source](session, bids)
