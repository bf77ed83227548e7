"""Measures, each as a ratio to a reference of the same run: `script/bench [--only NAME] [--json]`.

Absolute times depend on the machine and its load; ratios hold. A row whose ratio is over its limit
is marked, and the exit code is 1.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

Row = dict[str, Any]


def _engine() -> Iterable[Row]:
    from tests.benchmarks import engine

    return engine.rows()


def _pages() -> Iterable[Row]:
    from tests.benchmarks import pages

    return pages.rows()


def _memory() -> Iterable[Row]:
    from tests.benchmarks import pages

    return pages.memory_rows()


def _similar() -> Iterable[Row]:
    from tests.benchmarks import similar

    return similar.rows()


def _log() -> Iterable[Row]:
    from tests.benchmarks import log

    return log.rows()


def _sealed() -> Iterable[Row]:
    from tests.benchmarks import sealed

    return sealed.rows()


def _rush() -> Iterable[Row]:
    from tests.benchmarks import rush

    return rush.rows()


def _report() -> Iterable[Row]:
    from tests.benchmarks import report

    return report.rows()


def _verify() -> Iterable[Row]:
    from tests.benchmarks import verify

    return verify.rows()


def _result() -> Iterable[Row]:
    from tests.benchmarks import result

    return result.rows()


def _simulator() -> Iterable[Row]:
    from tests.benchmarks import simulator

    return simulator.rows()


SOURCES: dict[str, Callable[[], Iterable[Row]]] = {
    "pages": _pages,
    "memory": _memory,
    "similar": _similar,
    "engine": _engine,
    "log": _log,
    "sealed": _sealed,
    "rush": _rush,
    "report": _report,
    "verify": _verify,
    "result": _result,
    "simulator": _simulator,
}


def main() -> int:
    """Measure what was asked for, print a table or JSON, and tell whether all limits hold."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--only", choices=sorted(SOURCES), help="measure one group")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    chosen = [options.only] if options.only else list(SOURCES)
    rows = [row for name in chosen for row in SOURCES[name]()]
    if options.json:
        print(json.dumps(rows, indent=1))
    else:
        for row in rows:
            print(_line(row))
    return 1 if any(_over(row) for row in rows) else 0


def _over(row: Row) -> bool:
    limit = row.get("limit")
    return limit is not None and row["ratio"] > limit


def _line(row: Row) -> str:
    known = {"name", "ratio", "limit"}
    limit = f" (limit {row['limit']})" if row.get("limit") is not None else ""
    mark = "  OVER" if _over(row) else ""
    rest = ", ".join(f"{key} {value}" for key, value in row.items() if key not in known)
    return f"{row['name']:<52} ×{row['ratio']}{limit}{mark}  {rest}"


if __name__ == "__main__":
    sys.exit(main())
