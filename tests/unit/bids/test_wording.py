"""Words are counted by one rule; the browser's script is held to the same cases."""

import json
from pathlib import Path

import pytest

from bids.wording import count_words

CASES = json.loads((Path(__file__).parent / "word_cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "words"), CASES)
def test_count_words_of_a_text_gives_the_published_number(text: str, words: int) -> None:
    assert count_words(text) == words


def test_count_words_with_windows_line_ends_counts_the_same() -> None:
    assert count_words("one\r\ntwo\r\n") == count_words("one\ntwo\n") == 2
