"""A found piece of light Markdown reads as running text."""

import pytest

from challenges.finding.matching import plain


@pytest.mark.parametrize(
    ("piece", "said"),
    [
        ("**Flood** water", "Flood water"),
        ("## Why\n\n- \x02Flood\x03s come\n- again", "Why \x02Flood\x03s come again"),
        ("1. first\n2) second", "first second"),
        ("See [the \x02map\x03](https://example.org/a_b).", "See the \x02map\x03."),
        ("cut off [in a link](https://exam", "cut off in a link"),
        ("> said\u2029 - listed", "said listed"),
        # What is no sign stays: a minus, a range, a sum.
        ("at -5 degrees, 3-4 days, 2 > 1", "at -5 degrees, 3-4 days, 2 > 1"),
    ],
)
def test_signs_of_markdown_are_left_out_of_a_piece(piece: str, said: str) -> None:
    assert plain(piece) == said
