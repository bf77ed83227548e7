"""Papers as Word documents, and which documents can be a body's template."""

import io
import json
import zipfile
from collections.abc import Mapping

import docx as library
import pytest

from marketplace.core import docx
from marketplace.core.docx import BadTemplate, check_template, write
from marketplace.core.papers import (
    Bullets,
    Heading,
    Letterhead,
    PageBreak,
    Paper,
    Paragraph,
    Table,
    as_text,
    from_data,
    to_data,
)
from tests.conftest import NOW

BLOCKS = (
    Heading("Scores"),
    Paragraph("Two\nlines \ud83d and \x00 halves"),
    Bullets(("one", "two")),
    Table("Points", ("Criterion", "Points"), (("Team", "12.50"),), numeric=(1,)),
    PageBreak(),
    Paragraph("The end", bold=True),
)
PAPER = Paper(
    "Intention to award",
    opening=("1 December 2026",),
    blocks=BLOCKS,
    closing=("Yours sincerely",),
    letterhead=Letterhead("Example Council", address="1 High Street\nPerth"),
)


def changed(content: bytes, parts: Mapping[str, bytes]) -> bytes:
    """Give an archive with parts changed or added."""
    held = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, part in parts.items():
            new.writestr(name, part)
    return held.getvalue()


def a_template(body: str = "") -> bytes:
    """Make a body's template: a foot, and text within."""
    document = library.Document()
    document.sections[0].footer.paragraphs[0].text = "Registered in Perth"
    for line in body.split("\n"):
        document.add_paragraph(line)
    held = io.BytesIO()
    document.save(held)
    return held.getvalue()


def words(content: bytes) -> list[str]:
    return [each.text for each in library.Document(io.BytesIO(content)).paragraphs if each.text]


def test_paper_is_written_whole_and_the_same_each_time() -> None:
    first = write(PAPER, created=NOW)
    assert first == write(PAPER, created=NOW)
    said = words(first)
    assert said[:3] == ["Example Council\n1 High Street\nPerth", "1 December 2026", PAPER.title]
    assert said[-1] == "Yours sincerely"
    assert "Two\nlines  and  halves" in said
    document = library.Document(io.BytesIO(first))
    (table,) = document.tables
    assert [cell.text for cell in table.rows[1].cells] == ["Team", "12.50"]
    assert document.core_properties.title == PAPER.title


@pytest.mark.parametrize(
    ("body", "kept"),
    [("Our own words\n[text]\nBeneath", ["Our own words", "Beneath"]), ("Only a sample", [])],
)
def test_template_keeps_its_foot_and_the_text_takes_its_place(body: str, kept: list[str]) -> None:
    base = a_template(body)
    check_template("letter.docx", base)

    made = write(PAPER, base=base)

    said = words(made)
    assert [each for each in said if each in {*body.split("\n")}] == kept
    assert "[text]" not in said
    if kept:
        assert said[0] == kept[0]
        assert said[-1] == kept[1]
    document = library.Document(io.BytesIO(made))
    assert document.sections[0].footer.paragraphs[0].text == "Registered in Perth"
    assert len(document.tables) == 1


RELATION = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="rId99" Type="http://x/relationships/%s" Target="https://evil.example/a" '
    b'TargetMode="External"/></Relationships>'
)


@pytest.mark.parametrize(
    ("name", "parts", "says"),
    [
        ("letter.docm", {}, "ends in .docx"),
        ("letter.docx", {"word/vbaProject.bin": b"x"}, "macros"),
        ("letter.docx", {"word/embeddings/sheet.xlsx": b"x"}, "macros"),
        ("letter.docx", {"word/_rels/x.xml.rels": RELATION % b"image"}, "outside"),
        ("letter.docx", {"word/_rels/x.xml.rels": RELATION % b"attachedTemplate"}, "outside"),
        ("letter.docx", {"word/x.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}, "outside"),
        (
            "letter.docx",
            {"word/x.xml": b"<w:instrText>DDEAUTO c:\\\\cmd.exe</w:instrText>"},
            "outside",
        ),
        (
            "letter.docx",
            {
                "word/x.xml": b"<w:instrText>INCLUDE</w:instrText><w:instrText>PICTURE x"
                b"</w:instrText>"
            },
            "outside",
        ),
        ("letter.docx", {"word/document.xml": b"<no"}, "damaged"),
        ("letter.docx", {"word/media/a.png": b"0" * (31 * 1024 * 1024)}, "too much"),
        ("letter.docx", {f"word/{n}.txt": b"" for n in range(400)}, "too much"),
    ],
)
def test_document_that_does_more_than_look_is_refused(
    name: str, parts: Mapping[str, bytes], says: str
) -> None:
    content = changed(a_template(), parts)
    # A long run of one byte packs to little, so that what is sent is small.
    if "word/media/a.png" in parts:
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("word/media/a.png", parts["word/media/a.png"])
        content = held.getvalue()
    with pytest.raises(BadTemplate, match=says):
        check_template(name, content)


def test_what_is_no_document_or_too_large_is_refused() -> None:
    for content in (b"", b"PK\x03\x04", b"%PDF-1.7"):
        with pytest.raises(BadTemplate, match="no Word document"):
            check_template("letter.docx", content)
    with pytest.raises(BadTemplate, match="larger than 2 MB"):
        check_template("letter.docx", bytes(docx.TEMPLATE_MOST + 1))


def test_a_link_that_a_person_follows_is_no_reach_outside() -> None:
    parts = {"word/_rels/x.xml.rels": RELATION % b"hyperlink"}
    check_template("Letter.DOCX", changed(a_template(), parts))


def test_content_is_kept_as_data_and_read_back_the_same() -> None:
    assert from_data(json.loads(json.dumps(to_data(BLOCKS)))) == BLOCKS
    text = as_text(PAPER)
    assert text.startswith("1 December 2026\n\nIntention to award\n\nScores\n\nTwo\nlines")
    assert "- one\n- two\n\nPoints\nCriterion | Points\nTeam | 12.50" in text
    assert text.endswith("The end\n\nYours sincerely")
