"""The command `marketplace similar`."""

import sys

from challenges.similar import model, vectors
from marketplace.core.clock import Clock


def run(words: list[str], clock: Clock) -> int:
    """Do what the words after `similar` ask for; return the exit code, 2 for no such command."""
    if words != ["rebuild"]:
        return 2
    try:
        made = vectors.rebuild(clock)
    except model.NoModel as error:
        sys.stderr.write(
            f"marketplace: {error}; run script/bootstrap, or set MARKETPLACE_SIMILAR_MODEL."
            " Until then similar challenges are found by words.\n"
        )
        return 1
    sys.stdout.write(f"{made} challenges read.\n")
    return 0
