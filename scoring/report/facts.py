"""The facts of an award report, `award-report/1`: frozen, typed, complete.

Owns what a report knows. The facts are gathered once from the records, and everything printed is
made from them alone, so that a report can be made again years later from the same file. Pure: no
database, no framework, no clock. Instants are aware datetimes in UTC; money is whole minor units;
scores and weights are the exact text of the evaluation document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from scoring.report import codec
from scoring.report.decided import Contract, Decision
from scoring.report.values import (
    BidStatus,
    CriterionKind,
    Edition,
    Ground,
    InterestDecision,
    Money,
    PriceFinding,
    QueryOutcome,
    Redaction,
    WhyAgain,
    Withheld,
)

FORMAT: Final = "award-report/1"


@dataclass(frozen=True, slots=True)
class Regime:
    """The pinned rules: name, version and band chosen by type of body and value."""

    name: str
    version: str
    band: str


@dataclass(frozen=True, slots=True)
class Challenge:
    """What was bought and how. `total_value` covers all stages, options and prizes."""

    reference: str
    title: str
    problem: str
    outcome: str
    legal_route: str
    regime: Regime
    total_value: Money | None
    closed_at: datetime
    # By which notice and where bids were received, where that was not here; else empty.
    elsewhere: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion as published; `max_score` and `min_score` only where `kind` is quality."""

    id: str
    title: str
    kind: CriterionKind
    weight: str
    max_score: str | None = None
    min_score: str | None = None
    guidance: str = ""


@dataclass(frozen=True, slots=True)
class ScaleStep:
    """What one score means."""

    score: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Answer:
    """One question of the challenge and a bid's answer to it."""

    question: str
    text: str


@dataclass(frozen=True, slots=True)
class IndividualScore:
    """What one evaluator gave, alone; `evaluator` is the id of a `Person`."""

    evaluator: str
    value: str
    reason: str


@dataclass(frozen=True, slots=True)
class CriterionScore:
    """A bid's scores for one quality criterion.

    `agreed` is the panel's score, None where the method combines individual scores without one;
    then `reason` is every evaluator's, in no order that tells whose it is. `present`: ids of the
    people who were there when it was agreed.
    """

    criterion: str
    individual: tuple[IndividualScore, ...] | Withheld
    agreed: str | Withheld | None
    reason: str | Withheld
    present: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """What the body asked one bidder after the opening, what it answered and what came of it.

    `number` counts from 1 within the bid; `about` names the part of the bid. `text_sha256` and
    `answer_sha256` stand as the log has them from the moments of asking and answering. `reason` is
    that of the decision or of taking the query back, empty while it is open.
    """

    number: int
    about: str
    text: str
    text_sha256: str
    asked_at: datetime
    answer: str | None
    answer_sha256: str | None
    answered_at: datetime | None
    outcome: QueryOutcome
    reason: str
    decided_at: datetime | None
    shown_to_panel: bool


@dataclass(frozen=True, slots=True)
class Mask:
    """Words that the panel did not read in a bid's answers, for they would tell the bidder."""

    words: str
    reason: str
    masked_at: datetime


@dataclass(frozen=True, slots=True)
class Bid:
    """One bid. `size_class` as in 2003/361/EC; `status_reason` empty for a valid bid."""

    reference: str
    supplier: str | Withheld
    size_class: str
    status: BidStatus
    status_reason: str | Withheld
    price: Money | Withheld | None
    answers: tuple[Answer, ...] | Withheld
    scores: tuple[CriterionScore, ...]
    queries: tuple[Query, ...] | Withheld
    masks: tuple[Mask, ...] | Withheld = ()


@dataclass(frozen=True, slots=True)
class LowPrice:
    """What was found about a price that was flagged as unusually low, and why.

    `query` is the number of the query to the bidder that it rests on, none where none was needed.
    """

    bid: str
    detectors: tuple[str, ...]
    finding: PriceFinding
    query: int | None
    reason: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Recomputed:
    """A computing again of a stage's result: for which bid, why, and both evaluation documents.

    `bid` is empty where it was about none in particular. The digests are SHA-256, in hexadecimal
    digits. `first_before` and `first` are the bids that ranked first in the result before and in
    the one that took its place.
    """

    at: datetime
    why: WhyAgain
    bid: str | Withheld
    reason: str | Withheld
    before_sha256: str | Withheld
    after_sha256: str | Withheld
    first_before: tuple[str, ...] | Withheld
    first: tuple[str, ...] | Withheld


@dataclass(frozen=True, slots=True)
class GoingOn:
    """Which bids went on from a stage to the next, best first, why, and when it was confirmed.

    `contracts` are those for paid work before the next judging; `taken_back` are when lists that
    had been confirmed before were taken back, to decide again.
    """

    bids: tuple[str, ...]
    reason: str | Withheld
    confirmed_at: datetime
    contracts: tuple[Contract, ...] = ()
    taken_back: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldBack:
    """Words in a reason that an officer withheld from bidders, on a ground and with a reason.

    `bid` is the one whose reasons have them; empty where they stand in why the decision was made.
    `ground` is the id of a `Ground`.
    """

    bid: str
    words: str
    ground: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of selection with its rules, its bids and its result.

    `evaluation` is the evaluation document as stored, `evaluation/1`, UTF-8; `result` the result
    document made from it, `evaluation-result/1`. `price_model` and `method` say the rules in words.
    `queries_asked`: how many queries went to bidders after the opening, of all bids together.
    `low_prices`: what was found about each price that the result flags. `held_back`: words that no
    other edition than the full one shows. `recomputed`: each time
    that the result was computed again, the first first. `going_on`: who went on from it; None for
    the stage that decided.
    """

    id: str
    name: str
    price_model: str
    method: str
    criteria: tuple[Criterion, ...]
    scale: tuple[ScaleStep, ...]
    bids: tuple[Bid, ...]
    queries_asked: int
    evaluation: str | Withheld
    result: dict[str, Any]
    low_prices: tuple[LowPrice, ...] | Withheld = ()
    held_back: tuple[HeldBack, ...] | Withheld = ()
    recomputed: tuple[Recomputed, ...] = ()
    going_on: GoingOn | None = None


@dataclass(frozen=True, slots=True)
class Interest:
    """A declared interest in one bidder and what was decided about it, with the reason.

    `found_at` is when it was found where that was after the declaration.
    """

    about: str | Withheld
    declared: str | Withheld
    decision: InterestDecision
    reason: str | Withheld
    found_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who took part. No `interests` and a `declared_at` means: declared to have none.

    `name_withheld`: the public edition shows a role and number in place of the name.
    """

    id: str
    name: str
    role: str
    name_withheld: bool
    declared_at: datetime | None
    interests: tuple[Interest, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `milestone` is its short name in the picture, empty for most.

    `public` is what the other editions than the full one say in the place of `text`; where it is
    empty they leave the event out.
    """

    at: datetime
    text: str
    milestone: str = ""
    public: str = ""


@dataclass(frozen=True, slots=True)
class StatutoryItem:
    """One thing that the law asks a report to say, and what this one says of it.

    `places` names the sections in which it says so in full, as the pages mark them.
    """

    provision: str
    asks: str
    answer: str
    places: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AwardReport:
    """Everything an award report knows. `stages` in order, the last one decided the award.

    `frozen_at`: the instant after which nothing was taken in. `generated_at`: when this report was
    asked for. `notice`: a sentence on the cover of a demonstration, else empty. `about`: the bid
    whose supplier a debrief is for, else empty.
    """

    number: str
    edition: Edition
    generated_at: datetime
    frozen_at: datetime
    notice: str
    body: str
    co_sponsors: tuple[str, ...]
    challenge: Challenge
    stages: tuple[Stage, ...]
    people: tuple[Person, ...]
    decision: Decision
    timeline: tuple[Event, ...]
    statutory: tuple[StatutoryItem, ...]
    grounds: tuple[Ground, ...]
    redactions: tuple[Redaction, ...]
    about: str = ""

    @property
    def deciding_stage(self) -> Stage:
        """The stage whose ranking the award follows."""
        return self.stages[-1]

    @property
    def received(self) -> tuple[Bid, ...]:
        """The bids that came in: those of the first stage, from which all later ones follow."""
        return self.stages[0].bids

    @property
    def recommended_bid(self) -> Bid:
        """The bid that was recommended, as it stood in the deciding stage."""
        return bid_of(self.deciding_stage, self.decision.recommended)

    @property
    def awards(self) -> tuple[tuple[Bid, Contract | None], ...]:
        """Each recommended bid, the best first, with what was signed with its supplier."""
        return tuple(
            (bid_of(self.deciding_stage, each), self.decision.contract_of(each))
            for each in self.decision.winners
        )

    @property
    def state(self) -> str:
        """How far the award has come, in the words that pages use."""
        return "Contract signed" if self.decision.contract else "Intention to award"

    def person(self, identity: str) -> Person:
        """Return the person of an id. Raises `KeyError`."""
        for person in self.people:
            if person.id == identity:
                return person
        raise KeyError(identity)

    def to_json(self) -> dict[str, Any]:
        """Return the facts as a JSON object that begins with its format."""
        return {"format": FORMAT, **codec.encode(self)}

    @classmethod
    def from_json(cls, value: object) -> AwardReport:
        """Return the facts of a JSON object.

        Raises `codec.NotTheFactsError` for another format or anything unknown, missing or of the
        wrong type.
        """
        if not isinstance(value, dict) or value.get("format") != FORMAT:
            raise codec.NotTheFactsError(f"$.format: not {FORMAT}")
        return codec.decode(cls, {key: item for key, item in value.items() if key != "format"})


def bid_of(stage: Stage, reference: str) -> Bid:
    """Return the bid of a stage by its reference. Raises `KeyError`."""
    for bid in stage.bids:
        if bid.reference == reference:
            return bid
    raise KeyError(reference)


def result_rows(stage: Stage) -> Iterator[tuple[Bid, dict[str, Any]]]:
    """Yield each bid with its entry of the result document, in the result's order."""
    for row in stage.result["bids"]:
        yield bid_of(stage, row["id"]), row
