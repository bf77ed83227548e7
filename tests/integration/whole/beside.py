"""What single pages of the world need: a file with a draft, an answered query, a round, a link,
an interview."""

import io
import uuid
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bids.asking import service as bid_queries
from bids.asking.lifecycle import QueryPart, usual_limit
from bids.attachments import service as attaching
from bids.attachments.models import DraftFile
from bids.elsewhere import service as elsewhere
from bids.elsewhere.queries import waiting_of
from bids.models import Bid
from bids.queries import own_bid
from bids.team import service as teams
from bids.team.document import Subcontractor
from bids.team.queries import team_of
from challenges.alerts import tokens
from challenges.asking.models import Clarification
from challenges.elsewhere import service as elsewhere_choice
from marketplace.core.access import current_files
from marketplace.core.clock import FixedClock
from marketplace.core.database import db
from marketplace.core.dates import PLACE
from scoring.award.contracts import service as contracts
from scoring.award.contracts.changing import ChangeKind, Wanted
from scoring.award.contracts.ordered import service as court_orders
from scoring.award.contracts.ordered.lifecycle import Ordered, OrderKind
from scoring.award.contracts.queries import contracts_of
from scoring.award.delivery.milestones import service as milestones
from scoring.award.delivery.milestones.lifecycle import Written
from scoring.award.letters.models import Letter
from scoring.panel.interviews import service as interviews
from scoring.panel.interviews.lifecycle import Offer
from scoring.panel.interviews.queries import slots
from tests.journeys import QUESTIONS, Cast, Journey

ROUND = "Round-7"
PDF = b"%PDF-1.7\nThe gauges, by river.\n%%EOF\n"


def before_publication(journey: Journey) -> None:
    """Have a draft belong to a round, and its bids come with files."""
    challenge = journey.challenge
    challenge.round = ROUND
    stage = challenge.stage
    stage.attach_kinds, stage.attach_most, stage.attach_mb = "pdf", 3, 5
    journey.session.commit()


def send_elsewhere(journey: Journey) -> None:
    """Have the bids of a draft go elsewhere."""
    elsewhere_choice.send_elsewhere(
        journey.reference,
        notice="NOV123",
        link="https://notices.example.org/NOV123",
        actor=journey.actor(journey.cast.lead),
        clock=journey.clock,
    )


def put_down(journey: Journey) -> str:
    """Put down a bid that was received elsewhere, and give what its form is known by."""
    elsewhere.bring_one(
        journey.reference,
        cells={
            "supplier": "Specimen Signs Ltd",
            "received": f"{journey.closes_at:%d/%m/%Y} 00:01",
            **{f"answers.{key}": "As we always did." for key in QUESTIONS},
            "price": "20,000",
        },
        attached=[],
        actor=journey.actor(journey.cast.officer),
        clock=journey.clock,
    )
    waiting = waiting_of(journey.session, journey.challenge.stage.id)
    assert waiting is not None
    return str(waiting.rows[0]["form"])


def ids_of(journey: Journey, cast: Cast) -> dict[str, str]:
    """Give the draft of a bid a file and a subcontractor; name them, and what addresses need."""
    bid, admin, clock = journey.own_bid, journey.actor(cast.supplier_admin), journey.clock
    attaching.attach(bid, name="gauges.pdf", file=io.BytesIO(PDF), actor=admin, clock=clock)
    told = Subcontractor("Specimen Sensors Ltd", "Mounts the gauges.", 20)
    teams.add_subcontractor(bid, told, actor=admin, clock=clock)
    session, person = db.session(), cast.supplier_admin.id
    (held,) = team_of(session, own_bid(session, bid, admin)).subcontractors
    stop = tokens.stop_url(tokens.CLOSING, person, person)
    return {
        "file_id": str(session.scalars(select(DraftFile.id)).one()),
        "member_id": str(held.id),
        "round_name": ROUND,
        "token": stop.rpartition("/")[2],
        "published_answer_id": str(
            session.scalars(
                select(Clarification.answer_id).where(Clarification.text == "Which parks?")
            ).one()
        ),
    }


def meet(journey: Journey, cast: Cast, clock: FixedClock) -> str:
    """Have a panel offer two times for interviews, of which the supplier takes the first; give the
    one that is free."""
    first = clock.now() + timedelta(days=9)
    journey.challenge.interviews_on = first.date()
    journey.session.commit()
    offer = Offer(
        first=first,
        minutes=30,
        gap=15,
        number=2,
        choose_by=first - timedelta(days=2),
        notice=24,
        join_url="https://meet.example.org/room",
    )
    interviews.offer(journey.reference, offer, actor=journey.actor(cast.officer), clock=clock)
    taken, free = slots(db.session(), journey.challenge.stage.id)
    admin = journey.actor(cast.supplier_admin)
    interviews.choose(journey.own_bid, taken.id, seen=0, actor=admin, clock=clock)
    return str(free.id)


def sign(journey: Journey, clock: FixedClock) -> str:
    """Have other work agreed in a signed contract, and a milestone of it delivered; give the
    contract."""
    kept = contracts_of(journey.session, journey.challenge)[0]
    contract = kept.contract.id
    due_on = kept.contract.starts_on or clock.now().date()
    milestones.plan(
        journey.reference,
        contract,
        [Written("A map", "A map of warm places.", "We used it.", due_on, kept.value_minor)],
        actor=journey.actor(journey.cast.officer),
        clock=clock,
    )
    milestones.report(
        milestones.Party(contract),
        1,
        words="The map is there.",
        actor=journey.actor(journey.cast.supplier_admin),
        clock=clock,
        store=current_files(),
    )
    contracts.describe_change(
        journey.reference,
        contract,
        Wanted(ChangeKind.SCOPE, "Other wards.", "They asked."),
        actor=journey.actor(journey.cast.officer),
        clock=clock,
    )
    court_orders.record(
        journey.reference,
        contract,
        Ordered(
            OrderKind.PENALTY,
            clock.now().astimezone(PLACE).date(),
            "Court of Session",
            "P12/27",
            "The body pays a penalty.",
            penalty_minor=1_000_00,
        ),
        actor=journey.actor(journey.cast.officer),
        clock=clock,
    )
    return str(contract)


def letters_of(journey: Journey) -> dict[str, str]:
    """Name the letters that announced an award: all of them, and the one to the own bid."""
    letter = db.session.scalars(
        select(Letter).join(Bid, Bid.id == Letter.bid_id).where(Bid.reference == journey.own_bid)
    ).one()
    return {
        "batch_id": str(letter.batch_id),
        "letter_id": str(letter.id),
        # In the world nothing is withheld.
        "withheld_id": str(uuid.UUID(int=0)),
    }


def ask(journey: Journey, *, answered: bool, clock: FixedClock) -> None:
    """Ask a bidder about its bid; with `answered` it has answered."""
    bid_queries.ask(
        journey.reference,
        journey.own_bid,
        concern=bid_queries.Concern(QueryPart.TERMS),
        text="Which clause do you mean?",
        answer_by=usual_limit(clock.now()),
        changes_nothing=True,
        actor=journey.actor(journey.cast.officer),
        clock=clock,
    )
    if answered:
        by: dict[str, Any] = {
            "actor": journey.actor(journey.cast.supplier_admin),
            "arrived": clock.now(),
        }
        bid_queries.save_draft(journey.own_bid, 1, text="The ninth.", clock=clock, **by)
        bid_queries.send_answer(journey.own_bid, 1, clock=clock, **by)
