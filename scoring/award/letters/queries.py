"""Reads the letters that are to be sent to bidders without an account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bids.opened import opened_bids
from challenges.models import Challenge, Stage
from challenges.stages.place import Where
from challenges.stages.queries import own_stage
from challenges.stages.running import stored_state
from marketplace.core.errors import NotFound
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from scoring.award import queries as awards
from scoring.award.announcing import standstill_end
from scoring.award.letters import policy
from scoring.award.letters.texts import letter
from scoring.award.queries import Decision
from scoring.panel import queries as panels


@dataclass(frozen=True)
class Letter:
    """The letter to one bidder."""

    bid_reference: str
    supplier: str
    text: str


@dataclass(frozen=True)
class LettersPage:
    """The letters as they read if they go out at `sent_at`."""

    challenge: Challenge
    stage: Stage
    decision: Decision
    letters: Sequence[Letter]
    sent_at: datetime
    ends: datetime | None

    def of(self, bid_reference: str) -> Letter:
        """Give the letter about one bid.

        Raises:
            NotFound: there is none.
        """
        for each in self.letters:
            if each.bid_reference == bid_reference:
                return each
        raise NotFound(N_("There is no such bid."))


def ensure_sendable(stage: Stage, found: Decision, actor: Actor) -> None:
    """Do nothing where the actor may send the letters now.

    Raises:
        Forbidden, WrongMoment: by `policy.can_send`.
    """
    ensure(
        policy.can_send(
            actor,
            stored_state(stage.challenge, stage),
            awaits_letters=found.awaits_letters,
            undecided=found.undecided,
            unnamed=awards.judges_unnamed(stage, found.panel, actor),
        )
    )


def page_of(
    session: Session, at: Where, sent_at: datetime, actor: Actor, *, electronic: bool
) -> LettersPage:
    """Gather the letters that are to be sent.

    Raises:
        NotFound: the challenge is another body's.
        Forbidden, WrongMoment: by `policy.can_send`.
    """
    stage = own_stage(session, at, actor)
    found = awards.decision(session, stage)
    ensure_sendable(stage, found, actor)
    ends = held_until(sent_at, standstill_end(session, stage, sent_at, electronic=electronic))
    letters = letters_of(session, stage, found, ends)
    return LettersPage(stage.challenge, stage, found, letters, sent_at, ends)


def held_until(sent_at: datetime, ends: datetime) -> datetime | None:
    """Give when the standstill of letters ends, None where the rules ask for none."""
    return ends if ends > sent_at else None


def letters_of(
    session: Session, stage: Stage, found: Decision, ends: datetime | None
) -> list[Letter]:
    """Write the letter to each bidder about an approved award whose standstill ends at `ends`."""
    assert found.computed is not None  # `ensure_sendable` has said so
    assert found.recommendation is not None
    rows = {row["id"]: row for row in found.computed.result["bids"]}
    preferred = [(bid.supplier.name, rows[bid.reference]) for bid in found.recommendation.bids]
    reasons = panels.reasons_by_bid(session, stage)
    return [
        Letter(
            bid.reference,
            bid.supplier_name,
            letter(
                stage.challenge,
                rows[bid.reference],
                preferred,
                found.computed.evaluation["criteria"],
                reasons.get(bid.bid_id, {}),
                supplier=bid.supplier_name,
                reason=found.recommendation.reason,
                ends=ends,
            ),
        )
        for bid in opened_bids(session, stage.id)
        if bid.reference in rows
    ]
