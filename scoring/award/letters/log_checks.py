"""Holds letters to bidders against what they tell of, as the log tells it, stage by stage."""

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection

from marketplace.core.audit import letter_order, verifying
from marketplace.core.audit.findings import Finding
from marketplace.core.audit.letter_order import Step
from marketplace.core.audit.verifying.recorded import recorded


@verifying.also
def check(connection: Connection) -> Iterator[Finding]:
    """Go through the entries about letters of each challenge in the order of their places."""
    chains: dict[str, list[Step]] = defaultdict(list)
    for entry in recorded(connection, *letter_order.ACTIONS):
        chains[entry.chain].append(Step(entry.n, entry.action, entry.values))
    for steps in chains.values():
        yield from letter_order.faults(steps)
