"""The supplier's pages of documents that it was asked for as preferred bidder."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from bids.attachments.serving import file_response
from bids.views.room import arrived
from bids.views.watching import watch
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.permissions import Permission
from scoring.award.evidence import answering, policy, queries
from scoring.award.evidence.forms import GiveForm
from scoring.award.evidence.views import REQUEST_MOST, file_sent

blueprint = Blueprint("asked_of_us", __name__)
_AT = "/bids/<reference>/documents-asked"
watch(blueprint, ["asked_of_us.index", "asked_of_us.give"])

Page = str | Response | tuple[str, int]


@blueprint.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the one page that takes files take them, before its form is read for the first time."""
    if endpoint == f"{blueprint.name}.give":
        request.max_content_length = REQUEST_MOST


@blueprint.get(_AT)
@requires(Permission.BID_DRAFT)
def index(reference: str) -> str:
    """List the documents that were asked for, and where each stands."""
    session, now = db.session(), access.clock().now()
    bid, requests = queries.own_requests(session, reference, access.current_actor())
    return render_template(
        "preferred/own.html",
        bid=bid,
        asked=queries.own_standings(requests, now),
        running=queries.is_running(session, bid),
    )


@blueprint.route(f"{_AT}/<int:number>", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def give(reference: str, number: int) -> Page:
    """Show one document that was asked for, and take what the supplier gives for it."""
    form, status = GiveForm(), 200
    if request.method == "POST" and form.validate():
        try:
            answering.give(
                reference,
                number,
                note=form.note.data or "",
                file=file_sent(form),
                actor=access.current_actor(),
                arrived=arrived(),
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            form.refuse(error)
            status = 409 if isinstance(error, WrongMoment) else 422
        else:
            flash(_("The public body has it now. You can add more until it has decided."))
            return redirect(url_for("asked_of_us.index", reference=reference), 303)
    elif request.method == "POST":
        status = 422
    return _give_page(reference, number, form), status


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Page:
    """Say by the field that a file is too large to be taken in at all."""
    form, places = GiveForm(formdata=None), request.view_args or {}
    form.file.errors = [_("The file is larger than 20 MB, so it was not taken.")]
    return _give_page(places["reference"], places["number"], form), 413


@blueprint.get(f"{_AT}/<int:number>/files/<int:place>")
@requires(Permission.BID_DRAFT)
def file(reference: str, number: int, place: int) -> Response:
    """Give a supplier a file that it gave itself."""
    found = answering.own_file(db.session(), reference, number, place, access.current_actor())
    return file_response(*found)


def _give_page(reference: str, number: int, form: GiveForm) -> str:
    session, actor, now = db.session(), access.current_actor(), access.clock().now()
    bid, requests = queries.own_requests(session, reference, actor)
    for each in queries.own_standings(requests, now):
        if each.request.number == number:
            takes = policy.can_answer(
                actor,
                running=queries.is_running(session, bid),
                standing=each.standing,
                answer_by=each.request.limit,
                arrived=now,
            )
            return render_template(
                "preferred/give.html", bid=bid, found=each, takes=takes, form=form
            )
    raise NotFound(queries.NO_SUCH_DOCUMENT)
