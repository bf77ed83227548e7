"""Files as a panel is given them that judges without names: what programs wrote is gone."""

import io
import time
import zipfile
import zlib
from collections.abc import Callable

import openpyxl
import pytest
import xlsxwriter
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    EncodedStreamObject,
    NameObject,
    NumberObject,
    StreamObject,
    TextStringObject,
)

from challenges.documents.kinds import MEDIA_TYPES
from scoring.panel.aliases.cleaning import CannotClean, clean

MARKER = "Wombatworks"
_ARTIST, _ORIENTATION, TURNED = 0x013B, 0x0112, 6
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def a_pdf(*, password: str = "") -> bytes:
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    writer.add_metadata({"/Author": MARKER, "/Title": MARKER, "/Company": MARKER})
    xmp = StreamObject()
    xmp.set_data(f"<dc:creator>{MARKER}</dc:creator>".encode())
    writer.root_object[NameObject("/Metadata")] = writer._add_object(xmp)
    page[NameObject("/Metadata")] = writer._add_object(xmp)
    page[NameObject("/PieceInfo")] = DictionaryObject(
        {NameObject("/Editor"): TextStringObject(MARKER)}
    )
    note = FreeText(text="Look here", rect=(10, 10, 90, 90))
    note[NameObject("/T")] = TextStringObject(MARKER)
    writer.add_annotation(0, note)
    writer.add_attachment(f"{MARKER}.txt", MARKER.encode())
    page[NameObject("/AA")] = DictionaryObject(
        {NameObject("/JS"): TextStringObject(f"// {MARKER}")}
    )
    if password:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def a_pdf_with_picture(*filters: str, data: bytes = b"", drawn: bytes = b"/P Do") -> bytes:
    """Give a page with one picture on it, a JPEG that tells its author unless data are given."""
    writer = PdfWriter()
    page = writer.add_blank_page(200, 200)
    picture = EncodedStreamObject()
    picture._data = data or a_jpeg()
    if filters[0] == "/FlateDecode":
        picture._data = zlib.compress(picture._data)
    for key, value in {"Subtype": "/Image", "ColorSpace": "/DeviceRGB"}.items():
        picture[NameObject(f"/{key}")] = NameObject(value)
    for key, number in {"Width": 40, "Height": 30, "BitsPerComponent": 8}.items():
        picture[NameObject(f"/{key}")] = NumberObject(number)
    names = [NameObject(name) for name in filters]
    picture[NameObject("/Filter")] = ArrayObject(names) if len(names) > 1 else names[0]
    pictures = DictionaryObject({NameObject("/P"): writer._add_object(picture)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): pictures})
    content = StreamObject()
    content.set_data(drawn)
    page[NameObject("/Contents")] = writer._add_object(content)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def a_package(parts: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        package.comment = MARKER.encode()
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


def a_docx(**more: str | bytes) -> bytes:
    text = (
        f'<w:document xmlns:w="{W}"><w:body><w:p><w:ins w:id="1" w:author="{MARKER}" '
        f"w:date='2026-01-01T00:00:00Z'><w:r><w:t>By the author’s choice</w:t></w:r></w:ins></w:p>"
        "</w:body></w:document>"
    )
    core = f"<cp:coreProperties><dc:creator>{MARKER}</dc:creator></cp:coreProperties>"
    target = f'<Relationship Target="file:///C:/{MARKER}/x.dotx" TargetMode="External"/>'
    return a_package(
        {
            "[Content_Types].xml": "<Types/>",
            "word/document.xml": text,
            "word/comments.xml": f'<w:comment w:initials="{MARKER}" w:author="{MARKER}"/>',
            "word/people.xml": f'<w15:person w15:author="{MARKER}"/>',
            "word/_rels/settings.xml.rels": target,
            "docProps/core.xml": core,
            "docProps/app.xml": f"<Properties><Company>{MARKER}</Company></Properties>",
            "docProps/custom.xml": f"<Properties><x>{MARKER}</x></Properties>",
            "docProps/thumbnail.jpeg": MARKER,
            "customXml/item1.xml": f"<Manager>{MARKER}</Manager>",
            "word/media/image1.jpeg": a_jpeg(),
            **{name.replace("__", "/").replace("_dot_", "."): text for name, text in more.items()},
        }
    )


def an_xlsx() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.set_properties({"author": MARKER, "company": MARKER, "manager": MARKER})
        book.set_custom_property("Owner", MARKER)
        sheet = book.add_worksheet("Costs")
        sheet.write("A1", "How it grows")
        sheet.write_comment("A1", "Looked at", {"author": MARKER})
        sheet.add_table("C1:D3")
    return out.getvalue()


def an_odt() -> bytes:
    return a_package(
        {
            "mimetype": MEDIA_TYPES["odt"],
            "content.xml": f"<office:text><dc:creator>{MARKER}</dc:creator>Us</office:text>",
            "meta.xml": f"<office:meta><meta:initial-creator>{MARKER}</meta:initial-creator>"
            f"<dc:creator>{MARKER}</dc:creator></office:meta>",
            "Thumbnails/thumbnail.png": MARKER,
            "META-INF/manifest.xml": "<manifest:manifest/>",
        }
    )


def a_jpeg() -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[_ARTIST], exif[_ORIENTATION] = MARKER, TURNED
    Image.new("RGB", (40, 30), "teal").save(
        out, "JPEG", exif=exif, comment=MARKER, progressive=True, xmp=MARKER.encode()
    )
    return out.getvalue() + MARKER.encode()


def a_png() -> bytes:
    out, info, exif = io.BytesIO(), PngInfo(), Image.Exif()
    exif[_ARTIST] = MARKER
    info.add_text("Author", MARKER)
    info.add_itxt("XML:com.adobe.xmp", MARKER)
    Image.new("RGB", (40, 30), "teal").save(out, "PNG", pnginfo=info, exif=exif)
    return out.getvalue() + MARKER.encode()


def unpacked(picture: StreamObject) -> bytes:
    """Give a picture's JPEG as it lies in a document, out of what it is packed in."""
    names = picture["/Filter"]
    packed = isinstance(names, list) and len(names) > 1
    return zlib.decompress(picture._data) if packed else picture._data


def all_of(content: bytes) -> bytes:
    """Give all bytes of a file, an archive's unpacked and a document's decoded."""
    if content.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(content))
        texts = [str(reader.metadata), str(reader.attachments), str(reader.trailer)]
        for page in reader.pages:
            resources = page.get("/Resources", {})
            for image in resources.get("/XObject", {}).values():
                content += unpacked(image.get_object())
            texts += [str(page), *(str(note.get_object()) for note in page.get("/Annots", ()))]
        return content + "".join(texts).encode()
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            inner = b"".join(all_of(package.read(name)) for name in package.namelist())
            return content + package.comment + inner
    return content


@pytest.mark.parametrize(
    ("kind", "made"),
    [
        ("pdf", a_pdf),
        ("docx", a_docx),
        ("xlsx", an_xlsx),
        ("odt", an_odt),
        ("jpeg", a_jpeg),
        ("png", a_png),
    ],
)
def test_nothing_that_names_the_author_is_left(kind: str, made: Callable[[], bytes]) -> None:
    before = made()
    assert MARKER.encode() in all_of(before)
    assert MARKER.encode() not in all_of(clean(MEDIA_TYPES[kind], before))


@pytest.mark.parametrize("filters", [("/DCTDecode",), ("/FlateDecode", "/DCTDecode")])
def test_pictures_in_a_pdf_lose_their_author_and_are_shown_as_before(
    filters: tuple[str, ...],
) -> None:
    before = a_pdf_with_picture(*filters)
    assert MARKER.encode() in all_of(before)
    after = clean(MEDIA_TYPES["pdf"], before)
    assert MARKER.encode() not in all_of(after)
    (image,) = PdfReader(io.BytesIO(after)).pages[0].images
    assert image.image is not None
    assert image.image.size == (40, 30)
    assert abs(image.image.convert("RGB").getpixel((20, 15))[1] - 128) < 4  # type: ignore[index]  # RGB


def test_content_stays_as_it_was() -> None:
    book = openpyxl.load_workbook(io.BytesIO(clean(MEDIA_TYPES["xlsx"], an_xlsx())))
    assert book["Costs"]["A1"].value == "How it grows"
    assert list(book["Costs"].tables) == ["Table1"]
    with zipfile.ZipFile(io.BytesIO(clean(MEDIA_TYPES["docx"], a_docx()))) as package:
        assert "By the author’s choice" in package.read("word/document.xml").decode()
    for kind, made in (("jpeg", a_jpeg), ("png", a_png)):
        with Image.open(io.BytesIO(clean(MEDIA_TYPES[kind], made()))) as picture:
            picture.load()
            assert picture.size == (40, 30)
            tags = {_ORIENTATION: TURNED} if kind == "jpeg" else {}
            assert dict(picture.getexif()) == tags
            # A JPEG gives a colour as near as it can.
            assert abs(picture.getpixel((20, 15))[1] - 128) < 4  # type: ignore[index]  # RGB
    assert len(PdfReader(io.BytesIO(clean(MEDIA_TYPES["pdf"], a_pdf()))).pages) == 1


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("pdf", a_pdf(password="secret")),
        ("pdf", b"%PDF-1.7 and nothing else"),
        ("pdf", a_pdf_with_picture("/JPXDecode")),
        ("pdf", a_pdf_with_picture("/DCTDecode", data=a_jpeg()[:200])),
        ("pdf", a_pdf_with_picture("/DCTDecode", "/DCTDecode")),
        (
            "pdf",
            a_pdf_with_picture(
                "/DCTDecode", drawn=b"q BI /W 40 /H 30 /F [/DCT] ID " + MARKER.encode() + b" EI Q"
            ),
        ),
        ("docx", a_docx(word__embeddings__oleObject1_dot_bin=MARKER)),
        ("docx", a_docx(word__media__image2_dot_emf=MARKER)),
        ("docx", a_docx(word__more_dot_xml=f"<x>{MARKER}</x>".encode("utf-16"))),
        ("docx", b"PK\x03\x04 damaged"),
        ("jpeg", a_jpeg()[:200]),
        ("png", a_png()[:60]),
        ("txt", b"Of a kind that no bid may have."),
    ],
)
def test_file_that_could_hide_a_name_is_refused(kind: str, content: bytes) -> None:
    with pytest.raises(CannotClean):
        clean(MEDIA_TYPES[kind], content)


def test_document_within_a_document_is_cleaned_and_a_third_refused() -> None:
    once = a_docx(word__embeddings__book_dot_xlsx=an_xlsx())
    assert MARKER.encode() not in all_of(clean(MEDIA_TYPES["docx"], once))
    with pytest.raises(CannotClean):
        clean(MEDIA_TYPES["docx"], a_docx(word__embeddings__within_dot_docx=once))


def test_document_made_to_keep_the_search_busy_is_done_soon() -> None:
    began = time.monotonic()
    for start in (b"<author ", b"<author>", b' author="', b"<x15ac:absPath "):
        hostile = a_docx(word__more_dot_xml=b"<x>" + start * 30_000)
        clean(MEDIA_TYPES["docx"], hostile)
    assert time.monotonic() - began < 10
