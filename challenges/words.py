"""The words of challenges that every room shares: places, sectors, legal routes, price models.

Pure. Messages are marked, not translated; whoever shows them translates them.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

from challenges.method.words import FURTHER, Sentence, point_value_amounts
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Stage


class Region(StrEnum):
    """Where the outcome is wanted."""

    SCOTLAND = "scotland"
    HIGHLANDS_AND_ISLANDS = "highlands-and-islands"
    NORTH_EAST = "north-east"
    CENTRAL = "central"
    TAYSIDE = "tayside"
    EDINBURGH_AND_LOTHIANS = "edinburgh-and-lothians"
    GLASGOW_AND_CLYDE = "glasgow-and-clyde"
    AYRSHIRE = "ayrshire"
    SOUTH = "south"


class Reach(StrEnum):
    """How far a problem reaches."""

    LOCAL = "local"
    REGIONAL = "regional"
    NATIONAL = "national"


class Sector(StrEnum):
    """What part of public life the problem belongs to."""

    ENVIRONMENT = "environment"
    HEALTH = "health"
    TRANSPORT = "transport"
    HOUSING = "housing"
    JUSTICE = "justice"
    EDUCATION = "education"
    CULTURE = "culture"
    DIGITAL = "digital"
    ECONOMY = "economy"
    RURAL = "rural"


# Keyed by the stored text: a value from before a list changed still has to be shown.
REGION_WORDS: Mapping[str, str] = {
    Region.SCOTLAND: N_("All of Scotland"),
    Region.HIGHLANDS_AND_ISLANDS: N_("Highlands and Islands"),
    Region.NORTH_EAST: N_("North East"),
    Region.CENTRAL: N_("Central"),
    Region.TAYSIDE: N_("Tayside"),
    Region.EDINBURGH_AND_LOTHIANS: N_("Edinburgh and the Lothians"),
    Region.GLASGOW_AND_CLYDE: N_("Glasgow and the Clyde"),
    Region.AYRSHIRE: N_("Ayrshire"),
    Region.SOUTH: N_("South of Scotland"),
}

REACH_WORDS: Mapping[str, str] = {
    Reach.LOCAL: N_("Local: one area"),
    Reach.REGIONAL: N_("Regional: several areas"),
    Reach.NATIONAL: N_("National: everywhere in Scotland"),
}

SECTOR_WORDS: Mapping[str, str] = {
    Sector.ENVIRONMENT: N_("Environment and climate"),
    Sector.HEALTH: N_("Health and care"),
    Sector.TRANSPORT: N_("Transport"),
    Sector.HOUSING: N_("Housing"),
    Sector.JUSTICE: N_("Justice and safety"),
    Sector.EDUCATION: N_("Education and skills"),
    Sector.CULTURE: N_("Culture and heritage"),
    Sector.DIGITAL: N_("Digital public services"),
    Sector.ECONOMY: N_("Economy and work"),
    Sector.RURAL: N_("Rural life, land and sea"),
}

# By the topic of `marketplace.core.regimes.book.Rule`, in the order in which they come.
TOPIC_WORDS: Mapping[str, str] = {
    "notice": N_("Notices"),
    "document": N_("Documents"),
    "grounds": N_("Grounds of exclusion"),
    "letters": N_("Telling bidders"),
    "report": N_("Records and reports"),
}

# By the value of `challenges.models.PriceModel`.
PRICE_MODEL_WORDS: Mapping[str, str] = {
    "fixed_budget": N_("Fixed budget: everyone is paid the same, so only quality counts"),
    "fixed_bounds": N_("Price counts, measured against two amounts set beforehand"),
    "lowest_price_ratio": N_("Price counts, measured against the lowest bid"),
    **{model: further.name for model, further in FURTHER.items()},
}

PRICE_MODEL_MEANINGS: Mapping[str, str] = {
    "fixed_budget": N_(
        "You publish what you pay. Best for finding new ideas: nobody wins by being cheap."
    ),
    "fixed_bounds": N_(
        "You publish the price that gets all the points and the price that gets none. What one "
        "bidder asks changes nothing for the others. This is the safer of the two formulas."
    ),
    "lowest_price_ratio": N_(
        "The lowest price gets all the points; twice the lowest gets half. One cheap bid changes "
        "the points of every other bid, so the order of two bids can turn when a third comes or "
        "goes."
    ),
    **{model: further.meaning for model, further in FURTHER.items()},
}


Money = Callable[[int | None, str], str]


def price_sentences(stage: "Stage", currency: str, money: Money) -> list[Sentence]:
    """Say in words how money counts at a stage; `money` writes an amount of minor units.

    What has not been settled yet in a draft is left out.
    """
    budget = money(stage.budget_minor, currency)
    said: list[Sentence] = []
    if stage.price_model == "fixed_budget":
        if stage.budget_minor is not None:
            said.append(
                Sentence(N_("The supplier is paid %(budget)s, without VAT."), {"budget": budget})
            )
        said.append(Sentence(N_("Bids give no price: only quality counts."), {}))
        return said
    if stage.price_model == "fixed_bounds":
        if stage.best_minor is not None and stage.worst_minor is not None:
            bounds = {
                "best": money(stage.best_minor, currency),
                "worst": money(stage.worst_minor, currency),
            }
            said.append(
                Sentence(
                    N_(
                        "A price of %(best)s or less gets all the points for price, and a price "
                        "of %(worst)s or more gets none. In between, points fall evenly: halfway "
                        "between the two gets half."
                    ),
                    bounds,
                )
            )
        said.append(Sentence(N_("What others ask does not change a bid’s points."), {}))
    elif stage.price_model in FURTHER:
        said.append(Sentence(FURTHER[stage.price_model].counting, {}))
        said += [
            Sentence(
                N_("One point for “%(title)s” is worth %(value)s."),
                {"title": title, "value": money(value, currency)},
            )
            for title, value in point_value_amounts(stage)
        ]
    else:
        said.append(
            Sentence(
                N_(
                    "The lowest price gets all the points for price. Every other price gets the "
                    "lowest price divided by its own, as a share of the points: a price twice as "
                    "high gets half."
                ),
                {},
            )
        )
    if stage.budget_minor is not None:
        said.append(
            Sentence(
                N_("The most that can be paid is %(budget)s, without VAT."), {"budget": budget}
            )
        )
    return said
