"""The pages of those who are asked: all that was asked of them, one of it, and the answer.

They see who asks, for which challenge, and their own part; of the bid itself never a word.
"""

import uuid
from typing import Any, cast

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bids.team import holding, policy, queries, service
from bids.team.forms import AcceptForm, DeclineForm
from bids.team.lifecycle import InvitationState
from bids.team.models import TeamInvitation
from bids.team.service.answering import asked_now, hurdle_of
from bids.team.views.room import blueprint
from bids.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import signed_in
from marketplace.core.database import db
from marketplace.core.errors import DomainError, Forbidden, Invalid, WrongMoment
from marketplace.core.forms import BaseForm

_AT = "/organisation/partnerships/<uuid:partnership_id>"


@blueprint.get("/organisation/partnerships")
@signed_in
def partnerships() -> str:
    """List what the person was asked, and the bids that their organisation is a partner in."""
    actor = access.optional_actor()
    session = db.session()
    found = queries.partnerships(
        session, user_id=_user_id(), organisation_id=actor.organisation_id if actor else None
    )
    now = access.clock().now()
    return render_template(
        "team/partnerships.html",
        rows=[
            (
                each,
                holding.terms_of(session, each),
                _waits(each) and policy.is_open(_standing(each), now),
            )
            for each in found
        ],
    )


@blueprint.get(_AT)
@signed_in
def partnership(partnership_id: uuid.UUID) -> Page:
    """Show what one partner is asked for, where it stands, and what accepting means."""
    return _page(partnership_id, AcceptForm(formdata=None), 200)


@blueprint.post(f"{_AT}/accept")
@signed_in
def accept(partnership_id: uuid.UUID) -> Page:
    """Accept for the organisation that the person acts for."""
    form = AcceptForm()
    if not form.validate():
        return _page(partnership_id, form, 422)
    try:
        service.accept(
            partnership_id,
            user_id=_user_id(),
            actor=access.optional_actor(),
            clock=access.clock(),
        )
    except (Forbidden, WrongMoment) as error:
        return _page(partnership_id, form, _refused(form, error))
    flash(_("You are a partner in this bid now. The bidder is told by e-mail."))
    return _to(partnership_id)


@blueprint.route(f"{_AT}/decline", methods=["GET", "POST"])
@signed_in
def decline(partnership_id: uuid.UUID) -> Page:
    """Decline, with a few words if wanted."""
    form, status = DeclineForm(), 200
    if request.method == "POST" and form.validate():
        try:
            service.decline(
                partnership_id,
                words=form.words.data or "",
                user_id=_user_id(),
                actor=access.optional_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("You have declined. The bidder is told by e-mail."))
            return _to(partnership_id)
    found = _own(partnership_id)
    if request.method == "GET":
        answer = policy.can_decline(_standing(found), access.clock().now())
        if not answer.allowed:
            return _to(partnership_id)
    return render_template("team/decline.html", invitation=found, form=form), status


@blueprint.route(f"{_AT}/leave", methods=["GET", "POST"])
@signed_in
def leave(partnership_id: uuid.UUID) -> Page:
    """Ask whether the organisation is to leave the bid, then do it."""
    form, status, actor = BaseForm(), 200, access.optional_actor()
    if form.validate_on_submit():
        try:
            service.leave(partnership_id, user_id=_user_id(), actor=actor, clock=access.clock())
        except (Forbidden, WrongMoment) as error:
            status = _refused(form, error)
        else:
            flash(_("You have left this bid. The bidder is told by e-mail."))
            return _to(partnership_id)
    found = _own(partnership_id)
    if request.method == "GET":
        answer = policy.can_leave(actor, _standing(found), access.clock().now())
        if not answer.allowed:
            return _to(partnership_id)
    return render_template("team/leave.html", invitation=found, form=form), status


def _page(partnership_id: uuid.UUID, form: BaseForm, status: int) -> Page:
    session, clock, actor = db.session(), access.clock(), access.optional_actor()
    found = _own(partnership_id)
    asked, now = asked_now(session, found), clock.now()
    hurdle = hurdle_of(session, actor, asked, clock) if _waits(found) else None
    page = render_template(
        "team/partnership.html",
        invitation=found,
        terms=holding.terms_of(session, found),
        is_open=policy.is_open(asked, now),
        waits=_waits(found),
        hurdle=hurdle,
        may_leave=policy.can_leave(actor, asked, now).allowed,
        own_bid=actor is not None
        and asked.lead_id != actor.organisation_id
        and queries.own_bid_beside(session, found, actor.organisation_id),
        memberships=_other_memberships(),
        form=form,
    )
    return page, status


def _refused(form: BaseForm, error: DomainError) -> int:
    form.refuse(error)
    return 403 if isinstance(error, Forbidden) else 409


def _own(partnership_id: uuid.UUID) -> TeamInvitation:
    actor = access.optional_actor()
    return queries.own_invitation(
        db.session(),
        partnership_id,
        user_id=_user_id(),
        organisation_id=actor.organisation_id if actor else None,
    )


def _standing(invitation: TeamInvitation) -> policy.Asked:
    """Give where an invitation stands, as far as what ends it is asked."""
    bid = invitation.bid
    return policy.Asked(
        invitation.state,
        bid.standing,
        bid.stage.closes_at,
        bid.supplier_id,
        invitation.partner_id,
    )


def _waits(invitation: TeamInvitation) -> bool:
    return invitation.state is InvitationState.ASKED


def _other_memberships() -> list[Any]:
    """Give the other organisations that the person could act for instead."""
    present = access.current_membership()
    return [
        each
        for each in current_user.memberships
        if each.ended_at is None and (present is None or each.id != present.id)
    ]


def _user_id() -> uuid.UUID:
    return cast(uuid.UUID, current_user.id)


def _to(partnership_id: uuid.UUID) -> Response:
    return redirect(url_for("team.partnership", partnership_id=partnership_id), 303)
