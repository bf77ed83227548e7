"""The product's own templates of stages and packs of criteria, read from TOML files."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from challenges.stages.shapes import Asked, Template
from marketplace.core.strict_toml import ContentError, Table, build, read_table

FOLDER = Path(__file__).parent / "data"


@dataclass(frozen=True)
class Pack:
    """Criteria on one subject that are often wanted together."""

    name: str
    good_for: str
    criteria: tuple[Asked, ...]


@cache
def packs() -> dict[str, Pack]:
    """Give all packs by key, in the order in which they are offered."""
    return {_key(path): build(Pack, read_table(path), path.name) for path in _files("packs")}


@cache
def templates() -> dict[str, Template]:
    """Give all templates by key, in the order in which they are offered.

    Raises:
        ContentError: a file does not fit, or uses a criterion that no pack has.
    """
    return {_key(path): _template(read_table(path), path.name) for path in _files("templates")}


@cache
def pack_criteria() -> dict[str, Asked]:
    """Give the criteria of all packs by key."""
    return {asked.key: asked for pack in packs().values() for asked in pack.criteria}


def _files(folder: str) -> list[Path]:
    return sorted((FOLDER / folder).glob("*.toml"))


def _key(path: Path) -> str:
    """Take the key out of a file's name, which a number puts in order: `1-staged`."""
    return path.stem.partition("-")[2]


def _template(table: Table, where: str) -> Template:
    """Build a template after joining each criterion to the one of a pack that it uses."""
    for stage in table.get("stages", ()):
        stage["criteria"] = [_joined(each, where) for each in stage.get("criteria", ())]
    return build(Template, table, where)


def _joined(own: Table, where: str) -> Table:
    used = pack_tables().get(str(own.get("use")))
    if used is None:
        raise ContentError(where, "use", f"no criterion {own.get('use')!r} in a pack")
    return {**used, **{key: value for key, value in own.items() if key != "use"}}


@cache
def pack_tables() -> dict[str, Table]:
    """Give the tables of the packs' criteria by key, as they stand in the files."""
    return {
        table["key"]: table
        for path in _files("packs")
        for table in read_table(path).get("criteria", ())
    }
