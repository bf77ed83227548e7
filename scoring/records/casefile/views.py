"""The page of a challenge's case file, and its download."""

from flask import Blueprint, Response, flash, make_response, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as Streamed

from bids.attachments.serving import file_response
from bids.documents import Attachment
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission
from scoring.records.casefile import queries, service

blueprint = Blueprint("case_file", __name__, url_prefix="/work/challenges/<reference>/case-file")

_READERS = (Permission.CONTRACT_SIGN, Permission.RECORD_AUDIT)


@blueprint.get("")
@requires(*_READERS)
def show(reference: str) -> str:
    """Show the case files that were made, and how far one is that is being made."""
    page = queries.page_of(db.session(), reference, access.current_actor())
    return render_template("records/case_file.html", page=page, form=BaseForm())


@blueprint.post("")
@requires(*_READERS)
def ask(reference: str) -> Response:
    """Have the case file made."""
    service.ask(reference, actor=access.current_actor(), clock=access.clock())
    flash(_("The case file is being made. You can leave this page and come back."))
    return make_response(redirect(url_for("case_file.show", reference=reference), code=303))


@blueprint.get("/<int:number>.zip")
@requires(*_READERS)
def download(reference: str, number: int) -> Streamed:
    """Give a case file; the download is recorded."""
    opened, row = service.download(
        reference, number, actor=access.current_actor(), clock=access.clock()
    )
    name = f"case-file-{reference}-{number}.zip"
    told = Attachment(name, service.MEDIA_TYPE, row.size or 0, row.sha256 or "")
    return file_response(told, opened)
