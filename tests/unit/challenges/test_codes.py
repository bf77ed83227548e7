"""The vocabulary is whole, and words lead to the codes that a buyer would choose."""

import pytest

from challenges.models import Challenge
from challenges.notices import codes
from challenges.notices.queries import suggested_codes

EVERY = codes._index().codes


def labels(words: str, limit: int = 8) -> list[str]:
    return [code.label for code in codes.search(words, limit)]


def test_vocabulary_has_all_its_divisions_and_no_fewer_codes_than_the_regulation() -> None:
    assert len([code for code in EVERY if code.depth == 2]) == 45
    assert len(EVERY) >= 9454


def test_each_code_has_a_broader_one_but_the_divisions() -> None:
    orphans = [code.code for code in EVERY if code.depth > 2 and not codes.path_of(code)]

    assert orphans == []
    assert len({code.code for code in EVERY}) == len(EVERY)
    assert [code.code for code in EVERY] == sorted(code.code for code in EVERY)
    assert all(len(code.code) == 8 and code.code.isdigit() for code in EVERY)
    assert all(len(code.check) == 1 and code.check.isdigit() for code in EVERY)
    assert all(code.label and len(code.label) <= codes.LABEL_MOST for code in EVERY)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("72000000", "72000000-5"),
        ("72000000-5", "72000000-5"),
        (" 72 000 000-5 ", "72000000-5"),
        ("72000000-4", None),
        ("72000001", None),
        ("", None),
        ("<script>", None),
        ("７２００００００", None),
    ],
)
def test_code_is_found_by_its_number_and_only_with_its_own_check_digit(
    typed: str, found: str | None
) -> None:
    code = codes.find(typed)

    assert (code and code.full) == found


@pytest.mark.parametrize(
    ("words", "wanted"),
    [
        ("software", "Software programming and consultancy services"),
        ("air quality monitoring", "Air pollution monitoring or measurement services"),
        ("air quality", "Air quality management"),
        ("research", "Research and experimental development services"),
        ("housing", "Housing services"),
        ("maintenance of trees", "Tree-maintenance services"),
        ("museum", "Museum services"),
        ("DATA analysis", "Data analysis services"),
        ("weather forecasts", "Weather-forecasting services"),
    ],
)
def test_words_lead_to_the_code_that_a_buyer_would_choose(words: str, wanted: str) -> None:
    assert wanted in labels(words)


def test_of_codes_with_the_same_word_the_broader_comes_first() -> None:
    found = codes.search("research", 3)

    assert found[0].code == "73000000"
    assert [code.depth for code in found] == sorted(code.depth for code in found)


def test_plurals_and_endings_lead_to_the_same_codes() -> None:
    assert labels("libraries") == labels("library")
    assert labels("monitor") == labels("monitoring")


def test_first_digits_list_the_codes_below() -> None:
    found = codes.search("7226", 20)

    assert found[0].code == "72260000"
    assert {code.code[:4] for code in found} == {"7226"}


@pytest.mark.parametrize(
    "words", ["", "the of and", "xyzzy qwfp", "' OR 1=1 --", "🦌", "\x00" * 50]
)
def test_words_that_no_code_has_find_nothing(words: str) -> None:
    assert codes.search(words) == []


def test_long_text_is_searched_at_once() -> None:
    assert codes.search("software " * 20_000, 3)
    assert codes.suggest("flood " * 20_000) == []


def test_suggestions_are_services_and_no_building_works() -> None:
    words = "How can technology help people to do well in the open air market of their town?"

    assert [code for code in codes.search(words) if code.code < "48"]
    assert not [code for code in codes.suggest(words) if code.code < "48"]


def test_suggestions_speak_of_what_the_challenge_speaks_of() -> None:
    challenge = Challenge(
        title="How can technology help people in towns to see the air pollution they breathe?",
        summary="Air quality is measured in few places.",
        outcome="People see air pollution where they live.",
        sector="environment",
        codes=[],
    )

    found = [code.label for code in suggested_codes(challenge)]

    assert any("air pollution" in label.lower() for label in found[:4])
    assert "Environmental services" in found
    assert "Research and development services and related consultancy services" in found
