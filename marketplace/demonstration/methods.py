"""What some example challenges say beyond their price model: how ties end, which prices are asked
about, and one draft that tries a further method."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from challenges import service
from challenges.kinds import PriceModel
from challenges.queries import own_challenge
from marketplace.core.database import db
from marketplace.demonstration.telling import Telling

# By the key of the challenge.
CHOSEN: Mapping[str, Mapping[str, Any]] = {
    "local-services-data": {
        "tie_break": ("quality", "price", "draw"),
        "below_mean": Decimal(40),
        "below_next": Decimal(30),
    },
    "circular-nhs": {
        "price_model": PriceModel.PRICE_PER_POINT,
        "quality_threshold": Decimal(55),
    },
}


def says_more(telling: Telling) -> bool:
    """Tell whether a challenge's method says more than its price model."""
    return telling.item.key in CHOSEN


def choose(telling: Telling) -> None:
    """Choose the method as a lead would on its page."""
    challenge = own_challenge(db.session(), telling.reference, telling.lead, whole=True)
    present = service.read_method(challenge.stage)
    db.session.rollback()
    service.choose_method(
        telling.reference,
        replace(present, **CHOSEN[telling.item.key]),
        actor=telling.lead,
        clock=telling.clock,
    )
