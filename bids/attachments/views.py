"""Pages on which files are attached to a bid and taken off, and the files themselves."""

import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from bids import drafts, queries
from bids import service as bids
from bids.attachments import opening, service, sources
from bids.attachments.forms import AttachForm
from bids.attachments.holding import HeldFile
from bids.attachments.serving import file_response
from bids.models import Bid
from bids.views.drafting import standing_facts
from bids.views.room import Page, refused, words
from bids.views.watching import watch
from challenges.sections.stages import ATTACHABLE, MEGABYTES_MOST
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, NotFound, WrongMoment
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission

blueprint = Blueprint("attachments", __name__)
blueprint.context_processor(words)

# A file and the fields beside it; a little more, so that most who are over hear of it by the field.
REQUEST_MOST = (MEGABYTES_MOST + 4) * 1024 * 1024
_AT = "/bids/<reference>/files"

watch(blueprint, [f"attachments.{page}" for page in ("index", "remove", "draft", "submitted")])
watch(blueprint, ["attachments.opened"])


@blueprint.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the one page that takes files take them, before its form is read for the first time."""
    if endpoint == f"{blueprint.name}.index":
        request.max_content_length = REQUEST_MOST


@blueprint.route(_AT, methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def index(reference: str) -> Page:
    """Show the files of a bid, and attach one more."""
    actor, form, status = access.current_actor(), AttachForm(), 200
    bid = queries.own_bid(db.session(), reference, actor)
    if drafts.asked_of(bid.stage).files is None:
        raise NotFound(service.NOT_ASKED)
    if request.method == "POST" and not form.validate():
        status = 422
    elif request.method == "POST" and not form.file.data:
        form.file.errors = [_("Choose a file.")]
        status = 422
    elif request.method == "POST":
        try:
            made = service.attach(
                reference,
                name=form.file.data.filename or "",
                file=form.file.data.stream,
                actor=actor,
                clock=access.clock(),
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("“%(name)s” is attached.", name=made.name))
            return _to_files(reference)
    return _files_page(reference, form), status


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Page:
    """Say by the field that a file is too large to be taken in at all."""
    form = AttachForm(formdata=None)
    form.file.errors = [_("The file is larger than 50 MB, so it was not taken.")]
    return _files_page(str((request.view_args or {}).get("reference", "")), form), 413


def _files_page(reference: str, form: AttachForm) -> str:
    session, actor = db.session(), access.current_actor()
    bid = queries.own_bid(session, reference, actor)
    asked = drafts.asked_of(bid.stage).files
    return render_template(
        "attachments/index.html",
        **standing_facts(bid, actor),
        asked=asked,
        kinds=[said for key, said in ATTACHABLE.items() if asked and key in asked.kinds],
        held=drafts.held_files(session, bid) if bid.draft_key_id else [],
        attachments=queries.shown_content(session, bid).attachments,
        form=form,
    )


@blueprint.route(f"{_AT}/<uuid:file_id>/remove", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def remove(reference: str, file_id: uuid.UUID) -> Page:
    """Ask whether a file is to go, then delete it."""
    actor, form, status = access.current_actor(), BaseForm(), 200
    bid = queries.own_bid(db.session(), reference, actor)
    held = _held(bid, file_id)
    if form.validate_on_submit():
        try:
            service.remove(reference, file_id, actor=actor, clock=access.clock())
        except WrongMoment as error:
            status = refused(form, error)
        else:
            flash(_("“%(name)s” is gone.", name=held.attachment.name))
            return _to_files(reference)
    page = render_template("attachments/remove.html", bid=bid, held=held, form=form)
    return page, status


@blueprint.get(f"{_AT}/<uuid:file_id>")
@requires(Permission.BID_DRAFT)
def draft(reference: str, file_id: uuid.UUID) -> Response:
    """Give a file of a draft to its own supplier."""
    bid = queries.own_bid(db.session(), reference, access.current_actor())
    held = _held(bid, file_id)
    return file_response(held.attachment, sources.draft_file(held))


@blueprint.get("/bids/<reference>/receipts/<int:version>/files/<int:place>")
@requires(Permission.BID_DRAFT)
def submitted(reference: str, version: int, place: int) -> Response:
    """Give a file of a submitted version to its own supplier, from the supplier's own copy."""
    session, actor = db.session(), access.current_actor()
    receipt = queries.receipt(session, reference, version, actor)
    attachments = receipt.document.content.attachments if receipt.document else ()
    bid = queries.own_bid(session, reference, actor)
    made = queries.submission(session, bid.id, version)
    if made is None or place >= len(attachments):
        raise NotFound(service.NO_SUCH_FILE)
    return file_response(
        attachments[place], sources.own_files(session, bid, made, attachments, place)
    )


@blueprint.get("/work/challenges/<reference>/bids/<bid_reference>/files/<int:place>")
@requires(Permission.BID_READ_OPENED, Permission.RECORD_AUDIT)
def opened(reference: str, bid_reference: str, place: int) -> Response:
    """Give a file of an opened bid to those who may read the bid, after recording that."""
    actor = access.current_actor()
    bid = bids.read_bid(reference, bid_reference, actor=actor, clock=access.clock(), file=place).bid
    found = opening.find(db.session(), bid.bid_id, bid.version, place)
    if found is None:
        raise NotFound(service.NO_SUCH_FILE)
    return file_response(bid.attachments[place], access.current_files().open(found.sha256))


def _held(bid: Bid, file_id: uuid.UUID) -> HeldFile:
    try:
        held = drafts.held_files(db.session(), bid)
    except drafts.NoDraft:
        held = []
    for each in held:
        if each.id == file_id:
            return each
    raise NotFound(service.NO_SUCH_FILE)


def _to_files(reference: str) -> Response:
    return redirect(url_for("attachments.index", reference=reference), 303)
