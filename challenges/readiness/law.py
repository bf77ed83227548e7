"""What the law asks of a draft: a route for its value, and enough time to bid. Pure."""

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from challenges.law import Law, days_to_bid, law_of, route_fits, route_names
from challenges.readiness.finding import Finding
from challenges.sections import Section
from marketplace.core.regimes.book import LONDON
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge


def of_law(challenge: "Challenge", now: datetime) -> Iterator[Finding]:
    """Look at the route and the closing time, under the rules that hold at `now`."""
    route = challenge.legal_route
    if route is None or challenge.value_minor is None or challenge.buyer.body_type is None:
        return
    law = law_of(challenge, now)
    if not route_fits(law, route):
        yield Finding(
            Section.MONEY,
            N_(
                "“%(route)s” is no legal route for this total value (%(rules)s). Choose another "
                "one, or check the value."
            ),
            data={"route": route_names(law.regime.key)[route], "rules": law.band.name},
        )
        return
    yield from _time(challenge, law, route, now)


def _time(challenge: "Challenge", law: Law, route: str, now: datetime) -> Iterator[Finding]:
    closes_at, wanted = challenge.stage.closes_at, days_to_bid(law, route)
    if closes_at is None or closes_at <= now:
        return
    # Days are counted as the law counts them, whole days in London and not hours.
    given = (closes_at.astimezone(LONDON).date() - now.astimezone(LONDON).date()).days
    if given < wanted:
        yield Finding(
            Section.TIMELINE,
            N_(
                "Bidding closes in %(given)s days. With the route “%(route)s” the law asks for at "
                "least %(wanted)s days from the notice (%(provision)s)."
            ),
            data={
                "given": given,
                "wanted": wanted,
                "route": route_names(law.regime.key)[route],
                "provision": law.regime.routes[route].provision,
            },
        )
