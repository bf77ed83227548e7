"""Challenges whose suppliers go on from a first stage to a second one."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import select

from bids.inviting import service as inviting
from bids.models import Bid
from challenges.kinds import CriterionKind, PriceModel
from challenges.models import Criterion, ScaleDescriptor, Stage
from challenges.stages.kinds import Payment, Property, Source, StageKind, Unit
from challenges.stages.place import Place
from scoring.award import service as award
from scoring.award.advancing import service as advancing
from scoring.panel import parties
from scoring.panel import queries as panels
from scoring.panel import service as panel
from scoring.panel.lifecycle import Interest
from tests.journeys import Journey


def a_second_stage(journey: Journey, *, places: int, ordinal: int = 2) -> None:
    """Let `places` suppliers go on to an interview, into which the first result is carried."""
    session = journey.session
    stage = Stage(
        challenge_id=journey.challenge.id,
        ordinal=ordinal,
        name="Interview",
        kind=StageKind.INTERVIEW,
        suppliers=places,
        payment=Payment.NONE,
        property=Property.SUPPLIER,
        price_model=PriceModel.FIXED_BUDGET,
        minimum_panel=3,
    )
    session.add(stage)
    session.flush()
    session.add(
        Criterion(
            stage_id=stage.id,
            ordinal=1,
            key="answers",
            kind=CriterionKind.QUALITY,
            title="Answers",
            question="How do you answer the panel?",
            guidance="Listen.",
            weight=Decimal(60),
            max_score=Decimal(5),
            descriptors=[
                ScaleDescriptor(score=Decimal(each), text=f"Level {each}") for each in range(6)
            ],
        )
    )
    session.add(
        Criterion(
            stage_id=stage.id,
            ordinal=2,
            key="application",
            kind=CriterionKind.CARRIED,
            title="Application",
            weight=Decimal(40),
            carried_stage=1,
        )
    )
    session.commit()


def a_delivery_stage(journey: Journey, *, suppliers: int) -> None:
    """Let `suppliers` win at the end, each with a contract for the work."""
    journey.session.add(
        Stage(
            challenge_id=journey.challenge.id,
            ordinal=3,
            name="Pilot",
            kind=StageKind.DELIVERY,
            suppliers=suppliers,
            payment=Payment.FIXED,
            amount_minor=20_000_00,
            how_paid="Half at the start, half at the end.",
            lasts=12,
            lasts_in=Unit.WEEKS,
            property=Property.SUPPLIER,
            price_model=PriceModel.FIXED_BUDGET,
            minimum_panel=3,
        )
    )
    journey.session.commit()


def a_work_stage(journey: Journey, ordinal: int, kind: StageKind) -> None:
    """Let one supplier work in a stage of some kind, without pay that the plan fixes."""
    journey.session.add(
        Stage(
            challenge_id=journey.challenge.id,
            ordinal=ordinal,
            name=kind.value.replace("_", " ").capitalize(),
            kind=kind,
            suppliers=1,
            payment=Payment.NONE,
            property=Property.SUPPLIER,
            minimum_panel=3,
        )
    )
    journey.session.commit()


def agree(journey: Journey, scores: Mapping[str, tuple[Decimal, Decimal]]) -> None:
    """Agree the scores of both bids."""
    chair = journey.actor(journey.cast.chair)
    panel.begin_moderation(journey.reference, actor=chair, clock=journey.clock)
    for key, values in scores.items():
        for bid, value in zip((journey.own_bid, journey.rival_bid), values, strict=True):
            panel.record_consensus(
                journey.reference,
                key,
                bid,
                value=value,
                rationale="We agreed.",
                present=list(journey.labels.values()),
                actor=chair,
                clock=journey.clock,
            )


def go_on(journey: Journey) -> None:
    """Have those above the line go on from the first stage: proposed, and confirmed."""
    advance_id = advancing.propose(
        journey.reference,
        reason="They answer best.",
        actor=journey.actor(journey.cast.chair),
        clock=journey.clock,
    )
    advancing.answer(
        journey.reference,
        advance_id=advance_id,
        confirmed=True,
        reason="The reasons are clear.",
        actor=journey.actor(journey.cast.approver),
        clock=journey.clock,
    )


@dataclass
class SecondStage:
    """The second stage of a journey, in which suppliers are heard and judged by the same people."""

    journey: Journey
    bids: dict[uuid.UUID, str] = field(default_factory=dict)
    labels: list[str] = field(default_factory=list)

    @property
    def at(self) -> Place:
        """Give where it is."""
        return Place(self.journey.reference, 2)

    @property
    def own_bid(self) -> str:
        """Give the reference of the supplier's bid in this stage."""
        return self.bids[self.journey.cast.supplier.id]

    @property
    def rival_bid(self) -> str:
        """Give the reference of the rival's bid in this stage."""
        return self.bids[self.journey.cast.rival.id]

    @property
    def stage(self) -> Stage:
        """Read the stage afresh."""
        return self.journey.challenge.stages[1]

    def hear(self) -> None:
        """Begin it without writing, with a panel that is briefed and declares nothing."""
        journey, cast = self.journey, self.journey.cast
        inviting.open_stage(
            journey.reference,
            2,
            source=Source.HEARD,
            actor=journey.actor(cast.officer),
            clock=journey.clock,
        )
        panel.name_panel(
            self.at,
            chair=cast.chair.id,
            evaluators=[person.id for person in cast.evaluators],
            actor=journey.actor(cast.lead),
            clock=journey.clock,
        )
        found = journey.session.scalars(select(Bid).where(Bid.stage_id == self.stage.id))
        self.bids = {bid.supplier_id: bid.reference for bid in found}
        self.labels = [seat.label for seat in panels.seats(journey.session, self.stage.id)]
        for member in (cast.chair, *cast.evaluators):
            actor = journey.actor(member)
            panel.accept_briefing(self.at, actor=actor, clock=journey.clock)
            nothing = {
                party.name: panel.Declaration(Interest.NONE)
                for party in parties.parties(journey.session, self.stage.id)
            }
            panel.declare_interests(self.at, nothing, actor=actor, clock=journey.clock)

    def judge(self, values: Mapping[str, Decimal]) -> None:
        """Score what was heard of each bid, agree on it, and have the result computed."""
        journey, cast = self.journey, self.journey.cast
        chair = journey.actor(cast.chair)
        panel.begin_scoring(self.at, actor=chair, clock=journey.clock)
        for person in cast.evaluators:
            actor = journey.actor(person)
            cells = {bid: panel.DraftCell(value, "As heard.") for bid, value in values.items()}
            panel.save_draft(self.at, "answers", cells, actor=actor, clock=journey.clock)
            panel.submit_scores(self.at, actor=actor, clock=journey.clock)
        panel.begin_moderation(self.at, actor=chair, clock=journey.clock)
        for bid, value in values.items():
            panel.record_consensus(
                self.at,
                "answers",
                bid,
                value=value,
                rationale=f"We agreed on {value} after the interview.",
                present=self.labels,
                actor=chair,
                clock=journey.clock,
            )
        award.conclude_scoring(self.at, actor=chair, clock=journey.clock)
