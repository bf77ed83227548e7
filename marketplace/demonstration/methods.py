"""What some example challenges say beyond their price model: how ties end, which prices are asked
about, one draft that tries a further method, and one sift without names that counts again later."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from challenges import service
from challenges.kinds import Combine, PriceModel
from challenges.queries import own_challenge
from challenges.service.criteria import read_weights
from challenges.stages import service as stages
from challenges.stages.queries import find_stage
from challenges.stages.sharing import Share
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
    "outpatient-booking": {"names_withheld": True},
    "public-buildings": {"names_withheld": True},
}

# Where the written application counts again in the interview, with this weight of 100.
CARRIED: Mapping[str, Decimal] = {"outpatient-booking": Decimal(30)}


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
    if telling.item.key in CARRIED:
        _carry(telling, CARRIED[telling.item.key])


def _carry(telling: Telling, weight: Decimal) -> None:
    """Carry the first stage's result into the second, whose panel does not agree its scores."""
    challenge = own_challenge(db.session(), telling.reference, telling.lead, whole=True)
    interview = challenge.stages[1].id
    db.session.rollback()
    at: Any = {"stage_id": interview, "actor": telling.lead, "clock": telling.clock}
    stages.carry(telling.reference, source="1", weight=weight, **at)
    stage = find_stage(own_challenge(db.session(), telling.reference, telling.lead), interview)
    weights, method = read_weights(stage), service.read_method(stage)
    db.session.rollback()
    median = replace(method, combine=Combine.MEDIAN)
    service.choose_method(telling.reference, median, **at)
    service.arrange(telling.reference, weights, share=Share.IN_PROPORTION, **at)
