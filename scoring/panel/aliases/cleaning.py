"""Takes out of a file what names its author, for people from whom names are withheld. Pure.

Only what a program wrote beside the content is taken out: properties, authors of comments and
changes, times, thumbnails. What the content itself says stays as it is. A file in which something
could stay behind unseen is not cleaned but refused.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    EncodedStreamObject,
    IndirectObject,
    NameObject,
    NullObject,
    StreamObject,
)

from challenges.documents.kinds import MEDIA_TYPES

# Office documents within a document are cleaned too; a third one inside is not looked for.
DEPTH_MOST = 2
_MIDNIGHT = (1980, 1, 1, 0, 0, 0)


class CannotClean(Exception):
    """Something in this file could name its author and cannot be taken out."""


def clean(media_type: str, content: bytes) -> bytes:
    """Give the file without what names its author.

    Raises:
        CannotClean: that cannot be made sure of.
    """
    cleaner = _CLEANERS.get(media_type)
    if cleaner is None:
        raise CannotClean(media_type)
    try:
        return cleaner(content)
    except _DAMAGED as error:
        raise CannotClean(media_type) from error


def _pdf(content: bytes) -> bytes:
    """Make a document of the pages alone: no properties, no attached files, no scripts."""
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise CannotClean("encrypted")
    writer = PdfWriter()
    seen: set[int] = set()
    for page in reader.pages:
        # Before it is copied: what a page no longer leads to is not brought along.
        _bare(page, seen)
        writer.add_page(page)
    writer.metadata = None
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


# Of a page, and of whatever it leads to: properties, what an editor noted, scripts and files.
_PDF_KEYS = ("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/JS", "/EF", "/AF", "/OPI")
# Of a comment on a page: who wrote it, and when.
_PDF_NOTE_KEYS = ("/T", "/M", "/CreationDate", "/NM", "/Subj")


def _bare(found: object, seen: set[int]) -> None:
    """Take such keys out of an object and of all that it leads to, without going in circles."""
    left = [found]
    while left:
        each = left.pop()
        if isinstance(each, IndirectObject):
            each = each.get_object()
        if id(each) in seen:
            continue
        seen.add(id(each))
        if isinstance(each, DictionaryObject):
            note = NameObject("/Rect") in each and each.get("/Subtype") != "/Widget"
            for key in (*_PDF_KEYS, *(_PDF_NOTE_KEYS if note else ())):
                each.pop(NameObject(key), None)
            if isinstance(each, StreamObject):
                _bare_stream(each)
            left.extend(value for key, value in each.items() if key != "/Parent")
        elif isinstance(each, list):
            left.extend(each)


_JPEG_FILTER, _JPX_FILTER = "/DCTDecode", "/JPXDecode"
# A JPEG that stands among the drawing of a page, and not as an object of its own.
_INLINE_JPEG = re.compile(rb"\bBI\b.{0,1000}?/DCT(?:Decode)?\b.{0,1000}?\bID\b", re.DOTALL)


def _bare_stream(stream: StreamObject) -> None:
    """Clean a JPEG where it lies, and refuse pictures that cannot be cleaned there."""
    filters = _each(stream.get("/Filter"))
    if _JPX_FILTER in filters:
        raise CannotClean("JPEG 2000")
    if _JPEG_FILTER in filters:
        if filters.index(_JPEG_FILTER) != len(filters) - 1:
            raise CannotClean("JPEG within another kind")
        parameters = _each(stream.pop("/DecodeParms", None))
        # Its own bytes are at hand under no other name.
        stream._data = _jpeg(_unpacked(stream._data, filters[:-1], parameters[:-1]))
        stream[NameObject("/Filter")] = filters[-1]
        if len(parameters) == len(filters):
            stream[NameObject("/DecodeParms")] = parameters[-1]
    elif stream.get("/Subtype") != "/Image":
        if _INLINE_JPEG.search(stream.get_data()):
            raise CannotClean("inline JPEG")
        stream.decoded_self = None  # what was unpacked is not kept beside it


def _unpacked(data: bytes, filters: Sequence[Any], parameters: Sequence[Any]) -> bytes:
    """Take a picture out of what it is packed in besides."""
    if not filters:
        return data
    packed = EncodedStreamObject()
    packed._data = data
    packed[NameObject("/Filter")] = ArrayObject(filters)
    if parameters:
        packed[NameObject("/DecodeParms")] = ArrayObject(parameters)
    return packed.get_data()


def _each(found: object) -> list[Any]:
    """Give what may stand alone or in a list."""
    if isinstance(found, IndirectObject):
        found = found.get_object()
    if found is None or isinstance(found, NullObject):
        return []
    several = found if isinstance(found, list) else [found]
    return [each.get_object() if isinstance(each, IndirectObject) else each for each in several]


_XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_OOXML = b"http://schemas.openxmlformats.org/officeDocument/2006/"
_ODF = b"urn:oasis:names:tc:opendocument:xmlns:office:1.0"
# Parts that are nothing but properties, by the end of their names, and what stands in their place.
_PROPERTIES: Mapping[str, bytes] = {
    "docprops/core.xml": _XML
    + b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    b'core-properties"/>',
    "docprops/app.xml": _XML + b'<Properties xmlns="' + _OOXML + b'extended-properties"/>',
    "docprops/custom.xml": _XML + b'<Properties xmlns="' + _OOXML + b'custom-properties"/>',
    "docmetadata/labelinfo.xml": _XML
    + b'<clbl:labelList xmlns:clbl="http://schemas.microsoft.com/office/2020/mipLabelMetadata"/>',
    "meta.xml": _XML.replace(b' standalone="yes"', b"")
    + b'<office:document-meta xmlns:office="'
    + _ODF
    + b'" office:version="1.3"/>',
}
# What stands in the place of a small picture of the first page.
_DOT = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010804000000b51c0c020000000b4944415478da6364"
    "6000000006000230814d0b0000000049454e44ae426082"
)
_THUMBNAIL = re.compile(r"(^|/)thumbnails?[/.]")
_CUSTOM_XML = re.compile(r"customxml/item\d*\.xml")
_FONTS = ("odttf", "ttf", "otf", "fntdata")
_IMAGES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}
_OFFICE = frozenset({"docx", "xlsx", "odt", "ods"})

# Who wrote or changed something and when, as attributes and as elements, whatever the prefix. How
# long each may be is limited, so that no document keeps the search busy without end.
_ATTRIBUTE = re.compile(
    rb"""(?i)(\s(?:[\w.-]+:)?(?:author|initials|userId|userName|providerId|lastModifiedBy))"""
    rb"""(\s*=\s*)("[^"]{0,2000}"|'[^']{0,2000}')"""
)
_INSTANT = re.compile(
    rb"""(?i)(\s(?:w|w16du|w16cex):(?:date|dateUtc))(\s*=\s*)("[^"]{0,2000}"|'[^']{0,2000}')"""
)
# The same word names a table elsewhere, which a sheet cannot do without.
_PERSON = re.compile(
    rb"""(?i)(\s(?:[\w.-]+:)?displayName)(\s*=\s*)("[^"]{0,2000}"|'[^']{0,2000}')"""
)
_ELEMENT = re.compile(
    rb"(?i)<((?:[\w.-]+:)?(?:creator|creator-initials|author|sender-initials))"
    rb"(\s[^>]{0,500})?>[^<]{0,2000}</\1\s*>"
)
# Where the file or another lay on somebody's disk.
_PATH = re.compile(rb"(?i)<x15ac:absPath\b[^>]{0,2000}>(?:</x15ac:absPath\s*>)?")
_TARGET = re.compile(rb"""(?i)(\sTarget\s*=\s*)("file:[^"]{0,2000}"|'file:[^']{0,2000}')""")


def _package(content: bytes, depth: int = 0) -> bytes:
    """Write an office document anew, part by part."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(out, "w") as made:
        for part in given.infolist():
            if part.is_dir():
                continue
            fresh = zipfile.ZipInfo(part.filename, _MIDNIGHT)
            # The kind of an OpenDocument is read from its first part, which is not packed.
            fresh.compress_type = (
                zipfile.ZIP_STORED if part.filename == "mimetype" else zipfile.ZIP_DEFLATED
            )
            made.writestr(fresh, _part(part.filename.lower(), given.read(part), depth))
    return out.getvalue()


def _part(name: str, content: bytes, depth: int) -> bytes:
    ending = name.rpartition(".")[2]
    for whole, instead in _PROPERTIES.items():
        if name == whole or name.endswith(f"/{whole}"):
            return instead
    if _THUMBNAIL.search(name):
        return _DOT
    if _CUSTOM_XML.fullmatch(name):
        return b"<nothing/>"
    if "printersettings" in name:
        return b""
    if ending in _IMAGES:
        return clean(_IMAGES[ending], content)
    if ending in _OFFICE:
        if depth + 1 >= DEPTH_MOST:
            raise CannotClean(name)
        return _package(content, depth + 1)
    if name in ("mimetype", "layout-cache") or ending in _FONTS:
        return content
    if ending in ("xml", "rels", "vml", "rdf"):
        return _xml(name, content)
    raise CannotClean(name)


def _xml(name: str, content: bytes) -> bytes:
    """Empty what names people. An encoding in which a name would not be found is refused."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:200]
    if start and (not start.startswith(b"<") or b"\0" in start):
        raise CannotClean(name)
    content = _PATH.sub(b"", content)
    content = _ELEMENT.sub(rb"<\1\2></\1>", content)
    content = _ATTRIBUTE.sub(rb'\1\2""', content)
    content = _INSTANT.sub(rb'\1\2"1980-01-01T00:00:00Z"', content)
    content = _TARGET.sub(rb'\1"about:blank"', content)
    if "person" in name or "people" in name:
        content = _PERSON.sub(rb'\1\2""', content)
    return content


_JPEG_START, _JPEG_END, _JPEG_SCAN, _JPEG_COMMENT, _JPEG_ADOBE = 0xD8, 0xD9, 0xDA, 0xFE, 0xEE
_JPEG_APPLICATIONS = range(0xE1, 0xF0)
_JPEG_EXIF, _EXIF, _ORIENTATION, _TAGS_MOST = 0xE1, b"Exif\0\0", 0x0112, 200
_BYTE_ORDERS: Mapping[bytes, Literal["little", "big"]] = {b"II": "little", b"MM": "big"}
# A segment of 34 bytes whose EXIF has that one tag, its value in the place of the question marks.
_TURN = b"\xff\xe1\0\x22" + _EXIF + b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01??\0\0\0\0\0\0"
# Within the picture's own bytes: an escaped 255, and the marks at which reading may begin again.
_JPEG_INSIDE = frozenset({0x00, *range(0xD0, 0xD8)})


def _jpeg(content: bytes) -> bytes:
    """Leave out every segment that a program wrote beside the picture: EXIF, XMP, comments, and
    whatever lies behind its end."""
    if content[:2] != bytes((0xFF, _JPEG_START)):
        raise CannotClean("no JPEG")
    out, place = bytearray(content[:2]), 2
    while place + 2 <= len(content):
        if content[place] != 0xFF:
            raise CannotClean("damaged JPEG")
        marker = content[place + 1]
        if marker == 0xFF:  # padding
            place += 1
            continue
        if marker == _JPEG_END:
            return bytes(out + content[place : place + 2])
        end = place + 2 + int.from_bytes(content[place + 2 : place + 4], "big")
        if marker == _JPEG_SCAN:
            end = _after_scan(content, end)
        out += _turned(content[place + 4 : end]) if marker == _JPEG_EXIF else b""
        told = marker == _JPEG_COMMENT or marker in _JPEG_APPLICATIONS
        if marker == _JPEG_ADOBE or not told:
            out += content[place:end]
        place = end
    raise CannotClean("no end")


def _turned(segment: bytes) -> bytes:
    """Give a segment that says how the picture is to be turned, and no more, out of its EXIF;
    nothing where it stands as it is."""
    tiff = segment.removeprefix(_EXIF)
    order = _BYTE_ORDERS.get(tiff[:2])
    if tiff == segment or order is None:
        return b""
    first = int.from_bytes(tiff[4:8], order)
    count = min(int.from_bytes(tiff[first : first + 2], order), _TAGS_MOST)
    for place in range(first + 2, first + 2 + 12 * count, 12):
        if int.from_bytes(tiff[place : place + 2], order) == _ORIENTATION:
            value = int.from_bytes(tiff[place + 8 : place + 10], order)
            return _TURN.replace(b"??", value.to_bytes(2, "big")) if value in range(2, 9) else b""
    return b""


def _after_scan(content: bytes, place: int) -> int:
    """Give where the picture's own bytes end, that begin at `place`."""
    while (place := content.find(b"\xff", place)) >= 0 and place + 1 < len(content):
        if content[place + 1] not in _JPEG_INSIDE:
            return place
        place += 2
    raise CannotClean("no end")


_PNG = b"\x89PNG\r\n\x1a\n"
# What a picture needs to be shown as it is; all else may be left out.
_PNG_KEPT = frozenset(
    (
        b"IHDR",
        b"PLTE",
        b"IDAT",
        b"IEND",
        b"tRNS",
        b"gAMA",
        b"cHRM",
        b"sRGB",
        b"pHYs",
        b"sBIT",
        b"bKGD",
    )
)


def _png(content: bytes) -> bytes:
    """Leave out every chunk that is not the picture: texts, times, EXIF."""
    if not content.startswith(_PNG):
        raise CannotClean("no PNG")
    out, place = bytearray(_PNG), len(_PNG)
    while place + 12 <= len(content):
        end = place + 12 + int.from_bytes(content[place : place + 4], "big")
        kind = content[place + 4 : place + 8]
        if kind in _PNG_KEPT:
            out += content[place:end]
        if kind == b"IEND":
            return bytes(out)
        place = end
    raise CannotClean("no end")


def _as_it_is(content: bytes) -> bytes:
    """Give a table of text: there is nothing beside its content."""
    return content


_CLEANERS: Mapping[str, Callable[[bytes], bytes]] = {
    MEDIA_TYPES["pdf"]: _pdf,
    MEDIA_TYPES["docx"]: _package,
    MEDIA_TYPES["xlsx"]: _package,
    MEDIA_TYPES["odt"]: _package,
    MEDIA_TYPES["png"]: _png,
    MEDIA_TYPES["jpeg"]: _jpeg,
    MEDIA_TYPES["csv"]: _as_it_is,
}
_DAMAGED = (
    PyPdfError,
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    NotImplementedError,
    RecursionError,
    RuntimeError,
)
