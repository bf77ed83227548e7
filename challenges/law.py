"""Which rules follow from a challenge's body and value, and when bidding closes by default."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from challenges.lifecycle import Move
from marketplace.core.errors import Invalid
from marketplace.core.regimes.book import LONDON, Band, Regime, next_working_day, regime_on
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge

REGIME = "scotland"

# Three weeks of work and a week for holidays and illness.
USUAL_DAYS_OPEN = 28
USUAL_DAYS_LONGER = 7
# Whoever was about to submit when the service went down needs a working day to hear of it.
USUAL_DAYS_REOPENED = 1


class Law(NamedTuple):
    """The version of the regime, and the band of it, that hold for a challenge."""

    regime: Regime
    band: Band


def law_of(challenge: "Challenge", on: datetime) -> Law:
    """Give the rules that follow from a challenge's body and total value, as they stand at `on`.

    Raises:
        Invalid: there is no total value yet.
    """
    if challenge.value_minor is None or challenge.buyer.body_type is None:
        raise Invalid(N_("Give the total value: it decides which rules apply to the purchase."))
    regime = regime_on(REGIME, on.astimezone(LONDON).date())
    return Law(regime, regime.band_for(challenge.buyer.body_type, challenge.value_minor))


def usual_closing(now: datetime) -> datetime:
    """Suggest when bidding closes: at midday, London time, on a working day four weeks on."""
    return _midday(now, USUAL_DAYS_OPEN)


def usual_later_closing(move: Move | None, closes_at: datetime, now: datetime) -> datetime:
    """Suggest when bidding closes instead: a week later, or after a reopening the next day.

    At midday, London time, on a working day.
    """
    if move is Move.REOPEN:
        return _midday(now, USUAL_DAYS_REOPENED)
    return _midday(closes_at, USUAL_DAYS_LONGER)


def _midday(after: datetime, days: int) -> datetime:
    day: date = after.astimezone(LONDON).date() + timedelta(days=days)
    return datetime.combine(next_working_day(day), time(12), LONDON)
