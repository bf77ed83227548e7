"""What in answers may tell a bidder: found by name and by address, and masked word by word."""

import uuid

import pytest

from challenges.lifecycle import State
from marketplace.core.permissions import Actor, Ground, Role
from scoring.panel.masking.finding import MASK, Known, find, masked, may_be_masked, stands_in
from scoring.panel.masking.policy import can_mask

ANSWERS = {
    "solves": "Northgate Digital Ltd asks first.\nNorthgate has done so, as NORTHGATE\ndigital.",
    "team": "Ask ada@northgate.example or see (https://northgate.example/us). No other digital.",
}


def found(*names: str) -> dict[str, int]:
    return {each.words: len(each.places) for each in find(Known(names), ANSWERS)}


def test_names_are_found_whole_in_part_and_whatever_their_case_each_place_once() -> None:
    assert found("Northgate Digital Ltd") == {
        "Northgate Digital Ltd": 1,
        "NORTHGATE digital": 1,
        "Northgate": 1,
        "ada@northgate.example": 1,
        "https://northgate.example/us": 1,
    }


def test_words_that_many_names_have_tell_nobody() -> None:
    assert "digital" not in {words.casefold() for words in found("Digital Works Ltd")}


def test_a_word_within_another_is_no_name() -> None:
    assert not find(Known(["Gate"]), {"solves": "Northgate and gateway"})


def test_the_text_around_a_name_is_shown_with_its_question() -> None:
    (place,) = find(Known(["Zinnia"]), {"solves": "x" * 50 + " by Zinnia for all " + "y" * 50})[
        0
    ].places
    assert place[0] == "solves"
    assert "by Zinnia for all" in place[1]
    assert len(place[1]) < 100


KNOWN = Known(
    ["Okapiwood Water Works Ltd"], ["Will Okapi", "Ada Young"], ["okapiwood-labs.example"]
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("OKAPIWOOD", True),
        ("okapiwood   works", True),
        ("will okapi", True),
        ("okapiwood-labs", True),
        ("www.elsewhere.example", True),
        # What an answer is scored for, and words that many names have.
        ("we ask people first", False),
        ("Okapiwood asks people first", False),
        ("will", False),
        ("works", False),
        ("Ltd", False),
        ("example", False),
        ("young", False),
        ("...", False),
    ],
)
def test_nothing_can_be_masked_but_what_tells_the_bidder(words: str, expected: bool) -> None:
    answers = {
        "solves": "Okapiwood asks people first, we ask people first. Will Okapi will. An example:",
        "team": "www.elsewhere.example, and works for the young ... Ltd. See okapiwood-labs.",
    }
    assert may_be_masked(words, KNOWN, answers) is expected


def test_masking_takes_every_place_whatever_case_and_spaces() -> None:
    text = masked(ANSWERS["solves"], ["Northgate", "northgate digital"])
    assert text == f"{MASK} Ltd asks first.\n{MASK} has done so, as {MASK}."
    assert masked("a+b (c) [d]", ["a+b", "[d]"]) == f"{MASK} (c) {MASK}"


def test_nothing_to_mask_leaves_the_text() -> None:
    assert masked("As it was.", ()) == "As it was."
    assert stands_in("as  IT", {"solves": "As it was."})
    assert not stands_in("as", {"solves": "was"})


def _actor(*roles: Role) -> Actor:
    return Actor(uuid.UUID(int=1), "Ann", uuid.UUID(int=2), frozenset(roles))


@pytest.mark.parametrize(
    ("role", "judges", "withheld", "state", "expected"),
    [
        (Role.PROCUREMENT_OFFICER, False, True, State.OPENED, None),
        (Role.PROCUREMENT_OFFICER, True, True, State.OPENED, Ground.RIGHT),
        (Role.CHALLENGE_LEAD, False, True, State.OPENED, Ground.RIGHT),
        (Role.AUDITOR, False, True, State.OPENED, Ground.RIGHT),
        (Role.PROCUREMENT_OFFICER, False, False, State.OPENED, Ground.MOMENT),
        (Role.PROCUREMENT_OFFICER, False, True, State.CLOSED, Ground.MOMENT),
        (Role.PROCUREMENT_OFFICER, False, True, State.EVALUATING, Ground.MOMENT),
    ],
)
def test_officers_who_do_not_judge_mask_between_the_opening_and_the_scoring(
    role: Role, judges: bool, withheld: bool, state: State, expected: Ground | None
) -> None:
    answer = can_mask(_actor(role), judges=judges, names_withheld=withheld, state=state)
    assert answer.ground is expected
