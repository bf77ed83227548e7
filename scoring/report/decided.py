"""The facts of a decision: what was recommended, asked, approved, complained of and signed.

A part of the facts of an award report, and like them frozen and pure. Instants are aware datetimes
in UTC; money is whole minor units.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from scoring.report.values import ComplaintOutcome, Money, Withheld


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
class CourtOrder:
    """What a court ordered about a signed contract, in force since two people recorded it.

    `what` says it in words, `says` as the body tells it. `made_on` and `ends_on`, the last day that
    the contract has by it, are as `2027-11-30`; `ends_on` is empty where that stays as it was.
    `penalty` is None where the court ordered none.
    """

    what: str
    court: str
    reference: str
    made_on: str
    says: str
    recorded_at: datetime
    ends_on: str = ""
    penalty: Money | None = None

    @property
    def day(self) -> date:
        """The day of the order."""
        return date.fromisoformat(self.made_on)


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
    orders: tuple[CourtOrder, ...] = ()

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
        """Its last day after all its changes and by courts’ orders; None where it has none."""
        moved = [each.ends_on for each in self.changes if each.ends_on]
        last = moved[-1] if moved else self.ends_on
        ordered = (each.ends_on for each in self.orders)
        return min((date.fromisoformat(day) for day in (last, *ordered) if day), default=None)


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
class RestEnded:
    """That what was not signed of the decision ended without award, and why; every bidder was told.

    `bids` are those with whose suppliers something could still have been signed.
    """

    bids: tuple[str, ...]
    ended_at: datetime
    why: str


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
    rest_ended: RestEnded | None = None

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
