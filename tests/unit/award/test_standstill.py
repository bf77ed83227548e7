"""Why a standstill ends on the day on which it does, in words."""

from datetime import UTC, date, datetime

from marketplace.core.regimes.shapes import Standstill
from marketplace.core.regimes.working_days import standstill_end
from scoring.award.standstill import last_day, why

RULE = Standstill("required", days_electronic=10, days_other=15, ends="working_day")
# A Thursday, of which ten days later is a Sunday.
SENT = datetime(2026, 11, 26, 11, tzinfo=UTC)


def said(rule: Standstill, sent_at: datetime, *, electronic: bool = True) -> list[str]:
    ends = standstill_end(rule, sent_at, electronic=electronic)
    return [each.message % each.data for each in why(rule, sent_at, ends)]


def test_last_day_is_told_with_the_days_and_why_it_moved() -> None:
    assert said(RULE, SENT) == [
        "Its last day is Monday 7 December 2026: 10 days after the letters of "
        "Thursday 26 November 2026.",
        "Sunday 6 December 2026 is no working day, so the next one that is counts.",
    ]


def test_day_that_did_not_move_needs_no_second_sentence() -> None:
    assert len(said(RULE, datetime(2026, 11, 24, 11, tzinfo=UTC))) == 1


def test_letter_by_other_means_tells_of_the_longer_time() -> None:
    first, second = said(RULE, SENT, electronic=False)
    assert "15 days" in first
    assert "not every letter went by e-mail" in second


def test_working_days_are_called_so() -> None:
    rule = Standstill("required", days_electronic=8, days_other=8, counts="working_days")
    assert "8 working days" in said(rule, SENT)[0]


def test_without_a_standstill_nothing_is_said() -> None:
    assert said(Standstill("none"), SENT) == []
    assert why(RULE, SENT, SENT) == []


def test_last_day_is_londons_on_both_sides_of_a_clock_change() -> None:
    # Midnight in London: at 23:00 in UTC in summer, at 00:00 in winter.
    assert last_day(datetime(2026, 10, 24, 23, tzinfo=UTC)) == date(2026, 10, 24)
    assert last_day(datetime(2026, 10, 26, tzinfo=UTC)) == date(2026, 10, 25)
    assert last_day(datetime(2027, 3, 28, tzinfo=UTC)) == date(2027, 3, 27)
    assert last_day(datetime(2027, 3, 28, 23, tzinfo=UTC)) == date(2027, 3, 28)
