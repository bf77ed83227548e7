"""Who does the work, as a bid says it. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Subcontractor:
    """Another organisation that does a part; its share in whole percent, None: not known yet."""

    name: str
    does: str
    share_percent: int | None
