"""Two windows of one evaluator on the same scores."""

from decimal import Decimal

import pytest

from scoring.panel.desk.windows import Overtaken, Verdict, mark, read, verdict, written

SEEN = mark(Decimal(3), "Good.", "")
TYPED = mark(Decimal(4), "Very good.", "")
OTHER = mark(Decimal(2), "Not so good.", "")


@pytest.mark.parametrize(
    ("sent", "stands", "outcome"),
    [
        (SEEN, SEEN, Verdict.LEAVE),
        (SEEN, OTHER, Verdict.LEAVE),
        (TYPED, SEEN, Verdict.KEEP),
        (TYPED, TYPED, Verdict.KEEP),
        (TYPED, OTHER, Verdict.OVERTAKEN),
    ],
)
def test_only_what_two_windows_changed_differently_is_left_to_the_person(
    sent: str, stands: str, outcome: Verdict
) -> None:
    assert verdict(sent=sent, seen=SEEN, stands=stands) is outcome


def test_mark_is_of_what_is_said_and_not_of_how_it_is_written() -> None:
    assert mark(Decimal("3.000"), "Good.\r\nReally. ", "") == mark(Decimal(3), "Good.\nReally.", "")
    assert mark(Decimal(10), "", "") == mark(Decimal("1E1"), "", "")


def test_mark_tells_score_reason_and_note_apart() -> None:
    cells = [
        (None, "", ""),
        (Decimal(0), "", ""),
        (Decimal(1), "x", ""),
        (Decimal(1), "", "x"),
        (None, "1", "x"),
    ]

    assert len({mark(*cell) for cell in cells}) == len(cells)


def test_marks_travel_in_a_hidden_field() -> None:
    marks = {"B-ACORN": SEEN, "solves": TYPED}

    assert read(written(marks)) == marks


@pytest.mark.parametrize("sent", [None, "", "   ", "no-sign", "=abc", "\x00 🦡"])
def test_what_a_stranger_sends_there_marks_nothing(sent: str | None) -> None:
    assert read(sent) == {}


def test_refusal_stands_beside_each_score_that_was_overtaken() -> None:
    assert set(Overtaken(["score-a", "score-b"]).fields) == {"score-a", "score-b"}
