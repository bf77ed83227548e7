"""Pages of people's own data: what is held, asking for it to be erased, and deciding that."""

import uuid
from typing import cast

from flask import (
    Blueprint,
    Flask,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_login import current_user

from marketplace.core import access
from marketplace.core.access import requires, signed_in
from marketplace.core.accounts import limits
from marketplace.core.accounts.models import User
from marketplace.core.database import db
from marketplace.core.errors import DomainError, NotFound, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission
from marketplace.core.text import N_
from scoring.records.own_data import policy, queries, service
from scoring.records.own_data.forms import AskForm, DecideForm
from scoring.records.own_data.models import Ending

blueprint = Blueprint("own_data", __name__)

Answer = str | Response | tuple[str, int]

# What names a person is looked for in the whole log.
_RATE = "20 per minute; 200 per hour"

ENDING_WORDS = {
    Ending.GRANTED: N_("Erased"),
    Ending.REFUSED: N_("Not erased"),
    Ending.TAKEN_BACK: N_("Taken back"),
}


@blueprint.context_processor
def _told() -> dict[str, object]:
    return {"ending_words": ENDING_WORDS}


@blueprint.route("/account/your-data", methods=["GET", "POST"])
@signed_in
def show() -> Answer:
    """Show what is held of the person, and take their request to erase it."""
    form, user = AskForm(), cast(User, current_user)
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            service.ask(user.id, clock=access.clock())
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("You have asked. The team that runs the service decides, and tells you."))
            return _see(url_for("own_data.show"))
    session = db.session()
    ties = queries.ties_of(session, user)
    return _form(
        "records/own_data.html",
        form,
        refused,
        held=queries.held_of(session, user.id),
        ties=ties,
        may_ask=policy.can_ask(ties),
        asked=queries.own_requests(session, user.id),
        told_most=queries.TOLD_MOST,
    )


@blueprint.post("/account/your-data/take-back")
@signed_in
def take_back() -> Response:
    """Take the person's own request back."""
    service.take_back(cast(User, current_user).id, clock=access.clock())
    flash(_("You took your request back. Nothing is erased."))
    return _see(url_for("own_data.show"))


@blueprint.get("/admin/personal-data")
@requires(Permission.PERSON_ERASE)
def requests() -> str:
    """List who asked, those first who wait for an answer."""
    after = request.args.get("after", type=uuid.UUID)
    page = queries.requests(db.session(), access.current_actor(), after=after)
    return render_template("records/own_data_requests.html", page=page)


@blueprint.route("/admin/personal-data/<uuid:request_id>", methods=["GET", "POST"])
@requires(Permission.PERSON_ERASE)
def decide(request_id: uuid.UUID) -> Answer:
    """Show one request with what the person still has to do, and decide about it."""
    form, actor = DecideForm(), access.current_actor()
    refused: DomainError | None = None
    if form.validate_on_submit():
        grants = form.answer.data == "grant"
        try:
            service.decide(
                request_id,
                grants=grants,
                reason=form.reason.data or "",
                actor=actor,
                clock=access.clock(),
            )
        except NotFound:
            raise
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("The account is erased.") if grants else _("Nothing is erased."))
            return _see(url_for("own_data.requests"))
    session = db.session()
    found = queries.request_of(session, request_id, actor)
    ties = queries.ties_of(session, found.user)
    return _form(
        "records/own_data_decide.html",
        form,
        refused,
        asked=found,
        held=queries.held_of(session, found.user_id),
        ties=ties,
        may_grant=policy.can_decide(actor, found.user_id, ties, grants=True),
        may_refuse=policy.can_decide(actor, found.user_id, ties, grants=False),
        told_most=queries.TOLD_MOST,
    )


def _form(template: str, form: BaseForm, refused: DomainError | None, **told: object) -> Answer:
    status = 200
    if form.errors:
        status = 409 if isinstance(refused, WrongMoment) else 422
    return render_template(template, form=form, **told), status


def _see(address: str) -> Response:
    return make_response(redirect(address, code=303))


@blueprint.record
def _limit(state: BlueprintSetupState) -> None:
    """Limit what costs the database once the view is in the application."""
    limits.limit_reading(cast(Flask, state.app), f"{blueprint.name}.show", _RATE)
