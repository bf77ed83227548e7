"""The stages of a challenge within its one chain. Pure.

An entry about a stage after the first names it in its field `stage`; none means the first.
"""

from collections.abc import Mapping

FIRST = 1


def stage_of(fields: Mapping[str, object]) -> int:
    """Give which stage an entry is about, by its fields: what is no number of one is the first.

    Nothing can be hidden by a number that no stage has, for each that a chain names is checked.
    """
    said = fields.get("stage", FIRST)
    return said if isinstance(said, int) and not isinstance(said, bool) else FIRST


def of_stage(fields: Mapping[str, object], ordinal: int) -> bool:
    """Tell whether an entry is about the stage of this number."""
    return stage_of(fields) == ordinal
