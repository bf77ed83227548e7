"""The bidder's pages: who does the work, subcontractors, and partners to ask."""

import uuid
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from bids import queries as bids
from bids.models import Bid
from bids.team import queries, service
from bids.team.document import Subcontractor
from bids.team.forms import InviteForm, SubcontractorForm
from bids.team.service.subcontracting import mark
from bids.team.views.room import blueprint
from bids.views.drafting import standing_facts, status_of
from bids.views.room import Page, refused
from challenges.views.differing import differences
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, StaleEdit, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission

_AT = "/bids/<reference>/team"


@blueprint.get(_AT)
@requires(Permission.BID_DRAFT)
def index(reference: str) -> str:
    """Show who does the work of a bid: the bidder, partners, subcontractors."""
    session, bid = db.session(), _own(reference)
    return render_template(
        "team/index.html",
        **standing_facts(bid, access.current_actor()),
        team=queries.team_shown(session, bid),
        elsewhere=queries.partner_elsewhere(session, bid),
        form=BaseForm(),
    )


@blueprint.route(f"{_AT}/subcontractors/add", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def add(reference: str) -> Page:
    """Add a subcontractor."""
    bid, form, status = _own(reference), SubcontractorForm(), 200
    if request.method == "POST" and form.validate():
        try:
            service.add_subcontractor(
                reference, form.told, actor=access.current_actor(), clock=access.clock()
            )
        except (Invalid, WrongMoment) as error:
            status, bid = refused(form, error), _own(reference)
        else:
            flash(_("The subcontractor is added."))
            return _to_team(reference)
    elif request.method == "POST":
        status = 422
    page = render_template("team/subcontractor.html", **_facts(bid), form=form, stands=None)
    return page, status


@blueprint.route(f"{_AT}/subcontractors/<uuid:member_id>", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def change(reference: str, member_id: uuid.UUID) -> Page:
    """Change what is said of a subcontractor."""
    bid, form = _own(reference), SubcontractorForm()
    stands = _subcontractor(bid, member_id)
    error: Invalid | WrongMoment | None = None
    if request.method == "POST" and form.validate():
        try:
            service.change_subcontractor(
                reference,
                member_id,
                form.told,
                actor=access.current_actor(),
                clock=access.clock(),
                seen=form.seen.data,
            )
        except (Invalid, WrongMoment) as refusal:
            error, bid = refusal, _own(reference)
            stands = _subcontractor(bid, member_id)
        else:
            flash(_("Saved."))
            return _to_team(reference)
    showing = {"name": stands.name, "does": stands.does, "share": stands.share_percent}
    saved = SubcontractorForm(formdata=None, prefix="saved-", data=showing)
    if request.method == "GET":
        form = SubcontractorForm(data={**showing, "seen": mark(stands)})
    status = status_of(form, error, mark(stands))
    page = render_template(
        "team/subcontractor.html",
        **_facts(bid),
        form=form,
        stands=stands,
        differences=differences(saved, form) if isinstance(error, StaleEdit) else None,
    )
    return page, status


@blueprint.route(f"{_AT}/subcontractors/<uuid:member_id>/remove", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def remove(reference: str, member_id: uuid.UUID) -> Page:
    """Ask whether a subcontractor is to go, then take it out of the draft."""
    bid, form, status = _own(reference), BaseForm(), 200
    stands = _subcontractor(bid, member_id)
    if form.validate_on_submit():
        try:
            service.remove_subcontractor(
                reference, member_id, actor=access.current_actor(), clock=access.clock()
            )
        except WrongMoment as error:
            status = refused(form, error)
        else:
            flash(_("%(name)s is removed.", name=stands.name))
            return _to_team(reference)
    return render_template("team/remove.html", bid=bid, stands=stands, form=form), status


@blueprint.route(f"{_AT}/partners/invite", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def invite(reference: str) -> Page:
    """Ask a partner to join the bid."""
    bid, form, status = _own(reference), InviteForm(), 200
    if request.method == "POST" and form.validate():
        try:
            service.invite(
                reference,
                email=form.email.data or "",
                name=form.name.data or "",
                does=form.does.data or "",
                share_percent=form.share.data,
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status, bid = refused(form, error), _own(reference)
        else:
            flash(_("The invitation is sent to %(email)s.", email=form.email.data))
            return _to_team(reference)
    elif request.method == "POST":
        status = 422
    return render_template("team/invite.html", **_facts(bid), form=form), status


@blueprint.route(f"{_AT}/partners/<uuid:partnership_id>/take-back", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def take_back(reference: str, partnership_id: uuid.UUID) -> Page:
    """Ask whether an invitation is to be taken back, then do it."""
    session, bid, form, status = db.session(), _own(reference), BaseForm(), 200
    queries.invitation_of(session, bid, partnership_id)
    if form.validate_on_submit():
        try:
            service.take_back(
                reference, partnership_id, actor=access.current_actor(), clock=access.clock()
            )
        except WrongMoment as error:
            status, bid = refused(form, error), _own(reference)
        else:
            flash(_("The invitation is taken back. The partner is told by e-mail."))
            return _to_team(reference)
    facts = _facts(bid)
    partner = next(p for p in facts["team"].partners if p.invitation.id == partnership_id)
    if request.method == "GET" and not (partner.stands and facts["editable"]):
        return _to_team(reference)
    return render_template("team/take_back.html", **facts, partner=partner, form=form), status


def _own(reference: str) -> Bid:
    return bids.own_bid(db.session(), reference, access.current_actor())


def _facts(bid: Bid) -> dict[str, Any]:
    """Give what the pages of a team show."""
    return {
        **standing_facts(bid, access.current_actor()),
        "team": queries.team_of(db.session(), bid),
    }


def _subcontractor(bid: Bid, member_id: uuid.UUID) -> Subcontractor:
    return queries.subcontractor_of(queries.team_of(db.session(), bid), member_id)


def _to_team(reference: str) -> Response:
    return redirect(url_for("team.index", reference=reference), 303)
