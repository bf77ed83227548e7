"""The passport inside a `bid/1` document: a frozen copy of the answers that held. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bids.passport.answers import Answer, Values, last_day
from bids.passport.kinds import Subject
from marketplace.core.audit.entries import read_instant, read_text, write_instant


@dataclass(frozen=True)
class Frozen:
    """One answer as it stood: its values, who gave it and when, and until when it holds."""

    values: Values
    answered_by: str
    answered_at: datetime
    expires_at: datetime

    @property
    def last_day(self) -> date:
        """Give the last day on which the answer holds, in London."""
        return last_day(self.expires_at)


def frozen(answers: Mapping[Subject, Answer], now: datetime) -> dict[str, Frozen]:
    """Give the copy that a bid takes of a passport: what holds now, by subject."""
    return {
        subject.value: Frozen(
            answer.values, answer.answered_by, answer.answered_at, answer.expires_at
        )
        for subject, answer in answers.items()
        if now < answer.expires_at
    }


def written(passport: Mapping[str, Frozen]) -> dict[str, Any]:
    """Give a passport as its keys in the document; an answer's values are as they are kept."""
    return {
        subject: {
            "values": dict(answer.values),
            "answered_by": answer.answered_by,
            "answered_at": write_instant(answer.answered_at),
            "expires_at": write_instant(answer.expires_at),
        }
        for subject, answer in passport.items()
    }


def read(found: Any) -> dict[str, Frozen]:
    """Read what `written` gives; the caller compares the bytes, so nothing else passes.

    Raises:
        AttributeError, KeyError, TypeError, ValueError: it is something else.
    """
    return {
        subject: Frozen(
            dict(answer["values"]),
            read_text(answer["answered_by"]),
            read_instant(read_text(answer["answered_at"])),
            read_instant(read_text(answer["expires_at"])),
        )
        for subject, answer in found.items()
    }
