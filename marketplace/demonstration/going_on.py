"""Who went on to the second stage of a challenge: proposed, confirmed, invited, and heard."""

from bids.inviting import service as inviting
from challenges.stages.kinds import Source
from challenges.stages.place import Place
from challenges.stages.queries import own_stage
from marketplace.core.database import db
from marketplace.demonstration.days import Span
from marketplace.demonstration.history import History
from marketplace.demonstration.people import EVALUATORS
from marketplace.demonstration.telling import Telling
from scoring.award.advancing import service as advancing
from scoring.award.letters import queries as waiting
from scoring.award.letters import service as letters
from scoring.award.queries import decision
from scoring.panel import service as panel

_PROPOSED = (
    "These bids go on by the published plan. We want to see the machines and the cards that they "
    "write of, and to meet the people who would come to the nursery."
)
_CONFIRMED = (
    "The result follows the plan, and the panel's reasons are clear. I have checked that nobody "
    "above the line was left out. Confirmed."
)


def go_on(telling: Telling, evaluation: Span) -> History:
    """Let those go on whom the plan lets go on, and begin the interviews, with a panel for them."""
    reference, clock = telling.reference, telling.clock
    yield evaluation.at(0.94)
    proposal = advancing.propose(reference, reason=_PROPOSED, actor=telling.chair, clock=clock)
    yield evaluation.at(0.96)
    advancing.answer(
        reference,
        advance_id=proposal,
        confirmed=True,
        reason=_CONFIRMED,
        actor=telling.approver,
        clock=clock,
    )
    yield evaluation.at(0.97)
    if _anybody_does_not(telling):
        letters.send_now(reference, actor=telling.officers[0], clock=clock)
    yield evaluation.at(0.98)
    inviting.open_stage(reference, 2, source=Source.HEARD, actor=telling.officers[0], clock=clock)
    panel.name_panel(
        Place(reference, 2),
        chair=telling.chair.user_id,
        evaluators=[member.user_id for member in telling.evaluators(EVALUATORS)],
        actor=telling.lead,
        clock=clock,
    )


def _anybody_does_not(telling: Telling) -> bool:
    """Tell whether letters wait for bidders who do not go on."""
    session = db.session()
    stage = own_stage(session, telling.reference, telling.officers[0])
    return waiting.batch_of(session, stage, decision(session, stage)) is not None
