"""What is missing or weak about the money. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from challenges.plan import PRICE
from challenges.readiness.finding import Finding, advice
from challenges.sections import Section
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge


def of_money(challenge: "Challenge") -> Iterator[Finding]:
    """Look at route, value, budget and the weight of price."""
    section, stage = Section.MONEY, challenge.stage
    if challenge.legal_route is None:
        yield Finding(section, N_("Choose the legal route."))
    if challenge.value_minor is None:
        yield Finding(
            section, N_("Give the total value: it decides which rules apply to the purchase.")
        )
    elif stage.budget_minor is not None and stage.budget_minor > challenge.value_minor:
        yield Finding(
            section,
            N_("The budget is higher than the total value, which must include everything."),
        )
    priced = any(criterion.kind == PRICE for criterion in stage.criteria)
    if stage.price_model == "fixed_budget":
        if stage.budget_minor is None:
            yield Finding(section, N_("There is no budget. Say what the supplier is paid."))
        return
    if stage.budget_minor is None:
        yield advice(
            section,
            N_("There is no budget. Say the most you can pay, so nobody bids in vain."),
        )
    if stage.price_model == "fixed_bounds" and (
        stage.best_minor is None or stage.worst_minor is None
    ):
        yield Finding(
            section, N_("Give the price that gets all the points and the price that gets none.")
        )
    if stage.price_model == "lowest_price_ratio":
        yield advice(
            section,
            N_(
                "Price is measured against the lowest bid. Then the order of two bids can turn "
                "when a third comes or goes. Two amounts set beforehand cannot do that."
            ),
        )
    if not priced:
        yield Finding(section, N_("Price counts in your price model, but it has no weight."))
