"""What lets a closing's key open bids: two officers who signed the very same, and nothing less."""

import io
import uuid
from collections.abc import Sequence
from dataclasses import replace

import pytest
from flask import Flask

from marketplace.core.accounts.models import User
from marketplace.core.audit import signing
from marketplace.core.clock import FixedClock
from marketplace.core.vault import envelopes, keyring, officers, sealing, statements
from marketplace.core.vault.keyring import Keyring, LostKey
from marketplace.core.vault.models import KeyKind, SealingKey
from marketplace.core.vault.sealing import NotReleased, SignedStatement
from marketplace.core.vault.statements import Statement
from tests.conftest import NOW
from tests.factories import PASSPHRASE
from tests.integration.vault.conftest import Kept

DIGEST = b"\x07" * 32


@pytest.fixture
def statement(kept: Kept) -> Statement:
    """Give what is to be signed."""
    return Statement(
        origin="tests.example/log",
        challenge="CH-TEST",
        stage=1,
        plan=DIGEST,
        closed=7,
        leaf=DIGEST,
        count=1,
        bids=DIGEST,
        key=sealing.recipient(kept.session, kept.sealing_key),
    )


def signed(kept: Kept, officer: User, text: str) -> SignedStatement:
    """Have an officer sign a text with the key in use."""
    key = officers.in_use(kept.session, officer.id)
    assert key is not None
    return SignedStatement(officers.unlock(key, PASSPHRASE).sign(text), key.id)


def refused(kept: Kept, found: Sequence[SignedStatement], words: str) -> None:
    """Expect that statements release nothing, and for which reason."""
    with pytest.raises(NotReleased, match=words):
        sealing.release(kept.session, kept.sealing_key, found)


def test_two_officers_statements_release_what_opens_the_bids(
    kept: Kept, statement: Statement
) -> None:
    text = statements.write(statement)
    envelope = io.BytesIO()
    envelopes.seal(b"{}", [], [statement.key], envelope)
    envelope.seek(0)

    said, opener = sealing.release(
        kept.session, kept.sealing_key, [signed(kept, each, text) for each in kept.officers[:2]]
    )

    assert said == statement
    assert opener.open(envelope).document == b"{}"
    assert "AGE-SECRET-KEY" not in repr(opener)


def test_fewer_than_two_officers_release_nothing(kept: Kept, statement: Statement) -> None:
    once = signed(kept, kept.officers[0], statements.write(statement))

    refused(kept, [], "Two officers")
    refused(kept, [once], "Two officers")
    refused(kept, [once, once], "Two officers")


def test_one_officer_with_two_keys_releases_nothing(kept: Kept, statement: Statement) -> None:
    text = statements.write(statement)
    first = signed(kept, kept.officers[0], text)
    signer, locked = officers.prepare("tests.example/log", PASSPHRASE)
    officers.keep(kept.session, kept.officers[0].id, signer, locked, FixedClock(NOW))

    refused(kept, [first, signed(kept, kept.officers[0], text)], "Two officers")


@pytest.mark.parametrize(
    "change",
    [{"count": 2}, {"bids": b"\x08" * 32}, {"closed": 8}, {"challenge": "CH-ELSE"}, {"stage": 2}],
)
def test_officers_who_signed_different_things_release_nothing(
    kept: Kept, statement: Statement, change: dict[str, object]
) -> None:
    texts = [
        statements.write(statement),
        statements.write(replace(statement, **change)),  # type: ignore[arg-type]  # as parametrized
    ]

    refused(
        kept,
        [signed(kept, *each) for each in zip(kept.officers, texts, strict=False)],
        "different things",
    )


def test_statements_about_another_key_release_nothing(kept: Kept, statement: Statement) -> None:
    other = sealing.new_closing(kept.session, FixedClock(NOW))
    text = statements.write(replace(statement, key=other.recipient))

    refused(kept, [signed(kept, each, text) for each in kept.officers[:2]], "another key")


def test_statement_that_somebody_else_signed_releases_nothing(
    kept: Kept, statement: Statement
) -> None:
    text = statements.write(statement)
    first, second = (signed(kept, each, text) for each in kept.officers[:2])
    forger = signing.new_signer("tests.example/log/opener/ffffffff")

    refused(kept, [first, replace(second, note=first.note)], "not its officer's")
    refused(kept, [first, replace(second, note=forger.sign(text))], "not its officer's")
    refused(kept, [first, replace(second, note=text)], "not its officer's")
    refused(kept, [first, replace(second, key_id=uuid.uuid4())], "not known")


def test_statements_that_are_none_release_nothing(kept: Kept) -> None:
    found = [signed(kept, each, "opening/1\nopen everything\n") for each in kept.officers[:2]]

    refused(kept, found, "no statement")


def test_key_that_was_destroyed_is_not_released(kept: Kept, statement: Statement) -> None:
    kept.session.get_one(SealingKey, kept.sealing_key).wrapped = None
    kept.session.flush()
    text = statements.write(statement)

    with pytest.raises(LostKey, match="destroyed"):
        sealing.release(
            kept.session, kept.sealing_key, [signed(kept, each, text) for each in kept.officers[:2]]
        )


def test_closings_key_opens_no_suppliers_copy(kept: Kept) -> None:
    with pytest.raises(LostKey, match="no copy key"):
        sealing.own_copy(kept.session, kept.sealing_key)

    # Nor where somebody who writes into the database calls it another.
    kept.session.get_one(SealingKey, kept.sealing_key).kind = KeyKind.COPY
    kept.session.flush()
    with pytest.raises(LostKey, match="stands in another's place"):
        sealing.own_copy(kept.session, kept.sealing_key)


def test_copys_key_is_neither_released_nor_rehearsed(kept: Kept, statement: Statement) -> None:
    copy = sealing.new_copy(kept.session, FixedClock(NOW))
    text = statements.write(replace(statement, key=copy.recipient))
    given = [signed(kept, each, text) for each in kept.officers[:2]]

    for kind in (KeyKind.COPY, KeyKind.CLOSING):
        copy.kind = kind
        kept.session.flush()
        with pytest.raises(LostKey):
            sealing.release(kept.session, copy.id, given)
        with pytest.raises(LostKey):
            sealing.rehearse(kept.session, copy.id)


def test_rehearsal_of_a_sound_key_passes_and_of_a_lost_one_fails(app: Flask, kept: Kept) -> None:
    sealing.rehearse(kept.session, kept.sealing_key)

    keyring.write(Keyring((keyring.new_key(),)), kept.file, replace=True)

    with pytest.raises(LostKey):
        sealing.rehearse(kept.session, kept.sealing_key)
