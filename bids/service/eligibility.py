"""A supplier's declaration of eligibility: made once, used by every bid until it expires."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bids import policy
from bids.grounds import policy as grounds
from bids.grounds import reminders
from bids.grounds.document import DeclaredGround
from bids.grounds.models import GroundDeclared
from bids.lifecycle import declaration_expires
from bids.models import EligibilityDeclaration
from challenges.texts import refuse_all
from marketplace.core.clock import Clock
from marketplace.core.dates import PLACE
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Actor, ensure
from marketplace.core.regimes.book import USUAL
from marketplace.core.regimes.grounds import GroundRules, grounds_on
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


@dataclass(frozen=True)
class Declared:
    """What a supplier declares: the grounds that apply to it, and how large it is.

    Money in minor units of sterling, 0 or more.
    """

    grounds: Sequence[DeclaredGround]
    staff: int
    turnover_minor: int
    balance_minor: int


def ground_rules(at: datetime) -> GroundRules:
    """Give the rules by which a supplier declares at an instant."""
    return grounds_on(USUAL, at.astimezone(PLACE).date())


def declare_eligibility(
    declared: Declared, *, actor: Actor, clock: Clock
) -> EligibilityDeclaration:
    """Record a declaration for the actor's organisation; it replaces any earlier one.

    Raises:
        Forbidden: the actor is no administrator of a supplier.
        Invalid: of a ground it is not said when it was, or what was done to put it right.
    """
    ensure(policy.can_declare(actor))
    now = clock.now()
    rules = ground_rules(now)
    known = {ground.key: place for place, ground in enumerate(rules.grounds)}
    if any(each.key not in known for each in declared.grounds):
        raise Invalid(N_("The grounds changed. Reload the page and declare again."))
    wrong = grounds.faults(declared.grounds, rules, now.astimezone(PLACE).date())
    refuse_all({f"{key}-{part}": message for (key, part), message in wrong.items()})
    with transaction() as session:
        declaration = EligibilityDeclaration(
            supplier_id=actor.organisation_id,
            declared_by_id=actor.user_id,
            declared_at=now,
            expires_at=declaration_expires(now),
            grounds_rules=rules.version,
            grounds=[
                GroundDeclared(
                    ground=each.key,
                    place=known[each.key],
                    happened_on=each.happened_on,
                    put_right=each.put_right.strip(),
                )
                for each in declared.grounds
            ],
            staff=declared.staff,
            turnover_minor=declared.turnover_minor,
            balance_minor=declared.balance_minor,
        )
        session.add(declaration)
        session.flush()
        reminders.await_expiry(session, declaration, clock)
    return declaration
