"""The `bid/1` document: the same facts give the same bytes, and only those are read back."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
import rfc8785

from bids.documents import (
    BidDocument,
    Content,
    DamagedDocument,
    fields_root,
    read,
    salted,
    same_submission,
    write,
)
from bids.grounds.document import DeclaredGround, Eligibility

NOW = datetime(2026, 11, 30, 10, 0, 0, 123456, tzinfo=UTC)

ELIGIBILITY = Eligibility(
    declared_at=NOW,
    declared_by="Wren Example",
    expires_at=NOW.replace(year=2027),
    grounds=(
        DeclaredGround("fraud", date(2024, 2, 29), "We paid it back and changed our auditor."),
        DeclaredGround("tax_otherwise", None, "We agreed a plan and keep to it."),
    ),
    grounds_rules="2026-01",
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
    salts={
        name: bytes([number]) * 32
        for number, name in enumerate(
            (
                *("ai_statement", "answers.solves", "answers.team", "bid", "challenge"),
                *("contract", "currency", "eligibility", "plan_sha256", "price_minor"),
                *("stage", "supplier", "version"),
            )
        )
    },
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
    assert facts["eligibility"]["grounds"][0] == {
        "key": "fraud",
        "happened_on": "2024-02-29",
        "put_right": "We paid it back and changed our auditor.",
    }
    assert facts["eligibility"]["grounds"][1]["happened_on"] is None
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
        changed(salts=...),
        changed(salts={}),
        changed(salts={**json.loads(write(DOCUMENT))["salts"], "more": "00" * 32}),
        changed(salts={**json.loads(write(DOCUMENT))["salts"], "bid": "00" * 31}),
        changed(supplier="Specimen Fictional Ltd"),
        changed(eligibility={**json.loads(write(DOCUMENT))["eligibility"], "staff": "7"}),
        changed(eligibility={**json.loads(write(DOCUMENT))["eligibility"], "declared_at": "today"}),
    ],
)
def test_read_of_anything_else_than_a_canonical_document_is_refused(document: bytes) -> None:
    with pytest.raises(DamagedDocument):
        read(document)


def test_write_without_a_salt_for_each_field_is_refused() -> None:
    with pytest.raises(ValueError, match="one salt"):
        write(replace(DOCUMENT, salts={}))


def test_salted_gives_each_field_a_salt_of_its_own_each_time() -> None:
    one, other = salted(DOCUMENT), salted(DOCUMENT)
    assert set(one.salts) == set(DOCUMENT.salts)
    assert len({*one.salts.values(), *other.salts.values()}) == 2 * len(DOCUMENT.salts)
    assert {len(salt) for salt in one.salts.values()} == {32}


def test_fields_root_is_that_of_an_independent_tree_over_the_stored_bytes() -> None:
    facts = json.loads(write(DOCUMENT))
    salts = facts.pop("salts")
    del facts["format"]
    fields = {f"answers.{key}": text for key, text in facts.pop("answers").items()} | facts
    leaves = [
        rfc8785.dumps(
            [
                name,
                hashlib.sha256(
                    bytes.fromhex(salts[name]) + rfc8785.dumps(fields[name])
                ).hexdigest(),
            ]
        )
        for name in sorted(fields)
    ]

    def root(part: list[bytes]) -> bytes:
        if len(part) == 1:
            return hashlib.sha256(b"\0" + part[0]).digest()
        middle = 1 << ((len(part) - 1).bit_length() - 1)
        return hashlib.sha256(b"\1" + root(part[:middle]) + root(part[middle:])).digest()

    assert fields_root(DOCUMENT) == root(leaves)


def test_fields_root_of_another_price_or_another_salt_is_another() -> None:
    dearer = replace(DOCUMENT, content=replace(DOCUMENT.content, price_minor=1))
    assert len({fields_root(found) for found in (DOCUMENT, dearer, salted(DOCUMENT))}) == 3


def test_same_submission_with_only_version_and_salts_changed_is_the_same() -> None:
    assert same_submission(write(DOCUMENT), write(salted(replace(DOCUMENT, version=3))))


def test_same_submission_with_a_renewed_declaration_is_another() -> None:
    renewed = replace(DOCUMENT, eligibility=replace(ELIGIBILITY, staff=8))
    assert not same_submission(write(DOCUMENT), write(renewed))


def test_same_submission_with_damaged_bytes_is_another() -> None:
    assert not same_submission(b"{", write(DOCUMENT))
