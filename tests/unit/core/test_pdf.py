"""The PDF kernel: nothing fetched, nothing by chance, files inside as they were given."""

import io
import re
from datetime import UTC, datetime

import pypdf
import pytest

from marketplace.core.pdf import (
    Attachment,
    Relationship,
    ResourceRefusedError,
    printable,
    render_pdf,
)

MOMENT = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def page(body: str) -> str:
    return (
        '<!DOCTYPE html><html lang="en-GB"><head><title>x</title>'
        "<style>html { font-family: 'Report Sans' }</style></head>"
        f"<body><h1>Report</h1>{body}</body></html>"
    )


def attached(name: str, content: bytes = b"{}", **changes: object) -> Attachment:
    fields = {
        "media_type": "application/json",
        "description": "Scores",
        "relationship": Relationship.DATA,
        "created": MOMENT,
    } | changes
    return Attachment(name=name, content=content, **fields)  # type: ignore[arg-type]  # by name


def rendered(body: str = "<p>Text</p>", *files: Attachment) -> bytes:
    return render_pdf(
        page(body), title="Award report", created=MOMENT, identifier=b"R-1", attachments=files
    )


def catalog(pdf: bytes) -> pypdf.generic.DictionaryObject:
    root = pypdf.PdfReader(io.BytesIO(pdf)).trailer["/Root"].get_object()
    assert isinstance(root, pypdf.generic.DictionaryObject)
    return root


def array(thing: object) -> pypdf.generic.ArrayObject:
    assert isinstance(thing, pypdf.generic.ArrayObject)
    return thing


def test_render_pdf_of_the_same_input_gives_the_same_bytes() -> None:
    files = [attached("a.json"), attached("b.json")]
    assert rendered("<p>Gàidhlig → £5</p>", *files) == rendered(
        "<p>Gàidhlig → £5</p>", *reversed(files)
    )


def test_render_pdf_names_itself_pdf_a_and_pdf_ua_in_plain_metadata() -> None:
    pdf = rendered()
    assert re.search(rb'pdfaid:part="3"', pdf)
    assert re.search(rb'pdfaid:conformance="A"', pdf)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf
    assert pdf.count(b"</rdf:RDF>") == 1


def test_render_pdf_carries_only_the_date_it_was_given() -> None:
    information = pypdf.PdfReader(io.BytesIO(rendered())).metadata
    assert information is not None
    assert information.creation_date == information.modification_date == MOMENT


def test_render_pdf_attaches_each_file_once_with_its_own_type_and_relationship() -> None:
    pdf = rendered(
        "<p>Text</p>",
        attached(
            "scores.csv", b"same", media_type="text/csv", relationship=Relationship.SUPPLEMENT
        ),
        attached("evaluation.json", b"same", relationship=Relationship.SOURCE),
    )
    listed = [reference.get_object() for reference in array(catalog(pdf)["/AF"])]
    assert [
        (
            entry["/UF"],
            entry["/AFRelationship"],
            entry["/EF"]["/F"]["/Subtype"],
            entry["/Desc"],
            entry["/EF"]["/F"].get_data(),
        )
        for entry in listed
    ] == [
        ("evaluation.json", "/Source", "/application/json", "Scores", b"same"),
        ("scores.csv", "/Supplement", "/text/csv", "Scores", b"same"),
    ]


def test_render_pdf_without_files_lists_none() -> None:
    assert "/AF" not in catalog(rendered())


def test_render_pdf_with_two_files_of_one_name_is_refused() -> None:
    with pytest.raises(ValueError, match="same name"):
        rendered("<p>Text</p>", attached("a.json"), attached("a.json", b"[]"))


@pytest.mark.parametrize("name", ["../etc/passwd", "", ".hidden", "a b", "a/b.json", "a" * 101])
def test_attachment_with_an_unsafe_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="safe file name"):
        attached(name)


@pytest.mark.parametrize(
    "body",
    [
        '<img alt="x" src="https://example.org/a.png">',
        '<img alt="x" src="file:///etc/hostname">',
        '<img alt="x" src="data:image/png;base64,AAAA">',
        '<p style="background: url(http://127.0.0.1:9/x.png)">x</p>',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        '<style>@import url("font:../../../config.py");</style>',
        '<object data="font:OFL.txt" type="image/svg+xml">x</object>',
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><title>x</title>'
        '<image href="https://example.org/a.png" width="9" height="9"/></svg>',
    ],
)
def test_render_pdf_with_anything_to_fetch_is_refused(body: str) -> None:
    with pytest.raises(ResourceRefusedError):
        rendered(body)


def test_render_pdf_ignores_a_file_that_the_page_wants_attached() -> None:
    pdf = rendered('<link rel="attachment" href="file:///etc/hostname" title="x"><p>x</p>')
    assert "/Names" not in catalog(pdf)


def test_render_pdf_in_a_font_of_the_host_is_refused() -> None:
    with pytest.raises(ValueError, match="Report Sans"):
        rendered('<p style="font-family: monospace">x</p>')


def test_render_pdf_without_a_title_is_refused() -> None:
    with pytest.raises(ValueError, match="title"):
        render_pdf(page(""), title=" ", created=MOMENT, identifier=b"R-1")


def test_render_pdf_with_a_naive_date_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        render_pdf(page(""), title="x", created=MOMENT.replace(tzinfo=None), identifier=b"R-1")


@pytest.mark.parametrize(
    "text", ["Ailig Ó Dòmhnaill, Lùnastal", "£5 – “quoted” → next", "Ωμέγα Łódź"]
)
def test_printable_of_letters_in_the_fonts_changes_nothing(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ok \U0001f600", "ok [U+1F600]"),
        ("漢", "[U+6F22]"),
        ("e\N{COMBINING ACUTE ACCENT}", "é"),
        ("pay\N{RIGHT-TO-LEFT OVERRIDE}001", "pay001"),
        ("a\x00b\N{ZERO WIDTH SPACE}c\N{SOFT HYPHEN}d", "abcd"),
        ("a\N{LINE SEPARATOR}b", "a b"),
        ("\ud800", "[U+D800]"),
        ("one\n\ttwo", "one\n\ttwo"),
    ],
)
def test_printable_of_what_the_fonts_lack_shows_its_number_or_drops_the_unseen(
    text: str, shown: str
) -> None:
    assert printable(text) == shown


def test_render_pdf_of_letters_without_a_glyph_shows_their_numbers() -> None:
    text = pypdf.PdfReader(io.BytesIO(rendered("<p>A \U0001f600 face</p>"))).pages[0].extract_text()
    assert "A [U+1F600] face" in text
