"""What the facts of a stage are made from, read once."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from bids.elsewhere.queries import Brought, brought_of
from bids.models import Opening
from bids.opened import opened_bids
from bids.opened_bid import OpenedBid
from challenges.models import Challenge, Stage
from scoring.award import queries as awards
from scoring.award.advancing.models import Advance
from scoring.award.advancing.queries import newest, taken_back
from scoring.award.again.queries import Earlier, earlier
from scoring.award.complaints.models import AwardComplaint
from scoring.award.complaints.queries import brought
from scoring.award.contracts.queries import Kept, contracts_of
from scoring.award.letters.models import Withheld as WithheldWords
from scoring.award.letters.queries import withheld_words
from scoring.award.low_prices.models import LowPriceDecision
from scoring.award.low_prices.queries import last_decisions
from scoring.award.recomputing.queries import Again, computed_again
from scoring.panel import queries as panels
from scoring.panel.masking.models import AnswerMask
from scoring.panel.masking.queries import masks
from scoring.panel.models import ConsensusScore, PanelMember, Score
from scoring.report import facts


@dataclass(frozen=True)
class Gathered:
    """A stage; `deciding` tells that the award follows from it, `advance` who went on from it."""

    challenge: Challenge
    stage: Stage
    deciding: bool
    bids: list[OpenedBid]
    members: list[PanelMember]
    scores: list[Score]
    agreed: list[ConsensusScore]
    decision: awards.Decision
    advance: Advance | None
    opening: Opening | None
    brought: Brought | None
    again: list[Again]
    queries: Mapping[uuid.UUID, tuple[facts.Query, ...]]
    prices: Sequence[LowPriceDecision]
    masks: Mapping[uuid.UUID, Sequence[AnswerMask]]
    held_back: Sequence[WithheldWords]
    contracts: Sequence[Kept]
    # Decisions about the stage that were taken back, and complaints, the newest first.
    taken_back: Sequence[Earlier]
    complaints: Sequence[AwardComplaint]
    # When lists of who goes on from it were taken back.
    sifted_again: Sequence[datetime]

    @property
    def id(self) -> str:
        """Give what the facts call the stage."""
        return f"stage-{self.stage.ordinal}"

    def person(self, label: str) -> str:
        """Give the id of a person by the label in this stage: panels count alike in each."""
        return label if self.deciding else f"{self.id}/{label}"


def gather_stage(
    session: Session,
    stage: Stage,
    asked: Mapping[uuid.UUID, tuple[facts.Query, ...]],
    *,
    deciding: bool,
) -> Gathered:
    """Read what the facts of a stage are made from; `asked` are the queries to bidders, by bid.

    Raises:
        WrongMoment: its bids cannot be read yet.
    """
    bids = opened_bids(session, stage.id)
    own = {bid.bid_id for bid in bids}
    return Gathered(
        challenge=stage.challenge,
        stage=stage,
        deciding=deciding,
        bids=bids,
        members=list(panels.seats(session, stage.id)),
        scores=list(panels.current_scores(session, stage.id)),
        agreed=list(panels.current_consensus(session, stage.id)),
        decision=awards.decision(session, stage),
        advance=None if deciding else newest(session, stage.id),
        opening=session.get(Opening, stage.id),
        brought=brought_of(session, stage.id),
        again=computed_again(session, stage.id),
        queries={bid_id: queries for bid_id, queries in asked.items() if bid_id in own},
        prices=last_decisions(session, stage.id),
        masks=masks(session, stage),
        held_back=withheld_words(session, stage.id),
        contracts=[
            each
            for each in contracts_of(session, stage.challenge)
            if each.contract.stage_id == stage.id
        ],
        taken_back=earlier(session, stage),
        complaints=brought(session, stage).complaints,
        sifted_again=[
            each.withdrawal.withdrawn_at
            for each in taken_back(session, stage.id)
            if each.withdrawal is not None
        ],
    )
