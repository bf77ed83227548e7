"""Two versions of a text side by side: whole, fair to the eye, and in bounded time."""

import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from challenges.comparing import Piece, Row, compare, differs, folded


def side(rows: list[Row], name: str) -> str:
    lines = [getattr(row, name) for row in rows]
    return "\n".join("".join(piece.text for piece in line) for line in lines if line is not None)


def changed(rows: list[Row], name: str) -> list[str]:
    return [
        piece.text.strip()
        for row in rows
        for piece in getattr(row, name) or ()
        if piece.changed and piece.text.strip()
    ]


@given(st.text(max_size=200), st.text(max_size=200))
def test_each_side_gives_its_version_again(old: str, new: str) -> None:
    rows = compare(old, new)

    assert side(rows, "before") == old.replace("\r\n", "\n")
    assert side(rows, "after") == new.replace("\r\n", "\n")
    assert differs(rows) is (old.replace("\r\n", "\n") != new.replace("\r\n", "\n"))


def test_only_the_words_that_changed_are_marked() -> None:
    rows = compare(
        "Bids close on Tuesday at noon.\nAsk us.", "Bids close on Friday at noon.\nAsk us."
    )

    assert changed(rows, "before") == ["Tuesday"]
    assert changed(rows, "after") == ["Friday"]
    assert [row.changed for row in rows] == [True, False]


def test_figures_and_addresses_are_whole_words() -> None:
    rows = compare("About 4,500 of us.", "About 5,000 of us.")

    assert (changed(rows, "before"), changed(rows, "after")) == (["4,500"], ["5,000"])


def test_blank_lines_between_paragraphs_are_nothing_to_read() -> None:
    rows = compare("One.", "One.\n\nTwo.")

    assert [row.blank for row in rows] == [False, True, False]


def test_line_that_came_stands_beside_nothing() -> None:
    assert compare("one", "one\ntwo")[1] == Row(None, (Piece("two", True),))


def test_lines_with_hardly_a_word_in_common_are_one_gone_and_one_come() -> None:
    rows = compare("Warm rooms for people who wait.", "Deer in forests: count them.")

    assert [(row.before is None, row.after is None) for row in rows] == [
        (False, True),
        (True, False),
    ]


def test_apostrophes_and_joined_emoji_are_never_cut() -> None:
    rows = compare("We don’t know 👩‍💻 yet", "We don’t know 👩‍🔬 yet")

    assert changed(rows, "after") == ["👩‍🔬"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a b " * 5_000, "b a " * 5_000),
        ("\n" * 20_000, "x\n" * 10_000),
        ("x" * 20_000, "y" * 20_000),
        (
            " ".join(random.Random(1).choices([f"w{n}" for n in range(150)], k=5_000)),  # noqa: S311  (no secret)
            " ".join(random.Random(2).choices([f"w{n}" for n in range(150)], k=5_000)),  # noqa: S311  (no secret)
        ),
        (
            " ".join(random.Random(1).choices([f"w{n}" for n in range(150)], k=2_900)),  # noqa: S311  (no secret)
            " ".join(random.Random(2).choices([f"w{n}" for n in range(150)], k=2_900)),  # noqa: S311  (no secret)
        ),
    ],
    ids=["two words", "blank lines", "one word", "words, many", "words, as many as compared"],
)
def test_hostile_texts_of_full_length_are_compared_in_a_moment(old: str, new: str) -> None:
    began = time.process_time()

    rows = compare(old, new)

    assert time.process_time() - began < 2
    assert side(rows, "after") == new


def test_what_is_far_from_a_change_can_be_folded_and_its_neighbours_stay() -> None:
    old = "\n".join(f"Line {number}" for number in range(10))

    runs = list(folded(compare(old, old.replace("Line 5", "Line five"))))

    assert [(far, len(run)) for far, run in runs] == [(True, 4), (False, 3), (True, 3)]
