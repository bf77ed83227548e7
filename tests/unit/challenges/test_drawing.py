"""Where the steps of a challenge are drawn."""

import itertools
from datetime import timedelta

from challenges.finding.drawing import WIDTH, lay_out, width_of
from tests.conftest import NOW


def test_dots_stand_in_order_within_the_drawing_and_apart() -> None:
    days = (0, 1, 400, 401, 402)
    dots = lay_out([NOW + timedelta(days=day) for day in days], ["Step"] * 5)

    across = [dot.x for dot in dots]
    gaps = [later - earlier for earlier, later in itertools.pairwise(across)]
    assert min(across) > 0
    assert max(across) < WIDTH
    assert min(gaps) >= 120
    assert width_of(dots) == WIDTH
    assert max(gaps) == gaps[1]  # the long wait is the longest way


def test_one_step_and_many_at_one_instant_are_drawn_too() -> None:
    assert len(lay_out([NOW], ["Published"])) == 1
    many = lay_out([NOW] * 30, ["Moved"] * 30)
    assert len({dot.x for dot in many}) == 30
    assert lay_out([], []) == []


def test_words_of_many_steps_never_run_into_each_other() -> None:
    dots = lay_out([NOW + timedelta(days=day) for day in range(9)], ["Closing time moved"] * 9)

    across = [dot.x for dot in dots]
    assert min(later - earlier for earlier, later in itertools.pairwise(across)) >= 120
    assert max(across) < width_of(dots)
    assert width_of([]) == WIDTH


def test_long_words_are_parted_into_short_lines() -> None:
    (dot,) = lay_out([NOW], ["Intention to award announced"])

    assert dot.lines == ("Intention to", "award", "announced")
