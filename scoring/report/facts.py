"""The facts of an award report, `award-report/1`: frozen, typed, complete.

Owns what a report knows. The facts are gathered once from the records, and everything printed is
made from them alone, so that a report can be made again years later from the same file. Pure: no
database, no framework, no clock. Instants are aware datetimes in UTC; money is whole minor units;
scores and weights are the exact text of the evaluation document.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from scoring.report import codec
from scoring.report.values import (
    BidStatus,
    ComplaintOutcome,
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
class ContractChange:
    """A change of a signed contract that holds; `supplier` is who took it over, else empty.

    `ends_on` is the new last day as `2027-11-30`, empty where that is not what was changed.
    """

    number: int
    at: datetime
    what: str
    why: str
    value: Money
    ends_on: str = ""
    supplier: str = ""

    @property
    def last_day(self) -> date | None:
        """The new last day; None where that is not what was changed."""
        return date.fromisoformat(self.ends_on) if self.ends_on else None


@dataclass(frozen=True, slots=True)
class Contract:
    """A signed contract; `bid` says with whose supplier where there are several, else it is empty.

    `value` is what it was worth when signed. `work` names the stage of work it pays for. Its first
    and last day are as `2027-11-30`; where it has no last day, `ends_when` says what ends it.
    """

    reference: str
    value: Money
    signed_at: datetime
    bid: str = ""
    work: str = ""
    starts_on: str = ""
    ends_on: str = ""
    ends_when: str = ""
    changes: tuple[ContractChange, ...] = ()

    @property
    def value_now(self) -> Money:
        """What it is worth after all its changes."""
        return self.changes[-1].value if self.changes else self.value

    @property
    def first_day(self) -> date | None:
        """Its first day; None where that is unknown."""
        return date.fromisoformat(self.starts_on) if self.starts_on else None

    @property
    def last_day(self) -> date | None:
        """Its last day after all its changes; None where it has none."""
        moved = [each.ends_on for each in self.changes if each.ends_on]
        last = moved[-1] if moved else self.ends_on
        return date.fromisoformat(last) if last else None


@dataclass(frozen=True, slots=True)
class GoingOn:
    """Which bids went on from a stage to the next, best first, why, and when it was confirmed.

    `contracts` are those for paid work before the next judging.
    """

    bids: tuple[str, ...]
    reason: str | Withheld
    confirmed_at: datetime
    contracts: tuple[Contract, ...] = ()


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
class Shown:
    """A document that a preferred bidder was asked to show; `outcome` says in words what came of
    it, `reason` is the officer's, empty while none has decided."""

    bid: str
    document: str
    asked_at: datetime
    outcome: str
    reason: str
    decided_at: datetime | None


@dataclass(frozen=True, slots=True)
class LookedUp:
    """What an officer looked up about a preferred bidder, where, and whether it is a concern."""

    bid: str
    subject: str
    source: str
    concern: bool
    result: str
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class Failed:
    """That a preferred bidder could not have the contract after all, and why."""

    bid: str
    reason: str
    failed_at: datetime


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A decision that was approved, then taken back and taken again.

    `bids` are those that it was for, `reason` is the recommendation's, `why` says why it was taken
    back. `announced_at` is None where its bidders had not been told of it.
    """

    bids: tuple[str, ...]
    reason: str | Withheld
    approved_at: datetime
    announced_at: datetime | None
    taken_back_at: datetime
    why: str | Withheld


@dataclass(frozen=True, slots=True)
class Complaint:
    """What became of a complaint about the decision; `number` counts from 1.

    `in_time` tells whether it arrived before the standstill ended, None where none ran. `reason` is
    that of its decision, empty while there is none.
    """

    number: int
    bid: str | Withheld
    arrived_at: datetime
    in_time: bool | None
    outcome: ComplaintOutcome
    decided_at: datetime | None
    reason: str | Withheld


@dataclass(frozen=True, slots=True)
class Decision:
    """Who decided what, when and why. People are ids of `Person`, the bid a reference.

    `minute` cites a committee's minute, empty where one approver signed off. `others` says in words
    who else does the work and how much of it, empty where the bid names nobody. Where several win,
    `recommended` is the best of them, `also_recommended` are the others, and `further_contracts`
    are those that were signed after the first one. `taken_back` are earlier decisions, and
    `complaints` what bidders brought against any of them, the first first.
    """

    recommended: str
    reason: str
    recommended_by: str
    recommended_at: datetime
    approved_by: str
    approved_at: datetime
    approval_reason: str
    minute: str
    intention_at: datetime
    standstill_ends_at: datetime | None
    contract: Contract | None
    others: str = ""
    also_recommended: tuple[str, ...] = ()
    further_contracts: tuple[Contract, ...] = ()
    shown: tuple[Shown, ...] | Withheld = ()
    looked_up: tuple[LookedUp, ...] | Withheld = ()
    failed: tuple[Failed, ...] | Withheld = ()
    taken_back: tuple[TakenBack, ...] = ()
    complaints: tuple[Complaint, ...] = ()

    @property
    def winners(self) -> tuple[str, ...]:
        """The recommended bids, the best first."""
        return (self.recommended, *self.also_recommended)

    @property
    def contracts(self) -> tuple[Contract, ...]:
        """What was signed so far, in the order of signing."""
        return () if self.contract is None else (self.contract, *self.further_contracts)

    @property
    def signed_value(self) -> Money | None:
        """What all that was signed is worth now; None before anything was."""
        if self.contract is None:
            return None
        return Money(
            sum(each.value_now.minor for each in self.contracts), self.contract.value.currency
        )

    def contracts_with(self, reference: str) -> list[Contract]:
        """Return all that was signed with the supplier of a recommended bid."""
        return [each for each in self.contracts if (each.bid or self.recommended) == reference]

    def contract_of(self, reference: str) -> Contract | None:
        """Return what was signed with the supplier of a recommended bid."""
        return next(
            (each for each in self.contracts if (each.bid or self.recommended) == reference), None
        )


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
