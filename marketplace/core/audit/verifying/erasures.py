"""Checks that what was erased was erased by an entry that says so, and the other way round."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, func, select

from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.retention import ERASED, MANY_ERASED
from marketplace.core.audit.verifying.places import Told
from marketplace.core.audit.verifying.reading import ERASURE
from marketplace.core.text import N_


def check(connection: Connection, told: Mapping[int, Told]) -> Iterator[Finding]:
    """Compare each erasure with the entry that gave leave, and those entries with the erasures."""
    unused = {n: fields for n, said in told.items() if (fields := _fields(said)) is not None}
    for n, name, entry_n in connection.execute(
        select(ERASURE.c.n, ERASURE.c.name, ERASURE.c.entry_n).order_by(ERASURE.c.entry_n)
    ):
        said = told.get(entry_n)
        fields = _fields(said) if said is not None else None
        if fields is None or entry_n <= n or (n, name) not in fields:
            yield failed(
                N_("An erasure names it, and entry %(entry)s does not say that it was erased"),
                f"entry {n}, field {name}",
                entry=entry_n,
            )
        if entry_n in unused:
            unused[entry_n] -= {(n, name)}
    for n in sorted(n for n, fields in unused.items() if fields):
        yield failed(N_("It says that a field was erased, and no erasure is stored"), f"entry {n}")


def _fields(said: Told) -> frozenset[tuple[object, object]] | None:
    """Give the fields, each by place and name, that an entry says were erased; else nothing."""
    if said.action == ERASED:
        return frozenset({(said.values.get("place"), said.values.get("name"))})
    if said.action == MANY_ERASED:
        named = said.values.get("fields")
        pairs = named if isinstance(named, list) else []
        return frozenset((each[0], each[1]) for each in pairs if _is_pair(each))
    return None


def _is_pair(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2
        and isinstance(value[0], int)
        and isinstance(value[1], str)
    )


def count(connection: Connection) -> int:
    """Count the fields that were erased."""
    found: int = connection.execute(select(func.count()).select_from(ERASURE)).scalar_one()
    return found
