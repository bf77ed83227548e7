"""Pages of invitations to a panel: for those who send them, and for those who answer."""

import uuid
from typing import cast

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.access import requires, signed_in
from marketplace.core.accounts import mail
from marketplace.core.database import db
from marketplace.core.errors import DomainError, Forbidden, NotFound, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission, ensure
from scoring.panel import policy as panels
from scoring.panel import queries as seated
from scoring.panel.inviting import policy, queries, service
from scoring.panel.inviting.forms import InviteForm
from scoring.panel.inviting.lifecycle import Standing
from scoring.panel.inviting.models import PanelInvitation

blueprint = StagedBlueprint("panel_inviting", __name__)

Page = str | Response | tuple[str, int]
_PANEL = "/work/challenges/<reference>/panel"
_OWN = "/invitations/panel/<uuid:asked_id>"


@blueprint.route(f"{_PANEL}/invite", methods=["GET", "POST"])
@requires(Permission.PANEL_NAME)
def invite(at: Place) -> Page:
    """Ask somebody onto the panel by e-mail."""
    actor = access.current_actor()
    found = seated.meeting(db.session(), at, actor)
    ensure(panels.can_change_members(actor, found.phase))
    form, status = InviteForm(), 200
    form.replaces.choices = [
        ("", _("Nobody’s: they join the panel")),
        *((each.label, each.user.name) for each in found.members if each.seat.value != "chair"),
    ]
    title = found.challenge.title
    if form.validate_on_submit():
        try:
            service.invite(
                at,
                name=form.name.data or "",
                email=form.email.data or "",
                seat=form.chosen_seat,
                expertise=form.chosen_expertise,
                reason=form.reason.data or "",
                replaces=form.replaces.data or "",
                actor=actor,
                clock=access.clock(),
                link=lambda key: mail.link("panel_inviting.invitation", asked_id=key),
            )
        except DomainError as error:
            status = _refused(form, error)
        else:
            flash(_("The invitation is sent to %(email)s.", email=form.email.data))
            return redirect(url_for("panel.chair", reference=at.reference), 303)
    elif form.is_submitted():
        status = 422
    page = render_template(
        "panel/inviting/invite.html", form=form, title=title, reference=at.reference
    )
    return page, status


@blueprint.route(f"{_PANEL}/invitations/<uuid:asked_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.PANEL_NAME)
def withdraw(at: Place, asked_id: uuid.UUID) -> Page:
    """Ask whether an invitation is to be withdrawn, then do it."""
    actor, form, status = access.current_actor(), BaseForm(), 200
    found = seated.meeting(db.session(), at, actor)
    ensure(panels.can_change_members(actor, found.phase))
    invitation = queries.one_of_panel(db.session(), found.stage.id, asked_id)
    facts = {"title": found.challenge.title, "reference": at.reference, "name": invitation.name}
    if form.validate_on_submit():
        try:
            service.withdraw(at, asked_id, actor=actor, clock=access.clock())
        except WrongMoment as error:
            status = _refused(form, error)
        else:
            flash(_("The invitation is withdrawn, and the person is told."))
            return redirect(url_for("panel.chair", reference=at.reference), 303)
    else:
        ensure(policy.can_withdraw(invitation.standing(access.clock().now())))
    return render_template("panel/inviting/withdraw.html", form=form, **facts), status


@blueprint.get(_OWN)
@signed_in
def invitation(asked_id: uuid.UUID) -> Page:
    """Show an invitation to whom it was sent: what it means, and where it stands."""
    return _page(asked_id, BaseForm(), 200)


@blueprint.post(f"{_OWN}/accept")
@signed_in
def accept(asked_id: uuid.UUID) -> Page:
    """Take the seat, and act for the body as its guest from now on."""
    form = BaseForm()
    try:
        membership_id = service.accept(
            asked_id, user_id=_user_id(), clock=access.clock(), link=_panel_link
        )
    except (Forbidden, WrongMoment) as error:
        return _page(asked_id, form, _refused(form, error))
    db.session.expire_all()
    access.choose_membership(membership_id)
    flash(_("You are on the panel now. Begin with the briefing."))
    found = queries.own(db.session(), asked_id, _user_id())
    address = url_for(
        "panel.home", reference=found.stage.challenge.reference, stage=found.stage.ordinal
    )
    return redirect(address, 303)


@blueprint.route(f"{_OWN}/decline", methods=["GET", "POST"])
@signed_in
def decline(asked_id: uuid.UUID) -> Page:
    """Ask whether the invitation is to be declined, then do it."""
    found, form, status = _own(asked_id), BaseForm(), 200
    if found is None:
        return _not_yours()
    if form.validate_on_submit():
        try:
            service.decline(asked_id, user_id=_user_id(), clock=access.clock(), link=_panel_link)
        except WrongMoment as error:
            status = _refused(form, error)
        else:
            flash(_("You have declined. Whoever invited you is told."))
            return redirect(url_for("panel_inviting.invitation", asked_id=asked_id), 303)
    else:
        ensure(policy.can_decline(found.standing(access.clock().now())))
    return render_template("panel/inviting/decline.html", form=form, invitation=found), status


def _page(asked_id: uuid.UUID, form: BaseForm, status: int) -> Page:
    found = _own(asked_id)
    if found is None:
        return _not_yours()
    session, standing = db.session(), found.standing(access.clock().now())
    may_accept = policy.can_accept(
        standing,
        queries.phase_now(session, found.stage_id),
        for_bidder=queries.acts_for_bidder(session, _user_id(), found.stage_id),
    )
    actor = access.optional_actor()
    page = render_template(
        "panel/inviting/invitation.html",
        form=form,
        invitation=found,
        challenge=found.stage.challenge,
        standing=standing,
        waits=standing is Standing.OPEN,
        may_accept=may_accept,
        acts_there=actor is not None and actor.organisation_id == found.stage.challenge.buyer_id,
    )
    return page, status


def _not_yours() -> Page:
    """Say to whoever is signed in with another address what to do; whether there is such an
    invitation is not told."""
    return render_template("panel/inviting/not_yours.html"), 404


def _own(asked_id: uuid.UUID) -> PanelInvitation | None:
    try:
        return queries.own(db.session(), asked_id, _user_id())
    except NotFound:
        return None


def _refused(form: BaseForm, error: DomainError) -> int:
    form.refuse(error)
    if isinstance(error, Forbidden):
        return 403
    return 409 if isinstance(error, WrongMoment) else 422


def _user_id() -> uuid.UUID:
    return cast(uuid.UUID, current_user.id)


def _panel_link(at: Place) -> str:
    return mail.link("panel.chair", reference=at.reference, stage=at.stage)
