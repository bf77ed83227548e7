"""The scoring engine: `evaluation/1` in, `evaluation-result/1` out; pure, exact, explained.

Standard library only, and no binary float anywhere. `docs/scoring.md` says what it computes.
"""

from collections.abc import Mapping

from scoring.engine.canonical import NotCanonical, canonical, canonical_plain
from scoring.engine.collector import collector_paused
from scoring.engine.document import Evaluation
from scoring.engine.errors import BadEvaluation, Problem
from scoring.engine.evaluate import rank
from scoring.engine.json_text import read_json
from scoring.engine.reading import check, parse
from scoring.engine.result import ENGINE_NAME, ENGINE_VERSION, input_sha256, result_document

__all__ = [
    "ENGINE_NAME",
    "ENGINE_VERSION",
    "BadEvaluation",
    "Evaluation",
    "NotCanonical",
    "Problem",
    "canonical",
    "evaluate",
    "evaluate_document",
    "input_sha256",
    "parse",
    "render",
]


def evaluate(text: str | bytes, *, sensitivity: bool = True) -> dict[str, object]:
    """Score an evaluation document given as JSON text, and return the result document.

    Raises:
        BadEvaluation: with every problem found.
    """
    with collector_paused():
        return evaluate_document(read_json(text), sensitivity=sensitivity)


def evaluate_document(document: object, *, sensitivity: bool = True) -> dict[str, object]:
    """Score an evaluation document given as JSON values: numbers as integers or text.

    Raises:
        BadEvaluation: with every problem found.
    """
    with collector_paused():
        ranked = rank(check(document))
        result = result_document(ranked, input_sha256(document))
        if sensitivity:
            # Imported late, so that `marketplace score --no-sensitivity` starts sooner.
            from scoring.engine.sensitivity import sensitivity as what_could_change

            result["sensitivity"] = what_could_change(ranked)
        return result


def render(result: Mapping[str, object]) -> bytes:
    """Write a result document as its RFC 8785 bytes and a newline."""
    return canonical_plain(result) + b"\n"
