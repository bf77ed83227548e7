"""Pages of keeping: what falls due when, holds, and erasing what is due."""

import uuid

from flask import (
    Blueprint,
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _

from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import DomainError, NotFound, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission
from marketplace.core.regimes.shapes import Kept, KeptFrom
from marketplace.core.text import N_
from scoring.records.casefile.words import KEPT_WORDS
from scoring.records.keeping import policy, queries, service
from scoring.records.keeping.forms import AnswerForm, HoldForm, LiftForm, TimeForm

blueprint = Blueprint("keeping", __name__)

Answer = str | Response | tuple[str, int]

_ONE = "/work/challenges/<reference>/keeping"

FROM_WORDS = {
    KeptFrom.AWARD: N_("from the award"),
    KeptFrom.END_OF_CONTRACT: N_("from the end of the contract"),
    KeptFrom.END_WITHOUT_AWARD: N_("from its end without an award"),
}


@blueprint.context_processor
def _told() -> dict[str, object]:
    return {"kept_words": KEPT_WORDS, "from_words": FROM_WORDS}


@blueprint.get("/work/records/keeping")
@requires(*policy.READERS)
def index() -> str:
    """Show the body's challenges by when their records fall due."""
    only_due = request.args.get("show") == "due"
    page = queries.due(
        db.session(),
        access.current_actor(),
        access.clock().now(),
        after=request.args.get("after"),
        only_due=only_due,
    )
    return render_template("records/keeping.html", page=page, only_due=only_due)


@blueprint.route("/work/records/keeping/times", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def times() -> Answer:
    """Show the body's own times of keeping, and set one."""
    form, actor = TimeForm(), access.current_actor()
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            service.set_time(
                Kept(form.kind.data), form.years.data, actor=actor, clock=access.clock()
            )
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("Saved. It counts where the rules of a purchase ask for no longer time."))
            return _see(url_for("keeping.times"))
    own = queries.own_times(db.session(), actor.organisation_id)
    return _form("records/keeping_times.html", form, refused, own=own)


@blueprint.get(_ONE)
@requires(*policy.READERS)
def show(reference: str) -> str:
    """Show how long the records of a challenge are kept, and what holds them."""
    page = queries.page_of(db.session(), reference, access.current_actor(), access.clock().now())
    return render_template("records/keeping_one.html", page=page, form=BaseForm())


@blueprint.route(f"{_ONE}/hold", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def hold(reference: str) -> Answer:
    """Set a hold."""
    form = HoldForm()
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            service.hold(
                reference,
                reason=form.reason.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("Everything of this challenge is kept until an approver lifts the hold."))
            return _see(url_for("keeping.show", reference=reference))
    return _of(reference, "records/keeping_hold.html", form, refused)


@blueprint.route(f"{_ONE}/holds/<uuid:hold_id>/lift", methods=["GET", "POST"])
@requires(Permission.AWARD_APPROVE)
def lift(reference: str, hold_id: uuid.UUID) -> Answer:
    """Lift a hold."""
    form = LiftForm()
    refused: DomainError | None = None
    if form.validate_on_submit():
        try:
            service.lift(
                reference,
                hold_id,
                reason=form.reason.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except NotFound:
            raise
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("The hold is lifted."))
            return _see(url_for("keeping.show", reference=reference))
    return _of(reference, "records/keeping_lift.html", form, refused, hold_id=hold_id)


@blueprint.post(f"{_ONE}/erase")
@requires(Permission.CONTRACT_SIGN)
def propose(reference: str) -> Response:
    """Propose to erase the records."""
    service.propose(reference, actor=access.current_actor(), clock=access.clock())
    flash(_("Proposed. An approver confirms it, and then it is done."))
    return _see(url_for("keeping.show", reference=reference))


@blueprint.route(f"{_ONE}/erasures/<uuid:erasure_id>", methods=["GET", "POST"])
@requires(Permission.AWARD_APPROVE)
def answer(reference: str, erasure_id: uuid.UUID) -> Answer:
    """Answer a proposal to erase."""
    form = AnswerForm()
    refused: DomainError | None = None
    if form.validate_on_submit():
        confirmed = form.answer.data == "confirm"
        try:
            service.answer(
                reference,
                erasure_id,
                confirmed=confirmed,
                reason=form.reason.data or "",
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except NotFound:
            raise
        except DomainError as error:
            refused = error
            form.refuse(error)
        else:
            flash(_("The records are being erased.") if confirmed else _("The records are kept."))
            return _see(url_for("keeping.show", reference=reference))
    return _of(reference, "records/keeping_answer.html", form, refused, erasure_id=erasure_id)


def _of(
    reference: str, template: str, form: BaseForm, refused: DomainError | None, **more: object
) -> Answer:
    page = queries.page_of(db.session(), reference, access.current_actor(), access.clock().now())
    if (hold_id := more.get("hold_id")) is not None:
        more["hold"] = next((each for each in page.holds if each.id == hold_id), None)
        if more["hold"] is None:
            raise NotFound(N_("There is no such hold."))
    if (erasure_id := more.get("erasure_id")) is not None:
        more["erasure"] = next((each for each in page.erasures if each.id == erasure_id), None)
        if more["erasure"] is None:
            raise NotFound(N_("There is no such proposal."))
    return _form(template, form, refused, page=page, **more)


def _form(template: str, form: BaseForm, refused: DomainError | None, **told: object) -> Answer:
    status = 200
    if form.errors:
        status = 409 if isinstance(refused, WrongMoment) else 422
    return render_template(template, form=form, **told), status


def _see(address: str) -> Response:
    return make_response(redirect(address, code=303))
