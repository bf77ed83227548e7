"""What a release package tells of a challenge, and nothing that the public may not know. Pure.

Instants are aware datetimes in UTC, money is whole minor units without VAT, weights and scores are
the text of the published plan.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class Party:
    """An organisation: `scale` is its size class where the public may know it, else empty."""

    id: str
    name: str
    scale: str = ""


@dataclass(frozen=True)
class Money:
    """An amount in minor units of a currency."""

    minor: int
    currency: str


@dataclass(frozen=True)
class Document:
    """A file or page that anybody can open; `kind` is a code of the standard's `documentType`."""

    id: str
    kind: str
    title: str
    url: str
    media_type: str
    published_at: datetime | None


@dataclass(frozen=True)
class Criterion:
    """How bids are judged on one point: `kind` is `quality`, `price` or `carried`.

    `weight` and `min_score` are decimal text; `min_score` is empty where there is no minimum.
    """

    key: str
    kind: str
    title: str
    says: str
    weight: str
    min_score: str = ""


@dataclass(frozen=True)
class Enquiry:
    """A question as everybody may read it, and its answer. Who asked is never told."""

    id: str
    topic: str
    question: str
    asked_at: datetime
    answer: str
    answered_at: datetime


@dataclass(frozen=True)
class Change:
    """A numbered change to the published challenge."""

    number: int
    at: datetime
    why: str
    what: str


@dataclass(frozen=True)
class Counted:
    """How many bids there were, once the public may know."""

    bids: int
    valid: int
    of_smes: int
    counted_at: datetime


@dataclass(frozen=True)
class Award:
    """The intention to award to one supplier, or what became of it.

    `status` is a code of the standard's `awardStatus`: pending while nothing is signed, active
    afterwards, cancelled where the decision was withdrawn.
    """

    id: str
    status: str
    at: datetime
    supplier: Party


@dataclass(frozen=True)
class Milestone:
    """A step of a contract's work: when it is due and when it was accepted."""

    id: str
    title: str
    says: str
    due_on: date | None
    met_at: datetime | None
    status: str


@dataclass(frozen=True)
class ContractChange:
    """A change of a signed contract."""

    id: str
    at: datetime
    why: str
    what: str


@dataclass(frozen=True)
class Contract:
    """A signed contract; `award` is the id of its `Award`, `status` a code of `contractStatus`."""

    id: str
    award: str
    reference: str
    title: str
    status: str
    value: Money
    signed_at: datetime
    starts_on: date | None = None
    ends_on: date | None = None
    changes: Sequence[ContractChange] = ()
    milestones: Sequence[Milestone] = ()


@dataclass(frozen=True)
class Stage:
    """One stage in which bids are judged; each is a contracting process of its own.

    The first is open to everybody, to a later one those are invited who went on. `status` is a code
    of the standard's `tenderStatus`.
    """

    number: int
    name: str
    says: str
    status: str
    begins_at: datetime | None
    closes_at: datetime | None
    criteria: Sequence[Criterion]
    method: str
    counted: Counted | None
    awards: Sequence[Award]
    contracts: Sequence[Contract]


@dataclass(frozen=True)
class Challenge:
    """A published challenge as the world may know it.

    `procurement` is a code of the standard's `method`; `told_at` the instant of the newest thing
    that is told here.
    """

    reference: str
    url: str
    title: str
    problem: str
    why_now: str
    outcome: str
    eligibility: str
    language: str
    published_at: datetime
    questions_until: datetime | None
    decision_on: date | None
    starts_on: date | None
    buyer: Party
    sponsors: Sequence[Party]
    round: str
    value: Money | None
    later: str
    procurement: str
    route: str
    provision: str
    category: str
    submission: str
    # Of the Common Procurement Vocabulary, the main code first: code with its label.
    codes: Sequence[tuple[str, str]]
    documents: Sequence[Document]
    enquiries: Sequence[Enquiry]
    changes: Sequence[Change]
    stages: Sequence[Stage]
    told_at: datetime
