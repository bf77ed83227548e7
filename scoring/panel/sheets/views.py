"""Pages of scoring sheets: take the own one, bring it back, check what it changes, take it in."""

from datetime import datetime
from typing import Any

from flask import (
    Response,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.exceptions import RequestEntityTooLarge

from bids.views.watching import watch
from challenges.documents.kinds import MEDIA_TYPES
from challenges.stages.addresses import StagedBlueprint
from challenges.stages.place import Place
from marketplace.core import access
from marketplace.core.access import requires
from marketplace.core.database import db
from marketplace.core.dates import format_instant
from marketplace.core.errors import Invalid, NotFound, StaleEdit
from marketplace.core.forms import BaseForm
from marketplace.core.permissions import Permission, ensure
from marketplace.core.text import N_
from scoring.panel import policy
from scoring.panel.queries import Meeting
from scoring.panel.sheets import service
from scoring.panel.sheets.comparing import ROW_FAULT_WORDS
from scoring.panel.sheets.forms import SHEET, BringForm, taking_form
from scoring.panel.sheets.layout import MEGABYTES_MOST
from scoring.panel.sheets.reading import BadSheet
from scoring.panel.views.frame import Answer, meet

blueprint = StagedBlueprint("panel_sheets", __name__, "/panel/sheet")

watch(blueprint, ["panel_sheets.take"])

# The file and what a browser puts around it.
REQUEST_MOST = MEGABYTES_MOST * 1024 * 1024 + 512 * 1024


@blueprint.url_value_preprocessor
def allow_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Let the one page that takes files take them, before its form is read for the first time."""
    if endpoint == f"{blueprint.name}.bring":
        request.max_content_length = REQUEST_MOST


@blueprint.get("/scores.xlsx")
@requires(Permission.SCORE_RECORD)
def take(at: Place) -> Response:
    """Give the own sheet; that all its bids were read is recorded before it is sent."""
    content = service.take_sheet(
        at,
        actor=access.current_actor(),
        clock=access.clock(),
        translate=_,
        told=_told,
    )
    response = make_response(content)
    response.mimetype = MEDIA_TYPES["xlsx"]
    response.headers.set(
        "Content-Disposition", "attachment", filename=f"scores-{at.reference}.xlsx"
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.SCORE_RECORD)
def bring(at: Place) -> Answer:
    """Say how a sheet is used, and take one."""
    found = _allowed(at)
    form = BringForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit() and not form.file.data:
            form.file.errors = [_("Choose your sheet")]
        elif not form.errors:
            try:
                service.bring_sheet(
                    at,
                    form.file.data.filename or "",
                    form.file.data.stream,
                    actor=access.current_actor(),
                    clock=access.clock(),
                )
            except BadSheet as error:
                form.file.errors = [_(error.message, **error.data)]
            else:
                return _see("panel_sheets.check", at)
    found = _allowed(at)
    return _bring_page(found, form), status


@blueprint.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> Answer:
    """Say by the field that a file is too large to be taken in at all."""
    found = _allowed((request.view_args or {})["at"])
    form = BringForm(formdata=None)
    form.file.errors = [
        _("The file is larger than %(most)s MB. Take a new sheet.", most=MEGABYTES_MOST)
    ]
    return _bring_page(found, form), 413


@blueprint.route("/check", methods=["GET", "POST"])
@requires(Permission.SCORE_RECORD)
def check(at: Place) -> Answer:
    """Show what the sheet would change, or every row that is wrong; take it in."""
    found = _allowed(at)
    waiting = service.waiting(db.session(), found)
    if waiting is None:
        raise NotFound(N_("No sheet of yours waits to be checked. Bring one."))
    form = taking_form(waiting.comparison.conflicts)
    status = 200
    if form.validate_on_submit():
        try:
            changed = service.take_in(
                at,
                seen=form.seen.data or "",
                from_sheet={
                    change.line.identifier
                    for change in waiting.comparison.conflicts
                    if form[f"keep-{change.line.identifier}"].data == SHEET
                },
                actor=access.current_actor(),
                clock=access.clock(),
            )
        except StaleEdit as error:
            form.form_errors.append(_(error.message))
            status = 409
        except Invalid:
            status = 422  # the page names every row that is wrong
        else:
            flash(
                ngettext(
                    "%(num)s score from your sheet is saved as a draft. Nothing is submitted.",
                    "%(num)s scores from your sheet are saved as drafts. Nothing is submitted.",
                    changed,
                )
            )
            return _see("panel.home", at)
        found = _allowed(at)
        waiting = service.waiting(db.session(), found)
        if waiting is None:
            return _see("panel_sheets.bring", at)
    elif form.is_submitted():
        status = 422
    form.seen.data = waiting.comparison.digest
    page = render_template(
        "sheets/check.html",
        found=found,
        waiting=waiting,
        form=form,
        row_fault_words=ROW_FAULT_WORDS,
    )
    return page, status


@blueprint.post("/discard")
@requires(Permission.SCORE_RECORD)
def discard(at: Place) -> Response:
    """Forget the sheet that waits."""
    service.throw_away(at, actor=access.current_actor())
    flash(_("The sheet is thrown away. Your scores are as they were."))
    return _see("panel_sheets.bring", at)


def _allowed(at: Place) -> Meeting:
    found = meet(at)
    ensure(policy.can_write_scores(access.current_actor(), found.own_seat, found.phase))
    return found


def _bring_page(found: Meeting, form: BaseForm) -> str:
    waits = service.waits(db.session(), found)
    return render_template("sheets/bring.html", found=found, form=form, waits=waits)


def _told(instant: datetime) -> str:
    return format_instant(instant)


def _see(endpoint: str, at: Place) -> Response:
    return make_response(redirect(url_for(endpoint, reference=at.reference), code=303))
