"""The cipher of drafts: each field is its own, and its length tells little."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.vault.drafts import DraftCipher
from marketplace.core.vault.keyring import LostKey

# Without lone surrogates, which JSON in UTF-8 cannot have, as forms cannot.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
CIPHER = DraftCipher(uuid.UUID(int=1), b"\x01" * 32)


@given(TEXTS, VALUES)
def test_field_comes_back_as_it_was(name: str, value: object) -> None:
    assert CIPHER.decrypt(name, CIPHER.encrypt(name, value)) == value


@given(TEXTS, TEXTS)
def test_field_moved_to_another_name_does_not_open(name: str, other: str) -> None:
    if name != other:
        with pytest.raises(LostKey):
            CIPHER.decrypt(other, CIPHER.encrypt(name, "text"))


def test_field_moved_to_another_draft_does_not_open() -> None:
    same_key = DraftCipher(uuid.UUID(int=2), CIPHER.secret)
    same_draft = DraftCipher(CIPHER.draft, b"\x02" * 32)

    for other in (same_key, same_draft):
        with pytest.raises(LostKey):
            other.decrypt("price_minor", CIPHER.encrypt("price_minor", 1))


@given(st.data())
def test_field_with_any_bit_changed_does_not_open(data: st.DataObject) -> None:
    kept = bytearray(CIPHER.encrypt("price_minor", 4_750_000))
    kept[data.draw(st.integers(0, len(kept) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    with pytest.raises(LostKey):
        CIPHER.decrypt("price_minor", bytes(kept))


@pytest.mark.parametrize("left", [0, 5, 12, 13, 27, 28, 100])
def test_field_cut_short_does_not_open(left: int) -> None:
    with pytest.raises(LostKey):
        CIPHER.decrypt("price_minor", CIPHER.encrypt("price_minor", 1)[:left])


@given(st.integers(0, 2**53 - 1))
def test_prices_of_any_size_have_the_same_length(price: int) -> None:
    assert len(CIPHER.encrypt("price_minor", price)) == len(CIPHER.encrypt("price_minor", None))


def test_field_encrypted_twice_looks_different() -> None:
    assert CIPHER.encrypt("ai_statement", "x") != CIPHER.encrypt("ai_statement", "x")


def test_cipher_prints_no_secret() -> None:
    assert repr(CIPHER.secret) not in repr(CIPHER)
