"""Names the entries that are missing from a report's events, or stand there twice. Pure."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from marketplace.core.audit import entries

# A file of which all lines were cut names the first of them.
_MOST_NAMED = 10


def miscounted(lines: Sequence[bytes], proofs: int) -> str:
    """Say which entries are missing where there are not as many lines as proofs, or twice there."""
    told: list[tuple[int, int]] = []
    for line in lines:
        try:
            entry = json.loads(json.loads(line)["entry"])
            told.append((entries.read_count(entry["cn"]), entries.read_count(entry["n"])))
        except (ValueError, TypeError, KeyError, RecursionError):
            continue  # which line is none is said where there are as many as proofs
    said = f"events.jsonl has {len(lines)} lines, and proofs.json {proofs} proofs"
    places = dict(told)
    missing = [number for number in range(1, proofs + 1) if number not in places]
    times = Counter(number for number, _place in told)
    twice = sorted(number for number, count in times.items() if count > 1)
    faults = [
        f"entry number {number} of this challenge is missing{_between(places, number)}"
        for number in missing[:_MOST_NAMED]
    ] + [f"entry number {number} stands twice" for number in twice[:_MOST_NAMED]]
    return "; ".join([said, *faults])


def _between(places: Mapping[int, int], number: int) -> str:
    """Say between which entries of the log one stood, as far as its neighbours are there."""
    before = max((each for each in places if each < number), default=None)
    after = min((each for each in places if each > number), default=None)
    said = [
        *([f"after entry {places[before]}"] if before is not None else []),
        *([f"before entry {places[after]}"] if after is not None else []),
    ]
    return f" ({' and '.join(said)} of the log)" if said else ""
