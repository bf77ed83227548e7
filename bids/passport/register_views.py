"""What a register said, on the supplier's own pages: shown beside its answer, and taken over."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from bids.passport import readings, service
from bids.passport.compared import (
    OFFICER_WORDS,
    OWN_WORDS,
    REGISTER_WORDS,
    STATUS_WORDS,
    Difference,
    Outcome,
    Reading,
    differences,
    elsewhere,
)
from bids.passport.kinds import Kind, Subject
from bids.passport.models import PassportAnswer
from bids.views.room import Page
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission

blueprint = Blueprint("registers", __name__)


@dataclass(frozen=True)
class Beside:
    """What stands beside an answer: the number asked about, and what was said, if it was yet.

    `changes` tells whether taking the register's name and address over would change the answer.
    """

    number: str
    reading: Reading | None
    differs: list[Difference]
    elsewhere: bool
    changes: bool


def beside(answer: PassportAnswer | None) -> Beside | None:
    """Give what a register says of an answer; None where it has no number or nobody is asked."""
    if answer is None or answer.subject is not Subject.IDENTITY or not readings.asks(Kind.COMPANY):
        return None
    number = answer.values.get("company_number")
    if number is None:
        return None
    said = readings.newest(db.session(), answer.supplier_id, number)
    if said is None:
        return Beside(number, None, [], False, False)
    values = answer.values
    taken = {"legal_name": said.name, "address": said.address or values["address"]}
    return Beside(
        number,
        said,
        differences(values, said),
        elsewhere(values, said),
        said.outcome is Outcome.FOUND and any(values[name] != taken[name] for name in taken),
    )


@blueprint.app_context_processor
def words() -> dict[str, object]:
    """Give pages the words for what registers say."""
    return {
        "register_words": REGISTER_WORDS,
        "register_status_words": STATUS_WORDS,
        "register_own_words": OWN_WORDS,
        "register_officer_words": OFFICER_WORDS,
    }


@blueprint.post("/organisation/passport/identity/register")
@requires(Permission.BID_DRAFT)
def use() -> Page:
    """Take over the name and the address that the register has."""
    try:
        service.use_register(
            seen=request.form.get("seen", ""), actor=access.current_actor(), clock=access.clock()
        )
    except (Invalid, WrongMoment) as error:
        flash(_(error.message, **error.data), "error")
    else:
        flash(_("The name and address of the register are taken over. Look at them once more."))
    return redirect(url_for("passport.answer", subject=Subject.IDENTITY.value), 303)
