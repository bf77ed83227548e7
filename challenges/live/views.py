"""Pages of live sessions: for everybody, and for the body that holds them."""

import uuid

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from challenges.live import calendar, policy, queries, service
from challenges.live.forms import CancelForm, MeetingForm, RecordForm
from challenges.queries import own_challenge, published_challenge
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import public, requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission, ensure

blueprint = Blueprint("live", __name__)

_AT = "/challenges/<reference>/sessions"


@blueprint.get(f"{_AT}/<uuid:session_id>")
@public
def show(reference: str, session_id: uuid.UUID) -> str:
    """Show one session: how to join, or what was said."""
    session, now = db.session(), access.clock().now()
    challenge = published_challenge(session, reference)
    meeting = queries.session_of(session, challenge, session_id)
    actor = access.optional_actor()
    return render_template(
        "live/show.html",
        challenge=challenge,
        meeting=meeting,
        shows_link=policy.shows_link(meeting, now, signed_in=current_user.is_authenticated),
        may_change=actor and policy.can_change(actor, challenge, meeting, now).allowed,
        may_record=actor and policy.can_record(actor, challenge, meeting, now).allowed,
    )


@blueprint.get(f"{_AT}/<uuid:session_id>/calendar.ics")
@public
def ics(reference: str, session_id: uuid.UUID) -> Response:
    """Give a session for a calendar."""
    session, now = db.session(), access.clock().now()
    challenge = published_challenge(session, reference)
    meeting = queries.session_of(session, challenge, session_id)
    content = calendar.calendar_of(
        meeting,
        challenge,
        public_url=access.current_settings().public_url,
        with_link=policy.shows_link(meeting, now, signed_in=current_user.is_authenticated),
    )
    name = f"{reference}-session.ics"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype="text/calendar", headers=headers)


@blueprint.route(f"/work{_AT}/new", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def announce(reference: str) -> Page:
    """Announce a session."""
    actor, clock = access.current_actor(), access.clock()
    challenge = own_challenge(db.session(), reference, actor)
    demo_day = policy.is_demo_day(challenge.state)
    form, status = MeetingForm(data={"title": _("Demo day")} if demo_day else None), 200
    form.offer(demo_day=demo_day)
    if request.method == "GET":
        ensure(policy.can_announce(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            kept = service.announce(reference, form.meeting(), actor=actor, clock=clock)
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge = own_challenge(db.session(), reference, actor)
        else:
            flash(_("Announced. Followers and bidders are told."))
            return redirect(url_for("live.show", reference=reference, session_id=kept), 303)
    page = render_template(
        "live/edit.html", challenge=challenge, form=form, meeting=None, demo_day=demo_day
    )
    return page, status


@blueprint.route(f"/work{_AT}/<uuid:session_id>", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def change(reference: str, session_id: uuid.UUID) -> Page:
    """Change a session that is still to come."""
    actor, clock, session = access.current_actor(), access.clock(), db.session()
    challenge = own_challenge(session, reference, actor)
    meeting = queries.session_of(session, challenge, session_id)
    form, status = MeetingForm(data=MeetingForm.data_of(meeting)), 200
    form.offer(demo_day=meeting.demo_day)
    if request.method == "GET":
        ensure(policy.can_change(actor, challenge, meeting, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.change(
                reference, session_id, form.meeting(), seen=form.version, actor=actor, clock=clock
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge = own_challenge(session, reference, actor)
            meeting = queries.session_of(session, challenge, session_id)
            form.seen.data = str(meeting.row_version)
        else:
            flash(_("Changed. Followers and bidders are told."))
            return redirect(url_for("live.show", reference=reference, session_id=session_id), 303)
    page = render_template(
        "live/edit.html",
        challenge=challenge,
        form=form,
        meeting=meeting,
        demo_day=meeting.demo_day,
    )
    return page, status


@blueprint.route(f"/work{_AT}/<uuid:session_id>/cancel", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def cancel(reference: str, session_id: uuid.UUID) -> Page:
    """Cancel a session that is still to come."""
    actor, clock, session = access.current_actor(), access.clock(), db.session()
    challenge = own_challenge(session, reference, actor)
    meeting = queries.session_of(session, challenge, session_id)
    form, status = CancelForm(), 200
    if request.method == "GET":
        ensure(policy.can_change(actor, challenge, meeting, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.cancel(
                reference, session_id, reason=form.reason.data or "", actor=actor, clock=clock
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge = own_challenge(session, reference, actor)
            meeting = queries.session_of(session, challenge, session_id)
        else:
            flash(_("Cancelled. Followers and bidders are told."))
            return redirect(url_for("live.show", reference=reference, session_id=session_id), 303)
    page = render_template("live/cancel.html", challenge=challenge, form=form, meeting=meeting)
    return page, status


@blueprint.route(f"/work{_AT}/<uuid:session_id>/recording", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def record(reference: str, session_id: uuid.UUID) -> Page:
    """Publish the recording and notes of a session."""
    actor, clock, session = access.current_actor(), access.clock(), db.session()
    challenge = own_challenge(session, reference, actor)
    meeting = queries.session_of(session, challenge, session_id)
    form = RecordForm(
        data={
            "recording_url": meeting.recording_url,
            "notes": meeting.notes,
            "seen": str(meeting.row_version),
        }
    )
    status = 200
    if request.method == "GET":
        ensure(policy.can_record(actor, challenge, meeting, clock.now()))
    elif not form.validate():
        status = 422
    else:
        try:
            service.record(
                reference,
                session_id,
                recording_url=form.recording_url.data or "",
                notes=form.notes.data or "",
                seen=form.version,
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge = own_challenge(session, reference, actor)
            meeting = queries.session_of(session, challenge, session_id)
            form.seen.data = str(meeting.row_version)
        else:
            flash(_("Published. Followers and bidders are told."))
            return redirect(url_for("live.show", reference=reference, session_id=session_id), 303)
    page = render_template("live/record.html", challenge=challenge, form=form, meeting=meeting)
    return page, status
