"""What a letter or paper says, apart from how it is set: one content for page, PDF and DOCX. Pure.

It can be written as plain data and read back, so that what was sent is kept as it was.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final


@dataclass(frozen=True)
class Heading:
    """A heading; `level` counts from 1 below the paper's title."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """Running text; a line break in it stays one."""

    text: str
    bold: bool = False


@dataclass(frozen=True)
class Bullets:
    """A list of points."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """Rows under a head; `numeric` are the columns, from 0, that hold figures."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[int, ...] = ()


@dataclass(frozen=True)
class PageBreak:
    """What follows begins on a page of its own."""


Block = Heading | Paragraph | Bullets | Table | PageBreak


@dataclass(frozen=True)
class Letterhead:
    """How a body presents itself: empty where it has not said.

    `address` and `contact` may have several lines; `logo` is a PNG.
    """

    body: str
    address: str = ""
    contact: str = ""
    signatory_name: str = ""
    signatory_role: str = ""
    reference_prefix: str = ""
    logo: bytes | None = None


@dataclass(frozen=True)
class Paper:
    """A whole paper. `opening` stands above the title: date, reference, who it goes to."""

    title: str
    opening: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    closing: tuple[str, ...] = ()
    letterhead: Letterhead = field(default_factory=lambda: Letterhead(""))


_KINDS: Final[Mapping[str, type]] = {
    "heading": Heading,
    "paragraph": Paragraph,
    "bullets": Bullets,
    "table": Table,
    "page_break": PageBreak,
}
_NAMES: Final = {kind: name for name, kind in _KINDS.items()}


def to_data(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Write blocks as plain data, which JSON holds."""
    return [{"kind": _NAMES[type(block)], **vars(block)} for block in blocks]


def from_data(data: Sequence[Mapping[str, Any]]) -> tuple[Block, ...]:
    """Read back what `to_data` wrote.

    Raises:
        LookupError: a block is of a kind that is not known.
    """
    return tuple(_block(item) for item in data)


def _block(item: Mapping[str, Any]) -> Block:
    values = {key: _frozen(value) for key, value in item.items() if key != "kind"}
    block: Block = _KINDS[item["kind"]](**values)
    return block


def _frozen(value: Any) -> Any:
    return tuple(_frozen(each) for each in value) if isinstance(value, list) else value


def as_text(paper: Paper) -> str:
    """Write a paper as plain text, such as is digested into the log."""
    parts = [*paper.opening, paper.title, *map(_text, paper.blocks), *paper.closing]
    return "\n\n".join(part for part in parts if part)


def _text(block: Block) -> str:
    match block:
        case Heading(text) | Paragraph(text):
            return text
        case Bullets(items):
            return "\n".join(f"- {item}" for item in items)
        case Table(caption, head, rows):
            lines = [" | ".join(row) for row in (head, *rows)]
            return "\n".join([caption, *lines])
        case PageBreak():
            return ""
