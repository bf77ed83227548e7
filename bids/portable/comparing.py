"""What a file says beside what a supplier's passport says already, subject by subject. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from bids.passport.answers import Answer, checked, expires
from bids.passport.kinds import Subject
from marketplace.core.audit.passports import Passport
from scoring.engine.canonical import canonical

# The declaration on grounds travels to be read; it is made anew by who may sign for the supplier.
GROUNDS = "grounds"


class Change(StrEnum):
    """What taking a subject over would do."""

    SAME = "same"
    NEW = "new"
    OTHER = "other"
    REFUSED = "refused"


@dataclass(frozen=True)
class Proposal:
    """One subject of a file: its values, when they were given there, and what stands here.

    `values` are in the form in which they are kept; `faults` say why they may not be.
    """

    subject: Subject
    change: Change
    values: Mapping[str, Any]
    answered_at: datetime
    stands: Answer | None
    faults: Sequence[str] = ()

    @property
    def takes(self) -> bool:
        """Tell whether it can be taken over, and would change something."""
        return self.change in (Change.NEW, Change.OTHER)


def proposals(file: Passport, stands: Mapping[Subject, Answer], now: datetime) -> list[Proposal]:
    """Compare a file with the answers that stand, in the order of the passport's pages.

    Subjects that this service does not ask for are left out, and so is the declaration.
    """
    return [
        _proposal(subject, file, stands.get(subject), now)
        for subject in Subject
        if subject.value in file.subjects
    ]


def mark(stands: Mapping[Subject, Answer]) -> str:
    """Give what marks the answers that a page showed: it changes when any of them does."""
    facts = {
        subject.value: [dict(answer.values), answer.answered_at.isoformat()]
        for subject, answer in stands.items()
    }
    return hashlib.sha256(canonical(facts)).hexdigest()


def _proposal(subject: Subject, file: Passport, stands: Answer | None, now: datetime) -> Proposal:
    given = file.subjects[subject.value]
    try:
        values, wrong = checked(subject, given.answer)
        ended = not wrong and expires(subject, values, now) <= now
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # A stranger's file may hold anything under any name.
        values, wrong, ended = {}, {"": str(error)}, False
    if wrong or ended:
        return Proposal(
            subject, Change.REFUSED, {}, given.answered_at, stands, tuple(wrong.values())
        )
    if stands is None:
        change = Change.NEW
    else:
        change = Change.SAME if stands.values == values else Change.OTHER
    return Proposal(subject, change, values, given.answered_at, stands)
