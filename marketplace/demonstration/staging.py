"""The stages of each challenge of the demonstration: a template, with the figures of its round.

In CivTech Scotland's round 2 an exploration was paid £3,000 and the accelerator £17,000; in round 8
£5,000 and £30,000; from round 8 on a contract of up to £650,000 could follow, once of £1,300,000.
Where a round's figures are not public, they are made up.
"""

from dataclasses import replace
from decimal import Decimal

from challenges.stages import library
from challenges.stages.kinds import LaterKind, StageKind
from challenges.stages.shapes import Afterwards, Planned, Template
from marketplace.demonstration.elsewhere import NOTICES
from marketplace.demonstration.shapes import Challenge, PriceModel, TargetState

EXPLORATION_POUNDS = 5_000
EXPLORATION_POUNDS_IN_ROUND = {"2": 3_000}


_DECIDED = frozenset({TargetState.INTENTION_TO_AWARD, TargetState.CONTRACT_SIGNED})
_AFTER_ONE_DECISION = frozenset(
    {StageKind.APPLICATION, StageKind.ACCELERATOR, StageKind.DEMO_DAY, StageKind.AGREEMENT}
)


def template_for(item: Challenge, buyer: str) -> Template:
    """Give the stages of a challenge; what its first stage asks is written afterwards.

    Where nothing but quality counts it runs in CivTech's manner, and what the bids are paid is the
    fee of the accelerator; else it is one contract, whose price the bids give. Where bids go
    elsewhere nobody can be invited to a later stage here, so that is one contract too.
    """
    if item.price_model is PriceModel.FIXED_BUDGET and item.key not in NOTICES:
        return _staged(item)
    return _one_contract(item, buyer)


def _staged(item: Challenge) -> Template:
    template = library.templates()["staged"]
    if item.state in _DECIDED:
        # The applications alone decided: what follows them is work.
        kept = [each for each in template.stages if each.kind in _AFTER_ONE_DECISION]
        template = replace(template, stages=tuple(kept))
    exploration = EXPLORATION_POUNDS_IN_ROUND.get(item.round, EXPLORATION_POUNDS)
    accelerator = item.budget_pounds or 0
    exploring = sum(
        stage.suppliers or 0 for stage in template.stages if stage.kind is StageKind.EXPLORATION
    )
    amounts = {
        StageKind.EXPLORATION: exploration,
        StageKind.ACCELERATOR: accelerator,
        # All together are the total value, which is a round's figure where that is known.
        StageKind.AGREEMENT: item.value_pounds - exploring * exploration - accelerator,
    }
    return replace(
        template,
        stages=tuple(_amounting(stage, amounts.get(stage.kind)) for stage in _unasked(template)),
    )


def _one_contract(item: Challenge, buyer: str) -> Template:
    template = library.templates()["one-stage"]
    budget = item.budget_pounds or 0
    stages = tuple(
        _amounting(stage, budget if stage.kind is StageKind.DELIVERY else None)
        for stage in _unasked(template)
    )
    rest = item.value_pounds - budget
    if rest <= 0:
        return replace(template, stages=stages)
    later = Afterwards(
        LaterKind.INCLUDED,
        Decimal(rest),
        buyer,
        "More of the same work for the same body, if the first contract goes well.",
    )
    return replace(template, stages=stages, later=later)


def _unasked(template: Template) -> tuple[Planned, ...]:
    """Give the stages, the first one without criteria: each challenge has its own."""
    first, *others = template.stages
    return (replace(first, criteria=()), *others)


def _amounting(stage: Planned, pounds: int | None) -> Planned:
    return stage if pounds is None else replace(stage, amount=Decimal(pounds))
