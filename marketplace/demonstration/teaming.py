"""Who bids together: a partner that accepted, a subcontractor, and an invitation that waits."""

from collections.abc import Mapping
from dataclasses import dataclass

from bids.team import service
from bids.team.document import Subcontractor
from marketplace.core.permissions import Role
from marketplace.demonstration.days import Span
from marketplace.demonstration.history import History
from marketplace.demonstration.telling import Telling


@dataclass(frozen=True)
class Together:
    """Whom one supplier asks to join its bid, and whether that was accepted."""

    partner: str
    does: str
    share_percent: int
    accepts: bool
    subcontractor: Subcontractor | None = None


# By the challenge and the bidder.
TEAMS: Mapping[tuple[str, str], Together] = {
    ("algorithm-trust", "plain-thistle"): Together(
        "north-kirk-learning",
        "Teaches the teams that decide to write for those they decide about.",
        30,
        accepts=True,
        subcontractor=Subcontractor(
            "Fair Copy Fictional Translators",
            "Puts every page into Gaelic, Polish and easy read.",
            10,
        ),
    ),
    # What waits for the founder of the example.
    ("local-services-data", "ledger-lane"): Together(
        "kittiwake-signals",
        "Puts sensors into the ten drains that block most often.",
        25,
        accepts=False,
    ),
}


def team_up(telling: Telling, bidder: str, writing: Span) -> History:
    """Have a bidder name who does the work, while its bid is written."""
    together = TEAMS.get((telling.item.key, bidder))
    if together is None:
        return
    reference, clock = telling.bid_references[bidder], telling.clock
    lead = telling.cast.one(bidder, Role.SUPPLIER_ADMIN)
    asked = telling.cast.one(together.partner, Role.SUPPLIER_ADMIN)
    name = next(s.name for s in telling.content.suppliers if s.key == together.partner)
    yield writing.at(0.902)
    invitation = service.invite(
        reference,
        email=telling.cast.address_of(asked),
        name=name,
        does=together.does,
        share_percent=together.share_percent,
        actor=lead,
        clock=clock,
    )
    if together.subcontractor is not None:
        service.add_subcontractor(reference, together.subcontractor, actor=lead, clock=clock)
    if together.accepts:
        yield writing.at(0.912)
        service.accept(invitation, user_id=asked.user_id, actor=asked, clock=clock)
