"""Reasons of a result as people read them."""

from scoring.explanation.shortfalls import in_words

TITLES = {"safety": "Safety", "price": "Price"}


def test_criterion_is_called_by_its_title() -> None:
    reasons = ['criterion "safety": the score 1 is below the minimum 2']

    assert in_words(reasons, TITLES) == ["Safety: the score 1 is below the minimum 2"]


def test_what_is_no_key_stays_as_it_is() -> None:
    reasons = ['criterion "other": the score 1 is below the minimum 2', "Not set up in law."]

    assert in_words(reasons, TITLES) == reasons
