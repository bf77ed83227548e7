"""Files that were made to mislead or to wear out: each is refused by name, quickly, and never by a
crash."""

import io
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdf
import pytest
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    EncodedStreamObject,
    NameObject,
)

from marketplace.cli import main
from marketplace.core.audit import trust
from marketplace.core.audit.findings import Status
from marketplace.core.audit.receipt_check import Verdict
from scoring.report.verifying import drawn as drawing
from scoring.report.verifying import files, report
from tests import forging
from tests.forging import Content

GOLDEN = Path(__file__).parents[3] / "golden"
PDF = (GOLDEN / "award-report.pdf").read_bytes()
KEYS = trust.read_keys((GOLDEN / "award-report-keys.txt").read_text())


@pytest.fixture(scope="module")
def content() -> Content:
    """Give the files of the sample report."""
    return files.take_out(PDF)


def failures(checked: report.Checked) -> list[str]:
    found = [str(each) for each in checked.findings if each.status is Status.FAILED]
    assert (checked.verdict is Verdict.FAILED) == bool(found)
    return found


def added(**change: Callable[[pypdf.PdfWriter], object]) -> bytes:
    """Add a version behind the sample, in which something was changed."""
    writer = pypdf.PdfWriter(io.BytesIO(PDF), incremental=True)
    for how in change.values():
        how(writer)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def carrying(*names: str, content: bytes = b"{}", encrypt: str = "") -> bytes:
    """Make a PDF of one empty page that carries files."""
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)
    for name in names:
        writer.add_attachment(name, content)
    if encrypt:
        writer.encrypt(encrypt)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def a_file(writer: pypdf.PdfWriter, place: int = 0) -> Any:
    root: Any = writer.root_object
    return root["/AF"][place].get_object()


def bomb() -> bytes:
    """Attach a file that is small here and would fill the memory."""

    def attach(writer: pypdf.PdfWriter) -> None:
        packed, large = zlib.compressobj(9), bytes(1 << 20)
        stream = EncodedStreamObject()
        stream._data = b"".join(packed.compress(large) for _ in range(100)) + packed.flush()
        stream[NameObject("/Filter")] = NameObject("/FlateDecode")
        held = DictionaryObject({NameObject("/F"): writer._add_object(stream)})
        a_file(writer)[NameObject("/EF")] = held

    return added(bomb=attach)


def two_contents(writer: pypdf.PdfWriter) -> None:
    """Give a file another content for programs that look where others do not."""
    other = EncodedStreamObject()
    other._data = b"{}"
    a_file(writer)["/EF"][NameObject("/UF")] = writer._add_object(other)


def another_relationship(writer: pypdf.PdfWriter) -> None:
    a_file(writer)[NameObject("/AFRelationship")] = NameObject("/Alternative")


def unlisted(writer: pypdf.PdfWriter) -> None:
    root: Any = writer.root_object
    root[NameObject("/AF")] = ArrayObject(root["/AF"][1:])


@pytest.mark.parametrize(
    ("pdf", "said"),
    [
        (PDF[: len(PDF) // 2], "it was cut off, or added to"),
        (PDF + b"\n% more", "it was cut off, or added to"),
        (b"\n" + PDF, "expected"),
        (b"%PDF-1.7\n" + b"1 0 obj<<>>endobj\n" * 9 + b"startxref\n0\n%%EOF", "cannot be read"),
        (carrying("manifest.json", "a", "a"), "a is attached more than once"),
        (carrying("manifest.json", encrypt="known"), "encrypted, which no report is"),
        (carrying(*(f"{n}.json" for n in range(501))), "more files than any report"),
        (bomb(), "Limit reached while decompressing"),
    ],
    ids=["cut off", "added to", "moved", "no table", "twice", "encrypted", "many files", "bomb"],
)
def test_pdf_that_is_no_report_is_refused_before_it_costs_anything(pdf: bytes, said: str) -> None:
    (found,) = failures(report.check(pdf, KEYS))

    assert "This is not an award report with its evidence" in found
    assert said in found


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda writer: writer.add_blank_page(595, 842), "it has 2 versions"),
        (another_relationship, "attached as Alternative, where Data was expected"),
        (two_contents, "attached with two contents"),
        (unlisted, "It is not among the files that belong to the report"),
    ],
    ids=["page added", "relationship", "two contents", "unlisted"],
)
def test_what_was_added_behind_a_report_is_named(
    change: Callable[[pypdf.PdfWriter], object], said: str
) -> None:
    found = failures(report.check(added(change=change), KEYS))

    assert any(said in each for each in found), found
    assert any("Something was added to the report after it was made" in each for each in found)


def put(name: str, how: Callable[[bytes], bytes]) -> Callable[[Content], Content]:
    return lambda content: forging.cover({**content, name: how(content[name])})


def agreed(value: object) -> Callable[[Content], Content]:
    """Have the panel agree on something that is no score."""

    def change(document: Any) -> None:
        next(iter(document["bids"][0]["scores"].values()))["consensus"] = value

    return lambda content: forging.change(content, "evaluation.json", change)


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (put("report.json", lambda each: b'{"number":"X",' + each[1:]), "a key stands twice"),
        (put("report.json", lambda each: b" " + each), "otherwise than in canonical form"),
        (put("report.json", lambda _: b"[" * 10**6), "recursion"),
        (put("plan.json", lambda _: b'{"a":' * 10**6), "recursion"),
        (put("report.json", lambda _: b'{"a":' + b"9" * 10**5 + b"}"), "Exceeds the limit"),
        (put("report.json", lambda e: e.replace(b'son":"', b'son":"\\ud800', 1)), "surrogate"),
        (put("evaluation.json", lambda e: e.replace(b'"100"', b"1e999")), "no exact form"),
        (put("result.json", lambda e: e.replace(b'"rank":1', b'"rank":NaN')), "no exact form"),
        (put("events.jsonl", lambda e: b'{"entry":"",' + e[1:]), "not in canonical form"),
        (agreed("1e99999999"), "is not a figure"),
        (agreed("1/0"), "is not a figure"),
        (agreed("9" * 5000), "is not a figure"),
        (agreed([]), "is not a figure"),
    ],
)
def test_json_that_readers_would_read_otherwise_is_named_and_never_crashes(
    content: Content, forge: Callable[[Content], Content], said: str
) -> None:
    found = failures(report.check_files(forge(content), KEYS))

    assert any(said in each for each in found), found


def test_manifest_with_a_lone_surrogate_or_a_key_twice_is_none(content: Content) -> None:
    for begin in (b'{"chain":"\\ud800",', b'{"chain":"CH-1",'):
        changed = {**content, "manifest.json": begin + content["manifest.json"][1:]}

        (found,) = failures(report.check_files(changed, KEYS))
        assert "manifest.json is no report-manifest/1" in found


def test_of_many_things_that_failed_the_first_are_told_and_the_rest_counted(
    content: Content,
) -> None:
    more = {f"{n}.txt": b"" for n in range(250)}

    found = failures(report.check_files({**content, **more}, KEYS))

    assert len(found) == 101
    assert found[-1] == "files: 150 things more failed"


def test_nothing_that_a_file_or_its_name_says_moves_a_terminal(
    content: Content, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def rename(facts: Any) -> None:
        facts["stages"][0]["bids"][0]["supplier"] = "\x1b[2J\x9b1m\r\nProven\u202e"

    evil = tmp_path / "e\n\x1b[2Jvil.pdf"
    assert main(["verify", str(evil)]) == 2
    evil.write_bytes(forging.in_pdf(PDF, forging.change(content, "report.json", rename)))
    for words in (["verify", str(evil)], ["verify", str(evil), "--json"]):
        assert main(words) == 1
    said = "".join(capsys.readouterr())

    assert "Proven" in said
    assert not {*"\x1b\x9b\r\u202e"} & {*said}


def test_folder_is_no_file_to_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(tmp_path)]) == 2
    assert "cannot be read: Is a directory" in capsys.readouterr().err


def drawn(page: bytes, *, pages: int = 1, form: bytes = b"", loop: bool = False) -> bytes:
    """Add pages to the sample that draw the same, and may place a form, or one within itself."""

    def more(writer: pypdf.PdfWriter) -> None:
        resources = DictionaryObject()
        if form:
            stream = DecodedStreamObject()
            stream.set_data(form)
            stream[NameObject("/Subtype")] = NameObject("/Form")
            placed = writer._add_object(stream)
            resources[NameObject("/XObject")] = DictionaryObject({NameObject("/F"): placed})
            if loop:
                stream[NameObject("/Resources")] = resources
        shared = DecodedStreamObject()
        shared.set_data(page)
        contents = writer._add_object(shared)
        for _each in range(pages):
            blank = writer.add_blank_page(200, 200)
            blank[NameObject("/Contents")] = contents
            blank[NameObject("/Resources")] = resources

    return added(more=more)


LINE = b"BT /F0 9 Tf (abcdefgh) Tj ET\n"


@pytest.mark.parametrize(
    "pdf",
    [
        pytest.param(lambda: drawn(LINE * 40_000), id="one page"),
        pytest.param(lambda: drawn(LINE * 20_000, pages=30), id="many pages that share one"),
        pytest.param(lambda: drawn(b"/F Do\n" * 1000, form=LINE * 1000), id="placed often"),
        pytest.param(lambda: drawn(b"/F Do\n", form=b"/F Do\n", loop=True), id="in itself"),
    ],
)
def test_pages_that_would_take_minutes_to_read_are_refused(pdf: Callable[[], bytes]) -> None:
    reader = pypdf.PdfReader(io.BytesIO(pdf()))
    with pytest.raises(files.DamagedReport, match=r"drawn|drawings"):
        drawing.refuse_overdrawn(reader)


def test_pages_of_a_report_are_far_from_what_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "_PAGE_MOST", drawing._PAGE_MOST // 4)
    monkeypatch.setattr(drawing, "_PAGES_MOST", drawing._PAGES_MOST // 10)
    drawing.refuse_overdrawn(pypdf.PdfReader(io.BytesIO(PDF)))
