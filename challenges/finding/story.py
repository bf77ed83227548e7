"""The steps of a challenge in the order of time, those that were taken and those that are planned.

What was taken is read from the challenge and from the log's own instants, never from a page.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from challenges.asking.policy import asking_ends
from challenges.lifecycle import ENDED_WORDS, State
from challenges.models import Challenge
from marketplace.core.audit.models import LogDetail, LogEntry
from marketplace.core.audit.stages import FIRST
from marketplace.core.dates import PLACE
from marketplace.core.text import N_


class Milestone(StrEnum):
    """A step that everybody may know of."""

    PUBLISHED = "published"
    MOVED = "moved"
    REOPENED = "reopened"
    CHANGED = "changed"
    QUESTIONS = "questions"
    CLOSES = "closes"
    OPENED = "opened"
    BROUGHT = "brought"
    INVITED = "invited"
    STAGE = "stage"
    INTENTION = "intention"
    SIGNED = "signed"
    BEGUN = "begun"
    DECIDED_AGAIN = "decided_again"
    SIFTED_AGAIN = "sifted_again"
    FINISHED = "finished"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    INTERVIEWS = "interviews"
    DECISION = "decision"
    START = "start"


@dataclass(frozen=True)
class Step:
    """One step: when, and whether it is still to come."""

    kind: Milestone
    at: datetime
    coming: bool = False
    # A day that is planned and not promised, without a time.
    planned: bool = False
    # Of a change: which one, counted from 1.
    number: int | None = None
    # Which stage it is about, and of those invited to it how many they are.
    stage: int = FIRST
    count: int | None = None

    @property
    def words(self) -> str:
        """Give the untranslated words."""
        if self.coming:
            return COMING_WORDS[self.kind]
        return WORDS[self.kind] if self.stage == FIRST else STAGE_WORDS[self.kind]

    @property
    def data(self) -> Mapping[str, object]:
        """Give what stands in the words."""
        return {"number": self.number, "stage": self.stage, "count": self.count}


WORDS: Mapping[Milestone, str] = {
    Milestone.PUBLISHED: N_("Published"),
    Milestone.MOVED: N_("Closing time moved"),
    Milestone.REOPENED: N_("Opened for bids again"),
    Milestone.CHANGED: N_("Change %(number)s published"),
    Milestone.QUESTIONS: N_("Last day for questions"),
    Milestone.CLOSES: N_("Closed to bids"),
    Milestone.OPENED: N_("Bids opened"),
    Milestone.BROUGHT: N_("Bids brought in"),
    Milestone.INTENTION: N_("Intention to award announced"),
    Milestone.DECIDED_AGAIN: N_("Intention taken back, to decide again"),
    Milestone.SIFTED_AGAIN: N_("Who goes on is decided again"),
    Milestone.SIGNED: N_("Contract signed"),
    Milestone.BEGUN: N_("Work begun"),
    Milestone.FINISHED: N_("Work finished"),
    Milestone.STOPPED: N_("Stopped, with lessons"),
    Milestone.CANCELLED: ENDED_WORDS,
}
# The same of a stage after the first.
STAGE_WORDS: Mapping[Milestone, str] = {
    Milestone.MOVED: N_("Closing time of stage %(stage)s moved"),
    Milestone.REOPENED: N_("Stage %(stage)s opened for bids again"),
    Milestone.OPENED: N_("Bids of stage %(stage)s opened"),
    Milestone.INVITED: N_("Suppliers invited to stage %(stage)s: %(count)s"),
    Milestone.STAGE: N_("Stage %(stage)s begun"),
}
COMING_WORDS: Mapping[Milestone, str] = {
    Milestone.QUESTIONS: N_("Questions until"),
    Milestone.CLOSES: N_("Closes to bids"),
    Milestone.INTERVIEWS: N_("Interviews planned"),
    Milestone.DECISION: N_("Decision planned"),
    Milestone.START: N_("Start of work planned"),
}

# Where a day is drawn among instants.
_MIDDAY = time(12)

# The log's names for what other rooms and this one record.
_ACTIONS = {
    "deadline.extended": Milestone.MOVED,
    "challenge.reopened": Milestone.REOPENED,
    "challenge.changed": Milestone.CHANGED,
    "bids.opened": Milestone.OPENED,
    "bids.brought": Milestone.BROUGHT,
    "bids.invited": Milestone.INVITED,
    "stage.opened": Milestone.STAGE,
    "intention.announced": Milestone.INTENTION,
    "decision.taken_back": Milestone.DECIDED_AGAIN,
    "advance.taken_back": Milestone.SIFTED_AGAIN,
    "contract.signed": Milestone.SIGNED,
    "work.begun": Milestone.BEGUN,
    "work.finished": Milestone.FINISHED,
}
_ENDS = {State.STOPPED: Milestone.STOPPED, State.CANCELLED: Milestone.CANCELLED}


def story(session: Session, challenge: Challenge, now: datetime) -> Sequence[Step]:
    """Give the steps of a published challenge, the first one first, in one statement."""
    of_stage, counted = aliased(LogDetail), aliased(LogDetail)
    found = session.execute(
        select(LogEntry.action, LogEntry.at, of_stage.value, counted.value)
        .outerjoin(of_stage, (of_stage.n == LogEntry.n) & (of_stage.name == "stage"))
        .outerjoin(counted, (counted.n == LogEntry.n) & (counted.name == "count"))
        .where(LogEntry.chain == challenge.reference, LogEntry.action.in_(sorted(_ACTIONS)))
        .order_by(LogEntry.cn)
    )
    steps = []
    changes = 0
    for action, at, stage, count in found:
        kind = _ACTIONS[action]
        changes += kind is Milestone.CHANGED
        number = changes if kind is Milestone.CHANGED else None
        place = FIRST if stage is None or kind not in STAGE_WORDS else json.loads(stage)
        told = json.loads(count) if count is not None and kind is Milestone.INVITED else None
        steps.append(Step(kind, at, number=number, stage=place, count=told))
    if challenge.published_at is not None:
        steps.append(Step(Milestone.PUBLISHED, challenge.published_at))
    ended, closes_at = challenge.ended_at, challenge.stage.closes_at
    # What ended before its closing time never closed.
    if closes_at is not None and (ended is None or closes_at <= ended):
        steps.append(Step(Milestone.CLOSES, closes_at, coming=closes_at > now))
    until = asking_ends(challenge)
    if until is not None and (ended is None or until <= ended):
        steps.append(Step(Milestone.QUESTIONS, until, coming=until > now))
    if ended is None:
        steps += _planned(challenge, now)
    if ended is not None and challenge.state in _ENDS:
        steps.append(Step(_ENDS[challenge.state], ended))
    return sorted(steps, key=lambda step: (step.at, list(Milestone).index(step.kind)))


def _planned(challenge: Challenge, now: datetime) -> list[Step]:
    """Give the days that are planned and still to come. What was planned and is over tells less
    than what happened."""
    return [
        Step(kind, at, coming=True, planned=True)
        for kind, day in (
            (Milestone.INTERVIEWS, challenge.interviews_on),
            (Milestone.DECISION, challenge.decision_on),
            (Milestone.START, challenge.starts_on),
        )
        if day is not None and (at := datetime.combine(day, _MIDDAY, PLACE)) > now
    ]
