"""Names and prices as people write them."""

import pytest

from scoring.report.striking import STRUCK_PRICE, Striker
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
