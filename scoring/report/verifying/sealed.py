"""Checks that prices and names are those that were sealed, in bids that came in time. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marketplace.core.audit import entries, receipts
from marketplace.core.audit.findings import Finding, Status, asserted, by_count, failed, withheld
from marketplace.core.audit.told import Told
from marketplace.core.text import N_
from scoring.report.bundle import BIDS
from scoring.report.verifying.files import DamagedReport, Files
from scoring.report.verifying.history import History
from scoring.report.verifying.rules import evaluations, stage_number, told_of

SUBMITTED, CLOSED, OPENED = "bid.submitted", "challenge.closed", "bids.opened"


def check(files: Files, history: History) -> Iterator[Finding]:
    """Find bids whose values are not those that were sealed, or that count and came too late.

    Raises:
        DamagedReport: the file of the bids has another form.
    """
    by_place = {each.n: each for each in history.told}
    sealed: dict[tuple[int, str], Mapping[str, Any]] = {}
    for bid in _bids(files):
        found = list(_bid(bid, by_place))
        yield from found
        if not found:
            sealed[bid["stage"], bid["bid"]] = {
                name: each["value"] for name, each in bid["shown"].items()
            }
    if sealed:
        yield Finding(
            history.sure,
            by_count(
                len(sealed),
                N_("What is shown of the one bid is what its sealed envelope held"),
                N_("What is shown of %(count)s bids is what their sealed envelopes held"),
            ),
            "bids.json",
            (("count", len(sealed)),),
        )
    for name, document in evaluations(files):
        number = stage_number(name)
        yield from _prices(name, number, document, sealed, history.sure)
        yield from _in_time(name, document, told_of(history.told, number), history.sure)
    yield from _printed(files, sealed)


def _bids(files: Files) -> Sequence[Mapping[str, Any]]:
    found = files.json("bids.json")
    keys = {"stage", "bid", "version", "place", "digests", "shown"}
    if not isinstance(found, dict) or found.get("v") != BIDS:
        raise DamagedReport(f"bids.json is no {BIDS}")
    if not all(isinstance(each, dict) and set(each) == keys for each in found["bids"]):
        raise DamagedReport("a bid in bids.json does not have the keys of one")
    return list(found["bids"])


def _bid(bid: Mapping[str, Any], by_place: Mapping[int, Told]) -> Iterator[Finding]:
    """Compute a bid's root again, and hold the shown values against their digests."""
    where = f"bids.json, bid {bid['bid']}"
    told = by_place.get(bid["place"])
    if told is None or told.action != SUBMITTED or told.known("bid") != bid["bid"]:
        yield failed(N_("There is no entry by which this bid was submitted"), where)
        return
    try:
        digests = {name: entries.read_digest(each) for name, each in bid["digests"].items()}
        root = receipts.fields_root(digests).hex()
        for name, each in bid["shown"].items():
            salt = entries.read_digest(each["salt"])
            if entries.field_digest(salt, entries.value_bytes(each["value"])) != digests.get(name):
                yield failed(
                    N_("The value of “%(name)s” is not the one that was sealed"), where, name=name
                )
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        yield failed(N_("It cannot be read: %(why)s"), where, why=str(error))
        return
    if told.known("fields_root") != root:
        yield failed(N_("The fields of the bid are not those of its entry, %(n)s"), where, n=told.n)


def _prices(
    name: str,
    number: int,
    document: Mapping[str, Any],
    sealed: Mapping[tuple[int, str], Mapping[str, Any]],
    sure: Status,
) -> Iterator[Finding]:
    """The price and the name by which a bid was judged are those that it was sealed with."""
    count, hidden, unsealed = 0, 0, 0
    for bid in document.get("bids", ()):
        where = f"{name}, bid {bid['id']}"
        fields = sealed.get((number, bid["id"]))
        yield from _named(where, bid.get("supplier"), fields or {})
        price = bid.get("price")
        if price is None:
            continue
        if isinstance(price, dict):
            hidden += 1
        elif fields is None or "price_minor" not in fields:
            unsealed += 1
        elif _minor(price) != fields["price_minor"]:
            yield failed(
                N_("The price is %(now)s here; sealed was %(before)s, in minor units"),
                where,
                now=price,
                before=fields["price_minor"],
            )
        else:
            count += 1
    if count:
        yield Finding(
            sure,
            by_count(
                count,
                N_("The one price that is shown is the one that was sealed"),
                N_("%(count)s prices are those that were sealed"),
            ),
            name,
            (("count", count),),
        )
    if hidden:
        what = by_count(
            hidden,
            N_("One price is not shown in this edition"),
            N_("%(count)s prices are not shown in this edition"),
        )
        yield withheld(what, name, count=hidden)
    if unsealed:
        yield asserted(
            by_count(
                unsealed,
                N_("One price was never sealed here: it is what officers brought in"),
                N_("%(count)s prices were never sealed here: they are what officers brought in"),
            ),
            name,
            count=unsealed,
        )


def _minor(price: object) -> str:
    """Give a price of the evaluation document in minor units, as a bid has it."""
    whole, _dot, rest = str(price).partition(".")
    return str(int(whole + rest.ljust(2, "0")[:2])) if (whole + rest).isdecimal() else str(price)


def _in_time(
    name: str, document: Mapping[str, Any], told: Sequence[Told], sure: Status
) -> Iterator[Finding]:
    """Every bid that counts was recorded before the last closing and is among those opened."""
    opened = [each for each in told if each.action == OPENED]
    if not opened:
        return
    closings = [each.n for each in told if each.action == CLOSED and each.n < opened[0].n]
    submitted = {str(e.known("bid")): e.n for e in told if e.action == SUBMITTED}
    found, flagged = opened[0].known("bids"), opened[0].known("flaws")
    among = set(found) if isinstance(found, dict) else None
    judged = {bid["id"] for bid in document.get("bids", ())}
    count, sound = 0, True
    for bid in document.get("bids", ()):
        place = submitted.get(bid["id"])
        if place is None or not closings or place > closings[-1]:
            sound = False
            yield failed(
                N_("No entry says that this bid came in before the closing"),
                f"{name}, bid {bid['id']}",
            )
        elif among is not None and bid["id"] not in among:
            sound = False
            yield failed(
                N_("This bid is not among those that were opened"), f"{name}, bid {bid['id']}"
            )
        count += 1
    # Of a bid that could not be read there is nothing to judge, and the log says so.
    unread = set(flagged) if isinstance(flagged, dict) else set()
    for missing in sorted((among or set()) - judged - unread):
        sound = False
        yield failed(N_("Bid %(bid)s was opened and is missing here"), name, bid=missing)
    if sound:
        yield Finding(
            sure,
            by_count(
                count,
                N_("The one bid was recorded before the closing and opened after it"),
                N_("All %(count)s bids were recorded before the closing and opened after it"),
            ),
            name,
            (("count", count),),
        )


def _printed(
    files: Files, sealed: Mapping[tuple[int, str], Mapping[str, Any]]
) -> Iterator[Finding]:
    """What the report prints of a bid is what was sealed, where both are shown."""
    for stage in files.json("report.json")["stages"]:
        number = int(stage["id"].rpartition("-")[2])
        for bid in stage["bids"]:
            fields = sealed.get((number, bid["reference"]), {})
            where = f"report.json, bid {bid['reference']}"
            price = bid["price"]
            minor = price.get("minor") if isinstance(price, dict) else None
            yield from _priced(where, minor, fields)
            yield from _named(where, bid["supplier"], fields)


def _priced(where: str, minor: object, fields: Mapping[str, Any]) -> Iterator[Finding]:
    sealed = fields.get("price_minor")
    if minor is not None and sealed is not None and str(minor) != sealed:
        yield failed(
            N_("The price is %(now)s here; sealed was %(before)s, in minor units"),
            where,
            now=minor,
            before=sealed,
        )


def _named(where: str, supplier: object, fields: Mapping[str, Any]) -> Iterator[Finding]:
    sealed = fields.get("supplier", {}).get("name")
    if isinstance(supplier, str) and sealed is not None and supplier != sealed:
        yield failed(
            N_("The supplier is %(now)s here; sealed was %(before)s"),
            where,
            now=supplier,
            before=sealed,
        )
