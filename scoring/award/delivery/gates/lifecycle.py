"""What can be found and decided at a gate, in words. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from marketplace.core.text import N_

CRITERIA_MOST = 12
CRITERION_MOST = 500
WORDS_MOST = 5_000
REASON_MOST = 10_000


class Finding(StrEnum):
    """Whether what was asked at the gate is there."""

    MET = "met"
    PARTLY = "partly"
    NOT_MET = "not_met"


FINDING_WORDS: Mapping[Finding, str] = {
    Finding.MET: N_("Met"),
    Finding.PARTLY: N_("Partly met"),
    Finding.NOT_MET: N_("Not met"),
}


class Decision(StrEnum):
    """What follows from a gate."""

    GOES_ON = "goes_on"
    STOPS = "stops"


DECISION_WORDS: Mapping[Decision, str] = {
    Decision.GOES_ON: N_("The work goes on"),
    Decision.STOPS: N_("Stopped, lessons learned"),
}


@dataclass(frozen=True)
class Found:
    """One criterion of a gate, what was found, and in which words."""

    criterion: str
    finding: Finding | None
    words: str

    @property
    def empty(self) -> bool:
        """Tell whether nothing is written of it: such a row of a form is none."""
        return not self.criterion and self.finding is None and not self.words


def faults(
    found: Sequence[Found], decision: Decision | None, reason: str, lessons: str
) -> dict[str, str]:
    """Name what is wrong with a proposal, by field; each criterion's have its place from 0.

    Empty rows are passed over.
    """
    wrong = _criteria_faults(found)
    if decision is None:
        wrong["decision"] = N_("Choose whether the work goes on")
    if not reason:
        wrong["reason"] = N_("Say why")
    elif len(reason) > REASON_MOST:
        wrong["reason"] = N_("Shorten this to 10,000 characters or fewer.")
    if decision is Decision.STOPS and not lessons:
        wrong["lessons"] = N_("Say what was learned, so that others can use it")
    elif len(lessons) > REASON_MOST:
        wrong["lessons"] = N_("Shorten this to 10,000 characters or fewer.")
    return wrong


def _criteria_faults(found: Sequence[Found]) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if all(each.empty for each in found):
        wrong["criterion_0"] = N_("Enter at least one criterion")
    for at, each in enumerate(found):
        if each.empty:
            continue
        if not each.criterion:
            wrong[f"criterion_{at}"] = N_("Say what was asked")
        elif len(each.criterion) > CRITERION_MOST:
            wrong[f"criterion_{at}"] = N_("Shorten this to 500 characters or fewer.")
        if each.finding is None:
            wrong[f"finding_{at}"] = N_("Choose whether it is met")
        if not each.words:
            wrong[f"words_{at}"] = N_("Say what you found")
        elif len(each.words) > WORDS_MOST:
            wrong[f"words_{at}"] = N_("Shorten this to 5,000 characters or fewer.")
    return wrong
