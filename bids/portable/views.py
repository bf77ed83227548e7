"""The pages on which a supplier takes its passport along, and brings one in."""

import io
from typing import cast

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from bids.passport.subjects import ASKED
from bids.portable import service, telling
from bids.portable import spd as filling
from bids.portable.forms import BringForm, TakeForm
from bids.views.room import Page, refused
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.accounts import limits
from marketplace.core.audit.passports import LARGEST
from marketplace.core.colours import Brand
from marketplace.core.database import db
from marketplace.core.errors import Invalid, StaleEdit
from marketplace.core.permissions import Permission
from marketplace.core.regimes.book import USUAL
from marketplace.core.regimes.spd import SpdForm, spd_form

blueprint = Blueprint("portable", __name__)

# Setting the pages of a document takes about a second of a whole processor.
_RATE = "20 per minute; 200 per hour"


@blueprint.get("/organisation/passport/export")
@requires(Permission.BID_DRAFT)
def export() -> str:
    """Say what can be taken along, and in which form."""
    return render_template("portable/export.html")


@blueprint.get("/organisation/passport/passport.json")
@requires(Permission.BID_DRAFT)
def export_file() -> Response:
    """Give the signed file."""
    content = service.export(db.session(), actor=access.current_actor(), clock=access.clock())
    return _saved(content, "application/json", service.FILE_NAME)


@blueprint.get("/organisation/passport/passport.pdf")
@requires(Permission.BID_DRAFT)
def export_pdf() -> Response:
    """Give the document to read, with the signed file inside."""
    settings = access.current_settings()
    content = service.export_pdf(
        db.session(),
        actor=access.current_actor(),
        clock=access.clock(),
        environment=current_app.jinja_env,
        brand=Brand(settings.service_name, settings.brand_colour, settings.public_url),
        translate=_,
    )
    return _saved(content, "application/pdf", "passport.pdf")


@blueprint.route("/organisation/passport/import", methods=["GET", "POST"])
@requires(Permission.BID_DRAFT)
def bring() -> Page:
    """Take a file, check it, and show beside each other what it says and what stands."""
    form, status = BringForm(), 200
    if request.method == "POST" and form.validate():
        upload = request.files.get(form.file.name)
        content = upload.read(LARGEST + 1) if upload else b""
        try:
            return _compared(content, TakeForm(formdata=None), 200)
        except Invalid as error:
            status = refused(form, error)
    elif request.method == "POST":
        status = 422
    return render_template("portable/import.html", form=form), status


@blueprint.post("/organisation/passport/import/take")
@requires(Permission.BID_DRAFT)
def take() -> Page:
    """Take over the answers that were ticked."""
    form = TakeForm()
    content = (form.content.data or "").encode("utf-8", "surrogatepass")
    try:
        taken = service.take_over(
            db.session(),
            content,
            request.form.getlist("subjects"),
            mark=form.mark.data or "",
            actor=access.current_actor(),
            clock=access.clock(),
        )
    except (Invalid, StaleEdit) as error:
        status = refused(form, error)
        try:
            return _compared(content, form, status)
        except Invalid as unusable:
            again = BringForm(formdata=None)
            again.refuse(unusable)
            return render_template("portable/import.html", form=again), 422
    flash(ngettext("%(num)d answer is taken over.", "%(num)d answers are taken over.", len(taken)))
    return redirect(url_for("passport.index"), 303)


@blueprint.get("/organisation/passport/spd")
@requires(Permission.BID_DRAFT)
def spd() -> str:
    """Show the answers in the order of the Single Procurement Document, to be copied."""
    form, parts = _spd()
    return render_template("portable/spd.html", parts=parts, source=form.source, notes=form.notes)


@blueprint.get("/organisation/passport/spd.txt")
@requires(Permission.BID_DRAFT)
def spd_text() -> Response:
    """Give the same as plain text."""
    _form, parts = _spd()
    return _saved(filling.as_text(parts, _).encode(), "text/plain", "spd.txt")


def _spd() -> tuple[SpdForm, list[filling.Filled]]:
    form = spd_form(USUAL)
    answers = service.values_of(db.session(), access.current_actor())
    return form, filling.filled(form, answers, _)


def _compared(content: bytes, form: TakeForm, status: int) -> Page:
    """Show what a file would change.

    Raises:
        Invalid: the file cannot be used.
    """
    arrived = service.look_at(
        db.session(), content, actor=access.current_actor(), clock=access.clock()
    )
    page = render_template(
        "portable/compare.html",
        form=form,
        arrived=arrived,
        content=content.decode(),
        asked=ASKED,
        rows={
            each.subject: (
                telling.answers(ASKED[each.subject], each.stands.values, _) if each.stands else [],
                telling.answers(ASKED[each.subject], each.values, _),
            )
            for each in arrived.proposals
        },
    )
    return page, status


def _saved(content: bytes, media_type: str, name: str) -> Response:
    response = send_file(
        io.BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@blueprint.record
def _limit(state: BlueprintSetupState) -> None:
    """Limit what costs a processor once the view is in the application."""
    limits.limit_reading(cast(Flask, state.app), f"{blueprint.name}.export_pdf", _RATE)
