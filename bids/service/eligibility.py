"""A supplier's declaration of eligibility: made once, used by every bid until it expires."""

from dataclasses import dataclass

from bids import policy
from bids.lifecycle import declaration_expires
from bids.models import EligibilityDeclaration
from marketplace.core.clock import Clock
from marketplace.core.errors import Invalid
from marketplace.core.permissions import Actor, ensure
from marketplace.core.text import N_
from marketplace.core.transaction import transaction


@dataclass(frozen=True)
class Declared:
    """What a supplier declares: whether each group of grounds applies, and how large it is.

    Money in minor units of sterling, 0 or more.
    """

    mandatory_ground: bool
    discretionary_ground: bool
    tax_ground: bool
    put_right: str
    staff: int
    turnover_minor: int
    balance_minor: int


def declare_eligibility(
    declared: Declared, *, actor: Actor, clock: Clock
) -> EligibilityDeclaration:
    """Record a declaration for the actor's organisation; it replaces any earlier one.

    Raises:
        Forbidden: the actor is no administrator of a supplier.
        Invalid: a ground applies and nothing is said about putting it right.
    """
    ensure(policy.can_declare(actor))
    applies = declared.mandatory_ground or declared.discretionary_ground or declared.tax_ground
    if applies and not declared.put_right.strip():
        message = N_("Say what happened and what you did to put it right")
        raise Invalid(message, {"put_right": message})
    now = clock.now()
    with transaction() as session:
        declaration = EligibilityDeclaration(
            supplier_id=actor.organisation_id,
            declared_by_id=actor.user_id,
            declared_at=now,
            expires_at=declaration_expires(now),
            mandatory_ground=declared.mandatory_ground,
            discretionary_ground=declared.discretionary_ground,
            tax_ground=declared.tax_ground,
            put_right=declared.put_right.strip() if applies else "",
            staff=declared.staff,
            turnover_minor=declared.turnover_minor,
            balance_minor=declared.balance_minor,
        )
        session.add(declaration)
    return declaration
