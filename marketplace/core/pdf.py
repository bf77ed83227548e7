"""Turning a finished page of HTML into a PDF that lasts and that everybody can read.

Owns the only call of WeasyPrint: the document claims PDF/A-3a (kept for decades, files inside)
and PDF/UA-1 (read by a screen reader) at once, fetches nothing but the bundled fonts, and is
identical byte for byte when made again from the same input. What it says is the caller's matter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

FONT_FOLDER: Final = Path(__file__).resolve().parent.parent / "static" / "fonts" / "report"
FONT_SCHEME: Final = "font:"
PICTURE_SCHEME: Final = "picture:"
FONT_FILES: Final = ("Inter-Regular.woff2", "Inter-Italic.woff2", "Inter-SemiBold.woff2")

_ATTACHMENT_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_MEDIA_TYPE: Final = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]*")


class ResourceRefusedError(ValueError):
    """The page asked for something outside the bundled fonts; `urls` names each, in order."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.urls = tuple(urls)
        super().__init__("a document may use only the bundled fonts, not " + ", ".join(urls))


class Relationship(StrEnum):
    """How an attached file stands to the document (ISO 32000-2, table 43)."""

    SOURCE = "Source"
    DATA = "Data"
    SUPPLEMENT = "Supplement"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that travels inside the PDF.

    `name`: letters, digits, dot, dash, underscore; at most 100; unique in its document.
    `created`: aware; shown by readers as the file's date.
    """

    name: str
    content: bytes
    media_type: str
    description: str
    relationship: Relationship
    created: datetime

    def __post_init__(self) -> None:
        if not _ATTACHMENT_NAME.fullmatch(self.name):
            raise ValueError(f"not a safe file name: {self.name!r}")
        if not _MEDIA_TYPE.fullmatch(self.media_type):
            raise ValueError(f"not a media type: {self.media_type!r}")
        if not self.description.strip():
            raise ValueError(f"{self.name} needs a description")
        _utc(self.created)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that a page shows by its name; no page fetches one."""

    content: bytes
    media_type: str


def render_pdf(  # the facts of the file, each by its name
    html: str,
    *,
    title: str,
    created: datetime,
    identifier: bytes,
    language: str = "en-GB",
    author: str = "",
    creator: str = "",
    attachments: Sequence[Attachment] = (),
    pictures: Mapping[str, Picture] = MappingProxyType({}),
) -> bytes:
    """Render HTML to a PDF that is PDF/A-3a and PDF/UA-1 at once.

    `title` and `language` are announced by screen readers; `created` (aware) is the only date in
    the file; `identifier` (1 to 64 bytes) names the document for good, so derive it from what the
    document is about; `creator` is the product's name and version. Same input, same pinned
    libraries: same bytes. The order of `attachments` does not matter. Characters that the bundled
    fonts lack are printed as their number (`printable`). The page must name the font family
    'Report Sans' (normal, italic, bold) for all text, in SVG too. `pictures` are shown where the
    page names them as `picture:NAME`.

    Raises `ResourceRefusedError` when the page refers to anything but these and `font:` files, and
    `ValueError` for an empty title, a naive date, an unusable identifier, two attachments of one
    name, or text in any other font.
    """
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    if not title.strip():
        raise ValueError("a document needs a title")
    if not 1 <= len(identifier) <= 64:
        raise ValueError("an identifier has 1 to 64 bytes")
    files = sorted(attachments, key=lambda attachment: attachment.name)
    names = [attachment.name for attachment in files]
    if len(set(names)) != len(names):
        raise ValueError("two attachments have the same name")
    moment = _utc(created)

    fetcher = _given_files_only(pictures)
    fonts = FontConfiguration()
    document = weasyprint.HTML(
        string=printable(html), base_url="about:blank", url_fetcher=fetcher
    ).render(
        font_config=fonts,
        stylesheets=[weasyprint.CSS(string=_FONT_CSS, font_config=fonts, url_fetcher=fetcher)],
        pdf_variant="pdf/a-3a",
        pdf_tags=True,
    )
    metadata = document.metadata
    metadata.title = title
    metadata.lang = language
    metadata.authors = [author] if author else []
    metadata.generator = creator or None
    metadata.created = metadata.modified = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
    # Attachments come by argument alone, never by a <link> in the page.
    metadata.attachments = []

    def finish(_document: object, pdf: Any) -> None:
        _refuse_host_fonts(pdf)
        _claim_accessibility(pdf)
        _describe_attachments(pdf, files)

    output: bytes = document.write_pdf(
        finisher=finish,
        pdf_identifier=identifier,
        pdf_variant="pdf/a-3a",
        attachments=[
            weasyprint.Attachment(
                string=file.content,
                name=file.name,
                description=file.description,
                relationship=file.relationship.value,
                created=_utc(file.created),
                modified=_utc(file.created),
                url_fetcher=fetcher,
            )
            for file in files
        ],
    )
    if fetcher.refused:
        raise ResourceRefusedError(fetcher.refused)
    return output


def printable(text: str) -> str:
    """Return the text with every character that the bundled fonts lack written as its number.

    An emoji becomes `[U+1F600]`: both standards forbid a glyph that stands for nothing, and a
    machine's own fonts would make the bytes differ. Text is composed (NFC) first; control and
    invisible format characters, direction overrides among them, are dropped, since what cannot be
    seen cannot be signed. Newline and tab stay; markup is plain ASCII and passes unchanged.
    """
    composed = unicodedata.normalize("NFC", text)
    known = _coverage()
    return "".join(
        character if character in known else _in_numbers(character) for character in composed
    )


def _in_numbers(character: str) -> str:
    category = unicodedata.category(character)
    if category in {"Cc", "Cf"}:
        return ""
    if category.startswith("Z"):
        return " "
    return f"[U+{ord(character):04X}]"


@cache
def _coverage() -> frozenset[str]:
    """The characters that every bundled face can draw, and the white space of markup."""
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]  # ships no types

    faces = [set(TTFont(FONT_FOLDER / name).getBestCmap()) for name in FONT_FILES]
    shared = {chr(point) for point in set.intersection(*faces)}
    invisible = {character for character in shared if unicodedata.category(character) == "Cf"}
    return frozenset((shared - invisible) | {"\n", "\t"})


_FONT_CSS: Final = "\n".join(
    f"@font-face {{ font-family: 'Report Sans'; src: url({FONT_SCHEME}{name});"
    f" font-weight: {weight}; font-style: {style} }}"
    for name, weight, style in (
        (FONT_FILES[0], 400, "normal"),
        (FONT_FILES[1], 400, "italic"),
        (FONT_FILES[2], 600, "normal"),
    )
)


def _given_files_only(pictures: Mapping[str, Picture]) -> Any:
    """Return a fetcher of bundled fonts and given pictures that refuses, and notes, all else.

    WeasyPrint answers a failed fetch with a log line and goes on; the list lets the caller stop,
    so that a document is never made without something its page asked for.
    """
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class GivenFilesOnly(URLFetcher):  # type: ignore[misc]  # WeasyPrint ships no types
        def __init__(self) -> None:
            super().__init__(allowed_protocols=())
            self.refused: list[str] = []

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            name = url.removeprefix(FONT_SCHEME)
            if url.startswith(FONT_SCHEME) and name in FONT_FILES:
                return URLFetcherResponse(
                    url, (FONT_FOLDER / name).read_bytes(), {"Content-Type": "font/woff2"}
                )
            picture = pictures.get(url.removeprefix(PICTURE_SCHEME))
            if url.startswith(PICTURE_SCHEME) and picture is not None:
                return URLFetcherResponse(
                    url, picture.content, {"Content-Type": picture.media_type}
                )
            self.refused.append(url)
            raise ValueError(f"refused: {url}")

    return GivenFilesOnly()


# PDF/A allows only properties of schemas it knows or that the file describes: so the one property
# of PDF/UA is described before it is used (ISO 19005-3, 6.6.2.3; ISO 14289-1, 5).
_PDF_UA_XMP: Final = """
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file follows</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part></rdf:Description>
"""


def _refuse_host_fonts(pdf: Any) -> None:
    """Stop when the host's own fonts were drawn on: another machine would make other bytes."""
    used = {
        thing["FontName"].decode().partition("+")[2]
        for thing in pdf.objects
        if isinstance(thing, dict) and thing.get("Type") == "/FontDescriptor"
    }
    foreign = {name for name in used if not name.startswith("Report-Sans")}
    if foreign:
        raise ValueError(f"set the font family 'Report Sans' everywhere: found {sorted(foreign)}")


def _claim_accessibility(pdf: Any) -> None:
    """Add the PDF/UA-1 identifier to the metadata that WeasyPrint wrote for PDF/A."""
    stream = _object(pdf, pdf.catalog["Metadata"])
    packet = b"".join(part if isinstance(part, bytes) else part.data for part in stream.stream)
    before, end, after = packet.rpartition(b"</rdf:RDF>")
    if not end:
        raise RuntimeError("the metadata has no RDF part: WeasyPrint's form has changed")
    stream.stream = [before + _PDF_UA_XMP.encode() + end + after]
    # Left as plain text, so that archive tools find it without a PDF parser.
    stream.compress = False


def _describe_attachments(pdf: Any, files: Sequence[Attachment]) -> None:
    """Give each attached file its own media type and relationship, and list it once.

    WeasyPrint guesses the type from the host's tables, finds the relationship by digest (two equal
    files would share one) and lists every file twice under /AF.
    """
    if not files:
        return
    listing = _object(pdf, pdf.catalog["Names"]["EmbeddedFiles"])
    references = listing["Names"][1::2]
    for reference, file in zip(references, files, strict=True):
        specification = _object(pdf, reference)
        specification["AFRelationship"] = f"/{file.relationship.value}"
        embedded = _object(pdf, specification["EF"]["F"])
        embedded.extra["Subtype"] = "/" + file.media_type.replace("/", "#2f").replace("+", "#2b")
    pdf.catalog["AF"][:] = references


def _object(pdf: Any, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("an instant must carry its time zone")
    return moment.astimezone(UTC)
