"""The panel's pages of interviews: all of them, an offer, one time, one bidder."""

import uuid

from flask import Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import DomainError, Invalid, WrongMoment
from marketplace.core.permissions import Permission, ensure
from scoring.panel.interviews import letters, queries, service
from scoring.panel.interviews.forms import MoveForm, OfferForm, RecordForm, WithdrawForm
from scoring.panel.interviews.lifecycle import (
    STANDING_WORDS,
    steps_from,
    usual_choose_by,
    usual_first,
)
from scoring.panel.interviews.queries import Board, Time
from scoring.panel.queries import Meeting
from scoring.panel.views.frame import meet

blueprint = StagedBlueprint("interviews", __name__, "/panel/interviews")

Page = str | Response | tuple[str, int]
_SEE = (Permission.SCORE_RECORD, Permission.PANEL_NAME)
_OFFER = (Permission.PANEL_CHAIR, Permission.BID_QUERY)


@blueprint.get("")
@requires(*_SEE)
def index(at: Place) -> Page:
    """Show the times that are offered, who comes, and who has none."""
    found = meet(at)
    actor = access.current_actor()
    ensure(queries.may_see(found, actor))
    return render_template(
        "panel/interviews/index.html",
        found=found,
        board=_board(found),
        held_here=queries.has_interviews(found.challenge, found.stage),
        may_offer=queries.may_offer(found, actor),
        may_record=queries.may_record(found, actor).allowed,
        standing_words=STANDING_WORDS,
        now=access.clock().now(),
    )


@blueprint.get("/calendar.ics")
@requires(*_SEE)
def ics(at: Place) -> Response:
    """Give the interviews that stand for a calendar."""
    found = meet(at)
    ensure(queries.may_see(found, access.current_actor()))
    content = letters.panel_calendar(found.stage, _board(found).rows)
    name = f"{found.challenge.reference}-interviews.ics"
    return calendar_answer(content, name)


@blueprint.route("/offer", methods=["GET", "POST"])
@requires(*_OFFER)
def offer(at: Place) -> Page:
    """Offer several times at once; the reading of what bidders asked for is recorded."""
    actor, clock, form = access.current_actor(), access.clock(), OfferForm()
    found = meet(at)
    ensure(queries.may_offer(found, actor))
    status = 200
    if form.validate_on_submit():
        try:
            count = service.offer(at, form.offer, actor=actor, clock=clock)
        except (Invalid, WrongMoment) as error:
            status = _refused(form, error)
        else:
            flash(
                ngettext(
                    "%(num)s time is offered. Bidders without a time are told.",
                    "%(num)s times are offered. Bidders without a time are told.",
                    count,
                )
            )
            return _back(at)
    elif form.is_submitted():
        status = 422
    else:
        form.first.data = usual_first(found.challenge.interviews_on, clock.now())
        form.choose_by.data = usual_choose_by(form.first.data, clock.now())
    adjustments = service.read_adjustments(at, actor=actor, clock=clock)
    found = meet(at)
    page = render_template(
        "panel/interviews/offer.html",
        form=form,
        found=found,
        board=_board(found),
        adjustments=adjustments,
    )
    return page, status


@blueprint.route("/times/<uuid:slot_id>", methods=["GET", "POST"])
@requires(*_OFFER)
def move(at: Place, slot_id: uuid.UUID) -> Page:
    """Change when or where one interview is."""
    found = meet(at)
    ensure(queries.may_offer(found, access.current_actor()))
    slot = _time(found, slot_id).slot
    form, status = MoveForm(), 200
    if form.validate_on_submit():
        try:
            service.move(
                at,
                slot_id,
                form.moved,
                reason=form.reason.data or "",
                seen=form.version,
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = _refused(form, error)
            found = meet(at)
            slot = _time(found, slot_id).slot
            form.seen.data = str(slot.edition)
        else:
            flash(_("The time is changed. Whoever has chosen it is told."))
            return _back(at)
    elif form.is_submitted():
        status = 422
    else:
        form.show(slot)
    return render_template(
        "panel/interviews/move.html", form=form, found=found, time=_time(found, slot_id)
    ), status


@blueprint.route("/times/<uuid:slot_id>/withdraw", methods=["GET", "POST"])
@requires(*_OFFER)
def withdraw(at: Place, slot_id: uuid.UUID) -> Page:
    """Ask whether a time is to be withdrawn, and why; then do it."""
    found = meet(at)
    ensure(queries.may_offer(found, access.current_actor()))
    _time(found, slot_id)
    form, status = WithdrawForm(), 200
    if form.validate_on_submit():
        try:
            service.withdraw(
                at,
                slot_id,
                reason=form.reason.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = _refused(form, error)
            found = meet(at)
        else:
            flash(_("The time is withdrawn. Whoever has chosen it is told."))
            return _back(at)
    elif form.is_submitted():
        status = 422
    return render_template(
        "panel/interviews/withdraw.html", form=form, found=found, time=_time(found, slot_id)
    ), status


@blueprint.route("/bids/<handle>", methods=["GET", "POST"])
@requires(Permission.PANEL_CHAIR)
def record(at: Place, handle: str) -> Page:
    """Record what came of a bidder's interview, or how to go on without one."""
    found = meet(at)
    ensure(queries.may_record(found, access.current_actor()))
    row = queries.row_of(_board(found), handle)
    form, status = RecordForm(), 200
    form.allow(steps_from(row.standing))
    if form.validate_on_submit() and form.chosen is not None:
        try:
            service.record(
                at,
                handle,
                form.chosen,
                reason=form.reason.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = _refused(form, error)
            found = meet(at)
            row = queries.row_of(_board(found), handle)
        else:
            flash(_("Recorded."))
            return _back(at)
    elif form.is_submitted():
        status = 422
        if not form.step.errors:
            form.step.errors = [_("Choose what you record")]
    return render_template(
        "panel/interviews/record.html",
        form=form,
        found=found,
        row=row,
        standing_words=STANDING_WORDS,
    ), status


def calendar_answer(content: str, name: str) -> Response:
    """Give a file for a calendar."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype="text/calendar", headers=headers)


def _board(found: Meeting) -> Board:
    return queries.board(db.session(), found, access.clock().now())


def _time(found: Meeting, slot_id: uuid.UUID) -> Time:
    return queries.time_of(_board(found), slot_id)


def _refused(form: OfferForm | MoveForm | WithdrawForm | RecordForm, error: DomainError) -> int:
    form.refuse(error)
    return 409 if isinstance(error, WrongMoment) else 422


def _back(at: Place) -> Response:
    return make_response(redirect(url_for("interviews.index", reference=at.reference), code=303))
