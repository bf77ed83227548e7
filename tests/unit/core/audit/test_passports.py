"""The `passport/1` format: whatever is changed in a file is found, and no more is claimed."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.audit import passports
from marketplace.core.audit.findings import Status
from marketplace.core.audit.passports import DamagedPassport, Passport, Subject
from marketplace.core.audit.receipt_check import Verdict
from marketplace.core.audit.signing import Signer

KEY = Signer("market.example/log", b"\x07" * 32)
OTHER = Signer("elsewhere.example/log", b"\x08" * 32)
AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
PASSPORT = Passport(
    supplier_id="0193f000-0000-7000-8000-0000000000bb",
    supplier_name="Specimen Fictional Lanterns Ltd 水",
    exported_at=AT + timedelta(days=4),
    subjects={
        "identity": Subject({"kind": "company", "numbers": [{"kind": "vat", "number": "1"}]}, AT),
        "size": Subject({"staff": 7, "linked": []}, AT, AT + timedelta(days=365)),
        "grounds.tax": Subject({"applies": False, "put_right": ""}, AT, AT + timedelta(days=365)),
    },
)
FILE = passports.write(PASSPORT, KEY)


def test_file_of_a_known_key_is_proven_and_reads_back_whole() -> None:
    checked = passports.check(FILE, [KEY.verifier])

    assert (checked.verdict, checked.signer) == (Verdict.PROVEN, KEY.verifier)
    assert checked.read is not None
    assert (checked.read.passport, checked.read.origin) == (PASSPORT, KEY.name)
    assert passports.looks_like(FILE)


def test_what_the_answers_say_is_asserted_even_where_all_else_is_proven() -> None:
    found = passports.check(FILE, [KEY.verifier]).findings

    assert [finding.status for finding in found] == [
        Status.PROVEN,
        Status.PROVEN,
        Status.ASSERTED,
    ]


def test_file_of_an_unknown_key_agrees_and_its_signer_is_unknown() -> None:
    checked = passports.check(FILE, [OTHER.verifier])

    assert (checked.verdict, checked.signer) == (Verdict.SIGNER_UNKNOWN, None)
    assert Status.PROVEN not in {finding.status for finding in checked.findings}


def test_answers_changed_after_signing_fail_whoever_is_trusted() -> None:
    changed = FILE.replace(b'"staff":7', b'"staff":9')

    for known in ([KEY.verifier], []):
        checked = passports.check(changed, known)
        assert checked.verdict is Verdict.FAILED
        assert "not those that were signed" in str(checked.findings[1])


def test_file_in_a_name_that_did_not_sign_it_fails() -> None:
    note = json.loads(FILE)["note"]
    text = note.partition("\n\n")[0] + "\n"
    forged = FILE.replace(json.dumps(note, ensure_ascii=False).encode(), b"%s")
    signed = json.dumps(OTHER.sign(text), ensure_ascii=False).encode()

    checked = passports.check(forged.replace(b"%s", signed), [KEY.verifier, OTHER.verifier])

    assert checked.verdict is Verdict.FAILED
    assert "signed in another name" in str(checked.findings[0])


def test_note_that_another_format_signed_is_no_passport() -> None:
    receipt = json.dumps(KEY.sign("receipt/1\nmarket.example/log\nabc\n"), ensure_ascii=False)
    note = json.dumps(json.loads(FILE)["note"], ensure_ascii=False)

    checked = passports.check(FILE.replace(note.encode(), receipt.encode()), [KEY.verifier])

    assert (checked.verdict, checked.read) == (Verdict.FAILED, None)


def test_signature_that_is_false_fails_and_the_answers_can_still_be_read() -> None:
    forger = Signer(KEY.name, b"\x09" * 32)
    false = passports.write(PASSPORT, forger)
    coded = json.loads(false)["note"].split()[-1]
    right = json.loads(FILE)["note"].split()[-1]
    mixed = false.replace(coded.encode(), (right[:6] + coded[6:]).encode())

    checked = passports.check(mixed, [KEY.verifier])

    assert checked.verdict is Verdict.FAILED
    assert checked.read is not None


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (
            lambda file: file.replace(b'"format":"passport/1"', b'"format":"passport/2"'),
            "canonical",
        ),
        (lambda file: json.dumps(json.loads(file), indent=2).encode(), "canonical"),
        (lambda file: file[:-1] + b',"more":1}', "other keys"),
        (lambda file: file.replace(b'"staff":7', b'"staff":7,"staff":7'), "canonical"),
        (lambda file: file.replace(b'"staff":7', b'"staff":7.5'), "float"),
        (lambda file: file.replace(b'"staff":7', b'"staff":NaN'), "float"),
        (lambda file: file.replace(b'"kind":"company"', b'"kind":"\\u0000"'), "null character"),
        (lambda file: file.replace(b'"staff":7', b'"staff":' + b"[" * 90 + b"]" * 90), "nested"),
        (lambda file: b"[" * 50_000, "recursion"),
        (lambda file: file.replace(b'"size":{', b'"SIZE; DROP":{'), "a name that is none"),
        (lambda file: file.replace(b"2026-11-24T", b"2026-11-24 "), "an instant such as"),
        (lambda file: file + b" " * passports.LARGEST, "larger"),
        (lambda file: file[: len(file) - 40], "Expecting|Unterminated"),
        (lambda file: b"\xff\xfe", "decode"),
        (lambda file: b"[]", "other keys"),
        (lambda file: b"", "Expecting value"),
    ],
)
def test_file_in_any_other_form_is_refused_with_the_reason(
    spoil: Callable[[bytes], bytes], why: str
) -> None:
    with pytest.raises(DamagedPassport, match=why):
        passports.read(spoil(FILE))


def test_white_space_and_a_mark_of_byte_order_around_a_file_do_no_harm() -> None:
    around = b"\xef\xbb\xbf" + FILE + b"\r\n"

    assert passports.looks_like(around)
    assert passports.check(around, [KEY.verifier]).verdict is Verdict.PROVEN


@given(st.integers(min_value=0, max_value=len(FILE) - 1), st.integers(min_value=1, max_value=255))
def test_no_byte_of_a_file_can_be_changed_unseen(place: int, turn: int) -> None:
    changed = FILE[:place] + bytes([FILE[place] ^ turn]) + FILE[place + 1 :]

    assert passports.check(changed, [KEY.verifier]).verdict is not Verdict.PROVEN
