"""A committed challenge in any state, to begin a scene in the middle of its life."""

from sqlalchemy.orm import Session

from challenges.kinds import PriceModel
from challenges.lifecycle import State
from challenges.models import Challenge
from marketplace.core.accounts.models import Organisation, User
from tests.conftest import NOW
from tests.factories import a_challenge


def in_state(
    session: Session,
    body: Organisation,
    lead: User,
    state: State,
    price_model: PriceModel = PriceModel.FIXED_BUDGET,
) -> Challenge:
    """Add a complete challenge of `body` in `state` and commit it."""
    challenge = a_challenge(session, NOW, body, lead, state, price_model=price_model)
    session.commit()
    return challenge
