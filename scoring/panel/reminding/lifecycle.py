"""What a member of a panel has still to do, and when they may be reminded. Pure."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import StrEnum

from marketplace.core.dates import PLACE
from marketplace.core.text import N_
from scoring.panel.lifecycle import PanelPhase, Seat


class Step(StrEnum):
    """What each member does, in this order."""

    BRIEFING = "briefing"
    INTERESTS = "interests"
    SCORES = "scores"


STEP_WORDS = {
    Step.BRIEFING: N_("Accept the briefing"),
    Step.INTERESTS: N_("Declare interests"),
    Step.SCORES: N_("Submit scores"),
}
# While members work each by themselves.
WORKING = frozenset({PanelPhase.NAMED, PanelPhase.DECLARING, PanelPhase.SCORING})
# When each can be done at all: before, nobody is reminded of it.
_OPEN = {
    Step.BRIEFING: WORKING,
    Step.INTERESTS: frozenset({PanelPhase.DECLARING, PanelPhase.SCORING}),
    Step.SCORES: frozenset({PanelPhase.SCORING}),
}


def steps_left(
    seat: Seat, phase: PanelPhase, *, briefed: bool, declared: bool, submitted: bool
) -> list[Step]:
    """Give what a member has still to do and can do by now, those first that come first.

    Who declares has accepted the briefing, and who scores has declared; so one thing waits for
    another, and all that can be finished now is told at once.
    """
    done = {
        Step.BRIEFING: briefed,
        Step.INTERESTS: declared,
        Step.SCORES: submitted or seat is not Seat.EVALUATOR,
    }
    return [step for step in Step if not done[step] and phase in _OPEN[step]]


def day_of(instant: datetime) -> date:
    """Give the day in Europe/London: on each a person is reminded once at most."""
    return instant.astimezone(PLACE).date()


def due_faults(
    due: Mapping[Step, date | None], before: Mapping[Step, date], today: date
) -> dict[str, str]:
    """Name what is wrong with due days by `due-` and the step: a new one lies in the past, or one
    comes before that of an earlier step."""
    faults: dict[str, str] = {}
    earlier: date | None = None
    for step in Step:
        day = due.get(step)
        if day is None:
            continue
        if day < today and day != before.get(step):
            faults[f"due_{step.value}"] = N_("Choose today or a later day")
        elif earlier is not None and day < earlier:
            faults[f"due_{step.value}"] = N_("Choose a day that is not before the step above it")
        earlier = day
    return faults


def overdue(steps: Collection[Step], due: Mapping[Step, date], today: date) -> bool:
    """Tell whether the day of any of these steps is over."""
    return any(step in due and due[step] < today for step in steps)
