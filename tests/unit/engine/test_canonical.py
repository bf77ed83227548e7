"""The canonical form agrees with an independent implementation of RFC 8785."""

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from scoring.engine import NotCanonical, canonical, evaluate_document, input_sha256, render
from scoring.engine.canonical import canonical_plain
from tests.unit.engine.documents import with_price

LARGEST = 2**53 - 1
SCALARS = st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20
)


@given(VALUES)
def test_canonical_any_value_agrees_with_the_oracle(value: object) -> None:
    wanted = rfc8785.dumps(value)  # type: ignore[arg-type]  # JSON values, as a plain object

    assert canonical(value) == wanted
    assert canonical_plain(value) == wanted


def test_canonical_keys_beyond_the_first_plane_sort_by_utf16() -> None:
    value = {"\uffee": 1, "\U0001f600": 2, "a": 3}

    assert canonical(value) == '{"a":3,"\U0001f600":2,"\uffee":1}'.encode()
    assert canonical_plain(value) == canonical(value)


def test_canonical_control_characters_are_escaped_as_the_standard_says() -> None:
    assert canonical('\x00\x1f\n"\\\u20ac\x7f') == '"\\u0000\\u001f\\n\\"\\\\\u20ac\x7f"'.encode()


def test_canonical_tuple_is_a_list() -> None:
    assert canonical((1, "a")) == b'[1,"a"]'


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (0.5, "float has no exact form in JSON; write it as text"),
        ([{"a": 1.0}], "float has no exact form in JSON; write it as text"),
        ({1: "a"}, "a key is not text"),
        (LARGEST + 1, "an integer is beyond 2^53-1; write it as text"),
        (-LARGEST - 1, "an integer is beyond 2^53-1; write it as text"),
        ("\ud800", "text holds a lone surrogate"),
        ({"\ud800": 1}, "text holds a lone surrogate"),
        ({1, 2}, "set has no exact form in JSON; write it as text"),
    ],
)
def test_canonical_value_without_exact_form_is_refused(value: object, message: str) -> None:
    with pytest.raises(NotCanonical) as caught:
        canonical(value)

    assert str(caught.value) == message


@pytest.mark.parametrize("value", [LARGEST, -LARGEST, 0])
def test_canonical_integer_at_the_limit_is_taken(value: int) -> None:
    assert canonical(value) == str(value).encode()


def test_render_result_is_canonical_with_a_line_end() -> None:
    result = evaluate_document(with_price())

    assert render(result) == rfc8785.dumps(result) + b"\n"  # type: ignore[arg-type]  # as above


def test_input_sha256_order_of_lists_does_not_matter() -> None:
    given = with_price(evaluators=[])
    turned = {name: given[name] for name in reversed(given)}
    turned["bids"] = given["bids"][::-1]
    turned["criteria"] = given["criteria"][::-1]

    assert input_sha256(turned) == input_sha256(given)


def test_input_sha256_is_the_digest_of_the_sorted_form() -> None:
    document = json.loads('{"format":"evaluation/1","criteria":[],"bids":[{"id":"b"},{"id":"a"}]}')

    # printf '{"bids":[{"id":"a"},{"id":"b"}],"criteria":[],"format":"evaluation/1"}' | sha256sum
    assert input_sha256(document) == DIGEST


DIGEST = "0ed58583b830c1541f553efb574edc627390b4fa39812ee378d0c021e27409a9"
