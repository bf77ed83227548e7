"""How a stage's method is read from its rows and put into them."""

from challenges.kinds import Combine, CriterionKind
from challenges.method.choice import Method
from challenges.models import Criterion, Stage

PRICE_KEY = "price"
PRICE_TITLE = "Price"
PRICE_QUESTION = "What is your price for the whole contract, without VAT?"
PRICE_GUIDANCE = "Give one sum in pounds. It must cover everything that you need to be paid for."


def read(stage: Stage) -> Method:
    """Give a stage's method."""
    price = price_criterion(stage)
    return Method(
        price_model=stage.price_model,
        best_minor=stage.best_minor,
        worst_minor=stage.worst_minor,
        price_weight=None if price is None else price.weight,
        quality_threshold=stage.quality_threshold,
        rounded=stage.rounded,
        rounded_decimals=stage.rounded_decimals,
        tie_break=None if stage.tie_break is None else tuple(stage.tie_break.split()),
        below_mean=stage.below_mean,
        below_next=stage.below_next,
        combine=stage.combine or Combine.CONSENSUS,
        names_withheld=bool(stage.names_withheld),
        point_values=tuple(
            sorted(
                (criterion.key, criterion.point_value_minor)
                for criterion in stage.criteria
                if criterion.kind is CriterionKind.QUALITY
            )
        ),
    )


def put(stage: Stage, method: Method) -> None:
    """Put a method into a stage; the price criterion comes and goes with its weight.

    `method` is as it is kept (`Method.kept`).
    """
    for name in (
        "price_model",
        "best_minor",
        "worst_minor",
        "quality_threshold",
        "rounded",
        "rounded_decimals",
        "below_mean",
        "below_next",
        "combine",
        "names_withheld",
    ):
        setattr(stage, name, getattr(method, name))
    stage.tie_break = None if method.tie_break is None else " ".join(method.tie_break)
    values = dict(method.point_values)
    for criterion in stage.criteria:
        criterion.point_value_minor = values.get(criterion.key)
    _weigh_price(stage, method)


def price_criterion(stage: Stage) -> Criterion | None:
    """Give the criterion by which price counts, if it does."""
    return next((c for c in stage.criteria if c.kind is CriterionKind.PRICE), None)


def _weigh_price(stage: Stage, method: Method) -> None:
    present = price_criterion(stage)
    if method.price_weight is None:
        if present is not None:
            stage.criteria.remove(present)
    elif present is not None:
        present.weight = method.price_weight
    else:
        stage.criteria.append(
            Criterion(
                ordinal=max((c.ordinal for c in stage.criteria), default=0) + 1,
                key=PRICE_KEY,
                kind=CriterionKind.PRICE,
                title=PRICE_TITLE,
                question=PRICE_QUESTION,
                guidance=PRICE_GUIDANCE,
                weight=method.price_weight,
            )
        )
