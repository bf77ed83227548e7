"""Writes a case file as a ZIP, part by part: never whole in memory, and checkable by `sha256sum`.

`SHA256SUMS` names every other file of it; `index.csv` and `index.html` say what each one is.
"""

import csv
import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import PurePosixPath
from typing import IO, Protocol, cast

from marketplace.core.dates import format_instant
from marketplace.core.text import N_

INDEX_CSV, INDEX_HTML, SUMS = "index.csv", "index.html", "SHA256SUMS"
_NAME_MOST = 80
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")

AMOUNTS = N_(
    "In the tables under “records”, a column whose name ends in “minor” holds an amount in pence: "
    "divide it by 100 for pounds."
)

Translate = Callable[..., str]


class Writer(Protocol):
    """Where a ZIP is written to; it need not be possible to go back in it."""

    def write(self, chunk: bytes, /) -> int: ...


@dataclass(frozen=True)
class Part:
    """One file of a case file: its path, what it is, of when, and the kind of record that it is.

    `content` is asked when its turn has come, and gives its bytes by chunks.
    """

    path: str
    title: str
    at: datetime | None
    kept: str
    content: Callable[[], Iterable[bytes]]


@dataclass(frozen=True)
class Left:
    """Something that is not in the file, and why."""

    what: str
    why: str


@dataclass(frozen=True)
class Front:
    """What the index says of the whole."""

    reference: str
    title: str
    body: str
    made_at: datetime


@dataclass(frozen=True)
class _Written:
    part: Part
    size: int
    sha256: str


class _Stream:
    """Gives `zipfile` a target that it cannot go back in."""

    def __init__(self, target: Writer) -> None:
        self._target = target

    def write(self, chunk: bytes) -> int:
        self._target.write(chunk)
        return len(chunk)

    def flush(self) -> None:
        """There is nothing to be let through."""


def write(
    parts: Sequence[Part],
    left: Sequence[Left],
    front: Front,
    target: Writer,
    *,
    translate: Translate,
    done: Callable[[int], None],
) -> None:
    """Write a case file; `done` is told after each part how many are written.

    Raises:
        ValueError: two parts have one path, or a path leads out of the file.
    """
    written: list[_Written] = []
    taken: set[str] = set()
    stream = cast("IO[bytes]", _Stream(target))  # it asks for no more than that has
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        for number, part in enumerate(parts, start=1):
            _ensure_safe(part.path, taken)
            size, digest = _add(file, part.path, part.content(), front.made_at)
            written.append(_Written(part, size, digest))
            done(number)
        sums = [(each.part.path, each.sha256) for each in written]
        for path, content in (
            (INDEX_CSV, _index_csv(written, left, translate)),
            (INDEX_HTML, _index_html(written, left, front, translate)),
        ):
            _size, digest = _add(file, path, [content], front.made_at)
            sums.append((path, digest))
        lines = "".join(f"{digest}  {path}\n" for path, digest in sorted(sums))
        _add(file, SUMS, [lines.encode()], front.made_at)


def safe_name(text: str) -> str:
    """Give a name for a file of a ZIP: plain letters, digits, dots and dashes, and never hidden."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    name = _UNSAFE.sub("-", plain).strip("-.")
    if len(name) > _NAME_MOST:
        ending = PurePosixPath(name).suffix[:10]
        name = name[: _NAME_MOST - len(ending)] + ending
    return name or "unnamed"


def _ensure_safe(path: str, taken: set[str]) -> None:
    pieces = path.split("/")
    if any(piece != safe_name(piece) for piece in pieces) or path.casefold() in taken:
        raise ValueError(f"no path for a part of a case file: {path!r}")
    taken.add(path.casefold())


def _add(
    file: zipfile.ZipFile, path: str, chunks: Iterable[bytes], at: datetime
) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    entry = zipfile.ZipInfo(path, at.astimezone(UTC).timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    with file.open(entry, "w", force_zip64=True) as opened:
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            opened.write(chunk)
    return size, digest.hexdigest()


def _index_csv(written: Sequence[_Written], left: Sequence[Left], translate: Translate) -> bytes:
    content = io.StringIO(newline="")
    rows = csv.writer(content, lineterminator="\r\n")
    headings = (N_("File"), N_("What it is"), N_("Date"), N_("Kept as"), N_("Bytes"), "SHA-256")
    rows.writerow([translate(each) for each in headings])
    for each in written:
        part = each.part
        at = part.at.astimezone(UTC).isoformat().replace("+00:00", "Z") if part.at else ""
        rows.writerow([part.path, _plain(part.title), at, part.kept, each.size, each.sha256])
    for missing in left:
        rows.writerow(["", _plain(missing.what), "", _plain(missing.why), "", ""])
    return b"\xef\xbb\xbf" + content.getvalue().encode()


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _index_html(
    written: Sequence[_Written], left: Sequence[Left], front: Front, translate: Translate
) -> bytes:
    heading = translate(N_("Case file of %(reference)s"), reference=front.reference)
    intro = translate(
        N_("%(title)s. Made for %(body)s at %(when)s. To check it, unpack it and run:"),
        title=front.title,
        body=front.body,
        when=format_instant(front.made_at),
    )
    columns = (N_("File"), N_("What it is"), N_("Date"), N_("Kept as"), N_("Fingerprint (SHA-256)"))
    return "\n".join(
        [
            '<!doctype html><html lang="en-GB"><head><meta charset="utf-8">',
            f"<title>{escape(heading)}</title><style>{_STYLE}</style></head><body>",
            f"<h1>{escape(heading)}</h1><p>{escape(intro)} <code>sha256sum -c {SUMS}</code></p>",
            f"<p>{escape(translate(AMOUNTS))}</p>",
            "<table><thead><tr>",
            *(f"<th scope=col>{escape(translate(each))}</th>" for each in columns),
            "</tr></thead><tbody>",
            *_rows(written),
            "</tbody></table>",
            f"<h2>{escape(translate(N_('What is not in it')))}</h2><ul>",
            *(f"<li>{escape(each.what)}: {escape(each.why)}</li>" for each in left),
            "</ul></body></html>",
        ]
    ).encode()


_STYLE = (
    "body{font:16px/1.5 sans-serif;margin:2rem;max-width:80rem}"
    "td,th{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0}"
    "tr{border-bottom:1px solid #ccc}table{border-collapse:collapse}"
    "code{overflow-wrap:anywhere}"
)


def _rows(written: Sequence[_Written]) -> Iterator[str]:
    for each in written:
        part = each.part
        at = format_instant(part.at) if part.at else ""
        yield (
            f'<tr><td><a href="{escape(part.path)}">{escape(part.path)}</a></td>'
            f"<td>{escape(part.title)}</td><td>{escape(at)}</td><td>{escape(part.kept)}</td>"
            f"<td><code>{each.sha256}</code></td></tr>"
        )
