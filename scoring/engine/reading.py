"""Reading a whole evaluation document: the one way from JSON to an `Evaluation`.

This module reads the frame, the criteria and the evaluators; `reading_method` and `reading_bids`
read the rest. Everything that is wrong is collected before anything is refused.
"""

from fractions import Fraction

from scoring.engine.checker import Checker
from scoring.engine.document import (
    FORMAT,
    KINDS,
    PRICE,
    QUALITY,
    Criterion,
    Evaluation,
    Evaluator,
    Formula,
)
from scoring.engine.json_text import read_json
from scoring.engine.numbers import kind_of, quoted
from scoring.engine.price import FIXED_BOUNDS, FORMULAS
from scoring.engine.reading_bids import read_bids
from scoring.engine.reading_method import read_method

_REQUIRED = ("format", "criteria", "bids")
_OPTIONAL = (
    "title",
    "challenge",
    "stage",
    "evaluators",
    "method",
    "cutoff_decision",
    "draw_seed",
)
_HEX = frozenset("0123456789abcdefABCDEF")


def parse(source: str | bytes) -> Evaluation:
    """Read and check the JSON text of an evaluation document.

    Raises:
        BadEvaluation: with every problem found.
    """
    return check(read_json(source))


def check(value: object) -> Evaluation:
    """Check an evaluation document that is already JSON values (numbers as int or text).

    Raises:
        BadEvaluation: with every problem found.
    """
    checker = Checker()
    document = checker.fields(value, "$", _REQUIRED, _OPTIONAL)
    if document.get("format", FORMAT) != FORMAT:
        checker.add("$.format", f"found {kind_of(document['format'])}", quoted(FORMAT))
    free_text = {
        name: checker.text(document[name], f"$.{name}")
        for name in ("title", "challenge", "stage")
        if name in document
    }
    criteria = _read_criteria(checker, document.get("criteria", []))
    method = read_method(checker, document.get("method", {}), criteria)
    _check_weights(checker, criteria, method.weights_total)
    bid_ids = _bid_ids(document.get("bids"))
    evaluators = None
    if "evaluators" in document:
        evaluators = _read_evaluators(checker, document["evaluators"], criteria, bid_ids)
    bids = read_bids(checker, document.get("bids", []), criteria, evaluators, method)
    decision = None
    if "cutoff_decision" in document:
        decision = _read_decision(checker, document["cutoff_decision"], bid_ids)
    seed = _read_seed(checker, document, needed="draw" in method.tie_break)
    checker.raise_if_any()
    return Evaluation(
        criteria=tuple(sorted(criteria)),
        evaluators=None if evaluators is None else tuple(sorted(evaluators)),
        method=method,
        draw_seed=seed,
        cutoff_decision=decision,
        bids=tuple(sorted(bids, key=lambda bid: bid.id)),
        **free_text,
    )


def _read_criteria(checker: Checker, value: object) -> list[Criterion]:
    criteria = [
        _read_criterion(checker, item, f"$.criteria[{place}]")
        for place, item in enumerate(checker.items(value, "$.criteria", "a list of criteria"))
    ]
    checker.unique([criterion.id for criterion in criteria], "$.criteria", "criterion")
    if not any(criterion.kind == QUALITY for criterion in criteria):
        checker.add(
            "$.criteria",
            "there is no quality criterion, and price alone may never decide",
            'at least one criterion of kind "quality"',
        )
    if sum(criterion.kind == PRICE for criterion in criteria) > 1:
        checker.add("$.criteria", "there is more than one price criterion", "at most one")
    return criteria


def _read_criterion(checker: Checker, value: object, path: str) -> Criterion:
    kind = value.get("kind") if isinstance(value, dict) else None
    required = ["id", "kind", "weight"]
    optional = ["title"]
    if kind == QUALITY:
        required.append("max_score")
        optional.append("min_score")
    if kind == PRICE:
        required.append("formula")
    found = checker.fields(value, path, required, optional)
    criterion = Criterion(
        id=checker.identifier(found.get("id", "?"), f"{path}.id"),
        title=checker.text(found.get("title", ""), f"{path}.title"),
        kind=checker.choice(found.get("kind", QUALITY), f"{path}.kind", KINDS),
        weight=checker.number(found.get("weight", 1), f"{path}.weight", above=0) or Fraction(0),
    )
    if "max_score" in found and kind == QUALITY:
        most = checker.number(found["max_score"], f"{path}.max_score", above=0) or Fraction(0)
        criterion = criterion._replace(max_score=most)
        if "min_score" in found:
            least = checker.number(found["min_score"], f"{path}.min_score", most=most or None)
            criterion = criterion._replace(min_score=least)
    if "formula" in found and kind == PRICE:
        formula = _read_formula(checker, found["formula"], f"{path}.formula")
        criterion = criterion._replace(formula=formula)
    return criterion


def _read_formula(checker: Checker, value: object, path: str) -> Formula:
    name = value.get("name") if isinstance(value, dict) else None
    bounds = ["best", "worst"] if name == FIXED_BOUNDS else []
    found = checker.fields(value, path, ["name", *bounds])
    formula = Formula(checker.choice(found.get("name", FIXED_BOUNDS), f"{path}.name", FORMULAS))
    if not (bounds and "best" in found and "worst" in found):
        return formula
    best = checker.number(found["best"], f"{path}.best")
    worst = checker.number(found["worst"], f"{path}.worst")
    if best is not None and worst is not None and best >= worst:
        checker.add(path, "the best price is not below the worst", '"best" lower than "worst"')
    return formula._replace(best=best, worst=worst)


def _check_weights(checker: Checker, criteria: list[Criterion], total: Fraction) -> None:
    weights = [criterion.weight for criterion in criteria]
    if all(weights) and sum(weights) != total:
        checker.add(
            "$.criteria",
            f"the weights sum to {sum(weights)}",
            f"weights that sum to {total} (method.weights_total)",
        )


def _bid_ids(bids: object) -> set[str]:
    """Find the ids of the bids, for those parts of the document that stand before the bids."""
    items = bids if isinstance(bids, (list, tuple)) else ()
    found = [item.get("id") for item in items if isinstance(item, dict)]
    return {identifier for identifier in found if isinstance(identifier, str)}


def _read_evaluators(
    checker: Checker, value: object, criteria: list[Criterion], bid_ids: set[str]
) -> list[Evaluator]:
    quality = {criterion.id for criterion in criteria if criterion.kind == QUALITY}
    evaluators = []
    for place, item in enumerate(checker.items(value, "$.evaluators", "a list of evaluators")):
        path = f"$.evaluators[{place}]"
        found = checker.fields(item, path, ["id"], ["criteria", "recused_from"])
        own = quality
        if "criteria" in found:
            own = _read_ids(
                checker, found["criteria"], f"{path}.criteria", quality, "a quality criterion"
            )
        recused: set[str] = set()
        if "recused_from" in found:
            recused = _read_ids(
                checker, found["recused_from"], f"{path}.recused_from", bid_ids, "a bid"
            )
        identifier = checker.identifier(found.get("id", "?"), f"{path}.id")
        evaluators.append(Evaluator(identifier, frozenset(own), frozenset(recused)))
    checker.unique([evaluator.id for evaluator in evaluators], "$.evaluators", "evaluator")
    return evaluators


def _read_ids(checker: Checker, value: object, path: str, known: set[str], what: str) -> set[str]:
    """Take a list of ids that must be known and stand once each."""
    seen: set[str] = set()
    for place, item in enumerate(checker.items(value, path, f"a list of ids, each of {what}")):
        if not isinstance(item, str) or item not in known:
            checker.add(f"{path}[{place}]", f"found {kind_of(item)}", f"the id of {what}")
        elif item in seen:
            checker.add(f"{path}[{place}]", f"{quoted(item)} stands twice", "each id once")
        else:
            seen.add(item)
    return seen


def _read_decision(checker: Checker, value: object, bid_ids: set[str]) -> tuple[str, ...]:
    return tuple(sorted(_read_ids(checker, value, "$.cutoff_decision", bid_ids, "a bid")))


def _read_seed(checker: Checker, document: dict[str, object], *, needed: bool) -> bytes | None:
    expected = "hexadecimal digits, two for each byte"
    if "draw_seed" not in document:
        if needed:
            checker.add("$", "the method ends ties by draw, but there is no draw_seed", expected)
        return None
    seed = document["draw_seed"]
    if isinstance(seed, str) and seed and len(seed) % 2 == 0 and _HEX.issuperset(seed):
        return bytes.fromhex(seed)
    checker.add("$.draw_seed", f"found {kind_of(seed)}", expected)
    return None
