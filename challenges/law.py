"""Which rules follow from a challenge's body and value, and when bidding closes by default."""

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, NamedTuple

from marketplace.core.errors import Invalid
from marketplace.core.regimes.book import LONDON, Band, Regime, next_working_day, regime_on
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge

REGIME = "scotland"

# Three weeks of work and a week for holidays and illness.
USUAL_DAYS_OPEN = 28


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
    day: date = now.astimezone(LONDON).date() + timedelta(days=USUAL_DAYS_OPEN)
    return datetime.combine(next_working_day(day), time(12), LONDON)
