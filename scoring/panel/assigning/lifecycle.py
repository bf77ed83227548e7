"""What a panel should know, taken together. Pure."""

from collections.abc import Collection

from scoring.panel.lifecycle import Expertise

# Somebody who knows what users need, and somebody who knows what can be built.
_ADVISED = (Expertise.SERVICE, Expertise.TECHNICAL)


def missing_expertise(known: Collection[Expertise | None]) -> list[Expertise]:
    """Name what nobody of the evaluators knows best and somebody should: advice, never a block."""
    return [each for each in _ADVISED if each not in known]
