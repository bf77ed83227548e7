"""What a panel arranges while it prepares: due days, a trial, who knows what, somebody invited."""

from datetime import datetime, timedelta

from challenges.queries import own_challenge
from marketplace.core.access import current_settings
from marketplace.core.database import db
from marketplace.demonstration.history import History
from marketplace.demonstration.telling import Telling
from scoring.panel import queries
from scoring.panel.assigning import service as assigning
from scoring.panel.inviting import service as inviting
from scoring.panel.lifecycle import Expertise, Seat
from scoring.panel.reminding import service as reminding
from scoring.panel.reminding.lifecycle import Step
from scoring.panel.trial import service as trying

# Days that a panel has for each step, from when the bids are opened.
DUE = {Step.BRIEFING: 5, Step.INTERESTS: 8, Step.SCORES: 28}
KNOWN = (Expertise.SERVICE, Expertise.TECHNICAL)
EXAMPLE = (
    "We would begin with two weeks among the people who use the service, and build nothing before "
    "we know what slows them down.\n\nThen we would try one small thing in one place, measure it, "
    "and show you the numbers each fortnight."
)
OUTSIDER = ("Isla Madeup", "isla.madeup@university-of-nowhere.example")


def arrange(telling: Telling, at: datetime) -> History:
    """Arrange it all at one sitting of the chair and the lead."""
    yield at
    reference, clock = telling.reference, telling.clock
    stage = own_challenge(db.session(), reference, telling.chair).stage
    labels = [
        member.label
        for member in queries.seats(db.session(), stage.id)
        if member.seat is Seat.EVALUATOR
    ]
    key = next(item.key for item in telling.item.criteria if item.kind == "quality")
    today = clock.now().date()
    reminding.set_due(
        reference,
        {step: today + timedelta(days=days) for step, days in DUE.items()},
        actor=telling.chair,
        clock=clock,
    )
    for label, expertise in zip(labels, KNOWN, strict=False):
        assigning.assign(
            reference, label, keys=(), expertise=expertise, actor=telling.chair, clock=clock
        )
    trying.set_example(reference, key=key, text=EXAMPLE, actor=telling.chair, clock=clock)
    name, email = OUTSIDER
    inviting.invite(
        reference,
        name=name,
        email=email,
        seat=Seat.OBSERVER,
        expertise=Expertise.OTHER,
        reason="Studies how public bodies buy, and would like to see how a panel agrees.",
        actor=telling.lead,
        clock=clock,
        # No request is under way by whose routes an address could be written.
        link=lambda key: f"{current_settings().public_url}/invitations/panel/{key}",
    )
