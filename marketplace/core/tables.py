"""Tables on a narrow screen: each cell is told what its column is called, so that a row can stand
as a card there and no column is out of sight. The styles are `.fw-stack` in `fairway.css`."""

import re
from collections.abc import Sequence

from markupsafe import Markup, escape

# What people wrote stands escaped in the markup, so that every tag is one of a template.
_PART = re.compile(r"<(?P<close>/?)(?P<name>table|thead|tbody|tr|th|td)\b(?P<rest>[^>]*)>")
_CLASS = re.compile(r'\bclass="(?P<names>[^"]*)"')
_SPAN = re.compile(r'\bcolspan="(?P<columns>\d+)"')
_ROW_HEADER = re.compile(r'\bscope="row"')
# A browser that lays a row out as a block forgets that it was a row, unless it is told.
_ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tr": "row"}


def stacked(html: str) -> Markup:
    """Let the rows of each table in `html` stand as cards on a narrow screen.

    A table without a head keeps its cells without names; a cell across several columns has none.
    """
    out: list[str] = []
    columns: list[str] = []
    in_head = False
    at = place = 0
    for part in _PART.finditer(html):
        name, rest = part["name"], part["rest"]
        before = html[at : part.start()]
        at = part.end()
        if part["close"]:
            out += [before, part[0]]
            if name == "thead":
                in_head = False
            continue
        if name == "table":
            columns = []
            rest = _with_class(rest)
        elif name == "thead":
            in_head = True
        elif name in ("tbody", "tr"):
            place = 0
        elif in_head:
            # A title above several columns is not the name of any of them.
            if (span := _spanned(rest)) == 1:
                columns.append(_words(html, part.end()))
            else:
                columns += [""] * span
            rest += ' role="columnheader"'
        else:
            rest += _told(rest, columns, place)
            place += _spanned(rest)
        role = f' role="{_ROLES[name]}"' if name in _ROLES else ""
        out += [before, f"<{name}{rest}{role}>"]
    out.append(html[at:])
    return Markup("".join(out))  # noqa: S704  (made by templates)


def _with_class(rest: str) -> str:
    if found := _CLASS.search(rest):
        return rest[: found.end("names")] + " fw-stack" + rest[found.end("names") :]
    return rest + ' class="fw-stack"'


def _told(rest: str, columns: Sequence[str], place: int) -> str:
    """Give the attributes that a cell of the body gets."""
    if _ROW_HEADER.search(rest):
        return ' role="rowheader"'
    words = columns[place] if place < len(columns) and _spanned(rest) == 1 else ""
    label = f' data-label="{escape(_label(words))}"' if words else ""
    return f' role="cell"{label}'


def _label(words: str) -> str:
    return words if words.endswith(("?", ":")) else f"{words}:"


def _spanned(rest: str) -> int:
    found = _SPAN.search(rest)
    return int(found["columns"]) if found else 1


def _words(html: str, start: int) -> str:
    """Give the text of the header that begins there."""
    return Markup(html[start : html.index("</th>", start)].replace("<br>", " ")).striptags()  # noqa: S704  (made by templates)
