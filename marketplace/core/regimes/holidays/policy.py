"""Who may set a body's local holidays, and which days can be one. Pure."""

from datetime import date
from typing import TYPE_CHECKING

from marketplace.core.accounts.policy import caretaker_role
from marketplace.core.permissions import ALLOWED, Actor, Answer, lacks_right, wrong_moment
from marketplace.core.text import N_

if TYPE_CHECKING:
    from marketplace.core.accounts.models import Organisation

NAME_MOST = 100
# A slip of the keyboard, such as 2062 for 2026, is no plan of a body's.
YEARS_AHEAD_MOST = 5


def can_set_holidays(actor: Actor, organisation: "Organisation") -> Answer:
    """Answer whether the actor may name days on which a body does not work, or take one back."""
    if organisation.kind.value != "body":
        return lacks_right(N_("Only a public body has local holidays here."))
    if (
        actor.organisation_id != organisation.id
        or caretaker_role(organisation.kind.value) not in actor.roles
    ):
        return lacks_right(N_("Only a procurement officer of this body sets its local holidays."))
    return ALLOWED


def can_be_changed(day: date, today: date) -> Answer:
    """Answer whether what is said of a day may change: not once it has come.

    Standstills that it made longer, or did not, have ended by then.
    """
    if day <= today:
        return wrong_moment(N_("This day has come or gone: it stays as it is."))
    if day.year > today.year + YEARS_AHEAD_MOST:
        return wrong_moment(N_("This day is too far ahead. Check the year."))
    return ALLOWED
