"""What is missing or weak about the money. Pure."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from challenges.readiness.finding import Finding, advice
from challenges.sections import Section
from challenges.stages.kinds import is_paid
from marketplace.core.text import N_

if TYPE_CHECKING:
    from challenges.models import Challenge


def of_money(challenge: "Challenge") -> Iterator[Finding]:
    """Look at route, value and budget; how price counts is looked at with the criteria."""
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
    if stage.price_model == "fixed_budget":
        paid = any(is_paid(each) or each.prizes for each in challenge.stages)
        if stage.budget_minor is None and not paid:
            yield Finding(section, N_("There is no budget. Say what the supplier is paid."))
        return
    if stage.budget_minor is None:
        yield advice(
            section,
            N_("There is no budget. Say the most you can pay, so nobody bids in vain."),
        )
