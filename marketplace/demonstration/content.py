"""Reads the written content of the demonstration from its TOML files.

The challenges are real problems that Scottish public bodies have published, told here in words of
our own. Everything that happens to them here, and every supplier and person, is made up.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path

from marketplace.core.strict_toml import (
    ContentError,
    Shape,
    Table,
    build,
    only_keys,
    read_list,
    read_table,
)
from marketplace.demonstration.shapes import (
    BidSet,
    Challenge,
    Content,
    Criterion,
    NamePool,
    Organisation,
    Person,
    Scale,
    Supplier,
)

__all__ = ["FOLDER", "Content", "ContentError", "load"]

FOLDER = Path(__file__).parent / "content"


def load(folder: Path = FOLDER) -> Content:
    """Read all content from `folder`.

    Raises:
        ContentError: a file that does not fit exactly, a key used twice, or a key that leads
            nowhere; the message names the file and the key.
    """
    people = read_table(folder / "people.toml")
    only_keys(people, {"main_body", "pool", "people"}, "people.toml")
    templates = _criterion_templates(folder)
    content = Content(
        main_body=str(people.get("main_body")),
        organisations=_list_file(folder, "organisations", Organisation),
        people=tuple(
            build(Person, table, _place("people.toml", table))
            for table in read_list(people, "people", "people.toml")
        ),
        name_pool=build(NamePool, people.get("pool"), "people.toml, pool"),
        suppliers=_list_file(folder, "suppliers", Supplier),
        scales=_list_file(folder, "scales", Scale),
        challenges=tuple(
            _challenge(table, templates, path.name)
            for path in sorted((folder / "challenges").glob("*.toml"))
            for table in read_list(read_table(path), "challenges", path.name)
        ),
        bid_sets=tuple(
            build(BidSet, read_table(path), path.name)
            for path in sorted((folder / "bids").glob("*.toml"))
        ),
    )
    _check_keys(content)
    return content


def _list_file(folder: Path, name: str, shape: type[Shape]) -> tuple[Shape, ...]:
    """Read `name`.toml, which holds one list of tables under the key `name` and nothing else."""
    file = f"{name}.toml"
    table = read_table(folder / file)
    only_keys(table, {name}, file)
    return tuple(build(shape, item, _place(file, item)) for item in read_list(table, name, file))


def _place(file: str, table: Table) -> str:
    return f"{file}, {table.get('key', table.get('title', 'no key'))}"


def _criterion_templates(folder: Path) -> dict[str, Table]:
    """Return the tables of criteria.toml by key; a challenge uses one and may change parts."""
    table = read_table(folder / "criteria.toml")
    only_keys(table, {"criteria"}, "criteria.toml")
    items = read_list(table, "criteria", "criteria.toml")
    for item in items:
        build(Criterion, {"weight": 1, **item}, _place("criteria.toml", item))
    return {item["key"]: item for item in items}


def _challenge(table: Table, templates: Mapping[str, Table], file: str) -> Challenge:
    """Build a challenge after joining each of its criteria to the template named by `use`."""
    where = _place(file, table)
    joined: list[Table] = []
    for criterion in read_list(table, "criteria", where):
        used = str(criterion.get("use"))
        if used not in templates:
            raise ContentError(where, "use", f"no criterion {used!r} in criteria.toml")
        own = {key: value for key, value in criterion.items() if key != "use"}
        joined.append({**templates[used], **own})
    return build(Challenge, {**table, "criteria": joined}, where)


def _check_keys(content: Content) -> None:
    """Refuse a key that is used twice or that leads nowhere."""
    bodies = _unique("organisations.toml", (item.key for item in content.organisations))
    suppliers = _unique("suppliers.toml", (item.key for item in content.suppliers))
    challenges = _unique("challenges", (item.key for item in content.challenges))
    _unique("challenges", (item.reference for item in content.challenges))
    _unique("people.toml", (item.key for item in content.people))
    _unique("people.toml", (item.email for item in content.people))
    _unique("bids", (item.challenge for item in content.bid_sets))
    _known("people.toml", {content.main_body}, bodies)
    for person in content.people:
        _known(f"people.toml, {person.key}", {person.organisation}, bodies | suppliers)
    for challenge in content.challenges:
        _known(challenge.key, {challenge.buyer, *challenge.co_sponsors}, bodies)
        _unique(challenge.key, (criterion.key for criterion in challenge.criteria))
    for bid_set in content.bid_sets:
        _known("bids", {bid_set.challenge}, challenges)
        _check_bid_set(bid_set, content, suppliers)


def _check_bid_set(bid_set: BidSet, content: Content, suppliers: set[str]) -> None:
    """Refuse a bid set that names a supplier, bidder or criterion that is not there."""
    where = f"bids, {bid_set.challenge}"
    challenge = next(c for c in content.challenges if c.key == bid_set.challenge)
    quality = {item.key for item in challenge.criteria if item.kind == "quality"}
    bidders = _unique(where, (bid.supplier for bid in bid_set.bids))
    _known(where, bidders, suppliers)
    _known(where, {interest.supplier for interest in bid_set.interests}, bidders)
    if bid_set.recommendation is not None:
        _known(where, {bid_set.recommendation.supplier}, bidders)
    for bid in bid_set.bids:
        own = {*bid.answers, *bid.scores, *bid.changing}
        own |= set(bid.earlier.answers) if bid.earlier else set()
        _known(f"{where}, {bid.supplier}", own, quality)


def _unique(where: str, keys: Iterable[str]) -> set[str]:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise ContentError(where, key, "is used twice")
        seen.add(key)
    return seen


def _known(where: str, keys: set[str], known: set[str]) -> None:
    for key in sorted(keys - known):
        raise ContentError(where, key, "leads nowhere")
