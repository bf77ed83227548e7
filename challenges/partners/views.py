"""Pages of drafts that are open to partners: for other bodies, for facilitators, and their own."""

import uuid

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from govuk_frontend_wtf.wtforms_widgets import GovSelect, GovTextArea
from wtforms import HiddenField, SelectField, TextAreaField

from challenges.partners import policy, queries, service
from challenges.queries import own_challenge
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission

blueprint = Blueprint("partners", __name__)

_LIST = "/work/partners"
_OWN = "/work/challenges/<reference>/partners"


class MessageForm(BaseForm):
    """A message to the lead of a draft."""

    text = TextAreaField(
        _l("Your message"),
        widget=GovTextArea(),
        description=_l(
            "Such as: we have this problem too. It goes to the challenge lead by e-mail, with your "
            "name and address. At most 5,000 characters."
        ),
    )


class ConnectForm(BaseForm):
    """Which other body is told, and why."""

    organisation = SelectField(
        _l("Which public body may have the same problem?"),
        widget=GovSelect(),
        validate_choice=False,
    )
    note = TextAreaField(
        _l("What do the two have in common?"),
        widget=GovTextArea(),
        description=_l("Both bodies read this. At most 2,000 characters."),
    )

    @property
    def organisation_id(self) -> uuid.UUID | None:
        """Give the body, or nothing where none was chosen."""
        try:
            return uuid.UUID(self.organisation.data or "")
        except ValueError:
            return None


class OfferForm(BaseForm):
    """Opening a draft to partners, or closing it."""

    offered = HiddenField()


@blueprint.get(_LIST)
@requires(Permission.PARTNER_DRAFT_READ, Permission.CHALLENGE_WRITE)
def index() -> str:
    """List the drafts that are open to partners."""
    return render_template(
        "partners/index.html", drafts=queries.offered(db.session(), access.current_actor())
    )


@blueprint.route(f"{_LIST}/<reference>", methods=["GET", "POST"])
@requires(Permission.PARTNER_DRAFT_READ, Permission.CHALLENGE_WRITE)
def show(reference: str) -> Page:
    """Show a draft's title, problem and contact, and write to its lead."""
    form, status = MessageForm(), 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                service.write(
                    reference,
                    text=form.text.data or "",
                    actor=access.current_actor(),
                    clock=access.clock(),
                )
            except (Invalid, WrongMoment) as error:
                status = refused(form, error)
            else:
                flash(_("Sent. The challenge lead can reply to you by e-mail."))
                return redirect(url_for("partners.show", reference=reference), 303)
    return _draft_page(reference, form, ConnectForm(formdata=None), status)


@blueprint.post(f"{_LIST}/<reference>/connect")
@requires(Permission.PARTNER_DRAFT_READ)
def connect(reference: str) -> Page:
    """Tell two bodies of each other."""
    form, status = ConnectForm(), 422
    if form.validate():
        try:
            service.connect(
                reference,
                form.organisation_id,
                note=form.note.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("Both bodies are told of each other."))
            return redirect(url_for("partners.show", reference=reference), 303)
    return _draft_page(reference, MessageForm(formdata=None), form, status)


@blueprint.route(_OWN, methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def own(reference: str) -> Page:
    """Open a draft to partners or close it, and read what other bodies wrote."""
    actor, clock, session = access.current_actor(), access.clock(), db.session()
    challenge = own_challenge(session, reference, actor)
    form, status = OfferForm(), 200
    if request.method == "POST":
        status = 422
        if form.validate():
            offered = form.offered.data != "no"
            try:
                service.offer(reference, offered=offered, actor=actor, clock=clock)
            except WrongMoment as error:
                status = refused(form, error)
                challenge = own_challenge(session, reference, actor)
            else:
                flash(
                    _("Open to partners: people of other public bodies can read title and problem.")
                    if offered
                    else _("Closed to partners.")
                )
                return redirect(url_for("partners.own", reference=reference), 303)
    page = render_template(
        "partners/own.html",
        challenge=challenge,
        form=form,
        may_offer=policy.can_offer(actor, challenge, clock.now()),
        messages=queries.messages(session, challenge),
        connections=queries.connections(session, challenge),
    )
    return page, status


def _draft_page(reference: str, form: MessageForm, connecting: ConnectForm, status: int) -> Page:
    actor, session = access.current_actor(), db.session()
    challenge, offered = queries.offered_one(session, reference, actor)
    may_connect = policy.can_connect(actor).allowed
    others = queries.bodies(session, challenge.buyer_id) if may_connect else []
    connecting.organisation.choices = [
        ("", _("Choose a body")),
        *((str(body_id), name) for body_id, name in others),
    ]
    page = render_template(
        "partners/show.html",
        draft=offered,
        form=form,
        connecting=connecting,
        may_write=policy.can_write_to(actor, challenge),
        may_connect=may_connect,
        connections=queries.connections(session, challenge) if may_connect else [],
    )
    return page, status
