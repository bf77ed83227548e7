"""Bounds what reading the pages of a PDF costs, before they are read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from scoring.report.verifying.files import DamagedReport

if TYPE_CHECKING:
    from pypdf import PdfReader

# Bytes of drawing once unpacked, on one page and on all: a page of text has some 30,000, one full
# of charts four times as many. Reading takes a second or two for each million.
_PAGE_MOST = 1_000_000
_PAGES_MOST = 12_000_000
# Charts stand in a page, and signs in charts.
_DEEPEST = 8
# What draws another drawing at its place.
_PLACED = b"Do"


def refuse_overdrawn(reader: PdfReader) -> None:
    """Refuse pages on which so much is drawn that reading them would take minutes.

    What several pages share counts for each, and so does a drawing for each time that it is
    placed, since it is read as often.

    Raises:
        DamagedReport: more is drawn than on the pages of any report.
    """
    known: dict[int, int] = {}
    drawn = 0
    for page in reader.pages:
        contents = page.get_contents()
        size = 0 if contents is None else _size(contents.get_data(), page, known, 0)
        drawn += size
        if size > _PAGE_MOST or drawn > _PAGES_MOST:
            raise DamagedReport("more is drawn on its pages than on those of any report")


def _size(drawing: bytes, holder: Mapping[Any, Any], known: dict[int, int], depth: int) -> int:
    """Give how many bytes are read for a drawing; of those it may place the largest counts."""
    if not (times := drawing.count(_PLACED)):
        return len(drawing)
    if depth > _DEEPEST:
        raise DamagedReport("its drawings stand within each other without an end")
    resources = _got(holder.get("/Resources")) or {}
    largest = 0
    for each in (_got(resources.get("/XObject")) or {}).values():
        form = _got(each)
        if form is None or form.get("/Subtype") != "/Form":
            continue
        if id(form) not in known:
            # Where it has none of its own, those of what places it are taken: bounded by depth.
            known[id(form)] = _size(form.get_data(), form, known, depth + 1)
        largest = max(largest, known[id(form)])
    return len(drawing) + times * largest


def _got(held: Any) -> Any:
    return held.get_object() if held is not None else None
