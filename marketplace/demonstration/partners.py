"""Has two bodies join in one draft and share its cost, and a third adopt a result."""

from datetime import datetime, timedelta
from decimal import Decimal

from challenges.joining import service as joining
from challenges.joining.lifecycle import Measure, Shares
from challenges.reusing import service as reusing
from marketplace.core.clock import Clock
from marketplace.core.permissions import Role
from marketplace.demonstration.cast import Cast
from marketplace.demonstration.history import History
from marketplace.demonstration.shapes import Content

# By their keys in the content.
DRAFT, PARTNER = "nature-engagement", "sepa"
RESULT, ADOPTER = "flood-forecasts", "transport-scotland"
LEAD_SHARE, PARTNER_SHARE = Decimal(70), Decimal(30)

MESSAGE = (
    "Our river visits have the same problem: people come once and we never learn what they saw. "
    "Shall we do it together?"
)
INTEREST = (
    "Warnings for the trunk roads that run beside small rivers, for the crews who close them."
)


def join_and_adopt(content: Content, players: Cast, clock: Clock, now: datetime) -> History:
    """Tell both within the last hour, when the draft and the contract are there."""
    items = {item.key: item for item in content.challenges}
    draft, result = items[DRAFT], items[RESULT]
    yield now - timedelta(minutes=50)
    lead = players.one(draft.buyer, Role.CHALLENGE_LEAD)
    officer = players.one(PARTNER, Role.PROCUREMENT_OFFICER)
    joining.invite(
        draft.reference, officer.organisation_id, message=MESSAGE, actor=lead, clock=clock
    )
    yield now - timedelta(minutes=30)
    joining.answer(draft.reference, accept=True, reason="", actor=officer, clock=clock)
    yield now - timedelta(minutes=20)
    paid = {lead.organisation_id: LEAD_SHARE, officer.organisation_id: PARTNER_SHARE}
    joining.share(draft.reference, Shares(Measure.PERCENT, paid), actor=lead, clock=clock)
    yield now - timedelta(minutes=10)
    adopter = players.one(ADOPTER, Role.CHALLENGE_LEAD)
    reusing.adopt(result.reference, interest=INTEREST, actor=adopter, clock=clock)
