"""How the words of an answer are counted: one rule, the same in `static/js/bids.js`. Pure."""

import re

# Written out, because the languages disagree on what else is white space.
_WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_PIECE = re.compile(f"[^{_WHITE_SPACE}]+")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def count_words(text: str) -> int:
    """Count words: the pieces between white space that hold at least one letter or digit.

    So "well-known", "£5,000" and "e.g." are one word each, and a dash or bullet alone is none.
    """
    return sum(1 for piece in _PIECE.findall(text) if _LETTER_OR_DIGIT.search(piece))
