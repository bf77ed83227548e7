"""Writes papers as DOCX, and checks the documents that bodies bring as their templates.

Owns the only use of python-docx. A template is a file from outside: it is looked at as an archive
first, and nothing in it is run, fetched or followed.
"""

import io
import re
import zipfile
import zlib
from datetime import UTC, datetime
from typing import Any, Final

from marketplace.core.errors import Invalid
from marketplace.core.papers import (
    Block,
    Bullets,
    Heading,
    Letterhead,
    PageBreak,
    Paper,
    Paragraph,
    Table,
)
from marketplace.core.text import N_

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEMPLATE_MOST: Final = 2 * 1024 * 1024
# A paragraph of a template that says only this is where the text goes.
PLACE: Final = "[text]"

_PARTS_MOST: Final = 300
_UNPACKED_MOST: Final = 30 * 1024 * 1024
_NEEDED: Final = frozenset({"[Content_Types].xml", "word/document.xml"})
# What can run, or holds another file that can.
_ACTIVE: Final = re.compile(
    r"vbaproject|vbadata|activex|/embeddings/|/attachedtoolbars|\.bin$|\.exe$|\.ole$|/afchunk",
    re.IGNORECASE,
)
# Fields that fetch or run something when a document is opened or printed.
_FETCHING: Final = re.compile(
    rb"\b(DDE|DDEAUTO|INCLUDEPICTURE|INCLUDETEXT|IMPORT|LINK|DATABASE|MACROBUTTON|RD)\b"
)
_INSTRUCTION: Final = re.compile(rb"<w:instrText[^>]*>([^<]*)<|w:instr=[\"']([^\"']*)[\"']")
_RELATION: Final = re.compile(rb"<Relationship\b[^>]*>")
_OUTSIDE: Final = re.compile(rb"TargetMode\s*=\s*[\"']External[\"']", re.IGNORECASE)
# A link is shown and followed by a person alone; everything else outside is fetched unasked.
_LINK: Final = re.compile(rb"/relationships/hyperlink[\"']")
# The first instant that an archive can hold.
_ARCHIVED: Final = (1980, 1, 1, 0, 0, 0)


class BadTemplate(Invalid):
    """A document cannot be a template; the message stands by its field, `template`."""

    def __init__(self, message: str) -> None:
        super().__init__(message, fields={"template": message})


def check_template(name: str, content: bytes) -> None:
    """Do nothing where a file can be a body's template.

    Raises:
        BadTemplate: it is no DOCX, is too large or grows too far, can run something, or fetches
            something from outside.
    """
    if not name.lower().endswith(".docx"):
        raise BadTemplate(N_("Choose a Word document whose name ends in .docx"))
    if len(content) > TEMPLATE_MOST:
        raise BadTemplate(N_("The document is larger than 2 MB. Make its pictures smaller"))
    damaged = BadTemplate(
        N_("This is no Word document, or it is damaged or locked with a password. Save it again")
    )
    try:
        parts = _unpack(content)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError):
        raise damaged from None
    if not parts.keys() >= _NEEDED:
        raise damaged
    if any(_ACTIVE.search(part) for part in parts):
        raise BadTemplate(
            N_("The document holds macros or other files. Save it as .docx without them")
        )
    for part, held in parts.items():
        if part.endswith((".xml", ".rels")) and _reaches_out(part, held):
            raise BadTemplate(
                N_(
                    "The document fetches something from outside, such as a linked picture or an "
                    "attached template. Put the picture itself in, then save it again"
                )
            )
    try:
        write(Paper("Trial", blocks=(Paragraph("Trial"),)), base=content)
    except (ValueError, LookupError, AttributeError, TypeError, SyntaxError):
        raise damaged from None


def _unpack(content: bytes) -> dict[str, bytes]:
    """Read all parts of an archive, within limits.

    Raises:
        BadTemplate: it holds too many, or too much.
    """
    grown = BadTemplate(N_("The document holds too much. Make a simpler one"))
    held: dict[str, bytes] = {}
    left = _UNPACKED_MOST
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        if len(package.infolist()) > _PARTS_MOST:
            raise grown
        for info in package.infolist():
            with package.open(info) as file:
                part = file.read(left + 1)
            left -= len(part)
            if left < 0:
                raise grown
            held[info.filename] = part
    return held


def _reaches_out(part: str, held: bytes) -> bool:
    if b"<!DOCTYPE" in held or b"<!ENTITY" in held:
        return True
    if part.endswith(".rels"):
        return any(
            _OUTSIDE.search(relation) and not _LINK.search(relation)
            for relation in _RELATION.findall(held)
        )
    said = b"".join(one or other for one, other in _INSTRUCTION.findall(held))
    return bool(_FETCHING.search(said.upper()))


def write(
    paper: Paper,
    *,
    base: bytes | None = None,
    created: datetime = datetime(2000, 1, 1, tzinfo=UTC),
) -> bytes:
    """Write a paper as a DOCX document.

    `base` is a body's own template, which was checked: its head, foot, margins and styles are
    kept, and the paper takes the place of the paragraph `[text]`, or of all its text where there is
    none. Without one the letterhead is set by us. `created` (aware) is the only date within: the
    same input gives the same bytes.
    """
    import docx

    document = docx.Document(io.BytesIO(base) if base else None)
    place = _place(document) if base else None
    setter = _Setter(document, place)
    if base is None:
        setter.letterhead(paper.letterhead)
    for lines in paper.opening:
        setter.paragraph(lines)
    setter.heading(paper.title, 1)
    for block in paper.blocks:
        setter.block(block)
    for lines in paper.closing:
        setter.paragraph(lines)
    if place is not None:
        place.getparent().remove(place)
    about = document.core_properties
    about.title, about.author, about.last_modified_by = paper.title, paper.letterhead.body, ""
    about.language, about.comments, about.revision = "en-GB", "", 1
    about.created = about.modified = created.astimezone(UTC).replace(tzinfo=None)
    written = io.BytesIO()
    document.save(written)
    return _settled(written.getvalue())


def _place(document: Any) -> Any:
    """Give the element of a template that the text takes the place of; without one, make room."""
    for paragraph in document.paragraphs:
        if paragraph.text.strip() == PLACE:
            return paragraph._p
    body = document.element.body
    for element in list(body):
        if not element.tag.endswith("}sectPr"):
            body.remove(element)
    return None


class _Setter:
    """Adds what a paper says to a document: at its end, or before `place`."""

    def __init__(self, document: Any, place: Any) -> None:
        self.document = document
        self.place = place
        self.styles = {style.name for style in document.styles}

    def letterhead(self, head: Letterhead) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Mm, Pt

        section = self.document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(25)
        font = self.document.styles["Normal"].font
        font.name, font.size = "Arial", Pt(11)
        if head.logo:
            self.document.add_picture(io.BytesIO(head.logo), height=Mm(18))
        if head.body or head.address:
            paragraph = self.paragraph("\n".join(filter(None, (head.body, head.address))))
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT

    def block(self, block: Block) -> None:
        match block:
            case Heading(text, level):
                self.heading(text, level + 1)
            case Paragraph(text, bold):
                self.paragraph(text, bold=bold)
            case Bullets(items):
                for item in items:
                    if "List Bullet" in self.styles:
                        self.paragraph(item, style="List Bullet")
                    else:
                        self.paragraph(f"• {item}")
            case Table():
                self.table(block)
            case PageBreak():
                self.paragraph("").add_run().add_break(_page())

    def heading(self, text: str, level: int) -> None:
        style = f"Heading {level}"
        if style in self.styles:
            self.paragraph(text, style=style)
        else:
            self.paragraph(text, bold=True)

    def paragraph(self, text: str, *, bold: bool = False, style: str | None = None) -> Any:
        paragraph = self.document.add_paragraph(style=style)
        run = paragraph.add_run(_clean(text))
        # None leaves it to the style.
        run.bold = bold or None
        self._put(paragraph._p)
        return paragraph

    def table(self, table: Table) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement

        self.paragraph(table.caption, bold=True).paragraph_format.keep_with_next = True
        found = self.document.add_table(rows=0, cols=len(table.head))
        if "Table Grid" in self.styles:
            found.style = "Table Grid"
        for number, row in enumerate((table.head, *table.rows)):
            added = found.add_row()
            for column, (cell, text) in enumerate(zip(added.cells, row, strict=True)):
                run = cell.paragraphs[0].add_run(_clean(text))
                run.bold = (number == 0) or None
                if column in table.numeric:
                    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
            properties = added._tr.get_or_add_trPr()
            # A row is not torn by the end of a page, and the head stands on each.
            properties.append(OxmlElement("w:cantSplit"))
            if number == 0:
                properties.append(OxmlElement("w:tblHeader"))
        self._put(found._tbl)
        self.paragraph("")

    def _put(self, element: Any) -> None:
        if self.place is not None:
            self.place.addprevious(element)


def _page() -> Any:
    from docx.enum.text import WD_BREAK

    return WD_BREAK.PAGE


def _clean(text: str) -> str:
    """Leave out what XML cannot hold: control characters and halves of characters."""
    return "".join(
        each
        for each in text.replace("\r\n", "\n")
        if each in "\n\t" or (ord(each) >= 32 and not 0xD800 <= ord(each) <= 0xDFFF)
        if ord(each) not in {0xFFFE, 0xFFFF}
    )


def _settled(content: bytes) -> bytes:
    """Write an archive again without the time at which it was written."""
    settled = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as package,
        zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as again,
    ):
        for info in package.infolist():
            again.writestr(
                zipfile.ZipInfo(info.filename, _ARCHIVED),
                package.read(info),
                compress_type=zipfile.ZIP_DEFLATED,
            )
    return settled.getvalue()
