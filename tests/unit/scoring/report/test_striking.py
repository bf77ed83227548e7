"""Names and prices as people write them."""

from fractions import Fraction

import pytest

from scoring.report.striking import STRUCK_PRICE, STRUCK_TIE, Striker, without_ties
from scoring.report.values import Money


@pytest.mark.parametrize(
    "written",
    [
        "£48,000",
        "48000",
        "48,000.00",
        "£48 000",
        "48k",
        "£48K",
        "£ 48,000",
    ],
)
def test_striker_finds_a_price_in_each_way_of_writing_it(written: str) -> None:
    striker = Striker()
    striker.strike_price(Money(4_800_000, "GBP"))
    assert striker(f"At {written}, it is low.") == f"At {STRUCK_PRICE}, it is low."


@pytest.mark.parametrize(
    "kept", ["148,000", "48,000,000", "480000", "48,000.50", "C48", "48 walks"]
)
def test_striker_leaves_other_numbers_alone(kept: str) -> None:
    striker = Striker()
    striker.strike_price(Money(4_800_000, "GBP"))
    assert striker(f"It says {kept} here.") == f"It says {kept} here."


def test_striker_finds_a_price_with_pence_rounded_to_pounds() -> None:
    striker = Striker()
    striker.strike_price(Money(4_753_750, "GBP"))
    assert striker("£47,537.50 or about £47,537") == f"{STRUCK_PRICE} or about {STRUCK_PRICE}"


def test_striker_leaves_a_small_price_alone_because_scores_look_like_it() -> None:
    striker = Striker()
    striker.strike_price(Money(500, "GBP"))
    assert striker("Scored 5 of 5") == "Scored 5 of 5"


@pytest.mark.parametrize(
    ("text", "struck"),
    [
        ("QUILLFEATHER SYSTEMS LIMITED said", "B-1 said"),
        ("Quillfeather  Systems’ plan", "B-1’ plan"),
        ("Quillfeather\nSystems Limited", "B-1"),
        ("The quills and systems", "The quills and systems"),
    ],
)
def test_striker_finds_a_supplier_with_or_without_its_legal_form(text: str, struck: str) -> None:
    striker = Striker()
    striker.strike_supplier("Quillfeather Systems Limited", "B-1")
    assert striker(text) == struck


def test_striker_tells_a_supplier_of_one_word_from_the_word() -> None:
    striker = Striker()
    striker.strike_supplier("Signal Ltd", "B-2")
    assert striker("Signal lost its signal") == "B-2 lost its signal"


def test_striker_strikes_the_longer_of_two_names_first() -> None:
    striker = Striker()
    striker.strike_supplier("Loom Works", "B-1")
    striker.strike_supplier("Loom Works North", "B-2")
    assert striker("Loom Works North and Loom Works") == "B-2 and B-1"


@pytest.mark.parametrize("written", ["Ishbel Fankle", "ISHBEL FANKLE", "Dr Fankle", "I. Fankle"])
def test_striker_finds_a_person_by_name_title_or_initial(written: str) -> None:
    striker = Striker()
    striker.strike_person("Ishbel Fankle", "Evaluator 1")
    assert striker(f"As {written} says") == "As Evaluator 1 says"


@pytest.mark.parametrize(
    "written",
    [
        "It is lower by £2,500.",
        "It is 2500.00 cheaper.",
        "It asks 4.2 % less.",
        "The other asks 4 per cent more.",
        "The other has 78.5 points.",
        "Another bid has a total of 78.5.",
        "It is 0.5 points ahead.",
        "The other reached 78.50 out of 100.",
    ],
)
def test_striker_finds_what_tells_a_withheld_figure_from_one_that_is_shown(written: str) -> None:
    striker = Striker()
    striker.strike_difference(Money(5_890_000, "GBP"), Money(5_640_000, "GBP"))
    striker.strike_total(Fraction("78.5"), {Fraction(79)})
    assert "withheld]" in striker(written)
    assert not any(character.isdigit() for character in striker(written).replace("of 100", ""))


def test_striker_of_differences_leaves_other_figures_alone() -> None:
    striker = Striker()
    striker.strike_difference(Money(5_890_000, "GBP"), Money(5_640_000, "GBP"))
    striker.strike_total(Fraction("78.5"), {Fraction(79)})
    kept = "At £56,400 it has 79 points, 14 % of them for price; 10.5 points for safety."
    assert striker(kept) == kept


def test_sentences_that_figures_are_the_same_are_left_out() -> None:
    text = (
        "Two bids have 79 points each. Both prices earn every point. It starts in the same week. "
        "They tied: price decided."
    )
    assert without_ties(text) == (
        f"{STRUCK_TIE} It starts in the same week. {STRUCK_TIE} price decided."
    )
