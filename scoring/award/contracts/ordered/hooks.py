"""What a confirmed order tells other rooms, inside its own transaction."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from challenges.models import Challenge
from marketplace.core.clock import Clock
from marketplace.core.permissions import Actor
from scoring.award.contracts.ordered.models import CourtOrder

# The challenge's row is held locked.
Hook = Callable[[Session, Challenge, CourtOrder, Actor, Clock], None]

after_confirmed: dict[str, Hook] = {}
