"""Reading the scores that one bid has on one criterion, and who must have given them.

With a list of evaluators, exactly the scores that they owe must be there: one that is missing is
never a zero, and one by somebody who is recused or does not score the criterion is refused.
"""

from collections.abc import Collection, Sequence

from scoring.engine.checker import Checker, below
from scoring.engine.document import CONSENSUS, Cell, Criterion, Evaluator
from scoring.engine.numbers import quoted, to_grains

_KEYS = frozenset({"by_evaluator", "consensus"})
_EXACT_TYPES = frozenset({str, int})
_NOTHING: dict[str, object] = {}
_NOBODY: frozenset[str] = frozenset()


class CellReader:
    """Reads the cells of one quality criterion."""

    def __init__(
        self,
        checker: Checker,
        criterion: Criterion,
        evaluators: Sequence[Evaluator] | None,
        combine: str | None,
    ) -> None:
        self._checker = checker
        self._criterion = criterion
        self._combine = combine
        self._listed = None if evaluators is None else {each.id for each in evaluators}
        self._assigned = sorted(e.id for e in evaluators or () if criterion.id in e.criteria)
        self._recused: dict[str, set[str]] = {}
        for evaluator in evaluators or ():
            for bid_id in evaluator.recused_from:
                self._recused.setdefault(bid_id, set()).add(evaluator.id)
        # Scores and names already found good, by their form in the document: most stand there
        # many times.
        self._known: dict[object, int] = {}
        self._names: set[str] = set()

    def read(self, raw: object, scores_path: str, bid_id: str) -> Cell:
        """Read a valid bid's cell, in the order of the evaluators' ids."""
        recused = self._recused.get(bid_id, _NOBODY)
        owed = self._assigned
        if recused:
            owed = [name for name in owed if name not in recused]
        cell = self._plain(raw, owed)
        if cell is not None:
            return cell
        # Slower, and able to say what is wrong, where.
        path = below(scores_path, self._criterion.id)
        return self._checked(raw, path, bid_id, owed, recused)

    def ignore(self, raw: object, path: str) -> None:
        """Check only the form of a cell of a bid that is not scored."""
        found = self._checker.fields(raw, path, (), tuple(_KEYS))
        scores = self._individual(found, path)
        for name, value in scores.items():
            self._checker.number(value, below(f"{path}.by_evaluator", name))
        if "consensus" in found:
            self._checker.number(found["consensus"], f"{path}.consensus")

    def _plain(self, raw: object, owed: list[str]) -> Cell | None:
        """Read a cell that is as it should be, quickly; None when it needs a closer look.

        A large panel's document is almost wholly cells, so this decides how long reading takes.
        """
        if type(raw) is not dict or not raw.keys() <= _KEYS:
            return None
        individual = raw.get("by_evaluator", _NOTHING)
        if type(individual) is not dict:
            return None
        if self._listed is None:
            if not individual.keys() <= self._names:
                return None
            owed = sorted(individual)
        elif len(individual) != len(owed):
            return None
        # True == 1 as a key of a dictionary, so the types are asked before the values.
        if not _EXACT_TYPES.issuperset(map(type, individual.values())):
            return None
        known = self._known
        consensus = None
        try:
            scores = {name: known[individual[name]] for name in owed}
            if "consensus" in raw:
                if type(raw["consensus"]) not in _EXACT_TYPES:
                    return None
                consensus = known[raw["consensus"]]
        except KeyError:
            return None
        return None if self._lack(scores, consensus) else Cell(scores, consensus)

    def _checked(
        self, raw: object, path: str, bid_id: str, owed: list[str], recused: Collection[str]
    ) -> Cell:
        """Read a cell and note everything that is wrong with it."""
        checker = self._checker
        where = f"bid {quoted(bid_id)}, criterion {quoted(self._criterion.id)}"
        found = checker.fields(raw, path, (), tuple(_KEYS))
        individual = self._individual(found, path)
        scores = {}
        for name in sorted(individual):
            place = below(f"{path}.by_evaluator", name)
            if self._listed is not None and name not in owed:
                message = f"evaluator {quoted(name)} {self._why_not(name, bid_id, recused)}"
                checker.add(place, message, "no score")
            scores[name] = self._score(individual[name], place)
        for name in owed:
            if name not in individual:
                message = f"{where}, evaluator {quoted(name)}: the score is missing"
                checker.add(f"{path}.by_evaluator", message, "a score (0 is one)")
        consensus = None
        if "consensus" in found:
            consensus = self._score(found["consensus"], f"{path}.consensus")
        lack = self._lack(scores, consensus)
        if lack:
            checker.add(path, f"{where}: {lack}", "a score (0 is one)")
        return Cell(scores, consensus)

    def _individual(self, found: dict[str, object], path: str) -> dict[str, object]:
        """Take the individual scores of a cell by names that are ids."""
        path = f"{path}.by_evaluator"
        individual = self._checker.mapping(
            found.get("by_evaluator", _NOTHING), path, "an object: scores by evaluator"
        )
        for name in individual:
            if name not in self._names:
                self._checker.identifier(name, below(path, name))
                self._names.add(name)
        return individual

    def _why_not(self, name: str, bid_id: str, recused: Collection[str]) -> str:
        """Say why somebody owes no score."""
        if name in recused:
            return f"is recused from bid {quoted(bid_id)}"
        if name in (self._listed or ()):
            return f"does not score criterion {quoted(self._criterion.id)}"
        return "is not among the evaluators"

    def _score(self, raw: object, path: str) -> int:
        """Read a score in grains; after a problem is noted, any value will do."""
        score = self._checker.number(raw, path, most=self._criterion.max_score or None)
        if score is None:
            return 0
        self._known[raw] = grains = to_grains(score)
        return grains

    def _lack(self, scores: Collection[str], consensus: int | None) -> str | None:
        """Say which score the way of combining needs and the cell does not have."""
        if self._combine == CONSENSUS:
            return "the agreed score is missing" if consensus is None else None
        if scores or (consensus is not None and self._combine is None):
            return None
        return "there is no score" if self._combine is None else "there is no individual score"
