"""Pages of a body's local holidays."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts.models import Organisation
from marketplace.core.accounts.queries import organisation_for
from marketplace.core.database import db
from marketplace.core.dates import format_date
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.permissions import Permission, ensure
from marketplace.core.regimes.holidays import policy, queries, service
from marketplace.core.regimes.holidays.forms import HolidayForm
from marketplace.core.regimes.working_days import LONDON, bank_holidays, holidays_known_until
from marketplace.core.text import N_

blueprint = Blueprint("holidays", __name__)

_LIST = "/organisation/holidays"
# About a year of bank holidays.
_NEXT = 9


@blueprint.route(_LIST, methods=["GET", "POST"])
@requires(Permission.CHALLENGE_READ_OWN)
def show() -> ResponseReturnValue:
    """Show on which days the body does not work, and name another."""
    form, status = HolidayForm(), 200
    actor = access.current_actor()
    if request.method == "POST":
        ensure(policy.can_set_holidays(actor, _own()))
        if form.validate():
            day, name = form.day.data, form.name.data or ""
            try:
                service.name_holiday(day, name, actor=actor, clock=access.clock())
            except Invalid as error:
                form.refuse(error)
            else:
                flash(_("No standstill that begins from now on ends on that day."))
                return redirect(url_for("holidays.show"), code=303)
        status = 422
    return _page(form), status


@blueprint.route(f"{_LIST}/<day>/take-back", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_READ_OWN)
def take_back(day: str) -> ResponseReturnValue:
    """Ask whether a day is to be a working day again, and make it one."""
    actor, which = access.current_actor(), _day(day)
    if request.method == "POST":
        service.take_back(which, actor=actor, clock=access.clock())
        flash(_("%(day)s is a working day again.", day=format_date(which)))
        return redirect(url_for("holidays.show"), code=303)
    ensure(policy.can_set_holidays(actor, _own()))
    said = queries.said_last(db.session(), actor.organisation_id, which)
    if said is None or not said.holds:
        raise NotFound(N_("There is no such holiday."))
    ensure(policy.can_be_changed(which, _today()))
    return render_template("regimes/take_back_holiday.html", holiday=said)


def _page(form: HolidayForm) -> str:
    session, today = db.session(), _today()
    found = queries.holidays(session, access.current_actor().organisation_id)
    return render_template(
        "regimes/holidays.html",
        form=form,
        to_come=[each for each in found if each.day > today],
        past=[each for each in reversed(found) if each.day <= today],
        may_set=policy.can_set_holidays(access.current_actor(), _own()).allowed,
        bank_holidays=bank_holidays(today, most=_NEXT),
        known_until=holidays_known_until(),
    )


def _own() -> Organisation:
    actor = access.current_actor()
    return organisation_for(actor, actor.organisation_id)


def _today() -> date:
    return access.clock().now().astimezone(LONDON).date()


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound(N_("There is no such holiday.")) from None
