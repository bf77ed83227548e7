"""A bidder's page of its debrief meeting: asking for one, choosing a time, reading the notes."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _

from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Permission
from marketplace.core.text import N_
from scoring.award.debriefs import letters, queries, service
from scoring.award.debriefs.forms import AskForm, ChooseForm
from scoring.award.debriefs.lifecycle import STANDING_WORDS
from scoring.panel.interviews.views import calendar_answer

blueprint = Blueprint("debrief", __name__, url_prefix="/bids/<reference>/debrief")
blueprint.context_processor(lambda: {"debrief_standing_words": STANDING_WORDS})

Page = str | Response | tuple[str, int]


@blueprint.get("")
@requires(Permission.BID_DRAFT)
def show(reference: str) -> Page:
    """Show the meetings about a bid, and the form for what can be done now."""
    return _page(_own(reference), 200)


@blueprint.post("")
@requires(Permission.BID_DRAFT)
def ask(reference: str) -> Page:
    """Ask for a meeting."""
    form = AskForm()
    if form.validate():
        try:
            service.ask(
                reference,
                wishes=form.wishes.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            form.refuse(error)
            status = 409 if isinstance(error, WrongMoment) else 422
            return _page(_own(reference), status, asking=form)
        flash(_("You have asked for a meeting. The public body offers you times."))
        return _see(reference)
    return _page(_own(reference), 422, asking=form)


@blueprint.post("/time")
@requires(Permission.BID_DRAFT)
def choose(reference: str) -> Page:
    """Choose one of the times that are offered, or say that none suits."""
    own, form = _own(reference), ChooseForm()
    free = own.meetings[0].free if own.meetings else ()
    form.allow(free)
    form.validate()
    sure, starts_at = form.chosen(free)
    if not sure:
        form.time.errors = [_("Choose one of the times, or that none suits")]
        return _page(own, 422, choosing=form)
    try:
        service.choose(
            reference,
            starts_at,
            words=form.words.data or "",
            actor=access.current_actor(),
            clock=access.clock(),
        )
    except (Invalid, WrongMoment) as error:
        form.refuse(error)
        status = 409 if isinstance(error, WrongMoment) else 422
        return _page(_own(reference), status, choosing=form)
    flash(
        _("You have this time. We have sent it to everybody who acts for your organisation.")
        if starts_at
        else _("The public body is told that none of the times suits you.")
    )
    return _see(reference)


@blueprint.get("/calendar.ics")
@requires(Permission.BID_DRAFT)
def ics(reference: str) -> Response:
    """Give the agreed meeting for a calendar."""
    meeting = queries.own_meeting(_own(reference))
    if meeting.row.starts_at is None:
        raise NotFound(N_("No time is agreed yet."))
    content = letters.calendar(meeting.row, letters.own_page(meeting.row.bid))
    return calendar_answer(content, f"{reference}-debrief.ics")


def _own(reference: str) -> queries.Own:
    return queries.own(db.session(), reference, access.current_actor(), access.clock().now())


def _page(
    own: queries.Own,
    status: int,
    *,
    asking: AskForm | None = None,
    choosing: ChooseForm | None = None,
) -> Page:
    if choosing is None:
        choosing = ChooseForm(formdata=None)
        choosing.allow(own.meetings[0].free if own.meetings else ())
    asking = asking or AskForm(formdata=None)
    page = render_template(
        "debriefs/own.html",
        own=own,
        bid=own.bid,
        form=choosing if choosing.errors else asking,
        asking=asking,
        choosing=choosing,
    )
    return page, status


def _see(reference: str) -> Response:
    return make_response(redirect(url_for("debrief.show", reference=reference), code=303))
