"""Pages on which bodies invite each other, ask, answer, leave, and settle who pays what."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from challenges import policy as challenge_policy
from challenges import queries as challenges
from challenges.joining import policy, queries, service
from challenges.joining.forms import (
    AnswerForm,
    AskForm,
    InviteForm,
    LeaveForm,
    SharesForm,
    WritingForm,
)
from challenges.joining.lifecycle import JOINING_WORDS, Joining
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts import policy as accounts
from marketplace.core.accounts.rows import ensure_meets_bodies
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission, ensure

blueprint = Blueprint("joining", __name__)

_AT = "/work/challenges/<reference>"


@blueprint.route("/work/challenges/join", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def ask() -> Page:
    """Ask to join in a draft of another body, by its reference."""
    form = AskForm(data={"reference": request.args.get("reference", "")[:20]})
    status = 200
    if request.method == "GET":
        ensure_meets_bodies(db.session(), access.current_actor())
    else:
        try:
            reference = service.ask(
                form.reference.data or "",
                message=form.message.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("Asked. You get an e-mail when the other organisation has answered."))
            return redirect(url_for("joining.joint", reference=reference), 303)
    return render_template("challenges/joining/ask.html", form=form), status


@blueprint.route(f"{_AT}/sponsors", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def sponsors(reference: str) -> Page:
    """Show who joins in, and invite another body."""
    actor, clock = access.current_actor(), access.clock()
    challenges.own_challenge(db.session(), reference, actor)
    form = InviteForm()
    status = 200
    if request.method == "POST":
        try:
            service.invite(
                reference,
                form.body_id,
                message=form.message.data or "",
                actor=actor,
                clock=clock,
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("Invited. Their procurement officers were told by e-mail."))
            return redirect(url_for("joining.sponsors", reference=reference), 303)
    return _sponsors_page(reference, form, AnswerForm(formdata=None), status)


@blueprint.post(f"{_AT}/sponsors/<uuid:entry_id>/decision")
@requires(Permission.CHALLENGE_APPROVE)
def decide(reference: str, entry_id: uuid.UUID) -> Page:
    """Accept or decline a body that asks to join."""
    form = AnswerForm()
    if form.validate():
        try:
            service.decide(
                reference,
                entry_id,
                accept=form.accepts,
                reason=form.reason.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("They have joined.") if form.accepts else _("Declined, with your reason."))
            return redirect(url_for("joining.sponsors", reference=reference), 303)
    else:
        status = 422
    return _sponsors_page(reference, InviteForm(formdata=None), form, status, asked=entry_id)


@blueprint.post(f"{_AT}/sponsors/<uuid:entry_id>/writing")
@requires(Permission.CHALLENGE_WRITE)
def let_write(reference: str, entry_id: uuid.UUID) -> Page:
    """Let a body's people change the draft, or no longer."""
    form = WritingForm()
    writes = form.writes.data == "yes"
    try:
        service.let_write(
            reference,
            entry_id,
            writes=writes,
            actor=access.current_actor(),
            clock=access.clock(),
        )
    except Invalid as error:
        status = refused(form, error)
        return _sponsors_page(reference, InviteForm(formdata=None), AnswerForm(None), status)
    flash(_("They can change the draft now.") if writes else _("They can only read the draft now."))
    return redirect(url_for("joining.sponsors", reference=reference), 303)


@blueprint.route(f"{_AT}/shares", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def shares(reference: str) -> Page:
    """Settle who pays what."""
    session, actor = db.session(), access.current_actor()
    challenge = challenges.own_challenge(session, reference, actor)
    bodies = [
        (challenge.buyer_id, challenge.buyer.name),
        *(
            (entry.body_id, entry.body.name)
            for entry in queries.sponsors(session, challenge)
            if entry.joining is Joining.JOINED
        ),
    ]
    form = SharesForm.over(bodies, queries.shares(session, challenge))
    status = 200
    if request.method == "GET":
        ensure(policy.can_arrange(actor, challenge))
    elif not form.validate():
        status = 422
    else:
        try:
            service.share(reference, form.shares(), actor=actor, clock=access.clock())
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge = challenges.own_challenge(session, reference, actor)
        else:
            flash(_("The shares are saved."))
            return redirect(url_for("joining.sponsors", reference=reference), 303)
    page = render_template(
        "challenges/joining/shares.html", challenge=challenge, form=form, alone=len(bodies) == 1
    )
    return page, status


@blueprint.route(f"{_AT}/joint", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def joint(reference: str) -> Page:
    """Show a challenge to a body that sponsors it or is asked to, and take its answer."""
    form = AnswerForm()
    if request.method == "GET":
        return _joint_page(reference, form, 200)
    if not form.validate():
        return _joint_page(reference, form, 422)
    try:
        service.answer(
            reference,
            accept=form.accepts,
            reason=form.reason.data or "",
            actor=access.current_actor(),
            clock=access.clock(),
        )
    except (Invalid, WrongMoment) as error:
        return _joint_page(reference, form, refused(form, error))
    if not form.accepts:
        flash(_("Declined, with your reason."))
        return redirect(url_for("web.work"), 303)
    flash(_("Your organisation has joined."))
    return redirect(url_for("joining.joint", reference=reference), 303)


@blueprint.route(f"{_AT}/joint/leave", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_APPROVE)
def leave(reference: str) -> Page:
    """Take one's body out again, with the reason."""
    actor = access.current_actor()
    challenge, entry = queries.partner_challenge(db.session(), reference, actor)
    form = LeaveForm()
    status = 200
    if request.method == "GET":
        ensure(policy.can_leave(actor, challenge, entry))
    else:
        try:
            service.leave(
                reference, reason=form.reason.data or "", actor=actor, clock=access.clock()
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
            challenge, entry = queries.partner_challenge(db.session(), reference, actor)
        else:
            flash(_("Your organisation has left. The lead organisation was told."))
            return redirect(url_for("web.work"), 303)
    return render_template("challenges/joining/leave.html", challenge=challenge, form=form), status


def _sponsors_page(
    reference: str,
    form: InviteForm,
    answer: AnswerForm,
    status: int,
    *,
    asked: uuid.UUID | None = None,
) -> Page:
    session, actor = db.session(), access.current_actor()
    challenge = challenges.own_challenge(session, reference, actor)
    form.offer(queries.bodies(session, besides=challenge.buyer_id))
    entries = queries.sponsors(session, challenge)
    arrange = policy.can_arrange(actor, challenge)
    if arrange.allowed:
        arrange = accounts.can_meet_bodies(challenge.buyer)
    page = render_template(
        "challenges/joining/sponsors.html",
        challenge=challenge,
        form=form,
        answer=answer,
        asked=asked,
        entries=entries,
        words=JOINING_WORDS,
        shares=queries.shares(session, challenge),
        names={challenge.buyer_id: challenge.buyer.name}
        | {e.body_id: e.body.name for e in entries},
        arrange=arrange,
        may_decide=actor.may(Permission.CHALLENGE_APPROVE),
    )
    return page, status


def _joint_page(reference: str, form: AnswerForm, status: int) -> Page:
    session, actor, now = db.session(), access.current_actor(), access.clock().now()
    challenge, entry = queries.partner_challenge(session, reference, actor)
    held = queries.shares(session, challenge)
    page = render_template(
        "challenges/joining/joint.html",
        challenge=challenge,
        entry=entry,
        words=JOINING_WORDS,
        form=form,
        state=challenge_policy.current_state(challenge, now),
        may_write=entry.joining is Joining.JOINED
        and challenge_policy.can_write(actor, challenge, now).allowed,
        answer=policy.can_answer(actor, challenge, entry),
        may_leave=policy.can_leave(actor, challenge, entry).allowed,
        own_share=held.of.get(actor.organisation_id) if held else None,
        measure=held.measure if held else None,
    )
    return page, status
