"""Which files may go with a bid: told by their content, and never grown without limit."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from bids.attachments import kinds
from bids.attachments.kinds import BadAttachment, media_type

EVERY = ("pdf", "docx", "odt", "xlsx", "csv", "png", "jpeg")
WORD: Mapping[str, bytes] = {
    "[Content_Types].xml": b"<Types/>",
    "word/document.xml": b"<document/>",
}
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(40)


def packed(parts: Mapping[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return target.getvalue()


def found(name: str, content: bytes, megabytes: int = 1) -> str:
    file = io.BytesIO(content)
    media = media_type(name, file, kinds=EVERY, megabytes=megabytes)
    assert file.tell() == 0
    return media


def refusal(name: str, content: bytes, allowed: tuple[str, ...] = EVERY) -> str:
    with pytest.raises(BadAttachment) as refused:
        media_type(name, io.BytesIO(content), kinds=allowed, megabytes=1)
    assert set(refused.value.fields) == {"file"}
    return str(refused.value.message)


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.PNG", PNG, "image/png"),
        ("a.csv", "Ort;Länge\n".encode("latin-1"), "text/csv"),
        ("a.docx", packed(WORD), kinds.MEDIA_TYPES["docx"]),
        (
            "a.odt",
            packed({"mimetype": kinds.MEDIA_TYPES["odt"].encode(), "content.xml": b"<x/>"}),
            kinds.MEDIA_TYPES["odt"],
        ),
        # A table that was put into a text is a document within a document.
        ("b.docx", packed({**WORD, "word/embeddings/t.xlsx": packed(WORD)}), None),
    ],
)
def test_file_that_is_what_its_name_says_is_taken(
    name: str, content: bytes, expected: str | None
) -> None:
    assert found(name, content) == (expected or kinds.MEDIA_TYPES["docx"])


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.pdf", b"", "empty"),
        ("a.pdf", PDF + bytes(1024 * 1024), "larger"),
        ("a.exe", b"MZ", "another kind"),
        (".pdf", PDF, "another kind"),
        ("a.pdf", PNG, "not what its name says"),
        ("a.csv", b"a,b\n\x00", "not what its name says"),
        ("a.docx", PDF, "not what its name says"),
        ("a.docx", packed({"x": b"y"}), "not what its name says"),
        ("a.docx", packed({**WORD, "word/vbaProject.bin": b"x"}), "not what its name says"),
        ("a.docx", packed(WORD)[:-30], "not what its name says"),
    ],
)
def test_file_is_refused_with_what_is_wrong(name: str, content: bytes, said: str) -> None:
    assert said in refusal(name, content)


def test_kind_that_the_stage_does_not_allow_is_refused() -> None:
    assert "another kind" in refusal("a.docx", packed(WORD), ("pdf",))


@pytest.mark.parametrize(
    "more",
    [
        {f"word/{number}.xml": b"" for number in range(10_000)},
        {"word/zeros.xml": bytes(60 * 1024 * 1024)},
        {"word/a.zip": packed({"b.zip": packed({"c": b"d"})})},
        {"word/a.gz": b"\x1f\x8b\x08" + bytes(20)},
    ],
    ids=["10,000 parts", "zeros", "third archive", "another packer"],
)
def test_archive_that_would_grow_without_limit_is_refused(more: dict[str, bytes]) -> None:
    content = packed({**WORD, **more})
    with pytest.raises(BadAttachment, match="far more than its size tells"):
        media_type("a.docx", io.BytesIO(content), kinds=EVERY, megabytes=50)


def test_archive_whose_list_lies_about_a_size_is_refused() -> None:
    content = packed({**WORD, "word/more.xml": b"x" * 5_000})
    lying = content.replace((5_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    assert "not what its name says" in refusal("a.docx", lying)
