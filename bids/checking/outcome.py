"""What a quick check comes to: nothing stops a bid, it needs something, or it is not for them.

Pure. The check never says that somebody may bid: only what its own answers show.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bids.checking.shapes import Effect, Key, Question


class Outcome(StrEnum):
    """What a check comes to."""

    NOTHING_STOPS = "nothing_stops"
    IF = "if"
    NOT_FOR_YOU = "not_for_you"


@dataclass(frozen=True)
class Finding:
    """Something to know before a bid: why, and what to do; `data` fills in the words of both."""

    key: Key
    says: str
    do: str
    data: Mapping[str, str]


@dataclass(frozen=True)
class Result:
    """What a check comes to, with what stops a bid and what it needs, in the questions' order."""

    outcome: Outcome
    stops: Sequence[Finding]
    conditions: Sequence[Finding]


def missing(asked: Sequence[Question], answers: Mapping[str, str]) -> list[Key]:
    """Name the questions without an answer that they offer.

    The challenge may have changed since the answers were given, so that another question or
    another sum is asked now.
    """
    return [each.key for each in asked if each.choice(answers.get(each.key, "")) is None]


def result(asked: Sequence[Question], answers: Mapping[str, str]) -> Result:
    """Say what the answers come to; what stops weighs more than what is needed.

    Raises:
        LookupError: a question has no answer.
    """
    if lacking := missing(asked, answers):
        raise LookupError(f"no answer to {', '.join(lacking)}")
    found: dict[Effect, list[Finding]] = {Effect.STOPS: [], Effect.IF: [], Effect.FINE: []}
    for question in asked:
        choice = question.choice(answers[question.key])
        if choice is not None:
            found[choice.effect].append(
                Finding(question.key, choice.says, choice.do, question.data)
            )
    stops, conditions = found[Effect.STOPS], found[Effect.IF]
    if stops:
        return Result(Outcome.NOT_FOR_YOU, stops, conditions)
    return Result(Outcome.IF if conditions else Outcome.NOTHING_STOPS, (), conditions)


# What each answer says of the groups of grounds in the declaration; an answer that is not here says
# nothing, and the person is asked. One question of the check stands for two groups: a yes to it
# does not tell which.
_DECLARED: Mapping[Key, Mapping[str, Mapping[str, bool]]] = {
    Key.CRIMES: {"no": {"crimes": False}, "righted": {"crimes": True}, "yes": {"crimes": True}},
    # A plan to pay that is kept to counts as agreed.
    Key.TAX: {"no": {"tax": False}, "agreed": {"tax": False}, "yes": {"tax": True}},
    Key.OTHER: {"no": {"work": False, "conduct": False}},
}


def bidder(answers: Mapping[str, str]) -> str | None:
    """Give which type of supplier would bid, as registration names it; None where it is open.

    Several organisations together are each of a type of their own, which nobody said.
    """
    given = answers.get(Key.BIDDER)
    return None if given == "several" else given


def tells(key: Key, answers: Mapping[str, str]) -> bool:
    """Tell whether the answer to a question says something in the declaration."""
    return bool(declared({key: answers.get(key, "")}))


def declared(answers: Mapping[str, str]) -> dict[str, bool]:
    """Give what answers say about groups of grounds, by their keys: whether one applies."""
    found: dict[str, bool] = {}
    for key, said in _DECLARED.items():
        found |= said.get(answers.get(key, ""), {})
    return found
