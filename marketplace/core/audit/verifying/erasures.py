"""Checks that what was erased was erased by an entry that says so, and the other way round."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, func, select

from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.retention import ERASED
from marketplace.core.audit.verifying.places import Told
from marketplace.core.audit.verifying.reading import ERASURE
from marketplace.core.text import N_


def check(connection: Connection, told: Mapping[int, Told]) -> Iterator[Finding]:
    """Compare each erasure with the entry that gave leave, and those entries with the erasures."""
    unused = {n for n, said in told.items() if said.action == ERASED}
    for n, name, entry_n in connection.execute(
        select(ERASURE.c.n, ERASURE.c.name, ERASURE.c.entry_n).order_by(ERASURE.c.entry_n)
    ):
        said = told.get(entry_n)
        if (
            said is None
            or said.action != ERASED
            or entry_n <= n
            or said.values.get("place") != n
            or said.values.get("name") != name
        ):
            yield failed(
                N_("An erasure names it, and entry %(entry)s does not say that it was erased"),
                f"entry {n}, field {name}",
                entry=entry_n,
            )
        unused.discard(entry_n)
    for n in sorted(unused):
        yield failed(N_("It says that a field was erased, and no erasure is stored"), f"entry {n}")


def count(connection: Connection) -> int:
    """Count the fields that were erased."""
    found: int = connection.execute(select(func.count()).select_from(ERASURE)).scalar_one()
    return found
