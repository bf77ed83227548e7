"""The quick check: what is asked of whom, and what each answer comes to."""

from dataclasses import replace

import pytest

from bids.checking.outcome import Outcome, bidder, declared, missing, result, tells
from bids.checking.questions import QUESTIONS_MOST, questions
from bids.checking.shapes import Effect, Facts, Key

BARE = Facts(buyer="Ardmore Council", closes="midday on Tuesday 8 December 2026 (GMT)")
FULL = replace(
    BARE,
    turnover="£100,000",
    insurance="£1,000,000",
    most="£5,000",
    starts="11 January 2027",
)
# An answer to each question that raises nothing.
FINE: dict[str, str] = {
    Key.BIDDER: "company",
    Key.CRIMES: "no",
    Key.TAX: "no",
    Key.OTHER: "no",
    Key.CONFLICT: "no",
    Key.TURNOVER: "yes",
    Key.INSURANCE: "yes",
    Key.MONEY: "yes",
    Key.CLOSING: "yes",
    Key.START: "yes",
}


def outcome_with(key: Key, value: str, facts: Facts = FULL) -> Outcome:
    return result(questions(facts), FINE | {key: value}).outcome


def test_a_challenge_that_asks_for_everything_raises_ten_questions_at_most() -> None:
    assert len(questions(FULL)) == len(Key) == QUESTIONS_MOST


def test_what_a_challenge_does_not_ask_for_is_not_asked_about() -> None:
    asked = {question.key for question in questions(BARE)}
    assert not asked & {Key.TURNOVER, Key.INSURANCE, Key.MONEY, Key.START}


def test_answers_that_raise_nothing_come_to_nothing_stops() -> None:
    found = result(questions(FULL), FINE)
    assert (found.outcome, found.stops, found.conditions) == (Outcome.NOTHING_STOPS, (), [])


@pytest.mark.parametrize(
    ("key", "value", "outcome"),
    [
        (Key.BIDDER, "sole_trader", Outcome.NOTHING_STOPS),
        (Key.BIDDER, "forming", Outcome.IF),
        (Key.BIDDER, "several", Outcome.IF),
        (Key.CRIMES, "righted", Outcome.IF),
        (Key.CRIMES, "yes", Outcome.NOT_FOR_YOU),
        (Key.TAX, "agreed", Outcome.NOTHING_STOPS),
        (Key.TAX, "yes", Outcome.IF),
        (Key.OTHER, "yes", Outcome.IF),
        (Key.CONFLICT, "yes", Outcome.IF),
        (Key.TURNOVER, "together", Outcome.IF),
        (Key.TURNOVER, "no", Outcome.NOT_FOR_YOU),
        (Key.INSURANCE, "get", Outcome.IF),
        (Key.INSURANCE, "no", Outcome.NOT_FOR_YOU),
        (Key.MONEY, "no", Outcome.NOT_FOR_YOU),
        (Key.CLOSING, "no", Outcome.NOT_FOR_YOU),
        (Key.START, "no", Outcome.IF),
    ],
)
def test_one_answer_alone_decides_what_a_check_comes_to(
    key: Key, value: str, outcome: Outcome
) -> None:
    assert outcome_with(key, value) is outcome


def test_not_being_sure_never_stops_anybody() -> None:
    for question in questions(FULL):
        if question.choice("unsure") is not None:
            assert outcome_with(question.key, "unsure") is Outcome.IF


def test_below_the_laws_reach_a_conviction_is_for_the_body_to_judge() -> None:
    assert outcome_with(Key.CRIMES, "yes", replace(FULL, own_rules=True)) is Outcome.IF


def test_what_stops_comes_with_what_else_is_needed() -> None:
    found = result(questions(FULL), FINE | {Key.MONEY: "no", Key.TAX: "yes"})
    assert [each.key for each in found.stops] == [Key.MONEY]
    assert [each.key for each in found.conditions] == [Key.TAX]


@pytest.mark.parametrize("facts", [FULL, replace(FULL, fixed=True, own_rules=True)])
def test_every_answer_that_matters_says_why_and_what_to_do_in_whole_words(facts: Facts) -> None:
    for question in questions(facts):
        for choice in question.choices:
            told = [text % question.data for text in (choice.says, choice.do) if text]
            assert len(told) == (0 if choice.effect is Effect.FINE else 2), choice


def test_a_question_that_was_not_asked_before_lacks_an_answer() -> None:
    answers: dict[str, str] = {key: text for key, text in FINE.items() if key != Key.TURNOVER} | {
        Key.TAX: "perhaps"
    }
    assert missing(questions(FULL), answers) == [Key.TAX, Key.TURNOVER]
    with pytest.raises(LookupError, match="tax, turnover"):
        result(questions(FULL), answers)


def test_answers_fill_in_a_declaration_only_where_they_say_something_sure() -> None:
    answers: dict[str, str] = {
        Key.CRIMES: "righted",
        Key.TAX: "agreed",
        Key.OTHER: "unsure",
        Key.MONEY: "no",
    }
    assert declared(answers) == {"crimes": True, "tax": False}


@pytest.mark.parametrize(
    ("given", "kind"),
    [({Key.BIDDER: "sole_trader"}, "sole_trader"), ({Key.BIDDER: "several"}, None), ({}, None)],
)
def test_who_would_bid_names_a_type_of_supplier_where_there_is_one(
    given: dict[str, str], kind: str | None
) -> None:
    assert bidder(given) == kind


def test_only_answers_that_are_sure_about_grounds_tell_something_in_a_declaration() -> None:
    answers = FINE | {Key.TAX: "unsure"}
    assert [key for key in Key if tells(key, answers)] == [Key.CRIMES, Key.OTHER]
    assert not tells(Key.CRIMES, {})
