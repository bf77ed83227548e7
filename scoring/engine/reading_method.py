"""Reading the `method` of an evaluation document: the rules that were published beforehand."""

from fractions import Fraction

from scoring.engine.checker import Checker
from scoring.engine.document import (
    ADJUSTED_PRICE,
    BY_CRITERION,
    BY_DRAW,
    BY_PRICE,
    BY_QUALITY,
    COMBINATIONS,
    HIGHEST_TOTAL,
    NO_ROUNDING,
    PRICE,
    PRICE_PER_POINT,
    QUALITY,
    RANKINGS,
    ROUNDINGS,
    Criterion,
    Method,
    Rounding,
)
from scoring.engine.numbers import kind_of

_KEYS = (
    "weights_total",
    "currency",
    "ranking",
    "value_per_point",
    "combine",
    "quality_threshold",
    "rounding",
    "display_decimals",
    "tie_break",
    "advance",
    "low_price",
    "flag_spread",
)
_MOST_DECIMALS = 6
_MOST_SHOWN = 20
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def read_method(checker: Checker, value: object, criteria: list[Criterion]) -> Method:
    """Read the method; each key that is absent has its published default."""
    path = "$.method"
    found = checker.fields(value, path, (), _KEYS)
    total = checker.number(found.get("weights_total", 100), f"{path}.weights_total", above=0)
    threshold = None
    if "quality_threshold" in found:
        threshold = checker.number(
            found["quality_threshold"], f"{path}.quality_threshold", above=0, most=100
        )
    low_price = checker.fields(
        found.get("low_price", {}), f"{path}.low_price", (), ("mean_of_others", "next_lowest")
    )
    decimals = checker.whole(
        found.get("display_decimals", 2), f"{path}.display_decimals", 0, _MOST_SHOWN
    )
    advance = None
    if "advance" in found:
        advance = checker.whole(found["advance"], f"{path}.advance", 1)
    method = Method(
        weights_total=total or Fraction(100),
        currency=_read_currency(checker, found),
        ranking=checker.choice(found.get("ranking", HIGHEST_TOTAL), f"{path}.ranking", RANKINGS),
        value_per_point=_read_values(checker, found, criteria),
        combine=_read_combination(checker, found),
        quality_threshold=threshold,
        rounding=_read_rounding(checker, found),
        display_decimals=decimals or 0,
        tie_break=_read_tie_break(checker, found, criteria),
        advance=advance,
        mean_of_others=_read_share(checker, low_price, f"{path}.low_price", "mean_of_others"),
        next_lowest=_read_share(checker, low_price, f"{path}.low_price", "next_lowest"),
        flag_spread=_read_share(checker, {"flag_spread": "0.4"} | found, path, "flag_spread")
        or Fraction(0),
    )
    _check_ranking(checker, found, method, criteria)
    return method


def _read_currency(checker: Checker, found: dict[str, object]) -> str | None:
    if "currency" not in found:
        return None
    code = found["currency"]
    if isinstance(code, str) and len(code) == 3 and _LETTERS.issuperset(code):
        return code
    checker.add("$.method.currency", f"found {kind_of(code)}", 'an ISO 4217 code, such as "GBP"')
    return None


def _read_combination(checker: Checker, found: dict[str, object]) -> str | None:
    if "combine" not in found:
        return None
    return checker.choice(found["combine"], "$.method.combine", COMBINATIONS)


def _read_share(checker: Checker, found: dict[str, object], path: str, key: str) -> Fraction | None:
    if key not in found:
        return None
    return checker.number(found[key], f"{path}.{key}", most=1)


def _read_rounding(checker: Checker, found: dict[str, object]) -> Rounding:
    if "rounding" not in found:
        return Rounding()
    path = "$.method.rounding"
    value = found["rounding"]
    none = isinstance(value, dict) and value.get("applies_to") == NO_ROUNDING
    required = ("applies_to",) if none else ("applies_to", "decimals")
    rounding = checker.fields(value, path, required, ("decimals",))
    applies_to = checker.choice(
        rounding.get("applies_to", NO_ROUNDING), f"{path}.applies_to", ROUNDINGS
    )
    decimals = checker.whole(rounding.get("decimals", 0), f"{path}.decimals", 0, _MOST_DECIMALS)
    return Rounding(applies_to, decimals or 0)


def _read_tie_break(
    checker: Checker, found: dict[str, object], criteria: list[Criterion]
) -> tuple[str, ...]:
    path = "$.method.tie_break"
    steps = (BY_QUALITY, BY_PRICE, BY_DRAW, *(f"{BY_CRITERION}{c.id}" for c in criteria))
    taken = []
    for place, step in enumerate(checker.items(found.get("tie_break", ()), path, "a list")):
        if isinstance(step, str) and step in steps:
            taken.append(step)
        else:
            checker.add(
                f"{path}[{place}]",
                f"found {kind_of(step)}",
                '"quality", "price", "draw", or "criterion:" and the id of a criterion',
            )
    return tuple(taken)


def _read_values(
    checker: Checker, found: dict[str, object], criteria: list[Criterion]
) -> dict[str, Fraction]:
    if "value_per_point" not in found:
        return {}
    path = "$.method.value_per_point"
    quality = [criterion.id for criterion in criteria if criterion.kind == QUALITY]
    values = checker.fields(found["value_per_point"], path, quality)
    read = {key: checker.number(value, f"{path}.{key}") for key, value in values.items()}
    return {key: value for key, value in read.items() if value is not None}


def _check_ranking(
    checker: Checker, found: dict[str, object], method: Method, criteria: list[Criterion]
) -> None:
    """Refuse a method whose parts contradict each other."""
    ranking = method.ranking
    if ranking == ADJUSTED_PRICE and "value_per_point" not in found:
        checker.add(
            "$.method", f"{ranking} has no value_per_point", "the money one point of each is worth"
        )
    if ranking != ADJUSTED_PRICE and "value_per_point" in found:
        checker.add(
            "$.method.value_per_point",
            f"{ranking} takes no account of it",
            f"only {ADJUSTED_PRICE}",
        )
    if ranking == PRICE_PER_POINT and "quality_threshold" not in found:
        checker.add(
            "$.method", f"{ranking} has no quality_threshold", "a percentage above 0, at most 100"
        )
    if ranking == HIGHEST_TOTAL:
        return
    if any(criterion.kind == PRICE for criterion in criteria):
        checker.add(
            "$.criteria", f"{ranking} takes the price itself", 'no criterion of kind "price"'
        )
    if method.rounding.applies_to != NO_ROUNDING:
        checker.add("$.method.rounding", f"{ranking} is not rounded", f"only {HIGHEST_TOTAL}")
