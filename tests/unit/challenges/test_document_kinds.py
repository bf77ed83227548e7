"""Which files are taken: told by what is in them, whatever their names say."""

import io
import zipfile

import pytest

from challenges.documents.kinds import FILE_MOST, MEDIA_TYPES, file_name, media_type
from marketplace.core.errors import Invalid


def a_package(**parts: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as package:
        for name, content in parts.items():
            # Without the time of its making: what is in it names tests.
            package.writestr(zipfile.ZipInfo(name.replace("__", "/")), content)
    return whole.getvalue()


DOCX = a_package(**{"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})
XLSX = a_package(**{"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<w/>"})
ODT = a_package(mimetype=MEDIA_TYPES["odt"].encode(), **{"content.xml": b"<o/>"})
WITH_MACRO = a_package(
    **{"[Content_Types].xml": b"", "word/document.xml": b"", "word/vbaProject.bin": b"x"}
)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n%%EOF"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + b"\x00" * 30
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01" + b"\x00" * 30


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("plan.pdf", PDF),
        ("plan.DOCX", DOCX),
        ("sums.xlsx", XLSX),
        ("plan.odt", ODT),
        ("map.png", PNG),
        ("map.jpg", JPEG),
        ("notes.txt", "Gàidhlig, naïve, 👩‍💻\n".encode()),
        ("old.csv", "name;£\r\ncafé;5\r\n".encode("cp1252")),
    ],
)
def test_file_that_is_what_its_name_says_is_taken(name: str, content: bytes) -> None:
    assert media_type(name, content) == MEDIA_TYPES[name.rpartition(".")[2].lower()]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("plan.pdf", b"", "is empty"),
        ("plan.txt", b"x" * (FILE_MOST + 1), "larger than 10 MB"),
        ("run.exe", b"MZ", "of another kind"),
        ("page.html", b"<script>", "of another kind"),
        ("logo.svg", b"<svg onload=alert(1)>", "of another kind"),
        ("pdf", PDF, "of another kind"),
        ("plan.pdf", b"<html><script>alert(1)</script>", "not what its name says"),
        ("plan.pdf", DOCX, "not what its name says"),
        ("plan.docx", XLSX, "not what its name says"),
        ("plan.docx", a_package(**{"word/document.xml": b""}), "not what its name says"),
        ("plan.docx", WITH_MACRO, "not what its name says"),
        ("plan.docx", DOCX[:40], "not what its name says"),
        ("plan.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "locked"),
        ("plan.odt", a_package(mimetype=b"text/plain"), "not what its name says"),
        ("map.png", JPEG, "not what its name says"),
        ("notes.txt", PNG, "not what its name says"),
        ("notes.csv", b"MZ\x90\x00", "not what its name says"),
    ],
)
def test_file_that_is_not_taken_says_why_by_its_field(name: str, content: bytes, said: str) -> None:
    with pytest.raises(Invalid, match=said) as refused:
        media_type(name, content)

    assert set(refused.value.fields) == {"file"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("plan.pdf", "plan.pdf"),
        ("C:\\Users\\me\\the plan.pdf", "the plan.pdf"),
        ("../../etc/passwd.txt", "passwd.txt"),
        ('a"b\r\nc<d>.pdf', "a b c d.pdf"),
        ("plan\u202efdp.txt", "planfdp.txt"),
        (".htaccess", ""),
        ("plan", ""),
        (f"{'x' * 300}.pdf", f"{'x' * 156}.pdf"),
        ("Plana Gàidhlig.pdf", "Plana Gàidhlig.pdf"),
    ],
)
def test_name_of_a_file_is_made_safe(given: str, kept: str) -> None:
    assert file_name(given) == kept
