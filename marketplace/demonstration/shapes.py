"""The shapes of the demonstration's written content: frozen, typed, and nothing but data.

Days count from the day on which the demonstration is loaded. Money is in whole pounds without VAT.
"""

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal[
    "challenge_lead",
    "procurement_officer",
    "evaluator",
    "chair",
    "approver",
    "auditor",
    "platform_admin",
    "facilitator",
    "supplier_admin",
    "supplier_contributor",
]
Region = Literal[
    "scotland",
    "highlands-and-islands",
    "north-east",
    "central",
    "tayside",
    "edinburgh-and-lothians",
    "glasgow-and-clyde",
    "ayrshire",
    "south",
]
Sector = Literal[
    "environment",
    "health",
    "transport",
    "housing",
    "justice",
    "education",
    "culture",
    "digital",
    "economy",
    "rural",
]


class TargetState(enum.StrEnum):
    """Where the demonstration brings a challenge, by walking it there step by step."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    READY = "ready"
    OPEN = "open"
    CLOSING_SOON = "closing_soon"
    CLOSED = "closed"
    OPENED = "opened"
    EVALUATING = "evaluating"
    MODERATION = "moderation"
    NEXT_STAGE = "next_stage"
    INTENTION_TO_AWARD = "intention_to_award"
    CONTRACT_SIGNED = "contract_signed"
    STOPPED = "stopped"
    CANCELLED = "cancelled"


class PriceModel(enum.StrEnum):
    """How money counts: not at all (the fee is fixed), or by one of two formulas."""

    FIXED_BUDGET = "fixed_budget"
    FIXED_BOUNDS = "fixed_bounds"
    LOWEST_PRICE_RATIO = "lowest_price_ratio"


@dataclass(frozen=True)
class Organisation:
    """A public body, or the organisation that runs the site."""

    key: str
    name: str
    short_name: str
    kind: Literal["body", "platform"]
    body_type: Literal["central", "local", "other", "health", "third"] | None = None


@dataclass(frozen=True)
class Person:
    """A made-up person; `organisation` is the key of an organisation or of a supplier."""

    key: str
    name: str
    email: str
    organisation: str
    roles: tuple[Role, ...]
    demo_role: str | None = None
    demo_description: str | None = None


@dataclass(frozen=True)
class NamePool:
    """Names from which people of the other bodies are put together."""

    given: tuple[str, ...]
    family: tuple[str, ...]


@dataclass(frozen=True)
class DeclaredGround:
    """An exclusion ground to which a supplier answered yes, and what it did to put it right.

    `ground` is a key of the regime's rules; `days_ago` counts back from the declaration.
    """

    ground: str
    days_ago: int
    what_happened: str
    put_right: str


@dataclass(frozen=True)
class Supplier:
    """A made-up supplier. `declared` is empty when every exclusion question was answered no."""

    key: str
    name: str
    kind: Literal[
        "micro_company",
        "small_company",
        "medium_company",
        "university_spin_out",
        "sole_trader",
        "charity",
        "people_forming_a_company",
    ]
    staff: int
    turnover_pounds: int
    balance_pounds: int
    town: str
    description: str
    verified: bool
    declared: tuple[DeclaredGround, ...] = ()


@dataclass(frozen=True)
class Descriptor:
    """What one score of a scale means."""

    score: int
    title: str
    meaning: str


@dataclass(frozen=True)
class Scale:
    """A scale from 0 to `max_score` with a descriptor for every whole score."""

    max_score: int
    title: str
    descriptors: tuple[Descriptor, ...]


@dataclass(frozen=True)
class Criterion:
    """One thing bids are judged on. A price criterion has no scale and no word limit."""

    key: str
    kind: Literal["quality", "price"]
    title: str
    question: str
    guidance: str
    weight: int
    max_score: int | None = None
    min_score: int | None = None
    word_limit: int | None = None


@dataclass(frozen=True)
class Extension:
    """A proposal to close later, in days from now as `closes_in_days`, told to bidders with why.

    It holds once a second officer has confirmed it; until then the challenge closes when it did.
    """

    from_in_days: int
    to_in_days: int
    reason: str
    confirmed: bool


@dataclass(frozen=True)
class Challenge:
    """One published problem, with the state to bring it to and the days of its timeline.

    `published_days_ago` and those below are set only for steps the challenge has reached.
    `closes_in_days` is below zero when bidding has closed. `rehearsed` tells that an officer tested
    before closing that they can open the bids, `first_confirmed` that one of the two officers who
    it takes has confirmed the opening. `ended_reason` and `lessons` belong to
    challenges that were stopped or cancelled.
    """

    key: str
    reference: str
    round: str
    buyer: str
    title: str
    summary: str
    problem: str
    affected: str
    today: str
    why_now: str
    outcome: str
    measures: tuple[str, ...]
    tried: str
    constraints: str
    support: str
    region: Region
    sector: Sector
    value_pounds: int
    legal_route: Literal[
        "below_threshold",
        "research_and_development",
        "open",
        "restricted",
        "negotiated",
        "innovation_partnership",
        "design_contest",
    ]
    price_model: PriceModel
    state: TargetState
    criteria: tuple[Criterion, ...]
    number: str | None = None
    co_sponsors: tuple[str, ...] = ()
    budget_pounds: int | None = None
    best_pounds: int | None = None
    worst_pounds: int | None = None
    published_days_ago: int | None = None
    closes_in_days: int | None = None
    opened_days_ago: int | None = None
    intention_days_ago: int | None = None
    signed_days_ago: int | None = None
    ended_days_ago: int | None = None
    extension: Extension | None = None
    rehearsed: bool = False
    first_confirmed: bool = False
    ended_reason: str | None = None
    lessons: str | None = None


@dataclass(frozen=True)
class Score:
    """A score with its reason."""

    score: int
    reason: str


@dataclass(frozen=True)
class CriterionScores:
    """What each evaluator gave one answer, and what the panel agreed; None: not yet.

    Panels have three evaluators. A fourth sits where one stood aside from a bid, so that every bid
    is still scored by three.
    """

    e1: Score | None = None
    e2: Score | None = None
    e3: Score | None = None
    e4: Score | None = None
    agreed: Score | None = None

    @property
    def alone(self) -> dict[int, Score]:
        """Give what evaluators scored alone, by the evaluator's number."""
        own = {1: self.e1, 2: self.e2, 3: self.e3, 4: self.e4}
        return {number: score for number, score in own.items() if score is not None}


@dataclass(frozen=True)
class Earlier:
    """The version of a bid that was submitted before the one that counts, where it differs."""

    hours_before_closing: int
    answers: Mapping[str, str]
    price_pounds: int | None = None


@dataclass(frozen=True)
class Bid:
    """A supplier's answer to a challenge; answers and scores go by the criterion's key.

    `changing` are the answers in a draft that the supplier has begun since it submitted.
    """

    supplier: str
    answers: Mapping[str, str]
    price_pounds: int | None = None
    state: Literal["draft", "submitted"] = "submitted"
    hours_before_closing: int = 24
    ineligible_reason: str | None = None
    earlier: Earlier | None = None
    changing: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, CriterionScores] = field(default_factory=dict)


@dataclass(frozen=True)
class Interest:
    """An interest that evaluator 1 to 4 declared in a bidder, and what the chair decided."""

    evaluator: int
    supplier: str
    statement: str
    decision: Literal["keep", "recuse"]
    reason: str


@dataclass(frozen=True)
class Recommendation:
    """The preferred bidder and why."""

    supplier: str
    reason: str


@dataclass(frozen=True)
class BidSet:
    """Everything that bidders and panel wrote on one challenge."""

    challenge: str
    bids: tuple[Bid, ...]
    interests: tuple[Interest, ...] = ()
    recommendation: Recommendation | None = None
    approval_note: str | None = None
    contract_reference: str | None = None


@dataclass(frozen=True)
class Content:
    """All content, in the order of the files. `main_body` has a named person in every role."""

    main_body: str
    organisations: tuple[Organisation, ...]
    people: tuple[Person, ...]
    name_pool: NamePool
    suppliers: tuple[Supplier, ...]
    scales: tuple[Scale, ...]
    challenges: tuple[Challenge, ...]
    bid_sets: tuple[BidSet, ...]

    def bids_on(self, challenge_key: str) -> BidSet | None:
        """Return what was bid on one challenge, or None where nothing was."""
        return next((s for s in self.bid_sets if s.challenge == challenge_key), None)

    def scale_to(self, max_score: int) -> Scale:
        """Return the scale from 0 to `max_score`.

        Raises:
            KeyError: there is no such scale.
        """
        for scale in self.scales:
            if scale.max_score == max_score:
                return scale
        raise KeyError(max_score)
