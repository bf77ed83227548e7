"""Holds that money and supplier of a contract were changed by two people, and that two recorded
what a court ordered about it, as the log tells it."""

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection

from marketplace.core.audit import verifying
from marketplace.core.audit.findings import Finding, failed
from marketplace.core.audit.verifying.recorded import Recorded, recorded
from marketplace.core.text import N_
from scoring.award.contracts import log_words
from scoring.award.contracts.changing import ChangeKind
from scoring.award.contracts.ordered import log_words as ordered


@verifying.also
def check(connection: Connection) -> Iterator[Finding]:
    """Go through the entries about changes of contracts, and about orders of courts, in the order
    of their places."""
    yield from follow(recorded(connection, log_words.PROPOSED, log_words.CHANGED))
    yield from follow_orders(recorded(connection, ordered.RECORDED, ordered.CONFIRMED))


def follow(entries: Iterable[Recorded]) -> Iterator[Finding]:
    """Find each change of money or supplier that one person made alone.

    Entries of before changes had kinds say nothing of who confirmed them, so they are passed over.
    """
    proposed: dict[tuple[str, object], Recorded] = {}
    for entry in entries:
        key = (entry.chain, entry.values.get("number"))
        if entry.action == log_words.PROPOSED:
            proposed[key] = entry
            continue
        if not _of_two(entry):
            continue
        before = proposed.get(key)
        where = f"entry {entry.n}"
        if before is None:
            yield failed(N_("A contract’s money or supplier was changed by one person"), where)
        elif _asked(before) != _asked(entry):
            yield failed(
                N_("It is not the change of a contract that entry %(before)s proposes"),
                where,
                before=before.n,
            )
        elif (who := entry.values.get("actor_id")) is not None and who == before.values.get(
            "actor_id"
        ):
            yield failed(
                N_("A change of a contract was confirmed by who proposed it in entry %(before)s"),
                where,
                before=before.n,
            )


def follow_orders(entries: Iterable[Recorded]) -> Iterator[Finding]:
    """Find each order of a court that one person recorded alone."""
    before: dict[tuple[object, ...], Recorded] = {}
    for entry in entries:
        key = (entry.chain, entry.values.get("contract"), entry.values.get("number"))
        if entry.action == ordered.RECORDED:
            before[key] = entry
            continue
        said, where = before.get(key), f"entry {entry.n}"
        if said is None:
            yield failed(N_("A court’s order about a contract was recorded by one person"), where)
        elif _differ(said, entry):
            yield failed(
                N_("It is not the order of a court that entry %(before)s records"),
                where,
                before=said.n,
            )
        elif (who := entry.values.get("actor_id")) is not None and who == said.values.get(
            "actor_id"
        ):
            yield failed(
                N_("A court’s order was confirmed by who recorded it in entry %(before)s"),
                where,
                before=said.n,
            )


def _differ(said: Recorded, confirmed: Recorded) -> bool:
    """Tell whether two entries tell different orders; what was erased since differs in nothing."""
    names = ("order", "made_on", "court", "reference", "says", "ends_on", "penalty_minor")
    return any(
        said.values.get(name) != confirmed.values.get(name)
        for name in names
        if name not in said.erased | confirmed.erased
    )


def _of_two(entry: Recorded) -> bool:
    """Tell whether two people make a change of this kind."""
    kind = entry.values.get("change")
    money = entry.values.get("value_before") != entry.values.get("value_after")
    return kind == ChangeKind.NOVATION or (kind is not None and money)


def _asked(entry: Recorded) -> tuple[object, ...]:
    names = ("contract", "change", "value_before", "value_after", "supplier")
    return tuple(entry.values.get(name) for name in names)
