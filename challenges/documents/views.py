"""Pages on which files are attached to a draft and taken off, and the files themselves."""

import io
import uuid
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from challenges import policy, queries
from challenges.documents import service
from challenges.documents.forms import DocumentForm
from challenges.documents.kinds import FILE_MOST
from challenges.documents.models import Document
from challenges.forms.steps import StepForm
from challenges.models import Challenge
from challenges.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import public, requires
from marketplace.core.database import db
from marketplace.core.errors import Invalid, WrongMoment
from marketplace.core.permissions import Permission, ensure

blueprint = Blueprint("documents", __name__)

# A file and the fields beside it; a little more, so that most who are over hear of it by the field.
REQUEST_MOST = FILE_MOST + 2 * 1024 * 1024

_AT = "/work/challenges/<reference>/write/documents"


@blueprint.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the one page that takes files take them, before its form is read for the first time."""
    if endpoint == f"{blueprint.name}.attach":
        request.max_content_length = REQUEST_MOST


@blueprint.route(f"{_AT}/add", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def attach(reference: str) -> Page:
    """Attach a file."""
    actor, clock = access.current_actor(), access.clock()
    challenge = queries.own_challenge(db.session(), reference, actor, whole=True)
    form = DocumentForm()
    status = 200
    if request.method == "GET":
        ensure(policy.can_write(actor, challenge, clock.now()))
    elif not form.validate():
        status = 422
    elif not form.file.data:
        form.file.errors = [_("Choose a file.")]
        status = 422
    else:
        try:
            service.attach(
                reference,
                name=form.file.data.filename or "",
                content=form.file.data.read(),
                title=form.title.data or "",
                is_contract=bool(form.is_contract.data),
                actor=actor,
                clock=clock,
                store=access.current_files(),
            )
        except (Invalid, WrongMoment) as error:
            status = refused(form, error)
        else:
            flash(_("The file is attached."))
            return _to_section(reference)
    return _attach_page(challenge, form), status


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Page:
    """Say by the field that a file is too large to be taken in at all."""
    form = DocumentForm(formdata=None)
    form.file.errors = [_("The file is larger than 10 MB. Make it smaller, or link to it.")]
    return render_template(
        "challenges/documents/attach.html",
        reference=(request.view_args or {}).get("reference", ""),
        form=form,
    ), 413


@blueprint.route(f"{_AT}/<uuid:document_id>/delete", methods=["GET", "POST"])
@requires(Permission.CHALLENGE_WRITE)
def remove(reference: str, document_id: uuid.UUID) -> Page:
    """Ask whether a file is to go, then take it off."""
    actor, clock = access.current_actor(), access.clock()
    challenge = queries.own_challenge(db.session(), reference, actor, whole=True)
    document = service.find(challenge, document_id)
    form = StepForm()
    status = 200
    if request.method == "GET":
        ensure(policy.can_write(actor, challenge, clock.now()))
    elif form.validate():
        try:
            service.remove(
                reference, document_id, actor=actor, clock=clock, store=access.current_files()
            )
        except WrongMoment as error:
            status = refused(form, error)
        else:
            flash(_("The file is gone."))
            return _to_section(reference)
    page = render_template(
        "challenges/documents/remove.html", challenge=challenge, document=document, form=form
    )
    return page, status


@blueprint.get("/work/challenges/<reference>/documents/<uuid:document_id>")
@requires(Permission.CHALLENGE_READ_OWN)
def own(reference: str, document_id: uuid.UUID) -> Response:
    """Give a file to those who may read the draft, published or not."""
    actor = access.current_actor()
    challenge = queries.own_challenge(db.session(), reference, actor, whole=True, jointly=True)
    ensure(policy.can_read_own(actor, challenge))
    return _file(service.find(challenge, document_id))


@blueprint.get("/challenges/<reference>/documents/<uuid:document_id>")
@public
def show(reference: str, document_id: uuid.UUID) -> Response:
    """Give a file of a published challenge to anybody."""
    challenge = queries.public_challenge(db.session(), reference)
    return _file(service.find(challenge, document_id))


def _file(document: Document) -> Response:
    """Give a file to be saved, never to be shown in the place of a page."""
    content = access.current_files().read(document.sha256)
    response = send_file(
        io.BytesIO(content),
        mimetype=document.file.media_type,
        as_attachment=True,
        download_name=document.name,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _attach_page(challenge: Challenge, form: DocumentForm) -> str:
    return render_template(
        "challenges/documents/attach.html", reference=challenge.reference, form=form
    )


def _to_section(reference: str) -> Response:
    return redirect(url_for("challenges.section", reference=reference, section="documents"), 303)
