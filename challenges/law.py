"""Which rules follow from a challenge's body, value and legal route, and when bidding closes."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from challenges.lifecycle import Move
from marketplace.core.errors import Invalid
from marketplace.core.regimes.book import (
    LONDON,
    USUAL,
    Band,
    Lifted,
    Regime,
    Route,
    next_working_day,
    regime_on,
    shipped,
    version_of,
)
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge

# Three weeks of work and a week for holidays and illness.
USUAL_DAYS_OPEN = 28
USUAL_DAYS_LONGER = 7
# Whoever was about to submit when the service went down needs a working day to hear of it.
USUAL_DAYS_REOPENED = 1


class Law(NamedTuple):
    """The version of the regime, and the band of it as the legal route leaves it, that hold."""

    regime: Regime
    band: Band


def law_of(challenge: "Challenge", on: datetime) -> Law:
    """Give the rules that follow from a challenge's body, total value and route, as of `on`.

    Raises:
        Invalid: there is no total value yet.
    """
    if challenge.value_minor is None or challenge.buyer.body_type is None:
        raise Invalid(N_("Give the total value: it decides which rules apply to the purchase."))
    regime = rules_on(on, challenge.buyer.regime)
    band = regime.band_for(challenge.buyer.body_type, challenge.value_minor)
    return Law(regime, regime.under(band, challenge.legal_route))


def law_holding(challenge: "Challenge", now: datetime) -> Law:
    """Give the rules that hold for a challenge: those its plan was pinned to, else those of today.

    Raises:
        Invalid: there is no total value yet.
    """
    pinned = challenge.stage.plan
    if pinned is None:
        return law_of(challenge, challenge.published_at or now)
    regime = version_of(pinned.regime, pinned.regime_version)
    return Law(regime, regime.under(regime.band(pinned.band), challenge.legal_route))


class Reckoning(NamedTuple):
    """How one band's threshold counts a value: both in minor units, `reached` exactly."""

    band: Band
    threshold_minor: int
    counted_minor: int
    reached: bool


def reckonings(regime: Regime, body_type: str, value_minor: int) -> list[Reckoning]:
    """Hold a total value without VAT against each band's threshold, from the lowest up.

    A counted value with VAT is cut to whole minor units; whether it reaches is not.
    """
    found = []
    for band in regime.bands:
        threshold, counted = band.from_pounds[body_type] * 100, regime.counted(band, value_minor)
        found.append(Reckoning(band, threshold, counted // 100, counted >= threshold * 100))
    return found


def lifted_by(law: Law, route: str | None) -> Lifted | None:
    """Give what a route takes out of the rules of this band, if it does."""
    return law.regime.routes[route].lifts(law.band) if route else None


def route_fits(law: Law, route: str) -> bool:
    """Tell whether a legal route is meant for purchases of this band."""
    return law.band.key in law.regime.routes[route].bands


def days_to_bid(law: Law, route: str) -> int:
    """Give the fewest calendar days from the notice to the closing, 0 where the law sets none."""
    return law.regime.routes[route].days_to_bid.get(law.band.key, 0)


def routes(law: Law) -> list[Route]:
    """Give the legal routes that are meant for purchases of this band."""
    return [route for route in law.regime.routes.values() if law.band.key in route.bands]


def route_names(regime: str | None) -> Mapping[str, str]:
    """Name each legal route, by the value of `LegalRoute`, as a body's rules do; the usual rules
    where it has none of its own."""
    return {key: route.name for key, route in shipped(regime or USUAL)[-1].routes.items()}


def route_meanings(regime: str | None) -> Mapping[str, str]:
    """Say of each legal route what it means under a body's rules."""
    return {key: route.means for key, route in shipped(regime or USUAL)[-1].routes.items()}


def rules_on(now: datetime, regime: str | None = None) -> Regime:
    """Give the version of a body's rules that holds at `now`, whatever the value; of the usual
    ones where the body has none of its own."""
    return regime_on(regime or USUAL, now.astimezone(LONDON).date())


def usual_closing(now: datetime) -> datetime:
    """Suggest when bidding closes: at midday, London time, on a working day four weeks on."""
    return midday_after(now, USUAL_DAYS_OPEN)


def usual_later_closing(move: Move | None, closes_at: datetime, now: datetime) -> datetime:
    """Suggest when bidding closes instead: a week later, or after a reopening the next day.

    At midday, London time, on a working day.
    """
    if move is Move.REOPEN:
        return midday_after(now, USUAL_DAYS_REOPENED)
    return midday_after(closes_at, USUAL_DAYS_LONGER)


def midday_after(after: datetime, days: int) -> datetime:
    """Give midday in London on the first working day that is so many days later, or after it."""
    day: date = after.astimezone(LONDON).date() + timedelta(days=days)
    return datetime.combine(next_working_day(day), time(12), LONDON)
