"""Two versions of a text side by side, with the words that differ. Pure.

A text may be anything that fits into a field, hostile texts included, so the time of a comparison
is bounded: where two passages have little in common and are long, they are shown as wholly changed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

# Longer passages that differ are not searched for what they share.
LINES_MOST = 2_000
WORDS_MOST = 3_000

# Two lines with less in common than this are two different lines, not one that was changed.
ALIKE = 0.35

# A single character of scripts that set no spaces; or a word with the space after it, whole with
# its apostrophes, accents, joined emoji and figures (“4,500”); or one sign.
_UNSPACED = r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]"
_INSIDE = r"(?<=\w)[.,'@/-](?=\w)"
_WORD = re.compile(
    rf"{_UNSPACED}|(?:(?!{_UNSPACED})(?:[^\W_]|[^\x00-\x7f\s]|{_INSIDE}))+\s*|[\W_]\s*"
)


@dataclass(frozen=True)
class Piece:
    """Some words of a line, and whether the other version lacks them."""

    text: str
    changed: bool


@dataclass(frozen=True)
class Row:
    """A line before and after; None where one version has no such line."""

    before: tuple[Piece, ...] | None
    after: tuple[Piece, ...] | None

    @property
    def changed(self) -> bool:
        """Whether the two differ."""
        return self.before != self.after

    @property
    def blank(self) -> bool:
        """Whether neither has anything to read here, as between paragraphs."""
        return not any(piece.text.strip() for piece in (*(self.before or ()), *(self.after or ())))


def compare(old: str, new: str) -> list[Row]:
    """Give both versions line by line: what stayed, what went and what came, word by word.

    Joining the pieces of each side gives that version again, but for its kind of line ends. Two
    empty texts have no rows; an empty text beside another has no lines.
    """
    before, after = _lines(old), _lines(new)
    rows: list[Row] = []
    for same, a, b in _runs(before, after, LINES_MOST):
        rows += [_unchanged(line) for line in a] if same else _replaced(a, b)
    return rows


def differs(rows: Sequence[Row]) -> bool:
    """Tell whether anything changed."""
    return any(row.changed for row in rows)


def folded(rows: Sequence[Row], around: int = 1) -> Iterator[tuple[bool, list[Row]]]:
    """Give the rows in runs, each with whether it is far from any change and so can be folded away.

    `around` is how many unchanged lines stay beside a change, so that one sees where it stands.
    """
    near = {
        place
        for index, row in enumerate(rows)
        if row.changed
        for place in range(index - around, index + around + 1)
    }
    run: list[Row] = []
    far = False
    for index, row in enumerate(rows):
        if run and (index not in near) is not far:
            yield far, run
            run = []
        far = index not in near
        run.append(row)
    if run:
        yield far, run


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").split("\n") if text else []


def _unchanged(line: str) -> Row:
    whole = (Piece(line, False),)
    return Row(whole, whole)


def _gone(line: str) -> Row:
    return Row((Piece(line, True),), None)


def _come(line: str) -> Row:
    return Row(None, (Piece(line, True),))


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[Row]:
    """Pair lines in their order; what is not alike stands as one line gone and another come."""
    for old, new in zip_longest(before, after):
        if new is None:
            yield _gone(old)
        elif old is None:
            yield _come(new)
        else:
            yield from _line(old, new)


def _line(old: str, new: str) -> Iterator[Row]:
    a, b = _WORD.findall(old), _WORD.findall(new)
    left: list[Piece] = []
    right: list[Piece] = []
    shared = 0
    for same, x, y in _runs(a, b, WORDS_MOST):
        gone, come = "".join(x), "".join(y)
        if gone:
            left.append(Piece(gone, not same))
        if come:
            right.append(Piece(come, not same))
        shared += len(gone) if same else 0
    if shared < ALIKE * min(len(old), len(new)) or not (old and new):
        yield _gone(old)
        yield _come(new)
    else:
        yield Row(tuple(left), tuple(right))


def _runs(
    a: Sequence[str], b: Sequence[str], most: int
) -> Iterator[tuple[bool, Sequence[str], Sequence[str]]]:
    """Give what two sequences share and where they differ, in order: (same, of a, of b)."""
    start = 0
    while start < min(len(a), len(b)) and a[start] == b[start]:
        start += 1
    end = 0
    while end < min(len(a), len(b)) - start and a[-1 - end] == b[-1 - end]:
        end += 1
    if start:
        yield True, a[:start], b[:start]
    middle_a, middle_b = a[start : len(a) - end], b[start : len(b) - end]
    if max(len(middle_a), len(middle_b)) > most:
        yield False, middle_a, middle_b
    else:
        # Its heuristic for words that stand everywhere keeps a long text from taking minutes.
        matcher = SequenceMatcher(None, middle_a, middle_b)
        for tag, i, j, k, n in matcher.get_opcodes():
            yield tag == "equal", middle_a[i:j], middle_b[k:n]
    if end:
        yield True, a[len(a) - end :], b[len(b) - end :]
