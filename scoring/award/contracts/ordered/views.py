"""Pages on which a court's order about a contract is recorded, confirmed and read."""

import uuid
from typing import Any

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
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as WsgiResponse

from bids.attachments.serving import file_response
from challenges.models import Challenge
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts.sessions import stale_sign_in
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission, ensure
from scoring.award.contracts import policy as reading
from scoring.award.contracts.ordered import policy, service
from scoring.award.contracts.ordered.forms import AnswerForm, OrderForm
from scoring.award.contracts.ordered.lifecycle import ORDER_WORDS
from scoring.award.contracts.queries import Kept, contract_of
from scoring.award.contracts.views import load
from scoring.award.delivery.lifecycle import names_supplier
from scoring.award.evidence.views import REQUEST_MOST, file_sent

blueprint = Blueprint(
    "court_orders",
    __name__,
    url_prefix="/work/challenges/<reference>/contracts/<uuid:contract_id>/orders",
)


@blueprint.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the one page that takes files take them, before its form is read for the first time."""
    if endpoint == f"{blueprint.name}.record":
        request.max_content_length = REQUEST_MOST


@blueprint.app_context_processor
def _words() -> dict[str, object]:
    return {"order_words": ORDER_WORDS, "may_unmask": _may_unmask}


@blueprint.route("/record", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def record(reference: str, contract_id: uuid.UUID) -> Page:
    """Record what a court ordered about a contract."""
    challenge, kept = _load(reference, contract_id)
    actor, form, status = access.current_actor(), OrderForm(), 200
    if request.method == "GET":
        ensure(
            policy.can_record(
                actor, waits=kept.order_waiting is not None, ineffective=kept.ineffective
            )
        )
    elif not form.validate():
        status = 422
    else:
        try:
            service.record(
                reference,
                contract_id,
                form.content,
                file=file_sent(form),
                actor=actor,
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("Recorded. A second person confirms it, and it holds from then on."))
            return _see(reference, contract_id)
    return _record_page(challenge, kept, form), status


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Page:
    """Say by the field that a file is too large to be taken in at all."""
    form = OrderForm(formdata=None)
    form.file.errors = [_("The file is larger than 20 MB, so it was not taken.")]
    return _record_page(*_load(**(request.view_args or {})), form), 413


@blueprint.route("/<int:number>/answer", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN, Permission.AWARD_APPROVE)
def answer(reference: str, contract_id: uuid.UUID, number: int) -> Page:
    """Confirm a recorded order as a second person, or return it."""
    if request.method == "GET" and (away := stale_sign_in()) is not None:
        return away
    challenge, kept = _load(reference, contract_id)
    order = service.order_numbered(kept, number)
    actor, form, status = access.current_actor(), AnswerForm(), 200
    if request.method == "GET":
        ensure(
            policy.can_answer(
                actor, recorded_by_id=order.recorded_by_id, waits=order.answer is None
            )
        )
    elif not form.validate():
        status = 422
    else:
        try:
            confirmed = _chosen(form)
            service.answer(
                reference,
                contract_id,
                number,
                confirmed=confirmed,
                reason=form.reason.data or "",
                actor=actor,
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(
                _("Confirmed: the order holds, and is told on the public page.")
                if confirmed
                else _("Returned: nothing has changed.")
            )
            return _see(reference, contract_id)
    page = render_template(
        "court_orders/answer.html", challenge=challenge, kept=kept, order=order, form=form
    )
    return page, status


@blueprint.get("/<int:number>/file")
@requires(*reading.READERS)
def file(reference: str, contract_id: uuid.UUID, number: int) -> WsgiResponse:
    """Give the file of an order to be saved, after recording that."""
    found = service.read_file(
        reference, contract_id, number, actor=access.current_actor(), clock=access.clock()
    )
    return file_response(*found)


def _may_unmask(challenge: Challenge, kept: Kept) -> bool:
    """Tell whether what an order says could tell who is still judged without a name."""
    return not names_supplier(
        before_decision=kept.contract.advance_id is not None, state=challenge.state
    )


def _load(reference: str, contract_id: uuid.UUID) -> tuple[Challenge, Kept]:
    challenge, _law, kept = load(reference)
    return challenge, contract_of(kept, contract_id)


def _record_page(challenge: Challenge, kept: Kept, form: OrderForm) -> str:
    return render_template("court_orders/record.html", challenge=challenge, kept=kept, form=form)


def _chosen(form: AnswerForm) -> bool:
    """Give what was chosen.

    Raises:
        Invalid: nothing.
    """
    if form.chosen is None:
        choose = _("Choose whether you confirm it")
        raise Invalid(choose, {"answer": choose})
    return form.chosen


def _see(reference: str, contract_id: uuid.UUID) -> Response:
    away = url_for("contracts.show", reference=reference, contract_id=contract_id)
    return make_response(redirect(away, code=303))
