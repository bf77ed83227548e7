"""Puts what is written about stages into a draft's rows: one stage, later purchases, a template."""

from challenges.kinds import CriterionKind, PriceModel
from challenges.method import stored
from challenges.models import Challenge, Criterion, Stage
from challenges.sections import Later, Step, tidied
from challenges.service.criteria import put_question
from challenges.stages.models import LaterPurchase, Prize
from challenges.stages.shapes import Planned, Priced, Template, minor


def put_step(stage: Stage, content: Step) -> None:
    """Put what a stage is into its row; its kind stays."""
    for name, value in vars(content).items():
        if name not in ("kind", "prizes"):
            setattr(stage, name, value)
    present = {prize.place: prize for prize in stage.prizes}
    kept = []
    for place, (name, amount) in enumerate(content.prizes, 1):
        prize = present.get(place) or Prize(place=place)
        prize.name, prize.amount_minor = name, amount
        kept.append(prize)
    stage.prizes = kept


def put_later(challenge: Challenge, content: Later) -> None:
    """Put what may be bought later into a challenge's row."""
    if content.kind is None:
        challenge.later = None
        return
    found = challenge.later or LaterPurchase()
    for name, value in vars(content).items():
        setattr(found, name, value)
    challenge.later = found


def fill(challenge: Challenge, template: Template) -> None:
    """Replace the stages, criteria and terms of a challenge by those of a template.

    The first stage keeps its row, with its closing time and the least size of its panel; the
    caller has taken the others out and written that to the database.
    """
    for ordinal, planned in enumerate(template.stages, 1):
        if ordinal == 1:
            stage = challenge.stage
        else:
            stage = Stage(ordinal=ordinal, kind=planned.kind, price_model=PriceModel.FIXED_BUDGET)
            challenge.stages.append(stage)
        stage.kind = planned.kind
        put_step(stage, tidied(planned.content()))
        _put_criteria(stage, planned)
        _put_price(stage, planned)
    put_later(challenge, tidied(template.later.content()) if template.later else Later())


def _put_criteria(stage: Stage, planned: Planned) -> None:
    """Put the questions and what is carried; the price criterion stays, last, until how money
    counts is put."""
    present = {
        criterion.key: criterion
        for criterion in stage.criteria
        if criterion.kind is CriterionKind.QUALITY
    }
    kept: list[Criterion] = []
    for ordinal, asked in enumerate(planned.criteria, 1):
        criterion = present.get(asked.key) or Criterion(key=asked.key, kind=CriterionKind.QUALITY)
        criterion.ordinal = ordinal
        put_question(criterion, tidied(asked.content()))
        kept.append(criterion)
    for brought in planned.carried:
        kept.append(
            Criterion(
                key=brought.key,
                kind=CriterionKind.CARRIED,
                ordinal=len(kept) + 1,
                title=brought.title,
                weight=brought.weight,
                carried_stage=brought.stage,
                carried_key=brought.criterion,
            )
        )
    price = stored.price_criterion(stage)
    if price is not None:
        price.ordinal = len(kept) + 1
        kept.append(price)
    stage.criteria = kept


def _put_price(stage: Stage, planned: Planned) -> None:
    """Put how money counts; a template that says nothing of it leaves it to quality alone."""
    price = planned.price or Priced(PriceModel.FIXED_BUDGET)
    if planned.price is not None:
        stage.budget_minor = minor(price.budget)
    values = tuple((asked.key, minor(asked.point_value)) for asked in planned.criteria)
    stored.put(stage, price.method(values).kept())
