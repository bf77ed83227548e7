"""A bidder's page of its interview: the free times, the one that it has, a file for calendars."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _

from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Permission
from marketplace.core.text import N_
from scoring.panel.interviews import letters, service
from scoring.panel.interviews.forms import ChooseForm
from scoring.panel.interviews.own import OwnInterview, own_interview
from scoring.panel.interviews.views import calendar_answer

blueprint = Blueprint("interview", __name__, url_prefix="/bids/<reference>/interview")

Page = str | Response | tuple[str, int]


@blueprint.get("")
@requires(Permission.BID_DRAFT)
def show(reference: str) -> Page:
    """Show the time that stands, and those that can be chosen."""
    own = _own(reference)
    form = ChooseForm()
    form.allow(own.free)
    return _page(own, form, 200)


@blueprint.post("")
@requires(Permission.BID_DRAFT)
def choose(reference: str) -> Page:
    """Take a time, or another instead."""
    own = _own(reference)
    form = ChooseForm()
    form.allow(own.free)
    # A time that was free a moment ago is refused below, with words that say what happened.
    form.validate()
    asked = form.asked()
    if asked is None:
        form.time.errors = [_("Choose a time")]
        return _page(own, form, 422)
    try:
        service.choose(
            reference,
            asked[0],
            seen=asked[1],
            actor=access.current_actor(),
            clock=access.clock(),
        )
    except (Invalid, WrongMoment) as error:
        own, form = _own(reference), ChooseForm()
        form.allow(own.free)
        form.time.data, form.time.errors = None, []
        form.refuse(error)
        return _page(own, form, 409 if isinstance(error, WrongMoment) else 422)
    flash(_("You have this time. We have sent it to everybody who acts for your organisation."))
    return make_response(redirect(url_for("interview.show", reference=reference), code=303))


@blueprint.get("/calendar.ics")
@requires(Permission.BID_DRAFT)
def ics(reference: str) -> Response:
    """Give the time that stands for a calendar."""
    own = _own(reference)
    if own.interview is None or own.slot is None:
        raise NotFound(N_("No time is chosen yet."))
    content = letters.own_file(own.interview, letters.at(own.slot))
    return calendar_answer(content, f"{reference}-interview.ics")


def _own(reference: str) -> OwnInterview:
    now = access.clock().now()
    return own_interview(db.session(), reference, access.current_actor(), now)


def _page(own: OwnInterview, form: ChooseForm, status: int) -> Page:
    now = access.clock().now()
    page = render_template("interview/show.html", own=own, bid=own.bid, form=form, now=now)
    return page, status
