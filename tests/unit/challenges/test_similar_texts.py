"""Which words stand for a challenge when challenges are compared."""

import pytest

from challenges.similar.texts import LONGEST_PART, digest, parts, telling_words, without_opening


@pytest.mark.parametrize(
    ("title", "rest"),
    [
        ("How can technology help people find a warm place?", "people find a warm place"),
        ("How can we find deer on the hill?", "find deer on the hill"),
        ("How might we use technology to help carers rest?", "carers rest"),
        ("how can councils spot potholes early?", "spot potholes early"),
        ("Common repairs in tenements", "Common repairs in tenements"),
        ("How can technology help?", "How can technology help?"),
        ("How can wellbeing grow?", "How can wellbeing grow"),
        ("  ", ""),
    ],
)
def test_opening_is_left_out_unless_nothing_else_is_left(title: str, rest: str) -> None:
    assert without_opening(title) == rest


def test_parts_leave_out_what_is_empty_and_shorten_what_is_long() -> None:
    assert parts("How can we count deer?", " ", "x" * 20_000) == ["count deer", "x" * LONGEST_PART]


def test_digest_tells_where_one_text_ends() -> None:
    assert digest(["ab", "c"]) != digest(["a", "bc"])


def test_telling_words_leave_out_what_everybody_says() -> None:
    found = telling_words("How can technology help farmers reduce floods?", "Floods cost people.")

    assert found == ["farmers", "reduce", "floods", "cost"]


def test_telling_words_of_hostile_text_are_few() -> None:
    assert len(telling_words("ab cde " * 5_000, " ".join(f"wörd{'x' * i}" for i in range(99)))) <= 8
    assert telling_words('😀 % _ \\ 123 " OR *', "") == []


def test_telling_words_have_no_accents_as_those_of_the_indexes() -> None:
    assert telling_words("Where is Càrn Mòr’s café?", "") == ["carn", "mor", "cafe"]
