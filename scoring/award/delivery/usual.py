"""What is usually delivered in a stage of work and asked at its gate, read from a TOML file."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from challenges.stages.kinds import StageKind
from marketplace.core.strict_toml import build, read_list, read_table

FILE = Path(__file__).parent / "usual.toml"


@dataclass(frozen=True)
class Usual:
    """The names of usual milestones, and the usual criteria of the gate; none has no gate."""

    kind: StageKind
    milestones: tuple[str, ...]
    criteria: tuple[str, ...] = ()


@cache
def usual() -> dict[StageKind, Usual]:
    """Give what is usual by kind of stage.

    Raises:
        ContentError: the file does not fit.
    """
    tables = read_list(read_table(FILE), "kind", FILE.name)
    found = [build(Usual, table, FILE.name) for table in tables]
    return {each.kind: each for each in found}
