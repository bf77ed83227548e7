"""What people type into a search box, as each database is asked for it."""

import pytest

from challenges.finding.wanted import TERMS_MOST, Wanted


@pytest.mark.parametrize(
    ("typed", "fts5", "tsquery"),
    [
        ("flood", '("flood")', "(flood)"),
        ("Flood  WARNING", '("flood" AND "warning")', "(flood) & (warning)"),
        ("how can the flood", '("flood")', "(flood)"),
        ("“care home”", '("care home")', "(care <-> home)"),
        ('"state of the art', '("state of the art")', "(state <-> of <-> the <-> art)"),
        ("low-carbon", '("low carbon")', "(low <-> carbon)"),
        ("technolog*", '("technolog"*)', "(technolog:*)"),
        ("bus -school", '("bus") NOT "school"', "(bus) & !(school)"),
        ('bus -"night bus"', '("bus") NOT "night bus"', "(bus) & !(night <-> bus)"),
        ("Àite-cèilidh", '("aite ceilidh")', "(aite <-> ceilidh)"),
        ("bus bus", '("bus")', "(bus)"),
        ("100%", '("100")', "(100)"),
        ("مياه 💧", '("مياه")', "(مياه)"),
    ],
)
def test_words_are_said_in_the_language_of_each_database(
    typed: str, fts5: str, tsquery: str
) -> None:
    wanted = Wanted.read(typed)

    assert (wanted.fts5, wanted.tsquery) == (fts5, tsquery)


@pytest.mark.parametrize("typed", ["", "_", "***", '"" ""', "💧", "-", "'; --", "-school"])
def test_what_holds_no_word_to_look_for_asks_for_nothing(typed: str) -> None:
    wanted = Wanted.read(typed)

    assert not wanted
    assert not wanted.only_common


def test_common_words_alone_are_told_from_no_words() -> None:
    assert Wanted.read("how can the").only_common
    assert not Wanted.read("how can the bus").only_common


def test_endless_input_becomes_few_short_terms() -> None:
    wanted = Wanted.read(" ".join(f"word{n}" * 50 for n in range(2_000)))

    assert len(wanted.terms) == TERMS_MOST
    assert max(len(word) for term in wanted.terms for word in term.words) == 60
