"""The page on which a body says how it presents itself, and samples of what comes of it."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as AnyResponse

from marketplace.core import access, docx, printing
from marketplace.core.access import requires
from marketplace.core.accounts.models import Organisation
from marketplace.core.database import db
from marketplace.core.errors import DomainError
from marketplace.core.letterheads import policy, queries, service
from marketplace.core.letterheads.forms import LetterheadForm
from marketplace.core.papers import Bullets, Heading, Paper, Paragraph, Table
from marketplace.core.permissions import Permission, ensure

blueprint = Blueprint("letterheads", __name__)

# A logo and a template, and a little more, so that most who are over hear of it by the field.
REQUEST_MOST = 6 * 1024 * 1024


@blueprint.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the one page that takes files take them, before its form is read for the first time."""
    if endpoint == f"{blueprint.name}.edit":
        request.max_content_length = REQUEST_MOST


@blueprint.route("/organisation/letterhead", methods=["GET", "POST"])
@requires(Permission.CONTRACT_SIGN)
def edit() -> str | AnyResponse | tuple[str, int]:
    """Show how the body presents itself, and change it."""
    actor = access.current_actor()
    ensure(policy.can_change(actor))
    row = queries.stored(db.session(), actor.organisation_id)
    form = LetterheadForm(obj=row if request.method == "GET" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                service.change(_said(form), actor=actor, clock=access.clock())
            except DomainError as error:
                form.refuse(error)
            else:
                flash(_("The letterhead is saved. Letters that are made from now on have it."))
                return redirect(url_for("letterheads.edit"), 303)
    return render_template("letterheads/edit.html", form=form, row=row), status


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
    """Say by the fields that a file is too large to be taken in at all."""
    form = LetterheadForm(formdata=None)
    form.logo.errors = [_("These files are larger than 2 MB. Make them smaller.")]
    return render_template("letterheads/edit.html", form=form, row=None), 413


@blueprint.get("/organisation/letterhead/sample.<any(docx, pdf):ending>")
@requires(Permission.CONTRACT_SIGN)
def sample(ending: str) -> Response:
    """Give a sample of a letter, as it comes out with the letterhead."""
    actor, session = access.current_actor(), db.session()
    body = session.get_one(Organisation, actor.organisation_id)
    head = queries.letterhead(session, body)
    paper = Paper(
        _("Sample of a letter"),
        opening=(_("Our reference: %(reference)s", reference=f"{head.reference_prefix}CH-0000"),),
        blocks=(
            Paragraph(_("So the letters of your body read. Nothing here is of a real purchase.")),
            Heading(_("A heading")),
            Bullets((_("a point"), _("another point"))),
            Table(
                _("A table"),
                (_("Criterion"), _("Points")),
                ((_("Understanding"), "12.50"),),
                numeric=(1,),
            ),
        ),
        closing=printing.signed(head),
        letterhead=head,
    )
    now = access.clock().now()
    if ending == "docx":
        template = queries.template(session, body.id)
        return printing.as_file(
            docx.write(paper, base=template, created=now), docx.MEDIA_TYPE, "sample.docx"
        )
    content = printing.pdf(
        paper, environment=current_app.jinja_env, created=now, identifier=body.id.bytes
    )
    return printing.as_file(content, "application/pdf", "sample.pdf")


def _said(form: LetterheadForm) -> service.Said:
    return service.Said(
        address=form.address.data or "",
        contact=form.contact.data or "",
        signatory_name=form.signatory_name.data or "",
        signatory_role=form.signatory_role.data or "",
        reference_prefix=form.reference_prefix.data or "",
        logo=_upload(form.logo.data),
        template=_upload(form.template.data),
        without_logo=bool(form.without_logo.data),
        without_template=bool(form.without_template.data),
    )


def _upload(file: FileStorage | str | None) -> service.Upload | None:
    if not isinstance(file, FileStorage) or not file.filename:
        return None
    return service.Upload(file.filename, file.read())
