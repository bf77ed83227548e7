"""How long answers hold is data: dated, whole, and refused where it says what cannot be."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from bids.lifecycle import declaration_expires
from bids.passport.answers import Answer, Standing, expires
from bids.passport.kinds import Subject
from marketplace.core.regimes import passport
from marketplace.core.regimes.passport import passport_rules_on, passport_versions, read_versions
from marketplace.core.strict_toml import ContentError

AT = datetime(2026, 8, 31, 10, tzinfo=UTC)
LATER = date(2027, 1, 1)
VERSION = """
[[versions]]
version = "x"
valid_from = 2026-01-01
reminder_days = {days}
reminder_reason = "y"
declaration = {{ months = {months}, reason = "z" }}
[versions.subjects]
"""


@pytest.fixture
def shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a later version by which all holds for half a year, with one reminder."""
    (first, *_) = passport_versions()
    half = {name: replace(each, months=6) for name, each in first.subjects.items()}
    later = replace(
        first,
        version="later",
        valid_from=LATER,
        reminder_days=(10,),
        declaration=replace(first.declaration, months=6),
        subjects=half,
    )
    monkeypatch.setattr(passport, "passport_versions", lambda: (first, later))


def test_every_version_says_for_each_subject_how_long_it_holds_and_why() -> None:
    for rules in passport_versions():
        assert set(rules.subjects) == set(Subject)
        assert all(holding.reason for holding in rules.subjects.values())
    assert passport_rules_on(date(1999, 1, 1)) == passport_versions()[0]


@pytest.mark.usefixtures("shorter")
def test_answer_holds_by_the_version_in_force_when_it_is_given() -> None:
    assert expires(Subject.CLIMATE, {}, AT) == datetime(2027, 8, 31, 23, tzinfo=UTC)
    assert declaration_expires(AT) == AT.replace(year=2027)
    # The last moment of the year in London, and the first of the next.
    turn = datetime(2027, 1, 1, tzinfo=UTC)
    before = turn - timedelta(seconds=1)
    assert declaration_expires(before) == before.replace(year=2027)
    assert declaration_expires(turn) == datetime(2027, 7, 1, tzinfo=UTC)
    end_of_august = datetime(2027, 8, 31, 10, tzinfo=UTC)
    assert expires(Subject.CLIMATE, {}, end_of_august) == datetime(2028, 3, 1, tzinfo=UTC)


@pytest.mark.usefixtures("shorter")
def test_answer_expires_soon_from_the_first_reminder_on() -> None:
    until = datetime(2027, 6, 30, tzinfo=UTC)
    answer = Answer(Subject.CLIMATE, {}, "Ada", AT, until)
    assert answer.standing(until - timedelta(days=10, seconds=1)) is Standing.GOOD
    assert answer.standing(until - timedelta(days=10)) is Standing.SOON


@pytest.mark.parametrize(
    ("days", "months", "culprit"),
    [
        ("[30, 7]", "0", "declaration"),
        ("[]", "12", "reminder_days"),
        ("[7, 30]", "12", "reminder_days"),
        ("[7, 7]", "12", "reminder_days"),
        ("[7, 0]", "12", "reminder_days"),
        ("[7]", '"a year"', "months"),
    ],
)
def test_file_that_says_what_cannot_be_is_refused(
    tmp_path: Path, days: str, months: str, culprit: str
) -> None:
    file = tmp_path / "passport.toml"
    file.write_text(VERSION.format(days=days, months=months))
    with pytest.raises(ContentError, match=culprit):
        read_versions(file)
