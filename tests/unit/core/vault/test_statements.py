"""Statements of opening: what is signed is one text, read strictly."""

import hashlib
from dataclasses import fields, replace
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.audit import signing
from marketplace.core.vault import statements
from marketplace.core.vault.statements import BadStatement, Statement
from scoring.engine.canonical import LARGEST_INTEGER

DIGEST = hashlib.sha256(b"x").digest()
STATEMENT = Statement(
    origin="market.example/log",
    challenge="CH-7K2M",
    stage=1,
    plan=DIGEST,
    closed=412,
    leaf=DIGEST[::-1],
    count=5,
    bids=DIGEST,
    key="age1" + "q" * 58,
)
TEXT = statements.write(STATEMENT)
SIGNER = signing.new_signer("market.example/log/opener/1a2b3c4d")

DIGESTS = st.binary(min_size=32, max_size=32)
COUNTS = st.integers(0, LARGEST_INTEGER)
WORDS = st.text(st.characters(exclude_categories=["Cs"]))


@given(
    st.builds(
        Statement,
        origin=st.just("market.example/log"),
        challenge=WORDS,
        stage=COUNTS,
        plan=DIGESTS,
        closed=COUNTS,
        leaf=DIGESTS,
        count=COUNTS,
        bids=DIGESTS,
        key=WORDS,
    )
)
def test_statement_that_was_written_is_read_back(statement: Statement) -> None:
    assert statements.read(statements.write(statement)) == statement


def test_statement_is_three_lines_of_which_the_third_is_canonical() -> None:
    lines = TEXT.split("\n")

    assert lines[:2] == ["opening/1", "market.example/log"]
    assert lines[2].startswith('{"bids":"')
    assert lines[3:] == [""]


@pytest.mark.parametrize("field", [field.name for field in fields(Statement)])
def test_statement_that_differs_in_any_fact_is_another_text(field: str) -> None:
    others: dict[str, Any] = {"str": "other", "int": 7, "bytes": b"\x00" * 32}
    other = others[type(getattr(STATEMENT, field)).__name__]

    assert statements.write(replace(STATEMENT, **{field: other})) != TEXT


@pytest.mark.parametrize(
    "text",
    [
        "",
        TEXT.rstrip("\n"),
        TEXT + "\n",
        TEXT.replace("opening/1", "opening/2"),
        TEXT.replace('"count":5', '"count": 5'),
        TEXT.replace('"count":5', '"count":5.0'),
        TEXT.replace('"count":5', '"count":-5'),
        TEXT.replace('"count":5', '"count":true'),
        TEXT.replace('"count":5', '"count":"5"'),
        TEXT.replace('"count":5', f'"count":{LARGEST_INTEGER + 1}'),
        TEXT.replace('"count":5,', ""),
        TEXT.replace('"count":5,', '"count":5,"count":5,'),
        TEXT.replace('"count":5,', '"count":5,"more":5,'),
        TEXT.replace('"challenge":"CH-7K2M"', '"challenge":null'),
        TEXT.replace(DIGEST.hex(), DIGEST.hex().upper()),
        TEXT.replace(DIGEST.hex(), DIGEST.hex()[:-2]),
        TEXT.replace("{", "[", 1),
        f"opening/1\nmarket.example/log\n{'[' * 5000}\n",
        "opening/1\nmarket.example/log\nnull\n",
    ],
)
def test_text_that_is_not_what_would_be_written_is_refused(text: str) -> None:
    assert text != TEXT
    with pytest.raises(BadStatement):
        statements.read(text)


def test_signed_text_is_given_for_the_key_that_signed_it() -> None:
    note = SIGNER.sign(TEXT)

    assert statements.signed_text(note, str(SIGNER.verifier)) == TEXT


def test_signed_text_of_another_key_or_changed_is_refused() -> None:
    note = SIGNER.sign(TEXT)
    other = signing.new_signer(SIGNER.verifier.name)

    for forged, key in [
        (note, str(other.verifier)),
        (note.replace('"count":5', '"count":4'), str(SIGNER.verifier)),
        (TEXT, str(SIGNER.verifier)),
        (note, "no key"),
    ]:
        with pytest.raises(BadStatement):
            statements.signed_text(forged, key)


BIDS = st.lists(
    st.tuples(st.sampled_from(["B-1", "B-2", "B-3"]), st.integers(1, 9), st.just("0" * 64)),
    unique_by=lambda bid: bid[0],
)


@given(BIDS, st.randoms())
def test_digest_of_bids_does_not_depend_on_their_order(
    bids: list[tuple[str, int, str]], chance: Random
) -> None:
    shuffled = bids.copy()
    chance.shuffle(shuffled)

    assert statements.digest_of(shuffled) == statements.digest_of(bids)


def test_digest_of_bids_tells_versions_and_envelopes_apart() -> None:
    digests = {
        statements.digest_of(bids)
        for bids in (
            [],
            [("B-1", 1, "0" * 64)],
            [("B-1", 2, "0" * 64)],
            [("B-1", 1, "1" * 64)],
            [("B-1", 1, "0" * 64), ("B-2", 1, "0" * 64)],
        )
    }

    assert len(digests) == 5
    assert statements.digest_of([]) == hashlib.sha256(b"[]").digest()
