"""Bids from elsewhere: every broken cell, row and file is named, and what is right is read."""

import io
import stat
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from bids.documents import Attachment, DamagedDocument, Milestone
from bids.elsewhere import archive, document, reading, writing
from bids.elsewhere.archive import BadArchive
from bids.elsewhere.checking import Check, Known, Packed, check
from bids.elsewhere.layout import (
    ANSWER_MOST,
    BIDS,
    BIDS_MOST,
    FILES_MOST,
    SHEET_NAME,
    headings,
)
from bids.elsewhere.reading import BadSheet
from bids.elsewhere.rows import Entry, Row, long_answers, read
from bids.policy import Asked, Question
from challenges.sections import MONEY_MOST

CLOSES = datetime(2026, 12, 8, 12, tzinfo=UTC)
NOW = datetime(2026, 12, 9, 9, tzinfo=UTC)
TYPED = datetime(2026, 12, 8, 11, 58)  # noqa: DTZ001  (a cell has no zone)
ASKED = Asked(
    (Question("solves", "Does it solve it?", 5), Question("team", "Who?", None)), True, 500_000
)
STAGED = Asked((), True, 100, ("Design", "Build"))
FORMULA = '=HYPERLINK("https://attacker.example";"Acorn")'
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"

GOOD: Mapping[str, str] = {
    "supplier": "Acorn Robotics",
    "number": "SC 123-456",
    "received": "08/12/2026 11:59:59",
    "answers.solves": "It does",
    "answers.team": "We are five.",
    "price": "£1,250.50",
}


def a_row(number: int = 2, /, **cells: str) -> Row:
    told = {name.replace("__", "."): text for name, text in cells.items()}
    texts = {**GOOD, **told}
    return Row(number, {name: text for name, text in texts.items() if text})


def entry_of(row: Row, asked: Asked = ASKED) -> Entry:
    entry, faults = read(row, asked, closes_at=CLOSES, now=NOW)
    assert entry is not None, faults
    return entry


def wrong(row: Row, asked: Asked = ASKED) -> list[tuple[str, str]]:
    entry, faults = read(row, asked, closes_at=CLOSES, now=NOW)
    assert (entry is None) == bool(faults)
    return [(fault.key, fault.message % dict(fault.data)) for fault in faults]


def test_a_good_row_is_read_whole() -> None:
    entry = entry_of(a_row(size="small", contract="yes", partners="Bee Ltd;Cat Ltd\nBee Ltd"))
    assert entry.supplier == "Acorn Robotics"
    assert entry.number == "SC123456"
    assert (entry.kind, entry.size_class) == ("company", "small")
    assert entry.received_at == CLOSES - timedelta(seconds=1)
    assert entry.price_minor == 125_050
    assert entry.contract_accepted is True
    assert entry.partners == ["Bee Ltd", "Cat Ltd"]
    assert entry.answers == {"solves": "It does", "team": "We are five."}


@pytest.mark.parametrize(
    ("cells", "key", "says"),
    [
        ({"supplier": ""}, "supplier", "Write the name"),
        ({"supplier": "x" * 201}, "supplier", "more than 200"),
        ({"number": "!!"}, "number", "“!!” is no registration number"),
        ({"kind": "Guild"}, "kind", "“Guild” is no kind of supplier"),
        ({"size": "huge"}, "size", "“huge” is no size class"),
        ({"received": ""}, "received", "when the bid came in"),
        ({"received": "yesterday"}, "received", "“yesterday” is no day and time"),
        ({"received": "46000.5"}, "received", "is no day and time"),
        ({"received": "12/31/2026 11:00"}, "received", "is no day and time"),
        ({"received": "08/12/2026"}, "received", "is no day and time"),
        ({"received": "08/12/2026 12:00"}, "received", "it was late"),
        ({"received": "29/03/2026 01:30"}, "received", "does not exist"),
        ({"answers__solves": ""}, "answers.solves", "There is no answer"),
        ({"answers__team": "x" * (ANSWER_MOST + 1)}, "answers.team", "more than 20,000"),
        ({"price": ""}, "price", "A price of nothing is 0"),
        ({"price": "1.250,50"}, "price", "is no price"),
        ({"price": "12,50"}, "price", "is no price"),
        ({"price": "€100"}, "price", "is no price"),
        ({"price": "1e3"}, "price", "is no price"),
        ({"price": "-1"}, "price", "below 0"),
        ({"price": "10.005"}, "price", "parts of a penny"),
        ({"price": "5000.01"}, "price", "above the most that this challenge pays, £5,000"),
        ({"contract": "maybe"}, "contract", "Yes or No"),
        ({"partners": "x" * 201}, "partners", "more than 200"),
        ({"partners": ";".join(f"P{n}" for n in range(21))}, "partners", "at most 20"),
    ],
)
def test_each_fault_is_named_with_its_cell(cells: dict[str, str], key: str, says: str) -> None:
    ((found, message),) = wrong(a_row(**cells))
    assert found == key
    assert says in message


@pytest.mark.parametrize(
    "key", ["supplier", "number", "received", "answers.solves", "price", "files"]
)
def test_a_formula_is_never_taken(key: str) -> None:
    assert [found for found, _words in wrong(replace(a_row(), computed=(key,)))] == [key]


def test_limits_are_exact() -> None:
    assert entry_of(a_row(price="5000")).price_minor == 500_000
    assert entry_of(a_row(price="0")).price_minor == 0
    assert entry_of(a_row(price="10.50")).price_minor == 1_050
    assert entry_of(a_row(price="10.5000")).price_minor == 1_050
    assert len(entry_of(a_row(answers__team="x" * ANSWER_MOST)).answers["team"]) == ANSWER_MOST
    assert len(entry_of(a_row(supplier="x" * 200)).supplier) == 200
    free = Asked(ASKED.questions, True, None)
    assert entry_of(a_row(price=str(MONEY_MOST // 100)), free).price_minor == MONEY_MOST
    assert wrong(a_row(price=str(MONEY_MOST // 100 + 1)), free)
    assert wrong(a_row(received="09/12/2026 09:00:01"))  # it is late, whatever the clock says


def test_milestones_are_priced_one_by_one_and_their_sum_is_the_price() -> None:
    row = a_row(price="", milestones__0="0.40", milestones__1="0.60")
    entry = entry_of(row, STAGED)
    assert entry.price_minor == 100
    assert [each.amount_minor for each in entry.milestones] == [40, 60]
    over = a_row(price="", milestones__0="0.41", milestones__1="0.60")
    assert [key for key, _words in wrong(over, STAGED)] == ["milestones.1"]
    assert [key for key, _words in wrong(a_row(price="", milestones__0="1"), STAGED)] == [
        "milestones.1"
    ]


def test_an_answer_over_the_word_limit_is_told_and_taken() -> None:
    entry = entry_of(a_row(answers__solves="one two three four five six"))
    assert long_answers(entry, ASKED) == [("Does it solve it?", 6, 5)]
    assert long_answers(entry_of(a_row(answers__solves="one two three four five")), ASKED) == []


def checked(
    *rows: Row, packed: tuple[Packed, ...] = (), known: tuple[Known, ...] = (), asked: Asked = ASKED
) -> Check:
    return check(rows, packed, asked, known, closes_at=CLOSES, now=NOW)


def said(found: Check) -> list[str]:
    return [
        f"{bid.row.number} {fault.key}: {fault.message % dict(fault.data)}"
        for bid in found.bids
        for fault in bid.faults
    ]


def test_fifty_broken_rows_are_all_named() -> None:
    rows = [
        a_row(
            number,
            supplier=f"Supplier {number}",
            number="",
            price="much",
            received="",
            files=f"gone-{number}.pdf",
        )
        for number in range(2, 52)
    ]
    found = checked(*rows)
    assert not found.sound
    assert found.faults == 150
    for number in range(2, 52):
        mine = [words for words in said(found) if words.startswith(f"{number} ")]
        assert [words.split(" ")[1] for words in mine] == ["received:", "price:", "files:"]
        assert f"gone-{number}.pdf" in mine[2]


def test_one_supplier_has_one_bid_by_number_or_by_name() -> None:
    by_number = checked(a_row(2), a_row(3, supplier="Another name"))
    by_name = checked(a_row(2, number=""), a_row(3, supplier="ACORN  robotics", number=""))
    known = (Known("s1", "Acorn Robotics", "SC123456"),)
    by_known = checked(
        a_row(2, supplier="Acorn Holdings"), a_row(3, number="", price="1"), known=known
    )
    for found in (by_number, by_name, by_known):
        (words,) = said(found)
        assert words.startswith("3 supplier: This supplier stands in row 2 too")
    # Two firms of one name are told apart by their numbers.
    assert checked(a_row(2), a_row(3, number="SC999999", supplier="Acorn Two")).sound


def test_a_supplier_is_found_again_by_number_then_by_name() -> None:
    known = (
        Known("s1", "Acorn", "SC123456"),
        Known("s2", "Beech", ""),
        Known("s3", "Cedar", "SC3"),
    )

    def found(**cells: str) -> str | None:
        bid = checked(a_row(**cells), known=known).bids[0]
        return bid.known.identifier if bid.known else None

    assert found(supplier="Renamed") == "s1"
    assert found(supplier="beech", number="SC77") == "s2"
    assert found(supplier="Cedar", number="SC4") is None
    assert found(supplier="New", number="") is None
    (note,) = checked(a_row(supplier="Renamed"), known=known).bids[0].notes
    assert note.data == {"name": "Acorn"}


def test_files_are_matched_missed_shared_and_astray() -> None:
    packed = (
        Packed("Acorn/Cafe\u0301.pdf", 10, "application/pdf", "a" * 64),
        Packed("plan.pdf", 10, "application/pdf", "b" * 64),
        Packed("left.pdf", 10, "application/pdf", "c" * 64),
        Packed("run.exe", 10, fault="Choose a file of another kind."),
    )
    found = checked(
        a_row(2, files="acorn\\caf\u00e9.PDF\nplan.pdf; plan.pdf"),
        a_row(3, supplier="Beech", number="", files="plan.pdf\nrun.exe\nnone.pdf"),
        packed=packed,
    )
    assert [file.name for file in found.bids[0].files] == ["Acorn/Cafe\u0301.pdf", "plan.pdf"]
    assert said(found) == [
        "3 files: “plan.pdf” stands with another bid too, row 2. A file belongs to one bid: give "
        "each its own.",
        "3 files: There is no file “none.pdf” in the ZIP. Add it, or correct the name.",
        "3 files: Choose a file of another kind.",
    ]
    assert [fault.file for fault in found.astray] == ["left.pdf"]


def test_a_bid_has_at_most_so_many_files() -> None:
    def bid(count: int) -> Check:
        packed = tuple(Packed(f"{n}.pdf", 1, "application/pdf", f"{n:064}") for n in range(count))
        return checked(a_row(files="\n".join(each.name for each in packed)), packed=packed)

    assert bid(FILES_MOST).sound
    assert not bid(FILES_MOST + 1).sound


def test_what_was_shown_is_known_by_its_digest() -> None:
    assert checked(a_row()).digest == checked(a_row()).digest
    assert checked(a_row()).digest != checked(a_row(price="2")).digest
    assert (
        checked(a_row()).digest != checked(a_row(), known=(Known("s", "Acorn", "SC123456"),)).digest
    )
    assert not checked().sound


# The sheet


def sheet(asked: Asked = ASKED) -> bytes:
    return writing.write(
        headings(asked),
        asked,
        title="How?",
        reference="C-1",
        closes="midday",
        now=NOW,
        translate=lambda words, **data: words % data,
    )


def filled(change: Callable[[Any], None], asked: Asked = ASKED) -> io.BytesIO:
    book = load_workbook(io.BytesIO(sheet(asked)))
    change(book[BIDS])
    out = io.BytesIO()
    book.save(out)
    out.seek(0)
    return out


def write_row(cells: Any, number: int, asked: Asked = ASKED, **values: Any) -> None:
    keys = [heading.key for heading in headings(asked)]
    for name, value in values.items():
        cells.cell(number, keys.index(name.replace("__", ".")) + 1).value = value


def test_a_sheet_that_is_filled_in_comes_back() -> None:
    def fill(cells: Any) -> None:
        write_row(
            cells,
            2,
            supplier="Acorn",
            received=TYPED,
            answers__solves="We\ndo",
            price=1250.5,
            contract=True,
        )
        cells.cell(2, 5).number_format = "dd/mm/yyyy hh:mm"
        write_row(cells, 4, supplier="Beech", price=FORMULA)

    first, second = reading.read("bids.xlsx", filled(fill), headings(ASKED))
    assert first.number == 2
    assert first.cells["received"] == "2026-12-08 11:58:00"
    assert first.cells["answers.solves"] == "We\ndo"
    assert first.cells["price"] == "1250.5"
    assert first.cells["contract"] == "Yes"
    assert (second.number, second.computed) == (4, ("price",))
    assert Row.of(first.stored()) == first


def test_a_day_without_a_time_is_no_instant() -> None:
    def fill(cells: Any) -> None:
        write_row(cells, 2, supplier="Acorn", received=TYPED)
        cells.cell(2, 5).number_format = "dd/mm/yyyy"

    (row,) = reading.read("bids.xlsx", filled(fill), headings(ASKED))
    assert row.cells["received"] == "08/12/2026"


def test_hostile_words_in_a_plan_stay_text() -> None:
    hostile = Asked((Question("q", FORMULA, 5), Question("q2", FORMULA, 5)), True, 1)
    book = load_workbook(io.BytesIO(sheet(hostile)))
    for cells in book:
        for row in cells.iter_rows():
            assert all(cell.data_type != "f" for cell in row)
    assert len({heading.text for heading in headings(hostile)}) == len(headings(hostile))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda cells: None, "no rows"),
        (lambda cells: cells.delete_cols(1), "“Supplier”"),
        (lambda cells: setattr(cells.cell(1, 7), "value", "Supplier"), "“Supplier”"),
        (lambda cells: setattr(cells, "title", "Other"), "no sheet called"),
        (
            lambda cells: [cells.append([f"S{n}"]) for n in range(BIDS_MOST + 1)],
            f"more than {BIDS_MOST} bids",
        ),
    ],
)
def test_another_sheet_is_refused_by_what_it_lacks(change: Any, says: str) -> None:
    with pytest.raises(BadSheet) as refused:
        reading.read("bids.xlsx", filled(change), headings(ASKED))
    assert says in refused.value.message % refused.value.data


def test_what_is_no_workbook_is_refused() -> None:
    book = io.BytesIO()
    Workbook().save(book)
    for name, content in (("bids.xlsx", b""), ("bids.xlsx", b"PK\x03\x04no"), ("b.csv", b"a,b")):
        with pytest.raises(BadSheet):
            reading.read(name, io.BytesIO(content), headings(ASKED))


# The archive


def packed_as(*parts: tuple[str, bytes], store: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", store) as package:
        for name, content in parts:
            package.writestr(name, content)
    out.seek(0)
    return out


def unpacked(file: io.BytesIO) -> list[Packed]:
    def keep(content: Any) -> str:
        return str(len(content.read())).zfill(64)

    with archive.opened(file) as found:
        with found.sheet() as book:
            book.read()
        return list(found.files(keep, None))


def test_an_archive_gives_its_files_without_what_systems_add() -> None:
    found = unpacked(
        packed_as(
            ("all/Bids.xlsx", sheet()),
            ("all/Acorn/plan.pdf", PDF),
            ("all/Acorn/virus.exe", b"MZ"),
            ("all/Acorn/lying.pdf", b"MZ no pdf"),
            ("all/empty.pdf", b""),
            ("all/__MACOSX/._plan.pdf", b"x"),
            ("all/.DS_Store", b"x"),
        )
    )
    assert [(each.name, bool(each.fault)) for each in found] == [
        ("Acorn/plan.pdf", False),
        ("Acorn/virus.exe", True),
        ("Acorn/lying.pdf", True),
        ("empty.pdf", True),
    ]
    assert found[0].media_type == "application/pdf"


@pytest.mark.parametrize(
    ("parts", "says"),
    [
        ((("../bids.xlsx", b"x"),), "leads out"),
        (((SHEET_NAME, b"x"), ("a/../../b.pdf", b"x")), "leads out"),
        (((SHEET_NAME, b"x"), ("..\\b.pdf", b"x")), "leads out"),
        (((SHEET_NAME, b"x"), ("/etc/passwd", b"x")), "leads out"),
        (((SHEET_NAME, b"x"), ("C:\\b.pdf", b"x")), "leads out"),
        (((SHEET_NAME, b"x"), ("a" * 301, b"x")), "too long"),
        ((("a.pdf", PDF),), "no sheet called"),
        (((SHEET_NAME, b"x"), ("A.pdf", b"x"), ("a.PDF", b"x")), "two files called"),
        (((SHEET_NAME, b"x"), ("zeros.csv", b"0" * (20 * 1024 * 1024))), "far more than its size"),
    ],
)
def test_a_hostile_archive_is_refused_whole(parts: Any, says: str) -> None:
    with pytest.raises(BadArchive) as refused:
        unpacked(packed_as(*parts))
    assert says in refused.value.message % refused.value.data


def test_links_locks_and_noise_are_refused() -> None:
    out = io.BytesIO()
    link = zipfile.ZipInfo("link.pdf")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(out, "w") as package:
        package.writestr(SHEET_NAME, b"x")
        package.writestr(link, "/etc/passwd")
    locked = bytearray(packed_as((SHEET_NAME, b"x"), store=zipfile.ZIP_STORED).getvalue())
    place = locked.index(b"PK\x01\x02")
    locked[place + 8] |= 1
    for content in (out.getvalue(), bytes(locked), b"", b"no zip", locked[:40]):
        with pytest.raises(BadArchive):
            unpacked(io.BytesIO(bytes(content)))


# The document


def a_document() -> document.BroughtDocument:
    return document.BroughtDocument(
        challenge="C-1",
        stage=1,
        plan_sha256="a" * 64,
        bid="B-1",
        supplier_id="s1",
        supplier_name="Acorn <script>",
        number="SC1",
        size_class="small",
        currency="GBP",
        received_at=CLOSES - timedelta(seconds=1),
        answers={"solves": "It does 🦔"},
        price_minor=100,
        milestones=(Milestone("Design", 40), Milestone("Build", 60)),
        contract_accepted=None,
        contract_points="",
        partners=("Bee Ltd",),
        attachments=(Attachment("plan.pdf", "application/pdf", 3, "b" * 64),),
    )


def test_a_document_is_read_back_and_nothing_else_is() -> None:
    written = document.write(a_document())
    assert document.read(written) == a_document()
    for damaged in (
        written[:-1],
        written.replace(b"bid-brought/1", b"bid-brought/2"),
        written.replace(b'"accepted":null', b'"accepted":0'),
        written.replace(b'"partners":["Bee Ltd"]', b'"partners":["Bee Ltd"],"x":1'),
        b"null",
    ):
        with pytest.raises(DamagedDocument):
            document.read(damaged)
