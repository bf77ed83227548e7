"""Tells the room of challenges who was preferred, for pages that list what became of them."""

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bids.models import Bid
from challenges.similar import outcomes
from marketplace.core.accounts.models import Organisation
from scoring.award.models import Intention
from scoring.award.standing import intention_stands


def suppliers(session: Session, challenge_ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, str]:
    """Give the name of each challenge's preferred supplier, once the intention is announced;
    where several are preferred, all their names in one line."""
    rows = session.execute(
        select(Bid.challenge_id, Organisation.name)
        .join(Intention, Intention.bid_id == Bid.id)
        .join(Organisation, Organisation.id == Bid.supplier_id)
        .where(Bid.challenge_id.in_(challenge_ids), intention_stands())
        .order_by(func.lower(Organisation.name))
    )
    names: dict[uuid.UUID, list[str]] = defaultdict(list)
    for row in rows:
        names[row.challenge_id].append(row.name)
    return {challenge_id: ", ".join(each) for challenge_id, each in names.items()}


outcomes.register(suppliers)
