"""What a trial shows, in sentences and rows. Pure."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from challenges.method.words import Sentence
from challenges.simulator import effects
from challenges.simulator.traps import number, traps
from challenges.simulator.trial import Trial
from marketplace.core.text import N_
from scoring.engine.price import RELATIVE_FORMULAS

Money = Callable[[int | None], str]

# By the value of `challenges.models.PriceModel`.
SHORT: Mapping[str, str] = {
    "fixed_bounds": N_("Two amounts set beforehand"),
    "lowest_price_ratio": N_("Lowest price divided by price"),
    "deviation_from_lowest": N_("Distance from the lowest price"),
    "range_of_bids": N_("Place between the lowest and the highest price"),
    "deviation_from_mean": N_("Distance from the average price"),
    "lowest_price_per_quality_point": N_("Lowest price for each point of quality"),
    "lowest_quality_adjusted_price": N_("Lowest price after the worth of quality is taken off"),
    "fixed_budget": N_("Quality alone"),
}


@dataclass(frozen=True)
class Row:
    """One bid's line about a price a tenth lower; texts are ready to show."""

    name: str
    price: str
    lower: str
    worth: str
    steps: str | None


@dataclass(frozen=True)
class Method:
    """What another method would have made of the bids."""

    model: str
    bounds: tuple[str, str] | None
    first: str
    order: str


@dataclass(frozen=True)
class Told:
    """Everything a trial shows besides the table of totals."""

    traps: Sequence[Sentence]
    quality: Sequence[Sentence]
    reversal: Sequence[Sentence]
    cheaper: Sequence[Row]
    cheaper_on: str
    cheaper_in_money: bool
    cheapest_takes: bool
    methods: Sequence[Method]


def tell(trial: Trial, names: list[str], money: Money) -> Told:
    """Work out what a trial shows; `names` are those of its bids, `money` writes minor units."""
    lower = effects.cheaper(trial)
    return Told(
        traps=traps(trial, names),
        quality=list(_quality(trial, names, money)),
        reversal=list(_reversal(trial, names, money)),
        cheaper=[_row(each, trial, names, money) for each in lower],
        cheaper_on=lower[0].criterion if lower else "",
        cheaper_in_money=bool(lower) and lower[0].money is not None,
        cheapest_takes=trial.formula in RELATIVE_FORMULAS
        and any(not each.points for each in lower),
        methods=[_method(each, names) for each in effects.other_methods(trial)],
    )


def _quality(trial: Trial, names: list[str], money: Money) -> Iterator[Sentence]:
    weighed = effects.balance(trial)
    if weighed is not None:
        yield Sentence(
            N_("Quality has %(quality)s points in all, and price has %(price)s."),
            {"quality": number(weighed.quality), "price": number(weighed.price)},
        )
        if weighed.level_at > 0:
            yield Sentence(
                N_(
                    "A bid with full marks and no points for price is beaten only by one that "
                    "reaches more than %(share)s%% of the points for quality."
                ),
                {"share": number(weighed.level_at)},
            )
    found = effects.quality_alone(trial)
    if found is None:
        return
    name = {"name": names[found.place - 1]}
    if found.limit is None:
        yield Sentence(N_("“%(name)s” has the best quality, and wins whatever it asks."), name)
    elif found.limit < 0:
        yield Sentence(N_("“%(name)s” has the best quality, and could win at no price."), name)
    elif found.wins:
        yield Sentence(
            N_(
                "“%(name)s” has the best quality, and wins. It could ask up to %(limit)s, which is "
                "%(apart)s more than it does, and still win."
            ),
            name | {"limit": money(found.limit), "apart": money(found.limit - found.price)},
        )
    else:
        yield Sentence(
            N_(
                "“%(name)s” has the best quality, and loses by its price. It would win at "
                "%(limit)s or less, which is %(apart)s below what it asks."
            ),
            name | {"limit": money(found.limit), "apart": money(found.price - found.limit)},
        )


def _reversal(trial: Trial, names: list[str], money: Money) -> Iterator[Sentence]:
    if trial.formula not in RELATIVE_FORMULAS:
        yield Sentence(
            N_("No. What a bid reaches depends on that bid alone, so a third one changes nothing."),
            {},
        )
        return
    found = effects.reversal(trial)
    if found is None:
        yield Sentence(
            N_(
                "It can. With these bids it does not, nor when a very cheap or a very dear one is "
                "added; with others it may."
            ),
            {},
        )
        return
    changed = ", ".join(names[place - 1] for place in found.changed)
    if found.left_out is not None:
        yield Sentence(
            N_(
                "Yes, and here it does. Without “%(left)s”, these stand in another order: "
                "%(names)s."
            ),
            {"left": names[found.left_out - 1], "names": changed},
        )
    else:
        yield Sentence(
            N_(
                "Yes. If one more bid as weak as the weakest came at %(price)s, these would stand "
                "in another order: %(names)s."
            ),
            {"price": money(found.price), "names": changed},
        )


def _row(each: effects.Cheaper, trial: Trial, names: list[str], money: Money) -> Row:
    minor = trial.samples[each.place - 1].price_minor or 0
    worth = (
        money(int(each.money * 100))
        if each.money is not None
        else number(each.points or Fraction(0))
    )
    return Row(
        name=names[each.place - 1],
        price=money(minor),
        lower=money(int(minor * effects.CHEAPER)),
        worth=worth,
        steps=None if each.steps is None else number(each.steps),
    )


def _method(each: effects.OtherMethod, names: list[str]) -> Method:
    def group(places: list[int]) -> str:
        return " = ".join(names[place - 1] for place in places)

    return Method(
        model=each.name,
        bounds=each.bounds,
        first=group(each.order[0]) if each.order else "",
        order=", ".join(group(places) for places in each.order),
    )
