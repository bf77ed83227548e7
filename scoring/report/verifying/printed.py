"""Checks that the pages show the figures that the files hold. Pure but for reading the PDF."""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from marketplace.core.audit.findings import Finding, Status, failed
from marketplace.core.text import N_
from scoring.report import wording
from scoring.report.values import Money
from scoring.report.verifying.drawn import refuse_overdrawn
from scoring.report.verifying.files import DamagedReport, Files

_SPACE = re.compile(r"\s+")
# Such as "Page 2 of 14", in any language that says it so.
_NUMBER = re.compile(r"\b(\d{1,4}) \S{1,20} (\d{1,4})\s*\Z")
# One of fifty bids on twelve criteria has some two hundred.
_MOST_PAGES = 1000


def check(pdf: bytes, files: Files) -> Iterator[Finding]:
    """Find figures, names and reasons of the facts that no page shows.

    A page that shows more than the facts is not found by this: two files are held side by side for
    that. It is what the pages leave out or say otherwise.

    Raises:
        DamagedReport: the pages cannot be read.
    """
    import pypdf

    try:
        reader = pypdf.PdfReader(io.BytesIO(pdf))
        if len(reader.pages) > _MOST_PAGES:
            raise DamagedReport("it has more pages than any report")
        refuse_overdrawn(reader)
        pages = [page.extract_text() for page in reader.pages]
    except DamagedReport:
        raise
    except Exception as error:
        raise DamagedReport(f"the pages cannot be read: {error}") from error
    # Lines break and words part where they may, so that only what is not space is compared.
    text = _SPACE.sub("", "".join(pages))
    unnumbered = [*_unnumbered(pages)]
    yield from unnumbered
    count, sound = 0, not unnumbered
    for what, said in _said(files.json("report.json")):
        count += 1
        if _SPACE.sub("", said) not in text:
            sound = False
            yield failed(N_("No page shows it: %(said)s"), f"pages, {what}", said=said[:200])
    if sound:
        yield Finding(
            Status.PROVEN,
            N_("The pages show all %(count)s figures and names that the files hold"),
            "pages",
            (("count", count),),
        )


def _unnumbered(pages: Sequence[str]) -> Iterator[Finding]:
    """Find pages that are gone or were put in, by the number that each but the first ends with.

    A page whose number cannot be read is taken for the one that has its place.
    """
    numbers: dict[int, int] = {}
    totals: Counter[int] = Counter()
    for place, page in enumerate(pages, 1):
        if found := _NUMBER.search(page):
            numbers[place] = int(found[1])
            totals[int(found[2])] += 1
    if not totals:
        return
    total = totals.most_common(1)[0][0]
    there = {numbers.get(place, place) for place in range(1, len(pages) + 1)}
    gone = [number for number in range(1, min(total, _MOST_PAGES) + 1) if number not in there]
    for number in gone:
        yield failed(
            N_("Page %(number)s of %(total)s is missing"), "pages", number=number, total=total
        )
    if len(pages) != total and not gone:
        yield failed(
            N_("It has %(count)s pages; %(total)s is what they say themselves"),
            "pages",
            count=len(pages),
            total=total,
        )


def _said(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Give what the pages must show: number, body, each total, price, name and contract value."""
    yield "number", facts["number"]
    yield "body", facts["body"]
    for stage in facts["stages"]:
        for criterion in stage["criteria"]:
            yield f"criterion {criterion['id']}", criterion["title"]
        for row in stage["result"]["bids"]:
            total = row.get("total")
            if isinstance(total, dict) and "display" in total:
                yield f"total of bid {row['id']}", total["display"]
        for bid in stage["bids"]:
            if isinstance(bid["supplier"], str):
                yield f"name of bid {bid['reference']}", bid["supplier"]
            if isinstance(bid["price"], dict) and "minor" in bid["price"]:
                yield f"price of bid {bid['reference']}", wording.money(Money(**bid["price"]))
    for contract in [facts["decision"]["contract"], *facts["decision"]["further_contracts"]]:
        if contract:
            yield f"contract {contract['reference']}", contract["reference"]
            yield f"value of {contract['reference']}", wording.money(Money(**contract["value"]))
