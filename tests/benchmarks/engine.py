"""How fast the engine is, as ratios to a reference measured in the same run.

`rows()` gives one row for each promise of `docs/scoring.md`. A ratio hardly depends on the machine;
each side is the quickest of a few runs, so that other work on the machine counts for little.
"""

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scoring.engine import evaluate

ROOT = Path(__file__).parents[2]
NEVER_COMPILE = "PYTHONDONTWRITEBYTECODE"
MARKETPLACE = "import sys; from marketplace.cli import main; sys.exit(main())"


def rows() -> list[dict[str, Any]]:
    """Measure the three ratios: name, ratio, limit, and the peak memory so far in MiB."""
    return [
        _row("engine: 10,000 bids × 10 criteria × 5 evaluators / json.loads", large(), 20),
        _row("engine: 200 bids with sensitivity / without", sensitivity(), 60),
        _row("engine: marketplace score on 10 bids / python -c pass", start(), 3),
    ]


def _row(name: str, ratio: float, limit: int) -> dict[str, Any]:
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {"name": name, "ratio": round(ratio, 2), "limit": limit, "memory": peak // 1024}


def large() -> float:
    """Compare JSON text to result, without sensitivity, with reading the same text as JSON."""
    text = document(10_000, criteria=10, evaluators=5)
    reference = quickest(lambda: json.loads(text), 5)
    return quickest(lambda: evaluate(text, sensitivity=False), 3) / reference


def sensitivity() -> float:
    """Compare a full result with the same without sensitivity, by the slowest formula."""
    text = document(200, criteria=6, evaluators=3, formula="deviation_from_mean")
    reference = quickest(lambda: evaluate(text, sensitivity=False), 5)
    return quickest(lambda: evaluate(text), 3) / reference


def start() -> float:
    """Compare `marketplace score` on ten bids with a Python that does nothing."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "evaluation.json"
        file.write_text(document(10, criteria=4, evaluators=3))
        reference = quickest(lambda: run("-c", "pass"), 15)
        return quickest(lambda: run("-c", MARKETPLACE, "score", str(file)), 15) / reference


def quickest(work: Callable[[], object], times: int) -> float:
    """Run the work a few times, and give the shortest time in seconds."""
    found = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        found.append(time.perf_counter() - began)
    return min(found)


def run(*arguments: str) -> None:
    """Run Python in a process of its own, with its modules compiled as in any installation."""
    command = [sys.executable, *arguments]
    environment = {key: value for key, value in os.environ.items() if key != NEVER_COMPILE}
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, env=environment)


def document(
    bids: int, *, criteria: int, evaluators: int, formula: str = "lowest_price_ratio"
) -> str:
    """Make a good evaluation document: one price criterion, the rest quality, all scores there."""
    chance = random.Random(20261122)  # noqa: S311  # nothing here is secret
    names = [f"e{number}" for number in range(evaluators)]
    quality = [f"q{number}" for number in range(criteria - 1)]
    listed: list[dict[str, Any]] = [
        {"id": each, "title": each, "kind": "quality", "weight": "1", "max_score": "10"}
        for each in quality
    ]
    listed.append(
        {"id": "p", "title": "Price", "kind": "price", "weight": "1", "formula": {"name": formula}}
    )
    return json.dumps(
        {
            "format": "evaluation/1",
            "criteria": listed,
            "evaluators": [{"id": name} for name in names],
            "method": {"weights_total": str(criteria)},
            "bids": [
                {
                    "id": f"bid-{number:05}",
                    "price": f"{chance.randint(20_000, 90_000)}.50",
                    "scores": {
                        each: {"by_evaluator": {name: str(chance.randint(0, 10)) for name in names}}
                        for each in quality
                    },
                }
                for number in range(bids)
            ],
        }
    )
