"""The bytes of an entry: one form to write, and nothing else is read."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marketplace.core.audit import entries
from marketplace.core.audit.entries import DamagedEntry, Entry
from scoring.engine.canonical import NotCanonical, canonical

ENTRY = Entry(
    n=17,
    at=datetime(2026, 12, 1, 9, 30, 0, 120, tzinfo=UTC),
    action="bid.submitted",
    chain="CH-0001",
    cn=4,
    prev=b"\x0a" * 32,
    fields={"bid": b"\x0b" * 32, "actor": b"\x0c" * 32},
)
BODY = (
    '{"action":"bid.submitted","at":"2026-12-01T09:30:00.000120Z","chain":"CH-0001","cn":4,'
    f'"fields":{{"actor":"{"0c" * 32}","bid":"{"0b" * 32}"}},'
    f'"n":17,"prev":"{"0a" * 32}","v":"entry/1"}}'
).encode()


def test_entry_is_written_to_the_byte() -> None:
    assert entries.write(ENTRY) == BODY
    assert entries.read(BODY) == ENTRY


def test_first_entry_of_a_chain_names_none_before_it() -> None:
    first = replace(ENTRY, cn=1, prev=None)

    assert b'"prev":null' in entries.write(first)
    assert entries.read(entries.write(first)) == first


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
digests = st.binary(min_size=32, max_size=32)


@settings(deadline=None)
@given(
    st.builds(
        Entry,
        n=st.integers(0, 2**53 - 1),
        at=st.datetimes(min_value=datetime(1000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  (zones follow)
        action=texts,
        chain=texts,
        cn=st.integers(0, 2**53 - 1),
        prev=st.none() | digests,
        fields=st.dictionaries(texts, digests, max_size=5),
    )
)
def test_any_entry_is_read_as_it_was_written(entry: Entry) -> None:
    written = entries.write(entry)
    assert entries.read(written) == entry
    assert written == canonical(json.loads(written))


@pytest.mark.parametrize("index", range(0, len(BODY), 3))
def test_changed_byte_is_no_entry_or_another_one(index: int) -> None:
    for other in b'0a" {':
        changed = BODY[:index] + bytes([other]) + BODY[index + 1 :]
        if changed == BODY:
            continue
        try:
            assert entries.read(changed) != ENTRY
        except DamagedEntry:
            continue


def with_value(key: str, value: object) -> bytes:
    found = {**json.loads(BODY), key: value}
    return json.dumps(found, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"17",
        b'"entry/1"',
        b"\xff",
        BODY[:-1],
        BODY + b"\n",
        b" " + BODY,
        b"\xef\xbb\xbf" + BODY,
        BODY.replace(b",", b", "),
        BODY.replace(b'"v":"entry/1"', b'"v":"entry/1","w":1'),
        BODY.replace(b',"v":"entry/1"', b""),
        BODY.replace(b"entry/1", b"entry/2"),
        BODY.replace(b'"n":17', b'"n":17.0'),
        BODY.replace(b'"n":17', b'"n":1.7e1'),
        BODY.replace(b'"n":17', b'"n":17,"n":17'),
        BODY.replace(b"bid.submitted", b"bid\\u002esubmitted"),
        BODY.replace(b"0c" * 32, b"0C" * 32),
        BODY.replace(b"0c" * 32, b"0c" * 31),
        BODY.replace(b".000120Z", b".00012Z"),
        BODY.replace(b".000120Z", b".000120+00:00"),
        BODY.replace(b"2026-12-01T", b"2026-12-1T"),
        BODY.replace(b"2026-12-01T", b"2026-12-01 "),
        BODY.replace(b'{"actor"', b'{"bid":"' + b"0b" * 32 + b'","actor"'),
        b"[" * 100_000,
        with_value("n", -1),
        with_value("n", True),
        with_value("n", "17"),
        with_value("cn", None),
        with_value("chain", 1),
        with_value("action", None),
        with_value("fields", []),
        with_value("fields", {"bid": None}),
        with_value("prev", ""),
        with_value("at", 0),
    ],
)
def test_bytes_in_any_other_form_are_refused(body: bytes) -> None:
    with pytest.raises(DamagedEntry):
        entries.read(body)


def test_field_digest_is_that_of_salt_and_then_value() -> None:
    salt = bytes(range(32))

    found = entries.field_digest(salt, entries.value_bytes({"b": 1, "a": "é"}))

    assert entries.value_bytes({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    assert found.hex() == "23b1c793285966cc52633e5ea54c45405430521fa2d3552c798364ea7bd5fe45"


@pytest.mark.parametrize("value", [1.5, float("nan"), 2**53, {1: 2}, {"a": {1, 2}}, "\ud800"])
def test_value_without_one_exact_form_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        entries.value_bytes(value)


def test_instant_is_written_in_utc_with_six_places() -> None:
    elsewhere = datetime(2026, 12, 1, 11, 30, tzinfo=timezone(timedelta(hours=2)))

    assert entries.write_instant(elsewhere) == "2026-12-01T09:30:00.000000Z"
    assert entries.read_instant("2026-12-01T09:30:00.000000Z") == elsewhere
