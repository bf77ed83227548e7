"""The phases of a panel, every act in every phase, what must be ready, and what a score needs."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from scoring.panel.lifecycle import (
    EXPERTISE_WORDS,
    FAULT_WORDS,
    MEASURE_WORDS,
    MOMENTS,
    PHASE_WORDS,
    SEAT_LETTERS,
    SEAT_WORDS,
    TOO_EARLY_OR_LATE,
    Cell,
    Expertise,
    Fault,
    Measure,
    MemberReadiness,
    PanelAct,
    PanelPhase,
    Seat,
    may_happen,
    obstacles_to_scoring,
    phase_of,
    score_faults,
)

NAMED, DECLARING, SCORING, MODERATING, LOCKED = PanelPhase
AT = datetime(2026, 12, 1, tzinfo=UTC)

# Written out by hand, not derived: which phases let which act happen.
EXPECTED = {
    PanelAct.CHANGE_MEMBERS: {NAMED, DECLARING, SCORING},
    PanelAct.ACCEPT_BRIEFING: {NAMED, DECLARING, SCORING},
    PanelAct.DECLARE_INTERESTS: {DECLARING, SCORING},
    PanelAct.DECIDE_INTEREST: {DECLARING, SCORING},
    PanelAct.BEGIN_SCORING: {DECLARING},
    PanelAct.READ_BIDS: {SCORING, MODERATING, LOCKED},
    PanelAct.SAVE_DRAFT: {SCORING},
    PanelAct.SUBMIT_SCORES: {SCORING},
    PanelAct.CORRECT_SCORE: {SCORING},
    PanelAct.BEGIN_MODERATION: {SCORING},
    PanelAct.SEE_ALL_SCORES: {MODERATING, LOCKED},
    PanelAct.RECORD_CONSENSUS: {MODERATING},
    PanelAct.LOCK_QUALITY: {MODERATING},
}


@pytest.mark.parametrize(
    ("act", "phase"), itertools.product(PanelAct, PanelPhase), ids=lambda value: value.value
)
def test_act_in_each_phase_happens_only_where_expected(act: PanelAct, phase: PanelPhase) -> None:
    assert may_happen(act, phase) is (phase in EXPECTED[act])


def test_words_for_every_value_exist() -> None:
    assert set(MOMENTS) == set(TOO_EARLY_OR_LATE) == set(PanelAct)
    assert set(PHASE_WORDS) == set(PanelPhase)
    assert set(SEAT_WORDS) == set(SEAT_LETTERS) == set(Seat)
    assert set(MEASURE_WORDS) == set(Measure)
    assert set(EXPERTISE_WORDS) == set(Expertise)
    assert set(FAULT_WORDS) == set(Fault)


@pytest.mark.parametrize(
    ("happened", "phase"), enumerate(PanelPhase), ids=[phase.value for phase in PanelPhase]
)
def test_phase_after_each_instant_is_the_next(happened: int, phase: PanelPhase) -> None:
    instants = [AT if number < happened else None for number in range(4)]
    opened, began, moderated, locked = instants
    assert (
        phase_of(
            opened_at=opened,
            scoring_began_at=began,
            moderation_began_at=moderated,
            quality_locked_at=locked,
        )
        is phase
    )


def ready(name: str, seat: Seat = Seat.EVALUATOR) -> MemberReadiness:
    return MemberReadiness(
        name=name, seat=seat, briefed=True, declared=True, undecided=(), recused_from=()
    )


CHAIR = ready("Ada", Seat.CHAIR)
EVALUATORS = [ready("Ben"), ready("Cat"), ready("Dan")]


def told(
    *members: MemberReadiness,
    bidders: tuple[str, ...] = ("Acorn", "Birch"),
    marked: tuple[str, ...] = (),
) -> list[str]:
    found = obstacles_to_scoring(members, bidders, 3, marked)
    return [one.message % one.data if one.data else one.message for one in found]


def test_obstacles_with_everybody_ready_are_none() -> None:
    assert told(CHAIR, *EVALUATORS) == []


def test_obstacle_of_bids_that_were_marked_names_nobody_where_names_are_withheld() -> None:
    (found,) = obstacles_to_scoring(
        [CHAIR, *EVALUATORS], ("Acorn",), 3, ("Birch", "Cedar"), names_withheld=True
    )
    assert found.data == {"count": 2}


def test_obstacle_of_a_member_who_acts_for_a_bidder_names_them() -> None:
    moved = replace(EVALUATORS[0], for_bidder=True)
    assert told(CHAIR, moved, *EVALUATORS[1:]) == [
        "Ben acts for a bidder: somebody else takes their place."
    ]


def test_obstacles_of_bids_marked_at_the_opening_say_who_decides_first() -> None:
    assert told(CHAIR, *EVALUATORS, marked=("Acorn", "Birch")) == [
        "Decide first about the eligibility of the bids that were marked at the opening, or that "
        "declare a ground of exclusion: "
        "Acorn, Birch. A procurement officer does that."
    ]


def test_obstacles_without_a_valid_bid_say_so() -> None:
    assert told(CHAIR, *EVALUATORS, bidders=()) == ["There is no valid bid to score."]


def test_obstacles_of_a_member_not_briefed_nor_declared_name_both() -> None:
    late = replace(EVALUATORS[0], briefed=False, declared=False)
    assert told(CHAIR, late, *EVALUATORS[1:]) == [
        "Ben has not accepted the briefing.",
        "Ben has not declared interests.",
    ]


def test_obstacles_of_an_observer_not_briefed_name_them_too() -> None:
    observer = replace(ready("Eve", Seat.OBSERVER), briefed=False)
    assert told(CHAIR, *EVALUATORS, observer) == ["Eve has not accepted the briefing."]


def test_obstacles_with_an_open_interest_name_person_and_bidder() -> None:
    open_one = replace(EVALUATORS[1], undecided=("Birch",))
    assert told(CHAIR, EVALUATORS[0], open_one, EVALUATORS[2]) == [
        "The interest of Cat in Birch is not decided."
    ]


def test_obstacles_with_the_chair_recused_from_a_valid_bid_ask_for_another_chair() -> None:
    assert told(replace(CHAIR, recused_from=("Acorn",)), *EVALUATORS) == [
        "The chair may not deal with Acorn: name another chair."
    ]


def test_obstacles_with_the_chair_recused_from_a_bid_that_does_not_count_are_none() -> None:
    assert told(replace(CHAIR, recused_from=("Willow",)), *EVALUATORS) == []


def test_obstacles_with_too_few_evaluators_for_one_bid_name_it() -> None:
    away = replace(EVALUATORS[0], recused_from=("Birch",))
    assert told(CHAIR, away, *EVALUATORS[1:]) == [
        "Birch would be scored by 2 evaluators, and 3 are needed: add another."
    ]


def test_obstacles_with_a_fourth_evaluator_for_a_recusal_are_none() -> None:
    away = replace(EVALUATORS[0], recused_from=("Birch",))
    assert told(CHAIR, away, *EVALUATORS[1:], ready("Eve")) == []


def test_obstacles_do_not_count_the_chair_as_an_evaluator() -> None:
    assert len(told(CHAIR, *EVALUATORS[:2])) == 2


def fault(value: str | None, rationale: str, top: str = "5") -> Fault | None:
    number = None if value is None else Decimal(value)
    return score_faults([Cell("cell", number, rationale, Decimal(top))]).get("cell")


@pytest.mark.parametrize("value", ["0", "0.125", "5", "5.000", "4.5"])
def test_score_on_the_scale_with_a_reason_has_no_fault(value: str) -> None:
    assert fault(value, "Clear.") is None


@pytest.mark.parametrize("value", ["5.001", "6", "-1", "NaN", "Infinity"])
def test_score_outside_the_scale_is_a_fault(value: str) -> None:
    assert fault(value, "Clear.") is Fault.OUTSIDE_SCALE


def test_score_with_four_places_is_a_fault() -> None:
    assert fault("1.0625", "Clear.") is Fault.TOO_MANY_PLACES


@pytest.mark.parametrize("rationale", ["", "  ", "\n\t"])
def test_score_of_zero_without_a_reason_lacks_the_reason_only(rationale: str) -> None:
    assert fault("0", rationale) is Fault.NO_REASON


def test_reason_without_a_score_lacks_the_score() -> None:
    assert fault(None, "Clear.") is Fault.NO_SCORE


def test_cell_without_anything_lacks_both() -> None:
    assert fault(None, " ") is Fault.NEITHER


def test_faults_of_many_cells_are_all_named() -> None:
    cells = [
        Cell(1, Decimal(3), "Clear.", Decimal(5)),
        Cell(2, None, "", Decimal(5)),
        Cell(3, Decimal(9), "Clear.", Decimal(5)),
    ]
    assert score_faults(cells) == {2: Fault.NEITHER, 3: Fault.OUTSIDE_SCALE}
