"""Counts how far drafts have come, many at once, for lists that show nothing of what they say."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from bids import drafts, policy
from bids.models import Bid
from bids.policy import Asked, Gap, Part
from bids.team import queries as teams
from challenges.models import Stage
from marketplace.core.vault import drafts as keys
from marketplace.core.vault.keyring import LostKey


@dataclass(frozen=True)
class Progress:
    """How many parts of a draft are done, of how many; and what its team still has to do.

    `whole` tells whether it could be submitted as it is.
    """

    done: int
    parts: int
    whole: bool
    team: Sequence[Gap]


def parts_of(asked: Asked) -> int:
    """Count what has to be done for a bid: eligibility, each question, a price if asked, terms."""
    return len(asked.questions) + asked.price + 2


def undone_of(gaps: Iterable[Gap]) -> int:
    """Count the parts that are not done. Files and who does the work are no parts of every bid."""
    return sum(gap.part not in (Part.FILES, Part.TEAM) for gap in gaps)


def of_drafts(
    session: Session,
    bid_ids: Collection[uuid.UUID],
    *,
    eligible_until: datetime | None,
    now: datetime,
) -> Mapping[uuid.UUID, Progress]:
    """Give how far each of a supplier's drafts has come, in as many statements for all as for one.

    `eligible_until` is as for `policy.gaps`. A draft that cannot be read is left out.
    """
    if not bid_ids:
        return {}
    bids = session.scalars(
        select(Bid)
        .where(Bid.id.in_(bid_ids), Bid.draft_key_id.is_not(None))
        .options(
            joinedload(Bid.stage).selectinload(Stage.criteria),
            selectinload(Bid.fields),
        )
    ).all()
    found, invited = {}, teams.invited_in(session, bid_ids)
    with keys.at_hand(session, [bid.draft_key_id for bid in bids if bid.draft_key_id]):
        for bid in bids:
            with suppress(drafts.NoDraft, LostKey):
                asked, content = drafts.asked_of(bid.stage), drafts.content_of(session, bid)
                team = teams.gaps_of(teams.team_from(session, bid, invited), now)
                gaps = policy.gaps(
                    asked, content, eligible_until=eligible_until, now=now, team=team
                )
                parts = parts_of(asked)
                found[bid.id] = Progress(parts - undone_of(gaps), parts, whole=not gaps, team=team)
    return found
