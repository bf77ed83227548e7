"""What bids are called where names are withheld, and from whom and how long they are."""

import re
import secrets

import pytest

from challenges.lifecycle import State
from scoring.panel.aliases.drawing import WORDS, draw, handle, shown, words_for
from scoring.panel.aliases.policy import names_kept
from scoring.panel.lifecycle import PanelPhase, Seat

SUPPLIERS = [f"Supplier {number:02d}" for number in range(12)]


def test_words_are_many_each_once_and_fit_an_address() -> None:
    assert len(WORDS) == len({word.casefold() for word in WORDS}) > 100
    assert all(re.fullmatch("[a-z]+", handle(word)) for word in WORDS)


def test_each_bid_gets_a_word_of_its_own_also_where_bids_are_many() -> None:
    drawn = draw({number: f"Bidder {number}" for number in range(300)})
    assert len(set(drawn.values())) == 300
    assert all(re.fullmatch("[a-z]+-[a-z]+", handle(word)) for word in drawn.values())


def test_more_bids_than_words_are_refused() -> None:
    with pytest.raises(ValueError, match="more than there are words"):
        words_for(10_000)


def test_no_bid_is_called_by_a_word_of_a_bidders_name() -> None:
    assert {"Heron", "Wren"} <= set(WORDS)
    assert not {"Heron", "Wren"} & set(words_for(2, ["Heronry Data Ltd", "THE WREN"]))


def test_alias_reads_as_a_name() -> None:
    assert (shown("Heron"), handle("Red Heron")) == ("Bid Heron", "red-heron")


def test_order_of_aliases_says_nothing_of_the_order_of_names() -> None:
    """Over many draws each supplier stands at each place of the aliases about as often."""
    places = {name: [0] * len(SUPPLIERS) for name in SUPPLIERS}
    draws = 3000
    for _ in range(draws):
        drawn = draw(dict.fromkeys(SUPPLIERS, ""))
        for place, name in enumerate(sorted(SUPPLIERS, key=drawn.__getitem__)):
            places[name][place] += 1
    # 250 are expected at each place; 100 would be more than six standard deviations away.
    expected = draws / len(SUPPLIERS)
    assert all(abs(count - expected) < 100 for counts in places.values() for count in counts)


def test_chance_of_the_draw_is_that_of_secrets() -> None:
    assert draw.__defaults__ == (secrets.randbelow,)


@pytest.mark.parametrize(
    ("seat", "phase", "state", "kept"),
    [
        (Seat.EVALUATOR, PanelPhase.SCORING, State.EVALUATING, True),
        (Seat.CHAIR, PanelPhase.MODERATING, State.EVALUATING, True),
        (None, PanelPhase.MODERATING, State.EVALUATING, True),
        (None, None, State.OPEN, True),
        (Seat.CHAIR, PanelPhase.LOCKED, State.EVALUATING, False),
        (None, PanelPhase.LOCKED, State.EVALUATING, False),
        (Seat.EVALUATOR, PanelPhase.LOCKED, State.EVALUATING, True),
        (Seat.OBSERVER, PanelPhase.LOCKED, State.EVALUATING, True),
        (Seat.EVALUATOR, PanelPhase.LOCKED, State.INTENTION, False),
        (Seat.OBSERVER, PanelPhase.SCORING, State.CANCELLED, False),
    ],
)
def test_names_are_kept_until_the_lock_and_from_evaluators_until_the_decision(
    seat: Seat | None, phase: PanelPhase | None, state: State, kept: bool
) -> None:
    assert names_kept(seat, phase, state) is kept
