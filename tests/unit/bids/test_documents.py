"""The `bid/1` document: the same facts give the same bytes, and only those are read back."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import rfc8785

from bids.documents import (
    BidDocument,
    Content,
    DamagedDocument,
    Eligibility,
    read,
    same_submission,
    write,
)

NOW = datetime(2026, 11, 30, 10, 0, 0, 123456, tzinfo=UTC)

ELIGIBILITY = Eligibility(
    declared_at=NOW,
    declared_by="Wren Example",
    expires_at=NOW.replace(year=2027),
    mandatory_ground=False,
    discretionary_ground=True,
    tax_ground=False,
    put_right="We paid what we owed and changed our auditor.",
    staff=7,
    turnover_minor=480_000_00,
    balance_minor=90_000_00,
    size_class="micro",
    size_rules="2003-361-EC",
)
DOCUMENT = BidDocument(
    challenge="CH-7",
    stage=1,
    plan_sha256="ab" * 32,
    bid="B-23456789",
    version=2,
    supplier_id="0190a000-0000-7000-8000-000000000001",
    supplier_name="Specimen Fictional Ltd",
    currency="GBP",
    content=Content(
        answers={"solves": "“Yes” — £5 &\nmore", "team": "Gàidhlig 水"},
        price_minor=4_800_50,
        contract_accepted=False,
        contract_points="Clause 4",
        ai_statement="",
    ),
    eligibility=ELIGIBILITY,
)


def test_write_then_read_gives_the_same_facts() -> None:
    assert read(write(DOCUMENT)) == DOCUMENT


def test_write_without_a_price_reads_back_as_none_and_not_as_zero() -> None:
    document = replace(DOCUMENT, content=replace(DOCUMENT.content, price_minor=None))
    assert read(write(document)).content.price_minor is None


def test_write_a_price_of_nothing_reads_back_as_zero() -> None:
    document = replace(DOCUMENT, content=replace(DOCUMENT.content, price_minor=0))
    assert read(write(document)).content.price_minor == 0


def test_write_gives_the_bytes_of_another_canonical_writer() -> None:
    assert write(DOCUMENT) == rfc8785.dumps(json.loads(write(DOCUMENT)))


def test_write_holds_the_plan_the_price_as_text_and_the_declaration() -> None:
    facts = json.loads(write(DOCUMENT))
    assert facts["format"] == "bid/1"
    assert facts["plan_sha256"] == "ab" * 32
    assert facts["price_minor"] == "480050"
    assert facts["eligibility"]["put_right"] == ELIGIBILITY.put_right
    assert facts["eligibility"]["declared_at"] == "2026-11-30T10:00:00.123456Z"


def changed(**parts: object) -> bytes:
    facts = {**json.loads(write(DOCUMENT)), **parts}
    return rfc8785.dumps({key: part for key, part in facts.items() if part is not ...})


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"[]",
        b"\xff",
        write(DOCUMENT) + b"\n",
        json.dumps(json.loads(write(DOCUMENT))).encode(),
        write(DOCUMENT).replace(b'"version":2', b'"version":2,"version":2'),
        changed(extra=1),
        changed(answers=...),
        changed(format="bid/2"),
        changed(version="2"),
        changed(version=True),
        changed(price_minor=480050),
        changed(price_minor="0480050"),
        changed(answers={"solves": 1}),
        changed(contract={"accepted": "no", "points": ""}),
        changed(supplier="Specimen Fictional Ltd"),
        changed(eligibility={**json.loads(write(DOCUMENT))["eligibility"], "staff": "7"}),
        changed(eligibility={**json.loads(write(DOCUMENT))["eligibility"], "declared_at": "today"}),
    ],
)
def test_read_of_anything_else_than_a_canonical_document_is_refused(document: bytes) -> None:
    with pytest.raises(DamagedDocument):
        read(document)


def test_same_submission_with_only_the_version_changed_is_the_same() -> None:
    assert same_submission(write(DOCUMENT), write(replace(DOCUMENT, version=3)))


def test_same_submission_with_a_renewed_declaration_is_another() -> None:
    renewed = replace(DOCUMENT, eligibility=replace(ELIGIBILITY, staff=8))
    assert not same_submission(write(DOCUMENT), write(renewed))


def test_same_submission_with_damaged_bytes_is_another() -> None:
    assert not same_submission(b"{", write(DOCUMENT))
